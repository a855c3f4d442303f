import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RUN_TICKS, Talk } from '../../static/viewer/talk.js';

/** @param {number} id @param {number} tick */
const line = (id, tick) => ({ id, tick, author: 'a', guest: false, message: `${id}`, timestamp_ms: 0 });

test('what is shown had been said by the tick, in order, the last hundred of it', () => {
  const talk = new Talk('/replays/x', () => {});
  talk.take([line(3, 20), line(1, 5), line(2, 5)]);
  assert.deepEqual(talk.upTo(4), []);
  assert.deepEqual(talk.upTo(5).map(({ id }) => id), [1, 2]);
  assert.deepEqual(talk.upTo(Infinity).map(({ id }) => id), [1, 2, 3]);
  talk.take(Array.from({ length: 200 }, (_, place) => line(10 + place, 30)));
  assert.equal(talk.upTo(30).length, 100);
  talk.forget([1]);
  assert.deepEqual(talk.upTo(5).map(({ id }) => id), [2]);
});

test('a run is fetched once, and once more when the line was opened anew', async () => {
  const asked = [];
  globalThis.fetch = async (address) => {
    asked.push(String(address));
    return new Response(JSON.stringify({ lines: [line(1, 700)], has_more: false, may_delete: true }));
  };
  const talk = new Talk('/replays/x', () => {});
  for (let times = 0; times < 3; times += 1) {
    talk.need(700);
    await new Promise((resolve) => setTimeout(resolve));
  }
  assert.equal(RUN_TICKS, 500);
  assert.deepEqual(asked, [
    '/replays/x/chat?start_tick=500&end_tick=999',
    '/replays/x/chat?start_tick=0&end_tick=499',
  ]);
  assert.equal(talk.mayDelete, true);
  talk.greet({ name: 'ada', guest: false, kept: true, can_write: true, may_delete: false, silenced: null });
  talk.need(700);
  assert.equal(asked.length, 4);
});

test('a mute ends by itself', () => {
  const talk = new Talk('/replays/x', () => {});
  const hello = { name: 'ada', guest: false, kept: true, can_write: true, may_delete: false };
  const until = Date.now() / 1000 + 60;
  talk.greet({ ...hello, silenced: { until, detail: 'You are muted.' } });
  assert.equal(talk.canWrite, false);
  talk.greet({ ...hello, silenced: { until: until - 120, detail: 'You are muted.' } });
  assert.equal(talk.canWrite, true);
  talk.refuse({ detail: 'You are banned.', until: null, silenced: true });
  assert.equal(talk.canWrite, false);
});
