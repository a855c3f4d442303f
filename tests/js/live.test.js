import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Live } from '../../static/viewer/sources/live.js';
import { connectionWords } from '../../static/viewer/words.js';

globalThis.location = /** @type {any} */ ({ href: 'https://example.org/spectate/s' });

function watch({ cursor = () => null } = {}) {
  const sockets = [];
  const told = [];
  const tell =
    (name) =>
    (...given) =>
      told.push([name, ...given]);
  const listener = {
    cursor,
    hello: tell('hello'),
    ticks: tell('ticks'),
    skipped: tell('skipped'),
    spectators: tell('spectators'),
    ended: tell('ended'),
    line: tell('line'),
  };
  const open = (address) => {
    const socket = { address, close: () => {} };
    sockets.push(socket);
    return socket;
  };
  const live = new Live('/replays/s', listener, { open });
  live.start();
  return {
    live,
    sockets,
    told,
    send: (message) => sockets.at(-1).onmessage({ data: JSON.stringify(message) }),
  };
}

test('a dropped line is opened again from the last tick, later and later', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const chance = mock.method(Math, 'random', () => 0);
  let last = null;
  const { live, sockets, told, send } = watch({ cursor: () => last });
  assert.equal(sockets[0].address, 'wss://example.org/replays/s/live');
  send({ type: 'ticks', ticks: [{ tick: 341, t: 1, snapshot: {} }] });
  last = 341;
  for (const seconds of [1, 2, 4, 8, 10, 10]) {
    const opened = sockets.length;
    sockets.at(-1).onclose({ code: 1006 });
    mock.timers.tick(seconds * 1000 - 1);
    assert.equal(sockets.length, opened);
    mock.timers.tick(1);
    assert.equal(sockets.length, opened + 1);
  }
  assert.match(sockets.at(-1).address, /\?cursor=341$/);
  assert.match(told.at(-1)[1], /Trying again in 10 s/);
  send({ type: 'hello', shard: {}, spectators: 2 });
  assert.equal(live.wait, 1);
  live.stop();
  mock.timers.reset();
  chance.mock.restore();
});

test('a line is dropped with the network, and opened with it, without waiting', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const heard = {};
  globalThis.addEventListener = (name, act) => (heard[name] = act);
  const { live, sockets, told } = watch();
  delete globalThis.addEventListener;
  heard.online();
  assert.equal(sockets.length, 1);
  heard.offline();
  assert.match(told.at(-1)[1], /dropped/);
  heard.online();
  assert.equal(sockets.length, 2);
  live.stop();
  heard.offline();
  heard.online();
  assert.equal(sockets.length, 2);
  mock.timers.reset();
});

test('many lines that drop at once come back spread over a quarter of the time', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const chance = mock.method(Math, 'random', () => 0.999);
  const { live, sockets } = watch();
  sockets[0].onclose({ code: 1006 });
  mock.timers.tick(745);
  assert.equal(sockets.length, 1);
  mock.timers.tick(10);
  assert.equal(sockets.length, 2);
  live.stop();
  mock.timers.reset();
  chance.mock.restore();
});

test('a shard that is gone is not asked for again, and an ended one is let go', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const gone = watch();
  gone.sockets[0].onclose({ code: 4004 });
  mock.timers.tick(60_000);
  assert.equal(gone.sockets.length, 1);
  const ended = watch();
  ended.send({ type: 'ended', shard: { live: false } });
  ended.sockets[0].onclose({ code: 1000 });
  mock.timers.tick(60_000);
  assert.equal(ended.sockets.length, 1);
  assert.deepEqual(ended.told, [['ended', { live: false }]]);
  mock.timers.reset();
});

test('a live shard from which nothing comes is said to be quiet, and since when', () => {
  const session = { shard: { live: true }, line: null, connected: true, rate: () => 2, quiet: () => null };
  assert.equal(connectionWords(session), 'Connected (2 fps)');
  assert.equal(connectionWords({ ...session, quiet: () => 12.4 }), 'Connected, last tick 12 s ago');
  assert.equal(connectionWords({ ...session, quiet: () => 12, line: 'The live line dropped.' }), 'Not connected');
});
