import assert from 'node:assert/strict';
import { test } from 'node:test';
import { around, legal, tiles, whereTo } from '../../static/play/grid.js';
import { actionOf } from '../../static/play/keys.js';
import { Line } from '../../static/play/line.js';
import { Outbox } from '../../static/play/outbox.js';
import { nextAction, whatHappened, worthSaying } from '../../static/play/words.js';

const ALONE = [[-1, -1], [0, -1], [1, -1], [-1, 0], [0, 0], [1, 0]];
const state = (changes = {}) => ({
  tick: 5, status: null, next_tick_in_ms: 900, buffered: null, events: [],
  grid: '[7 GATE ] [8      ] [9      ] \n[4      ] [5 SELF ] [6 DEFRG] ',
  visible: ALONE, walls: [], gates: [[-1, -1]], other_processes: [], echo_tiles: [], defragger: [1, 0],
  ...changes,
});
const press = (key, code, more = {}) => ({
  key, code, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, numLock: true, ...more,
});
const FREE = { letters: true, typing: false };

test('the text of the server is cut into the tiles that it shows, with fog around', () => {
  const rows = tiles(state());
  assert.deepEqual(rows.map((row) => row.length), [3, 3, 3]);
  assert.equal(rows[0][0].text, '[7 GATE ] ');
  assert.deepEqual([rows[0][0].digit, rows[0][0].label, rows[0][0].place], ['7', 'GATE', [-1, -1]]);
  assert.equal(rows[1][2].label, 'DEFRG');
  assert.deepEqual(rows[2].map(({ seen }) => seen), [false, false, false]);
  assert.deepEqual(tiles(state({ grid: '', visible: [] })), []);
});

test('a straight step needs its edge free, a diagonal one either way round its corner', () => {
  assert.deepEqual([...legal(state())].sort(), ['4', '6', '7', '8', '9']);
  const wall = { a: [0, -1], b: [0, 0] };
  assert.deepEqual([...legal(state({ walls: [wall] }))].sort(), ['4', '6', '7', '9']);
  const shut = [wall, { a: [-1, 0], b: [0, 0] }];
  assert.ok(!legal(state({ walls: shut })).has('7'));
});

test('what is around is told in words', () => {
  const words = around(state());
  assert.match(words, /The Defragmenter is 1 east\./);
  assert.match(words, /A gate is 1 north, 1 west\./);
  assert.match(words, /Blocked: south-west, south, south-east\./);
  assert.equal(whereTo([0, 0]), 'right here');
  assert.equal(worthSaying(state(), state()), '');
  assert.equal(worthSaying(null, state()), 'Defragmenter 1 east. Gate 1 north, 1 west.');
  assert.match(worthSaying(state(), state({ defragger: null })), /out of sight/);
});

test('digits, numpad, arrows and the letters around s are one keypad, by where they lie', () => {
  const digitOf = (...keys) => actionOf(press(...keys), FREE);
  for (const [key, code, digit] of [
    ['7', 'Digit7', '7'], ['è', 'Digit7', '7'], ['7', 'Numpad7', '7'], ['Home', 'Numpad7', '7'],
    ['ArrowUp', 'ArrowUp', '8'], ['q', 'KeyQ', '7'], ['a', 'KeyQ', '7'], ['c', 'KeyC', '3'],
  ]) {
    assert.equal(digitOf(key, code, { numLock: false })?.digit, digit, `${key} ${code}`);
    assert.equal(digitOf(key, code, { numLock: false })?.sprint, false);
  }
  for (const code of ['Digit5', 'Numpad5', 'KeyS']) assert.deepEqual(digitOf('5', code), { action: 'idle' });
});

test('Shift sprints, on a numpad too, where NumLock swallows it', () => {
  assert.equal(actionOf(press('&', 'Digit7', { shiftKey: true }), FREE)?.sprint, true);
  assert.equal(actionOf(press('Home', 'Numpad7', { numLock: true }), FREE)?.sprint, true);
  assert.equal(actionOf(press('7', 'Numpad7', { numLock: true }), FREE)?.sprint, false);
  assert.equal(actionOf(press('/', 'Digit7', { shiftKey: true }), FREE)?.action, 'step');
});

test('no key fires while typing, with a modifier, or when single keys are switched off', () => {
  const key = press('8', 'Digit8');
  assert.equal(actionOf(key, { ...FREE, typing: true }), null);
  assert.equal(actionOf(key, { ...FREE, letters: false }), null);
  for (const held of ['ctrlKey', 'altKey', 'metaKey']) assert.equal(actionOf({ ...key, [held]: true }, FREE), null);
  assert.deepEqual(actionOf(press('t', 'KeyT'), FREE), { action: 'say' });
  assert.deepEqual(actionOf(press('/', 'Slash'), FREE), { action: 'say' });
  assert.deepEqual(actionOf(press('b', 'KeyB'), FREE), { action: 'broadcast' });
  assert.deepEqual(actionOf(press('?', 'Slash', { shiftKey: true }), FREE), { action: 'help' });
});

test('what is sent stays under the limit: of waiting actions the last wins, words keep their order', () => {
  let now = 0;
  const sent = [];
  const timers = [];
  const outbox = new Outbox((command) => sent.push(command) > 0, {
    now: () => now, later: (work, milliseconds) => timers.push({ work, at: now + milliseconds }),
  });
  for (let count = 0; count < 30; count += 1) outbox.put({ cmd: 'MOVE', arg: String(1 + (count % 4)) });
  outbox.put({ cmd: 'SAY', arg: 'one' });
  outbox.put({ cmd: 'MOVE', arg: '9' });
  assert.equal(sent.length, 16);
  assert.equal(timers.length, 1);
  now = timers[0].at;
  timers[0].work();
  assert.deepEqual(sent.slice(16), [{ cmd: 'SAY', arg: 'one' }, { cmd: 'MOVE', arg: '9' }]);
});

test('without a line nothing waits to be sent later, when it may be wrong', () => {
  const outbox = new Outbox(() => false);
  assert.equal(outbox.put({ cmd: 'MOVE', arg: '1' }), false);
  assert.deepEqual(outbox.waiting, []);
});

/** A socket that is told what happens to it. */
function fakeLine() {
  const sockets = [];
  const said = [];
  const told = (name) => (what) => said.push([name, what]);
  const line = new Line('secret', {
    after: () => 41, state: told('state'), answer: told('answer'), ended: told('ended'),
    unknown: told('unknown'), line: told('line'),
  }, { open: () => {
    const socket = { sent: [], readyState: 1, send: (text) => socket.sent.push(JSON.parse(text)), close: () => {} };
    sockets.push(socket);
    return socket;
  } });
  line.start();
  return { line, sockets, said };
}

test('the token is the first message, with the last event that has arrived', () => {
  const { line, sockets: [socket] } = fakeLine();
  socket.onopen();
  assert.deepEqual(socket.sent, [{ token: 'secret', after: 41 }]);
  line.stop();
});

test('a state has no type; whatever has one goes its own way', () => {
  const { line, sockets: [socket], said } = fakeLine();
  socket.onmessage({ data: '{"tick":1}' });
  socket.onmessage({ data: '{"type":"ping"}' });
  socket.onmessage({ data: '{"type":"answer","status":"ok"}' });
  assert.deepEqual(said.filter(([name]) => name !== 'line').map(([name]) => name), ['state', 'answer']);
  line.stop();
});

test('a dropped line says so and is opened again; a finished or unknown one is not', () => {
  const dropped = fakeLine();
  dropped.sockets[0].onclose({ code: 1006 });
  assert.match(dropped.said.at(-1)[1], /dropped\. Trying again in 1 s\./);
  assert.equal(dropped.line.closed, false);
  dropped.line.stop();
  const over = fakeLine();
  over.sockets[0].onclose({ code: 1000 });
  assert.equal(over.line.closed, true);
  const unknown = fakeLine();
  unknown.sockets[0].onclose({ code: 4001 });
  assert.deepEqual(unknown.said.at(-1)[0], 'unknown');
});

test('sentences say what comes next and what happened', () => {
  assert.equal(nextAction(null), 'nothing yet: you will idle');
  assert.equal(nextAction({ cmd: 'BUFFER', arg: '7' }), 'sprint ↖ north-west (7)');
  assert.equal(nextAction({ cmd: 'IDLE', arg: null }), 'idle');
  assert.equal(whatHappened('dead', 7, null), 'The Defragmenter entered your tile at tick 7.');
  const ended = { status: 'dead', tick: 7, replay: null, place: [3, 4], reason: 'broadcast' };
  assert.match(whatHappened('dead', 7, ended), /at tick 7, at \(3, 4\)\. It was after a broadcast\./);
});
