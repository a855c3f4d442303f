import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changes, leaves } from '../../static/viewer/facts.js';
import { rendererOf } from '../../static/viewer/renderers/index.js';
import { find, hit, markers, metric, panels } from '../../static/viewer/renderers/segfault.js';
import {
  departed,
  drifted,
  geometry,
  hunter,
  placed,
  tileAt,
} from '../../static/viewer/renderers/segfault/geometry.js';
import { glyphOf } from '../../static/viewer/shapes.js';

const process = (id, pos, more = {}) => ({
  id,
  call_sign: null,
  pos,
  alive: true,
  buffered_cmd: 'IDLE',
  buffered_arg: null,
  los_lock: false,
  last_sprint_tick: -999,
  ...more,
});

function snapshot(more = {}) {
  return {
    tick: 5,
    grid_size: 10,
    walls: [[0, 0, 0, 1]],
    gates: [{ pos: [4, 4], type: 'stable' }],
    processes: [],
    defragger: { pos: [9, 9], target_id: null, target_reason: 'patrol' },
    watchdog: { quiet_ticks: 2, countdown: 0, active: false, bonus_step: 0 },
    broadcasts: [],
    say_events: [],
    echo_tiles: [],
    events: { kills: [], survivals: [], ghosts: [], spawns: [] },
    ...more,
  };
}

test('a walk is moved smoothly, a teleport and a spawn are not', () => {
  const previous = snapshot({ processes: [process('walker', [1, 1]), process('jumper', [0, 0])] });
  const now = snapshot({
    processes: [process('walker', [2, 1]), process('jumper', [8, 8]), process('newcomer', [5, 5])],
  });
  const [walker, jumper, newcomer] = placed({ tick: 5, snapshot: now, previous, fraction: 0.5 });
  assert.deepEqual([walker.x, walker.y], [1.5, 1]);
  assert.deepEqual([jumper.x, jumper.y], [8, 8]);
  assert.deepEqual([newcomer.x, newcomer.y], [5, 5]);
  assert.ok(newcomer.alpha < 1);
});

test('the killed do not walk: they are crossed out where they fell', () => {
  const previous = snapshot({ processes: [process('a', [1, 1])] });
  const events = { kills: ['a'], survivals: [], ghosts: [], spawns: [] };
  const listed = snapshot({ processes: [process('a', [1, 2], { alive: false })], events });
  assert.deepEqual(placed({ tick: 5, snapshot: listed, previous, fraction: 0.5 }), []);
  assert.deepEqual(departed({ tick: 5, snapshot: listed, previous, fraction: 1 }), [
    { id: 'a', how: 'kill', pos: [1, 2] },
  ]);
  const unlisted = snapshot({
    events,
    defragger: { pos: [3, 3], target_id: null, target_reason: 'los' },
  });
  assert.deepEqual(
    departed({ tick: 5, snapshot: unlisted, previous: null, fraction: 1 })[0].pos,
    [3, 3],
  );
});

test('the Defragmenter walks all its steps and walls come and go', () => {
  const previous = snapshot({
    defragger: { pos: [0, 0] },
    walls: [
      [0, 0, 0, 1],
      [1, 1, 2, 1],
    ],
  });
  const now = snapshot({
    defragger: { pos: [9, 0] },
    walls: [
      [0, 0, 0, 1],
      [3, 3, 3, 4],
    ],
  });
  assert.deepEqual(hunter({ tick: 5, snapshot: now, previous, fraction: 0.5 }), { x: 4.5, y: 0 });
  const walls = drifted({ tick: 5, snapshot: now, previous, fraction: 0.5 });
  assert.deepEqual(
    [walls.stayed.length, walls.came, walls.went],
    [1, [[3, 3, 3, 4]], [[1, 1, 2, 1]]],
  );
});

test('the board is the largest that fits, of whole pixels, x east and y south', () => {
  for (const size of [10, 20, 37]) {
    const board = geometry({ x: 0, y: 0, width: 390, height: 500 }, size);
    assert.ok(board.side <= 390 && board.side > 390 - size - 10);
    assert.deepEqual(tileAt(board, board.left + 1, board.top + 1), [0, 0]);
    assert.deepEqual(tileAt(board, board.left + board.side - 1, board.top + 1), [size - 1, 0]);
    assert.equal(tileAt(board, board.left - 3, board.top), null);
  }
});

test('a press tells what stands there', () => {
  const shown = snapshot({ processes: [process('abcdef', [2, 3])] });
  const box = { x: 0, y: 0, width: 600, height: 600 };
  const board = geometry(box, 10);
  const at = (x, y) =>
    hit(shown, box, board.left + (x + 0.5) * board.cell, board.top + (y + 0.5) * board.cell);
  assert.deepEqual([at(2, 3).subject, at(2, 3).label], ['abcdef', 'Process abcd']);
  assert.equal(at(9, 9).subject, 'defragger');
  assert.equal(at(4, 4).label, 'stable gate at (4, 4)');
  assert.equal(at(0, 0).value.walls, '1 wall');
  assert.equal(hit(shown, box, 1, 1), null);
  assert.equal(find(shown, 'nobody'), null);
});

test('the panels of a SEGFAULT snapshot are those the game asks for', () => {
  const shown = snapshot({
    processes: [
      process('abcdef', [2, 3], { call_sign: 'Null-Fork', los_lock: true }),
      process('beef00', [1, 1], { alive: false }),
    ],
    say_events: [
      {
        sender_id: 'abcdef',
        sender_pos: [2, 3],
        message: '<b>run</b>',
        recipients: [{ id: 'beef00', pos: [1, 1] }],
      },
    ],
    events: { kills: ['beef00'], survivals: [], ghosts: [], spawns: [] },
  });
  const [hunt, watchdog, processes, , say] = panels(shown);
  assert.equal(hunt.note, 'patrol');
  assert.equal(watchdog.note, 'quiet 2 / 6');
  assert.equal(processes.rows[0].text, 'abcd  Null-Fork');
  assert.match(processes.rows[1].detail, /killed/);
  assert.equal(say.rows[0].text, '<b>run</b>');
  assert.equal(say.rows[0].detail, '(2, 3) → beef (1, 1)');
  assert.deepEqual(markers(shown), [
    { kind: 'kill', label: 'beef killed at (1, 1)', subject: 'beef00' },
  ]);
  assert.equal(metric(shown), 1);
});

test('an id always looks the same, and many ids look many ways', () => {
  assert.deepEqual(glyphOf('80c283c8'), glyphOf('80c283c8'));
  const looks = new Set(
    Array.from({ length: 200 }, (_, place) =>
      JSON.stringify({ ...glyphOf(`id-${place}`), letters: '' }),
    ),
  );
  assert.ok(looks.size >= 24, String(looks.size));
});

test('a game without a file of its own gets the renderer of any JSON', async () => {
  assert.ok((await rendererOf('chess', ['segfault'])).anything);
  assert.ok((await rendererOf('../evil', ['../evil'])).anything);
  assert.equal((await rendererOf('segfault', ['segfault'])).marks.kill.shape, 'cross');
});

test('any JSON has leaves and changes', () => {
  const before = {
    turn: 1,
    players: [
      { id: 'a', score: 1 },
      { id: 'b', score: 2 },
    ],
    walls: [
      [0, 1],
      [1, 2],
      [2, 3],
    ],
  };
  const after = {
    turn: 2,
    players: [
      { id: 'b', score: 2 },
      { id: 'a', score: 5 },
    ],
    walls: [
      [1, 2],
      [0, 1],
      [9, 9],
    ],
  };
  assert.deepEqual(changes(before, after), [
    { path: 'turn', before: '1', after: '2' },
    { path: 'players.a.score', before: '1', after: '5' },
    { path: 'walls', before: '[2,3]', after: '[9,9]' },
  ]);
  assert.deepEqual(leaves({ a: { b: 1 }, c: [1, 2] }), [
    { path: 'a.b', text: '1' },
    { path: 'c', text: '[1,2]' },
  ]);
  const players = (score) => [
    { id: 'player-001', score: 1 },
    { id: 'player-002', score },
  ];
  assert.deepEqual(changes(players(2), players(3)), [
    { path: 'player-002.score', before: '2', after: '3' },
  ]);
});
