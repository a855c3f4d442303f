import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { genericOf } from '../../static/viewer/renderers/generic.js';
import { boardOf } from '../../static/viewer/renderers/generic/boards.js';
import { Seen } from '../../static/viewer/renderers/generic/extent.js';
import { Looks } from '../../static/viewer/renderers/generic/looks.js';
import { placedThings } from '../../static/viewer/renderers/generic/map.js';
import { difference, niceStep, numberText } from '../../static/viewer/renderers/generic/numbers.js';
import { at, each, numberAt, numericPaths } from '../../static/viewer/renderers/generic/paths.js';
import { look, settleTeams } from '../../static/viewer/renderers/generic/places.js';
import { rawLines } from '../../static/viewer/renderers/generic/raw.js';
import { figuresOf } from '../../static/viewer/renderers/generic/sheet.js';
import { tablesOf } from '../../static/viewer/renderers/generic/tables.js';

const BOX = { x: 0, y: 0, width: 600, height: 400 };
const NOTHING = { things: [], boards: [], globe: false, cut: false };
const parsed = (text) => JSON.parse(text);
const thing = (x, y, more = {}) => ({
  key: 'a',
  id: 'a',
  team: 't',
  colour: 't',
  label: '',
  x,
  y,
  size: NaN,
  value: null,
  ...more,
});

/** A canvas that takes all drawing, and writes down what was written on it. */
function canvas() {
  const written = [];
  const context = new Proxy(
    { written },
    {
      get: (target, name) => {
        if (name === 'written') return written;
        if (name === 'measureText') return (text) => ({ width: String(text).length * 8 });
        if (name === 'fillText') return (text) => written.push(String(text));
        return () => {};
      },
      set: () => true,
    },
  );
  return context;
}
globalThis.Path2D ??= /** @type {any} */ (class {});
const palette = new Proxy({}, { get: (_, name) => String(name) });

function draw(renderer, snapshot, previous = null, fraction = 1) {
  const context = canvas();
  const options = { palette, focus: null, hidden: new Set(), view: {} };
  renderer.draw(context, { tick: 1, snapshot, previous, fraction }, BOX, options);
  return context.written;
}

test('a path leads through lists and objects, and never to what is inherited', () => {
  const value = parsed('{"a":[{"b/c":7}],"__proto__":{"x":1}}');
  assert.equal(at(value, 'a/0/b~1c'), 7);
  assert.equal(at(value, 'a/#'), 1);
  assert.equal(at(value, '__proto__/x'), 1);
  assert.equal(at({}, '__proto__/constructor'), undefined);
  assert.equal(at({}, 'constructor/name'), undefined);
  assert.equal(at(value, '.'), value);
  const found = [];
  each({ t: { red: { u: [1, 2] }, blue: { u: [3] } } }, 't/*/u/*', (entry, key) =>
    found.push([key, entry]),
  );
  assert.deepEqual(found, [
    ['red/0', 1],
    ['red/1', 2],
    ['blue/0', 3],
  ]);
});

test('all numbers of a snapshot can be charted, and how long its lists are', () => {
  const paths = numericPaths({ a: 1, b: { 'c/d': 2.5 }, list: [{ n: 3 }], no: 'x' });
  assert.deepEqual(paths, ['a', 'b/c~1d', 'list/#', 'list/0/n']);
  assert.equal(numericPaths({ long: Array.from({ length: 9000 }, () => 1) }).length, 2000);
});

test('places are found in all the ways in which they are usually written', () => {
  const { things } = look(
    {
      agents: [{ id: 'x', pos: [1, 2] }, { name: 'y', x: 3, y: 4 }, { position: { x: 5, y: 6 } }],
      cities: { rome: { lon: 12.5, lat: 41.9 } },
      robots: [{ row: 2, col: 7 }],
      walls: [
        [1, 1],
        [1, 2],
      ],
      player: { x: 9, y: 9 },
      nothing: [
        { x: 'far', y: null },
        { x: 1e300, y: 2 },
      ],
    },
    null,
  );
  assert.deepEqual(
    things.map(({ team, id, x, y }) => [team, id, x, y]),
    [
      ['agents', 'x', 1, 2],
      ['agents', '1', 3, 4],
      ['agents', '2', 5, 6],
      ['cities', 'rome', 12.5, 41.9],
      ['robots', '0', 7, 2],
      ['walls', '0', 1, 1],
      ['walls', '1', 1, 2],
      ['player', 'player', 9, 9],
    ],
  );
});

test('pairs are places only where their list is called so', () => {
  const pairs = [
    [1, 1],
    [1, 2],
  ];
  assert.equal(look({ body: pairs }, null).things.length, 2);
  assert.equal(look({ ranges: pairs }, null).things.length, 0);
});

test('a team is read from what things say of themselves, unless all say something else', () => {
  const few = look({ units: [{ x: 1, y: 1, team: 'red' }] }, null).things;
  settleTeams(few);
  assert.equal(few[0].colour, 'red');
  const names = Array.from({ length: 40 }, (_, x) => ({ id: `u${x}`, x, y: 1, type: `kind ${x}` }));
  const many = look({ units: names }, null).things;
  settleTeams(many);
  assert.deepEqual([...new Set(many.map(({ team }) => team))], ['units']);
});

test('boards are lists of letters or of small values, and names are none', () => {
  assert.equal(boardOf(['rnbqkbnr', 'pppppppp', '........', 'PPPPPPPP'], 'board').width, 8);
  assert.equal(
    boardOf(
      [
        ['X', '', 'O'],
        ['', 'X', ''],
        ['O', '', ''],
      ],
      'cells',
    ).tile(2, 0),
    'O',
  );
  assert.equal(boardOf('##\n##\n', 'map').height, 2);
  assert.equal(boardOf(['anna', 'bobb', 'cara', 'dora'], 'players'), null);
  assert.equal(
    boardOf(
      [
        [0.5, 1.25],
        [3.5, 1],
      ],
      'grid',
    ),
    null,
  );
  assert.equal(boardOf([[1, 2], [3]], 'grid'), null);
  assert.equal(boardOf(['ab', 'c'], 'told', true).tile(1, 1), '');
});

test('hints say what is a thing, where it stands, and who it is', () => {
  const hints = {
    things: [
      {
        path: 'fleet/*',
        id: 'n',
        position: ['at/e', 'at/n'],
        label: 'name',
        team: 'side',
        size: 2,
      },
      { path: 'rocks/*', position: '.', kind: 'rock', colour: 'shade' },
    ],
  };
  const { things } = look(
    {
      fleet: [{ n: 4, at: { e: 1, n: 2 }, name: 'Ajax', side: 'north' }, { at: 'lost' }, null],
      rocks: [[5, 6]],
    },
    hints,
  );
  assert.deepEqual(
    things.map(({ key, x, y, team, colour, label, size }) => [
      key,
      x,
      y,
      team,
      colour,
      label,
      size,
    ]),
    [
      ['fleet 4', 1, 2, 'north', 'north', 'Ajax', 2],
      ['1:rock 0', 5, 6, 'rock', 'rock', '', NaN],
    ],
  );
});

test('teams have the colours told, and others what is left, always in the same order', () => {
  const looks = new Looks({ teams: { red: 'danger', sky: 1 }, things: [{ path: 'hares/*' }] });
  assert.equal(looks.of('red').tone, 'danger');
  assert.equal(looks.of('sky').tone, 'gate');
  assert.equal(looks.of('hares').tone, 'life');
  assert.equal(looks.of('hares', 'warning').tone, 'warning');
  assert.equal(looks.of('hares', 3).tone, 'danger');
  assert.notEqual(looks.of('red').shape, looks.of('sky').shape);
  const hostile = looks.of('__proto__');
  assert.deepEqual(Object.keys(hostile), ['tone', 'shape']);
});

test('the scale holds still: it only grows, by round steps', () => {
  const seen = new Seen(null);
  seen.meet({ ...NOTHING, things: [thing(3.2, 10), thing(480.5, 300)] });
  const before = JSON.stringify(seen.extent);
  seen.meet({ ...NOTHING, things: [thing(100.1, 100), thing(481, 299)] });
  assert.equal(JSON.stringify(seen.extent), before);
  seen.meet({ ...NOTHING, things: [thing(900, 100)] });
  assert.ok(seen.extent.right >= 900);
});

test('whole numbers that are small are cells; a told plane is as told, y upwards too', () => {
  const cells = new Seen(null);
  cells.meet({ ...NOTHING, things: [thing(2, 3), thing(9, 7)] });
  assert.ok(cells.grid);
  assert.deepEqual(cells.extent, { left: -0.5, low: -0.5, right: 9.5, high: 7.5 });
  const told = new Seen({ plane: 'plane', bounds: [-10, -10, 10, 10], y: 'up' });
  const { place, grid } = told.plane(BOX);
  assert.equal(grid, false);
  assert.deepEqual(place(0, 10), { x: 300, y: 0 });
  assert.deepEqual(place(-10, -10), { x: 100, y: 400 });
});

test('what walks is moved smoothly, what was put elsewhere is not, and who share a cell are seen', () => {
  const seen = new Seen({ plane: 'grid', width: 10, height: 10 });
  const plane = seen.plane({ x: 0, y: 0, width: 100, height: 100 });
  const before = new Map([
    ['a', thing(1, 1)],
    ['b', thing(0, 0)],
  ]);
  const [walker, jumper] = placedThings(
    [thing(2, 1), thing(9, 9, { key: 'b' })],
    before,
    0.5,
    plane,
  );
  assert.deepEqual([walker.px, walker.py], [20, 15]);
  assert.deepEqual([jumper.px, jumper.py], [95, 95]);
  const [one, two] = placedThings([thing(3, 3), thing(3, 3, { key: 'b' })], null, 1, plane);
  assert.notEqual(one.px, two.px);
});

test('lists of objects are tables with a bounded number of rows', () => {
  const [table] = tablesOf({
    players: Array.from({ length: 1000 }, (_, at) => ({ score: at, name: `p${at}` })),
    plain: [1, 2, 3],
  });
  assert.deepEqual(table.head, ['name', 'score']);
  assert.deepEqual(table.rows[1].cells, ['p1', '1']);
  assert.equal(table.rows.length, 60);
  assert.equal(table.total, 1000);
  const [byName] = tablesOf({ seats: { ann: { cards: 3 }, bob: { cards: 4 } } });
  assert.deepEqual(byName.rows[1].cells, ['bob', '4']);
});

test('the raw snapshot tells what changed with both values, and folds what did not', () => {
  const list = (changed) =>
    Array.from({ length: 200 }, (_, at) => ({ id: at, v: at === 150 ? changed : 0 }));
  const lines = rawLines({ score: 1, list: list(1), gone: true }, { score: 2, list: list(5) });
  const of = (kind) => lines.filter((line) => line.kind === kind).map(({ text }) => text.trim());
  assert.deepEqual(of('gone'), ['"score": 1,', '{"id": 150, "v": 1},', '"gone": true']);
  assert.deepEqual(of('new'), ['"score": 2,', '{"id": 150, "v": 5},']);
  assert.ok(lines.some(({ text }) => text.includes('… 70 more, as they were')));
  assert.ok(lines.some(({ text }) => text.includes('… 49 more, as they were')));
  const long = rawLines(
    undefined,
    Object.fromEntries(
      Array.from({ length: 70 }, (_, at) => [
        `k${at}`,
        Array.from({ length: 40 }, (__, n) => ({ deep: [{ n, m: [{ o: [1] }] }] })),
      ]),
    ),
  );
  assert.ok(long.length <= 601);
});

test('numbers are short however large they are', () => {
  assert.equal(numberText(1234567), '1,234,567');
  assert.equal(numberText(1e300), '1.000e+300');
  assert.equal(numberText(5e-324), '4.941e-324');
  assert.equal(numberText(0.1 + 0.2), '0.3');
  assert.equal(difference(3, 1), '−2');
  assert.equal(difference(null, 1), '');
  assert.equal(niceStep(100, 10), 10);
});

test('numbers without places are drawn large, with what they were before', () => {
  const written = draw(genericOf(null), { score: 12, lives: 3 }, { score: 10, lives: 3 });
  assert.ok(written.includes('12'));
  assert.ok(written.some((text) => text.startsWith('+2 ')));
  assert.deepEqual(draw(genericOf(null), {}), ['Nothing is in the snapshot of this tick.']);
});

test('a map tells who is on it, and one presses what stands there', () => {
  const renderer = genericOf({ things: [{ path: 'hares/*', label: 'name' }], y: 'up' });
  const snapshot = {
    hares: [
      { x: 1, y: 1, name: '<b>Ada</b>' },
      { x: 8, y: 6 },
    ],
  };
  const written = draw(renderer, snapshot);
  assert.ok(written.includes('hares 2'));
  assert.ok(written.includes('<b>Ada</b>'));
  assert.equal(renderer.describe(snapshot), '2 of hares');
  const places = [];
  for (let x = 0; x < 600; x += 6) {
    for (let y = 0; y < 400; y += 6) {
      const found = renderer.hit(snapshot, BOX, x, y);
      if (found) places.push(found.subject);
    }
  }
  assert.deepEqual([...new Set(places)].toSorted(), ['hares 0', 'hares 1']);
  assert.equal(renderer.find(snapshot, 'hares 0').label, 'hares <b>Ada</b>');
});

test('what hints say is read as the site reads it', () => {
  // tests/test_hints.py reads the same file.
  const file = new URL('../fixtures/hinted.json', import.meta.url);
  const { hints, snapshot, things, markers, metrics } = parsed(readFileSync(file, 'utf8'));
  const found = look(snapshot, hints).things.map(({ x, y, colour }) => [x, y, colour]);
  assert.deepEqual(found, things);
  const told = genericOf(hints).markers(snapshot);
  assert.deepEqual(
    told.map(({ kind, label, subject }) => [kind, label, subject]),
    markers,
  );
  const read = hints.chart.map((path) => [path, numberAt(snapshot, path)]);
  assert.deepEqual(Object.fromEntries(read.filter(([, value]) => !Number.isNaN(value))), metrics);
});

test('events of hints are told, and paths that lead nowhere break nothing', () => {
  const hints = {
    things: [{ path: 'a/b/*', position: 'c' }],
    board: 'no/board',
    events: { path: 'news/*', kind: 'k', label: 'w' },
    chart: ['no/number'],
  };
  const renderer = genericOf(hints);
  assert.deepEqual(renderer.markers({ news: [{ k: 'hit', w: 'Ajax is hit' }, 5, {}] }), [
    { kind: 'hit', label: 'Ajax is hit', subject: null },
  ]);
  for (const snapshot of [{}, { a: 3 }, { a: { b: [null, 1, { c: 'x' }] }, news: 'none' }]) {
    draw(renderer, snapshot, {}, 0.5);
    assert.deepEqual(renderer.markers(snapshot), []);
    assert.ok(Number.isNaN(renderer.metric(snapshot)));
  }
});

test('whatever a snapshot holds, it is drawn', () => {
  const deep = parsed('{"n":'.repeat(60) + '1' + '}'.repeat(60));
  const odd = [
    parsed('{"__proto__":{"x":1,"y":2},"constructor":5,"toString":[]}'),
    { deep },
    {
      huge: 1e308,
      least: -1e308,
      list: [
        { x: 1e12, y: -1e12 },
        { x: 0, y: 0 },
      ],
    },
    { a: null, b: [], c: {}, d: [[]], e: [{}], f: [[null]], g: '' },
    { rows: ['', ''], grid: [[], []], map: 'x', board: [[{}]] },
    parsed('{"p":[{"hasOwnProperty":1,"name":{"x":1},"pos":[1,2],"id":{}}]}'),
    { text: 'x'.repeat(60_000), words: Array.from({ length: 5000 }, () => 'ab') },
  ];
  for (const snapshot of odd) {
    for (const previous of [null, {}, ...odd]) {
      const renderer = genericOf(null);
      draw(renderer, snapshot, previous, 0.5);
      assert.equal(typeof renderer.describe(snapshot), 'string');
      assert.ok(Array.isArray(figuresOf(snapshot, previous, [])));
      assert.ok(rawLines(previous ?? undefined, snapshot).length > 0);
      renderer.hit(snapshot, BOX, 1, 1);
    }
  }
});

test('what an unknown snapshot holds is found as the card finds it', () => {
  const file = new URL('../fixtures/found.json', import.meta.url);
  const { snapshot, things, boards } = parsed(readFileSync(file, 'utf8'));
  const found = look(snapshot, null);
  assert.deepEqual(
    found.things.map(({ x, y, team }) => [x, y, team]),
    things,
  );
  assert.deepEqual(
    found.boards.map(({ path }) => path),
    boards,
  );
});
