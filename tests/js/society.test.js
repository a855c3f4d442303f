/** A society in the viewer: columns, colours, filters, camera, sampling, and what is drawn of it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { cameraOf, FITTED, inSight, led, MOST_ZOOM, moved, readView, written as writtenView } from '../../static/viewer/renderers/society/camera.js';
import { rgb, scaleOf, shapeOf, stanceColour } from '../../static/viewer/renderers/society/colours.js';
import { NOTHING, one, unpack } from '../../static/viewer/renderers/society/columns.js';
import { showing } from '../../static/viewer/renderers/society/controls.js';
import { agentsOf, Crowd } from '../../static/viewer/renderers/society/crowd.js';
import { everybody, isOpen, mean, passing, populations, readChoice, writeChoice } from '../../static/viewer/renderers/society/filters.js';
import { densityOf } from '../../static/viewer/renderers/society/ground.js';
import { figure, layoutOf, words } from '../../static/viewer/renderers/society/layouts.js';
import { representative } from '../../static/viewer/renderers/society/sampling.js';
import { LINE_STRIDE, nearest, sceneOf, STRIDE, ties, trails } from '../../static/viewer/renderers/society/scene.js';
import { apart } from '../../static/viewer/renderers/society/signs.js';
import { momentOf, turningPoints } from '../../static/viewer/renderers/society/story.js';
import { evenly, Survey } from '../../static/viewer/renderers/society/survey.js';
import { mostTicks, Tally } from '../../static/viewer/renderers/society/tally.js';

const pack = (numbers) => Buffer.from(Int16Array.from(numbers).buffer).toString('base64');
const COUNT = 60;
const SEGMENTS = ['early_adopter', 'mainstream'];
const each = (make) => Array.from({ length: COUNT }, (_, place) => make(place));

/** A town of 60: a third in each zone, every tenth an early adopter; at tick 1 the first one changes its zone. */
function snapshots() {
  const scales = { x: 10, y: 10, stance: 1000, emotion: 1000, influence: 1000, exposure: 1000 };
  const crowd = {
    ids: each((place) => `agent-${place + 1}`),
    names: null,
    words: { zone: ['supporters', 'neutral', 'skeptics'], segment: SEGMENTS },
    scales,
    constant: { segment: pack(each((place) => (place % 10 ? 1 : 0))), influence: pack(each((place) => place)) },
    edges: [[pack([0, 5, 9]), pack([1, 0, 8]), pack([900, 300, 500])]],
  };
  const zone = (place) => place % 3;
  const x = (place) => 10 * (150 + 350 * zone(place));
  const tick = (number, zones, stances) => ({
    tick: number,
    crowd: number ? 0 : crowd,
    canvas: { width: 1000, height: 600 },
    transitions: number ? [[0, 0, 1, 'peer_influence']] : [],
    reasoning: [],
    agents: { zone: pack(zones), stance: pack(stances), x: pack(each(x)), y: pack(each((place) => 100 * place)) },
  });
  const stances = each((place) => 900 - 900 * zone(place));
  return [
    tick(0, each(zone), stances),
    tick(1, [1, ...each(zone).slice(1)], [100, ...stances.slice(1)]),
  ];
}

function town() {
  const [first, second] = snapshots();
  const crowd = new Crowd(first);
  return { crowd, first, second, agents: agentsOf(crowd, first), later: agentsOf(crowd, second) };
}

test('a column is read whole and one number at a time alike', () => {
  const numbers = [0, 1, -1, 32767, NOTHING, 258, -513];
  assert.deepEqual([...unpack(pack(numbers))], numbers);
  assert.deepEqual(numbers.map((_, place) => one(pack(numbers), place)), numbers);
});

test('an agent is told in its own units, and what is not known is left out', () => {
  const { agents } = town();
  const told = agents.told(1);
  assert.deepEqual([told.zone, told.stance, told.segment, told.influence], ['neutral', 0, 'mainstream', 0.001]);
  assert.ok(!('emotion' in told));
});

test('the two ends of stance differ in hue and from the middle in every kind of sight', () => {
  const scale = scaleOf({ warning: 'rgb(255, 196, 77)', wall: 'rgb(140, 150, 145)', gate: 'rgb(120, 180, 255)' });
  const [against, middle, favour] = [-1, 0, 1].map((stance) => stanceColour(scale, stance));
  const blueness = ([red, , blue]) => blue - red; // what both red-green kinds of colour-blindness see
  assert.ok(blueness(favour) - blueness(against) > 0.8);
  assert.ok(blueness(favour) > blueness(middle) && blueness(middle) > blueness(against));
  assert.deepEqual(stanceColour(scale, NaN), middle);
  assert.deepEqual(stanceColour(scale, 7), favour);
});

test('computed colours are read however they are written, and zones have shapes of their own', () => {
  assert.deepEqual(rgb('rgb(255, 0, 51)'), [1, 0, 0.2]);
  assert.deepEqual(rgb('color(srgb 0.5 0.25 1)'), [0.5, 0.25, 1]);
  assert.deepEqual([0, 1, 2, 3].map(shapeOf), [0, 1, 2, 3]);
  assert.equal(shapeOf(NOTHING) >= 0, true);
});

test('a filter lets through who is in its zones, segments and stances', () => {
  const { agents } = town();
  assert.equal(passing(agents, everybody()).reduce((sum, one) => sum + one), COUNT);
  const pass = passing(agents, { segments: ['mainstream'], zones: ['skeptics'], stance: [-1, 1] });
  assert.deepEqual([...pass].flatMap((yes, place) => (yes ? [place] : [])), [0, 10, 30, 40]);
  const supporters = passing(agents, { ...everybody(), stance: [0.5, 1] });
  assert.deepEqual(populations(agents, supporters), [20, 0, 0]);
  assert.equal(mean(agents, supporters, 'stance').toFixed(1), '0.9');
  assert.equal(mean(agents, supporters, 'emotion'), null);
});

test('a choice is kept in the address beside what is there already', () => {
  const choice = { filter: { segments: ['skeptic'], zones: ['neutral', 'skeptics'], stance: [-0.5, 0.2] }, most: 500 };
  const search = writeChoice('?shard=7&tick=3', choice);
  assert.match(search, /shard=7&tick=3/);
  assert.deepEqual(readChoice(search), choice);
  assert.equal(writeChoice(search, { filter: everybody(), most: null }), '?shard=7&tick=3');
});

test('an address that is odd filters nobody', () => {
  for (const search of ['?stance=2..1', '?stance=a..b', '?agents=-3', '?without-zone=%3Cb%3E']) {
    const { filter, most } = readChoice(search);
    assert.ok(isOpen(filter), search);
    assert.equal(most, null);
  }
});

const BOX = { x: 0, y: 0, width: 800, height: 500 };
const WORLD = { width: 1000, height: 600 };
const INSET = { top: 60, bottom: 30 };
const zoom = (factor, x, y) => ({ kind: 'zoom', dx: 0, dy: 0, factor, x, y });

test('the whole plane fits below the controls', () => {
  const { scale, left, top } = cameraOf(FITTED, BOX, WORLD, INSET);
  assert.ok(left >= 0 && left + WORLD.width * scale <= BOX.width);
  assert.ok(top >= INSET.top && top + WORLD.height * scale <= BOX.height - INSET.bottom);
});

test('a zoom keeps what is under the pointer where it is', () => {
  const at = (view) => {
    const camera = cameraOf(view, BOX, WORLD, INSET);
    return [(300 - camera.left) / camera.scale, (250 - camera.top) / camera.scale];
  };
  const near = moved(FITTED, zoom(3, 300, 250), BOX, WORLD, INSET);
  assert.equal(near.zoom, 3);
  at(near).forEach((value, axis) => assert.ok(Math.abs(value - at(FITTED)[axis]) < 1e-6));
});

test('nobody zooms out of the plane, too far into it, or drags it away', () => {
  assert.deepEqual(moved(FITTED, zoom(0.2, 5, 5), BOX, WORLD, INSET), FITTED);
  const nearest = moved(FITTED, zoom(1e6, 300, 250), BOX, WORLD, INSET);
  assert.equal(nearest.zoom, MOST_ZOOM);
  const dragged = moved(nearest, { kind: 'drag', dx: 1e7, dy: -1e7, factor: 1, x: 0, y: 0 }, BOX, WORLD, INSET);
  const seen = inSight(cameraOf(dragged, BOX, WORLD, INSET), BOX);
  assert.ok(seen.x < 0 && seen.x + seen.width > 0, 'the left border is in sight');
});

test('the camera follows an agent until the reader moves it away', () => {
  const at = { x: 400, y: 100 };
  assert.deepEqual([led(FITTED, 'a', at).x, led(FITTED, 'a', at).y], [400, 100]);
  assert.ok(led(FITTED, 'a', at).zoom > 1);
  const freed = { ...FITTED, freed: 'a' };
  assert.equal(led(freed, 'a', at), freed);
  assert.equal(led(FITTED, null, at), FITTED);
});

test('a sample holds of each stratum its share, one of each at least, and a larger one holds it', () => {
  const { agents } = town();
  const order = representative(agents);
  assert.deepEqual([...order].sort((a, b) => a - b), each((place) => place));
  const strata = (count) => {
    const found = new Map();
    for (const place of order.slice(0, count)) {
      const key = `${place % 3} ${place % 10 ? 1 : 0}`;
      found.set(key, (found.get(key) ?? 0) + 1);
    }
    return found;
  };
  assert.equal(strata(6).size, 6);
  for (const [key, number] of strata(30)) {
    const share = strata(COUNT).get(key) / 2;
    assert.ok(Math.abs(number - share) <= 1.5, `${key}: ${number} of ${share}`);
  }
  assert.deepEqual(representative(agentsOf(new Crowd(snapshots()[0]), snapshots()[0])), order);
});

test('who is drawn walks from where it stood, in its shape', () => {
  const { agents, later, crowd } = town();
  const order = representative(agents);
  const scene = sceneOf(later, agents, { filter: everybody(), order, most: 10 });
  assert.deepEqual([scene.shown.length, scene.present, scene.passed], [10, COUNT, COUNT]);
  scene.shown.forEach((place, row) => {
    const [fromX, , toX] = scene.points.subarray(row * STRIDE);
    assert.deepEqual([fromX, toX], [agents.standing.x[place], later.standing.x[place]]);
    assert.equal(scene.points[row * STRIDE + 8], shapeOf(later.zone[place]));
  });
  assert.equal(nearest(scene, 1, later.standing.x[order[0]], later.standing.y[order[0]], 5), order[0]);
  assert.equal(nearest(scene, 1, -500, -500, 5), -1);
  const filtered = sceneOf(later, agents, { filter: { ...everybody(), zones: ['neutral'] }, order, most: COUNT });
  assert.deepEqual([filtered.shown.length, filtered.passed], [39, 39]);
  assert.equal(crowd.count, COUNT);
});

test('ties are the strongest between those drawn, or those of who is followed; trails fade with age', () => {
  const { agents, later, crowd } = town();
  const all = { filter: everybody(), order: Int32Array.from(each((place) => place)), most: COUNT };
  const scene = sceneOf(later, agents, all);
  assert.equal(ties(scene, crowd, -1, [1, 1, 1]).length, 3 * 2 * LINE_STRIDE);
  assert.equal(ties(scene, crowd, 0, [1, 1, 1]).length, 2 * 2 * LINE_STRIDE);
  const few = sceneOf(later, agents, { ...all, most: 2 });
  assert.equal(ties(few, crowd, -1, [1, 1, 1]).length, 1 * 2 * LINE_STRIDE);
  const lines = trails(scene, later, [agents, agents], [1, 0, 0]);
  assert.equal(lines.length, COUNT * 2 * 2 * LINE_STRIDE);
  assert.ok(lines[LINE_STRIDE + 7] > lines[3 * LINE_STRIDE + 7]);
});

test('density counts those who pass, where they stand', () => {
  const { agents } = town();
  const cells = densityOf(agents.standing, passing(agents, { ...everybody(), zones: ['neutral', 'skeptics'] }), WORLD, 10, 6);
  const columns = [0, 1, 2, 8, 9].map((column) => [0, 1, 2, 3, 4, 5].reduce((sum, row) => sum + cells[row * 10 + column], 0));
  assert.ok(columns[1] > columns[0] && columns[0] > 0);
  assert.equal(columns[3] + columns[4], 0);
});

test('reasons of changes of zone never cover each other', () => {
  const moves = [[100, 50], [104, 52], [102, 49], [400, 50]].map((to) => ({ from: [0, 0], to, reason: 'peer_influence' }));
  const placed = apart([...moves, { from: [0, 0], to: [9, 9], reason: null }], () => 90);
  for (const [at, first] of placed.entries())
    for (const other of placed.slice(at + 1))
      assert.ok(Math.abs(first.x - other.x) >= 90 || Math.abs(first.y - other.y) >= 12);
  assert.equal(placed.length, 3, 'one has no room beside the first two');
});

test('a survey asks for one tick after another, passes over lost ones and says how far it is', async () => {
  const here = new Map();
  const asked = [];
  const survey = new Survey((snapshot) => snapshot.tick, {
    peek: (tick) => here.get(tick) ?? null,
    lost: (tick) => tick === 2,
    told: () => asked.push(survey.next()),
  });
  survey.want([0, 1, 2, 3]);
  assert.equal(survey.next(), 0);
  assert.equal(survey.progress, 'reading 1 of 4 ticks');
  for (const tick of [0, 1, 3]) {
    here.set(tick, { tick });
    survey.want([0, 1, 2, 3]);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  assert.deepEqual(asked, [1, 3, null]);
  assert.deepEqual([survey.known, survey.progress], [[0, 1, 3], '']);
});

test('a tally counts for one filter at a time, at fewer ticks where all would be too many', async () => {
  const { crowd, first, second } = town();
  const tally = new Tally(crowd, { peek: (tick) => [first, second][tick], lost: () => false, told: () => {} });
  tally.want({ ...everybody(), zones: ['skeptics'] }, 0, 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(tally.survey.found.get(0).zones, [20, 20, 0]);
  assert.deepEqual(tally.survey.found.get(1).zones, [19, 21, 0]);
  tally.want(everybody(), 0, 1);
  assert.equal(tally.survey.known.length, 0);
  assert.deepEqual(evenly(3, 11, 4), [3, 6, 9]);
  assert.ok(mostTicks(10_000, 100) >= 100);
  assert.ok(mostTicks(10_000, 100_000) <= 200);
});

test('the story of an agent is its turning points, with the reason that was recorded', () => {
  const { crowd, first, second } = town();
  const moments = [first, second].map((snapshot) => momentOf(crowd, 0, snapshot));
  const [{ moment, before }] = turningPoints(moments);
  assert.deepEqual([before.zone, moment.zone, moment.reason], ['supporters', 'neutral', 'peer_influence']);
  assert.deepEqual(turningPoints([first, second].map((snapshot) => momentOf(crowd, 5, snapshot))), []);
});

test('zones of other names stand in a row, and what is said is said in words', () => {
  const { zones } = layoutOf(['left', 'far_right'], { width: 100, height: 50 });
  assert.deepEqual(zones.map(({ name, x }) => [name, x]), [['Left', 0], ['Far right', 50]]);
  assert.equal(words('early_adopter'), 'Early adopter');
  assert.deepEqual([figure(-0.5, 2), figure(3), figure(-0.001, 1)], ['−0.50', '3', '0.0']);
});

test('how many are drawn of how many is said, and how they were chosen', () => {
  assert.equal(showing(1000, 10_000, true), 'Showing 1,000 of 10,000 (representative)');
  assert.equal(showing(8200, 8200, false), 'Showing all 8,200 filtered');
  assert.equal(showing(500, 8200, false), 'Showing 500 of 8,200 filtered (representative)');
});

test('a plane that was zoomed is written short, and read as the same picture', () => {
  assert.equal(writtenView(FITTED, null), '');
  const near = { zoom: 2.123456, x: -30.98765, y: 40, freed: 'agent 7' };
  assert.equal(writtenView(near, null), '2.123_-30.99_40');
  assert.deepEqual(readView(writtenView(near, 'agent 7'), 'agent 7'), { zoom: 2.123, x: -30.99, y: 40, freed: 'agent 7' });
  assert.equal(readView('900_1_1', null).zoom, MOST_ZOOM);
  assert.equal(readView('soon', null), null);
});
