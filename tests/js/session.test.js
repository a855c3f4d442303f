import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { readAddress } from '../../static/viewer/address.js';
import { blockOf } from '../../static/viewer/lines.js';
import { Session } from '../../static/viewer/session.js';

const settle = () => new Promise((resolve) => setTimeout(resolve, 10));
const line = (tick, name) => ({ tick, t: tick, snapshot: { name } });
const opened = [];
const page = { fetch: globalThis.fetch, WebSocket: globalThis.WebSocket };
afterEach(() => {
  for (const session of opened.splice(0)) session.live?.stop();
  Object.assign(globalThis, page);
});

/** A site with one shard of 30 ticks, which hides names while it is live. */
function site() {
  const state = { live: true, last: 30, asked: [], sockets: [] };
  const shard = () => ({
    game: 'x',
    title: '',
    tick_seconds: 1,
    ended_at: null,
    first_tick: 1,
    last_tick: state.last,
    live: state.live,
    stale: false,
  });
  const lines = () =>
    Array.from({ length: state.last }, (_, place) =>
      line(place + 1, state.live ? null : 'Null-Fork'),
    );
  globalThis.location = /** @type {any} */ ({ href: 'http://site/spectate/s' });
  globalThis.fetch = /** @type {any} */ (
    async (address) => {
      state.asked.push(String(address));
      if (address.endsWith('/index')) {
        const chunks = state.live
          ? []
          : [{ number: 0, first_tick: 1, last_tick: state.last, bytes: 1, t: [1, state.last] }];
        const tail = state.live ? { first_tick: 1, last_tick: state.last } : null;
        return Response.json({ shard: shard(), chunks, tail, markers: [], metrics: null });
      }
      if (address.includes('/chunks/'))
        return new Response(
          lines()
            .map((one) => JSON.stringify(one))
            .join('\n'),
        );
      const start = Number(new URL(address, 'http://site').searchParams.get('start_tick'));
      return Response.json({ ticks: lines().filter(({ tick }) => tick >= start) });
    }
  );
  globalThis.WebSocket = /** @type {any} */ (
    class {
      constructor(address) {
        this.address = address;
        state.sockets.push(this);
      }
      close() {}
    }
  );
  const send = (message) => state.sockets.at(-1).onmessage({ data: JSON.stringify(message) });
  return { state, shard, send };
}

function sessionOf({ at_live_edge = true, search = '' } = {}) {
  const setup = {
    base: '/replays/s',
    shard_id: 's',
    game: 'x',
    title: '',
    tick: null,
    end_tick: null,
    at_live_edge,
    can_share: false,
    signed_in: false,
    share: null,
    login_url: '',
  };
  const options = { parse: async (bytes) => blockOf(bytes), changed() {}, ticked() {} };
  const session = new Session(setup, readAddress(search), options);
  opened.push(session);
  return session;
}

test('at the live edge the newest tick is shown before the index is read', async () => {
  const { send, shard } = site();
  const session = sessionOf();
  session.open();
  send({ type: 'hello', shard: shard(), spectators: 3 });
  send({ type: 'ticks', ticks: [line(30, null)] });
  assert.equal(session.frame().tick, 30);
  assert.deepEqual([session.player.following, session.spectators], [true, 3]);
  await settle();
  send({ type: 'ticks', ticks: [line(31, null)] });
  assert.deepEqual([session.player.tick, session.player.first], [31, 1]);
});

test('a shard that ends while watched is read again, whole, without another socket', async () => {
  const { state, send, shard } = site();
  const session = sessionOf();
  session.open();
  send({ type: 'ticks', ticks: [line(30, null)] });
  await settle();
  state.live = false;
  send({ type: 'ended', shard: shard() });
  assert.equal(session.frame().tick, 30, 'what was seen stays until the whole is here');
  await settle();
  session.want();
  await settle();
  assert.equal(session.frame().snapshot.name, 'Null-Fork');
  assert.deepEqual(
    [session.player.live, session.player.playing, state.sockets.length],
    [false, false, 1],
  );
});

test('a link into a live shard begins at its tick, and the end of the bar moves', async () => {
  const { send } = site();
  const session = sessionOf({ at_live_edge: false, search: '?tick=12' });
  session.open();
  await settle();
  session.want();
  await settle();
  assert.deepEqual([session.player.tick, session.frame().tick], [12, 12]);
  send({ type: 'ticks', ticks: [line(31, null)] });
  assert.deepEqual([session.player.tick, session.player.last, session.behind()], [12, 31, 19]);
});

test('a time in the address is a tick, and a bad one is the beginning', async () => {
  site().state.live = false;
  for (const [search, tick] of [
    ['?t=9s', 10],
    ['?t=0:04', 5],
    ['?t=soon', 1],
    ['?tick=900', 30],
  ]) {
    site().state.live = false;
    const session = sessionOf({ at_live_edge: false, search });
    await session.open();
    assert.equal(session.player.tick, tick, search);
  }
});
