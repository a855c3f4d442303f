import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as arena from '../../static/viewer/renderers/arena.js';
import { FITTED, inMode, isLed, moved, poseOf, projected, rayOf, readView, written } from '../../static/viewer/renderers/arena/camera.js';
import { effectsOf } from '../../static/viewer/renderers/arena/effects.js';
import { linesOf, wayOf } from '../../static/viewer/renderers/arena/graph.js';
import { isSameWalk, mechsOf, standingOf, turned } from '../../static/viewer/renderers/arena/mechs.js';
import { panelsOf } from '../../static/viewer/renderers/arena/panels.js';
import { freeWay, groundOn, isSeen, mechOn } from '../../static/viewer/renderers/arena/picking.js';
import { extentOf, pictureOf } from '../../static/viewer/renderers/arena/picture.js';
import { Quality } from '../../static/viewer/renderers/arena/quality.js';
import { scoreOf } from '../../static/viewer/renderers/arena/score.js';
import { codeAt, columnsOf, readWorld, TOP } from '../../static/viewer/renderers/arena/world.js';

const BOX = { x: 0, y: 0, width: 800, height: 600 };

function mech(more = {}) {
  return {
    team: 'blue', class: 'heavy', pos: [10, 10, 2], vel: [0, 0, 0], yaw: 0, hp: 100, hp_max: 200, heat: 10, heat_cap: 100,
    stability: 50, stability_max: 100, alive: true, fallen: false, legged: false, ...more,
  };
}

function snapshot(mechs, more = {}) {
  const objective = { zone_center: [10, 10], zone_radius: 5, zone_score: { blue: 3, red: 9 }, zone_score_to_win: 30 };
  return { t: 1, tick: 5, objective, mechs, smoke_clouds: [], events: [], ...more };
}

/** A block of so many voxels a side, on the ground. */
function cube(side, code) {
  const walls = [];
  for (let x = 0; x < side; x += 1)
    for (let y = 0; y < side; y += 1) for (let z = 0; z < side; z += 1) walls.push(code ? [x + 1, y + 1, z, code] : [x + 1, y + 1, z]);
  return readWorld({ size: [side + 2, side + 2, side + 2], walls });
}

// Worlds

test('a world is read into cells; a voxel without a type is solid, one outside is left out', () => {
  const world = readWorld({ size: [4, 3, 2], voxel_size_m: 2, walls: [[1, 2, 0], [0, 0, 1, 7], [9, 9, 9, 1], [0, 1, 0, 77]] });
  assert.deepEqual([world.scale, world.voxels, codeAt(world, 1, 2, 0), codeAt(world, 0, 0, 1)], [2, 2, 1, 7]);
  assert.equal(codeAt(world, -1, 0, 0), 0);
});

test('a world without a size, or too large, is refused in words', () => {
  assert.throws(() => readWorld({ walls: [] }), /states no size/);
  assert.throws(() => readWorld({ size: [2000, 2000, 2000], walls: [] }), /too large/);
});

test('faces between blocks are left out, and blocks that are closed in altogether', () => {
  const world = cube(3);
  const [solid] = world.faces;
  assert.equal(world.voxels, 27);
  assert.equal(world.shown, 25); // the middle one, and the one below it, which stands on the ground
  assert.equal(solid.count, 9 * 5); // six sides but for the one on the ground
});

test('glass hides no block behind it, and nothing is drawn between two panes', () => {
  const world = readWorld({ size: [5, 3, 3], walls: [[1, 1, 1, 7], [2, 1, 1, 7], [3, 1, 1, 1]] });
  const count = (code) => world.faces.find((faces) => faces.code === code)?.count;
  assert.deepEqual([count(7), count(1)], [9, 6]);
});

test('floors are one tile each, seen from above', () => {
  const world = readWorld({ size: [3, 1, 2], walls: [[0, 0, 0, 6], [1, 0, 0, 2], [2, 0, 0, 3]] });
  assert.deepEqual(world.faces.map(({ code, count, places }) => [code, count, places[3]]), [[6, 1, TOP], [2, 1, TOP], [3, 1, TOP]]);
});

test('corners beside a block are darker', () => {
  const world = readWorld({ size: [3, 3, 3], walls: [[0, 1, 0, 6], [1, 1, 0, 1], [1, 1, 1, 1]] });
  const floor = world.faces.find(({ code }) => code === 6);
  const [west, east] = [floor.shades[0], floor.shades[1]];
  assert.ok(east < west);
});

test('from above one sees the highest block of each column', () => {
  const { codes, heights } = columnsOf(readWorld({ size: [2, 1, 4], walls: [[0, 0, 0, 6], [1, 0, 0, 6], [1, 0, 2, 8]] }));
  assert.deepEqual([[...codes], [...heights]], [[6, 8], [0, 3]]);
});

test('the faces of a world of the trainer are fewer than half of those of its voxels', () => {
  let stated;
  try {
    stated = JSON.parse(readFileSync(new URL('../../../shared/data/arena/replay-fx.json', import.meta.url))).world;
  } catch {
    stated = { size: [60, 60, 20], walls: cube(12).cells.reduce((all, code, at) => (code ? [...all, [at % 14, Math.floor(at / 14) % 14, Math.floor(at / 196), code]] : all), []) };
  }
  const world = readWorld(stated);
  const faces = world.faces.reduce((sum, { count }) => sum + count, 0);
  assert.equal(world.voxels, stated.walls.length);
  assert.ok(faces < 3 * world.voxels);
});

// Motion

test('a mech turns the shorter way round', () => {
  assert.ok(Math.abs(turned(3.1, -3.1, 0.5) - Math.PI) < 1e-9);
  assert.ok(Math.abs(turned(-3.1, 3.1, 0.5) + Math.PI) < 1e-9);
  assert.equal(turned(1, 2, 0.25), 1.25);
  assert.ok(Math.abs(turned(0, 7 * 2 * Math.PI + 0.5, 1) - 0.5) < 1e-9);
});

test('a mech is between its two places while it walks, and at rest where it is', () => {
  const [before, now] = [snapshot({ a: mech() }), snapshot({ a: mech({ pos: [12, 10, 2], yaw: 1 }) })];
  assert.deepEqual(mechsOf(now, before, 0.5)[0].at, [11, 10, 2]);
  assert.equal(mechsOf(now, before, 0.5)[0].yaw, 0.5);
  assert.deepEqual(mechsOf(now, before, 1)[0].at, [12, 10, 2]);
});

test('nothing moves across a death, a spawn or a jump', () => {
  const dead = snapshot({ a: mech({ pos: [12, 10, 2], alive: false }) });
  assert.deepEqual(mechsOf(dead, snapshot({ a: mech() }), 0.5)[0].at, [12, 10, 2]);
  assert.deepEqual(mechsOf(snapshot({ a: mech() }), snapshot({}), 0.2)[0].at, [10, 10, 2]);
  assert.equal(isSameWalk(mech(), mech({ pos: [40, 10, 2] })), false);
});

test('what is most to be said of a mech comes first', () => {
  assert.deepEqual(
    [{ alive: false, fallen: true }, { fallen: true }, { heat: 101 }, { legged: true }, {}].map((more) => standingOf(mech(more))),
    ['dead', 'fallen', 'hot', 'legged', 'ready'],
  );
});

test('a mech without a place is not drawn, and nothing is thrown', () => {
  assert.deepEqual(mechsOf(snapshot({ a: { team: 'red' }, b: null }), null, 1), []);
});

// Effects

test('a laser goes from its shooter to the place of the hit, and fades', () => {
  const events = [{ type: 'laser_hit', shooter: 'a', target: 'b', pos: [20, 10, 2] }];
  const now = snapshot({ a: mech(), b: mech({ team: 'red', pos: [20, 10, 2] }) }, { events });
  const at = (part) => effectsOf(now, mechsOf(now, null, 1), part);
  const [beam] = at(0).beams;
  assert.deepEqual(beam.to, [20, 10, 2]);
  assert.ok(beam.from[0] > 10 && beam.alpha > at(0.9).beams[0].alpha);
  assert.ok(at(1).beams[0].alpha > 0.3); // a paused tick still shows it
});

test('every kind of event of the trainer is shown or told, and none of them throws', () => {
  const kinds = ['laser_hit', 'projectile_hit', 'kinetic_fire', 'missile_launch', 'ams_intercept', 'paint', 'smoke_launch', 'explosion', 'kill'];
  for (const type of kinds) {
    const event = { type, shooter: 'a', target: 'b', defender: 'b', pos: [12, 11, 2], weapon: 'x', radius: 2 };
    const now = snapshot({ a: mech(), b: mech({ team: 'red' }) }, { events: [event] });
    const { beams, balls } = effectsOf(now, mechsOf(now, null, 1), 0.4);
    assert.ok(beams.length + balls.length > 0, type);
    assert.equal(arena.events(now).length, 1);
    effectsOf(snapshot({}, { events: [{ type }, null, { type: 'unheard of' }] }), [], 0);
  }
});

test('an explosion grows', () => {
  const now = snapshot({}, { events: [{ type: 'explosion', pos: [1, 1, 1], radius: 4 }] });
  assert.ok(effectsOf(now, [], 0.9).balls[0].radius > effectsOf(now, [], 0).balls[0].radius);
});

// Score, kills, panels

test('who leads, who is inside the zone, and who has won', () => {
  const fight = snapshot({ a: mech(), b: mech({ team: 'red', pos: [50, 50, 2] }) });
  const score = scoreOf(fight);
  assert.deepEqual([score.leader, score.winner, score.words], ['red', null, 'Red leads']);
  assert.deepEqual(score.teams.map(({ inside }) => inside), [1, 0]);
  assert.equal(scoreOf(snapshot({ a: mech({ alive: false }), b: mech({ team: 'red' }) })).words, 'Red wins');
  fight.objective.zone_score = { blue: 30.1, red: 2 };
  assert.equal(scoreOf(fight).words, 'Blue wins');
  assert.equal(scoreOf({}).words, 'Even');
});

test('kills are marked as the game itself marks them', () => {
  const events = [{ type: 'kill', shooter: 'a', target: 'b' }, { type: 'kill', shooter: 'lava', target: 'c' }, { type: 'paint', shooter: 'a', target: 'b' }];
  assert.deepEqual(arena.markers(snapshot({}, { events })), [
    { kind: 'kill', label: 'a destroyed b', subject: 'b' },
    { kind: 'kill', label: 'c died of lava', subject: 'c' },
  ]);
});

test('each team has its mechs listed, the heaviest first, with their bars', () => {
  const mechs = { s: mech({ class: 'scout' }), h: mech(), r: mech({ team: 'red', alive: false, hp: -3 }) };
  const [zone, blue, red] = panelsOf(snapshot(mechs));
  assert.equal(zone.note, 'Blue wins');
  assert.deepEqual(blue.rows.map(({ subject }) => subject), ['h', 's']);
  assert.deepEqual(blue.rows[0].meters.map(({ name, part }) => [name, part]), [['health', 0.5], ['heat', 0.1], ['stability', 0.5]]);
  assert.equal(red.rows[0].detail, 'destroyed');
});

// The camera, and what is under a pixel

const EXTENT = { width: 40, depth: 40, high: 20 };

test('a point is seen where the pixel that looks at it is', () => {
  for (const view of [FITTED, { ...FITTED, mode: 'top' }, { ...FITTED, distance: 30, yaw: 4, pitch: 0.3 }]) {
    const pose = poseOf(view, BOX, EXTENT, null);
    const spot = projected(pose, [12, 31, 3]);
    const ray = rayOf(pose, spot.x, spot.y);
    const far = Math.hypot(12 - pose.eye[0], 31 - pose.eye[1], 3 - pose.eye[2]);
    [12, 31, 3].forEach((side, axis) => assert.ok(Math.abs(pose.eye[axis] + ray[axis] * far - side) < 1e-6));
  }
});

test('the whole ground fits on the board, wide or high', () => {
  for (const box of [BOX, { ...BOX, width: 390, height: 390 }, { ...BOX, width: 300, height: 900 }]) {
    for (const mode of ['orbit', 'top']) {
      const pose = poseOf({ ...FITTED, mode }, box, EXTENT, null);
      for (const corner of [[0, 0, 0], [40, 0, 0], [0, 40, 0], [40, 40, 0]]) {
        const { x, y } = projected(pose, corner);
        assert.ok(x >= 0 && x <= box.width && y >= 0 && y <= box.height, `${mode} ${corner} at ${x}, ${y}`);
      }
    }
  }
});

test('a drag turns, with Shift it moves; who moves away from a mech is led by it no more', () => {
  const pose = poseOf(FITTED, BOX, EXTENT, [5, 5, 2]);
  const gesture = { kind: 'drag', dx: 50, dy: 0, factor: 1, x: 0, y: 0 };
  const what = { extent: EXTENT, focus: 'a' };
  assert.notEqual(moved(FITTED, gesture, pose, what).yaw, FITTED.yaw);
  assert.equal(isLed(moved(FITTED, gesture, pose, what), 'a'), true);
  const panned = moved(FITTED, { ...gesture, pan: true }, pose, what);
  assert.deepEqual([panned.yaw, isLed(panned, 'a')], [FITTED.yaw, false]);
  assert.equal(isLed(inMode(panned, 'follow', pose, 'a'), 'a'), true);
});

test('zooming keeps what is under the pointer, and has its bounds', () => {
  const pose = poseOf(FITTED, BOX, EXTENT, null);
  let view = FITTED;
  for (let step = 0; step < 60; step += 1) {
    view = moved(view, { kind: 'zoom', dx: 0, dy: 0, factor: 1.5, x: 500, y: 400 }, poseOf(view, BOX, EXTENT, null), { extent: EXTENT, focus: null });
  }
  assert.ok(view.distance >= 4 && view.distance < pose.distance);
});

test('the nearest mech on a ray is met, and none behind a block', () => {
  const mechs = mechsOf(snapshot({ near: mech({ pos: [6, 2, 1.5], class: 'light' }), far: mech({ pos: [12, 2, 2] }) }), null, 1);
  assert.equal(mechOn(mechs, [0, 2, 1.5], [1, 0, 0]).mech.id, 'near');
  const world = readWorld({ size: [20, 5, 6], walls: [[3, 2, 1, 1]] });
  assert.ok(Math.abs(freeWay(world, [0.5, 2.5, 1.5], [1, 0, 0], 100) - 2.5) < 1e-3);
  assert.equal(isSeen(world, [0.5, 2.5, 1.5], [10, 2.5, 1.5]), false);
  assert.equal(isSeen(world, [0.5, 2.5, 3.5], [10, 2.5, 3.5]), true);
});

test('a press on the ground finds the place, on a roof its height', () => {
  const world = readWorld({ size: [20, 20, 8], walls: [[10, 10, 0, 1], [10, 10, 1, 1]] });
  const down = Math.SQRT1_2;
  assert.deepEqual(groundOn(world, [2.5, 2.5, 5], [0, 0, -1]), [2.5, 2.5, 0]);
  const roof = groundOn(world, [10.5, 4.5, 8], [0, down, -down]);
  assert.ok(Math.abs(roof[2] - 2) < 0.01, String(roof));
  assert.equal(groundOn(world, [-30, 0, 5], [0, 0, -1]), null);
});

test('without a world there is room for what is there', () => {
  assert.deepEqual(extentOf(null, snapshot({ a: mech({ pos: [33, 8, 2] }) })), { width: 40, depth: 20, high: 12 });
});

test('a picture leaves out what is switched off', () => {
  const now = snapshot({ a: mech() }, { events: [{ type: 'explosion', pos: [1, 1, 1] }], smoke_clouds: [{ pos: [1, 1, 1], radius: 3 }, { pos: null }] });
  const frame = { tick: 0, snapshot: now, previous: null, fraction: 1 };
  const scenery = { world: null, graph: null, way: [], ends: [], flat: false };
  const seen = (hidden) => pictureOf(frame, BOX, { palette: {}, focus: 'a', hidden: new Set(hidden), view: FITTED }, scenery);
  assert.deepEqual([seen([]).clouds.length, seen([]).effects.balls.length], [1, 2]);
  assert.deepEqual([seen(['smoke', 'effects']).clouds.length, seen(['effects']).effects.balls.length], [0, 0]);
  assert.deepEqual(seen([]).pose.target, [10, 10, 2]);
});

// Paths, sharpness

test('a graph becomes points and lines in voxels, each line once', () => {
  const nodes = [
    { id: [-1, 0, 0], pos: [1, 1, 0], edges: [[-1, 0, 1]] },
    { id: [-1, 0, 1], pos: [3, 1, 0], edges: [[-1, 0, 0], [5, 5, 5]] },
  ];
  const { nodes: points, lines } = linesOf({ voxel_size: 2, nodes });
  assert.deepEqual([points.length, lines.length, points[0], points[3]], [6, 6, 0.5, 1.5]);
  assert.deepEqual(wayOf({ path: [[2, 4, 6]] }, 2)[0].slice(0, 2), [1, 2]);
});

test('slow frames make the picture coarser, and never finer on a processor', () => {
  const quality = new Quality({ dense: 2, software: false });
  let now = 0;
  const frames = (count, length) => {
    for (let frame = 0; frame < count; frame += 1) quality.drawn((now += length), true);
  };
  frames(20, 16);
  assert.equal(quality.ratio, 2);
  frames(40, 90);
  const coarse = quality.ratio;
  assert.ok(coarse < 1);
  frames(400, 8);
  assert.ok(quality.ratio > coarse);
  const slow = new Quality({ dense: 1, software: true });
  assert.ok(slow.ratio < 1);
  for (let frame = 0; frame < 40; frame += 1) slow.drawn(1000 * frame, false);
  assert.equal(slow.ratio, 0.7); // what stands still tells nothing
});

// The camera in the address

test('a camera that was moved is written short, and read as the same picture', () => {
  assert.equal(written(FITTED, null), '');
  const chosen = { ...FITTED, yaw: 7.2831853, pitch: 0.333333, distance: 51.23456, x: 12.34567, freed: 'red_0' };
  assert.equal(written(chosen, 'red_0'), 'orbit_1_0.3333_51.23_12.35__free');
  const read = readView(written(chosen, 'red_0'), 'red_0');
  assert.deepEqual(read, { mode: 'orbit', yaw: 1, pitch: 0.3333, distance: 51.23, x: 12.35, y: null, freed: 'red_0' });
  assert.equal(written(read, 'red_0'), written(chosen, 'red_0'));
  assert.equal(written({ ...FITTED, mode: 'follow' }, 'red_0'), 'follow_1_0.66');
});

test('a camera that nobody could have is brought back to one that somebody could, or not read at all', () => {
  const { pitch, distance, x, freed } = readView('top_nan_99_-4_1e999_2_free', null);
  assert.deepEqual([pitch, distance, x, freed], [1.5, 5, null, null]);
  for (const text of ['', 'inside', '1_2_3', '__proto__']) assert.equal(readView(text, null), null);
});
