import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blockOf } from '../../static/viewer/lines.js';
import { Store } from '../../static/viewer/store.js';
import { Failure } from '../../static/viewer/wire.js';

const line = (tick) => ({ tick, t: tick, snapshot: { tick, text: 'x'.repeat(80) } });
const block = (ticks) =>
  blockOf(new TextEncoder().encode(ticks.map((tick) => JSON.stringify(line(tick))).join('\n')));
const run = (first, last) => Array.from({ length: last - first + 1 }, (_, place) => first + place);
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

function index(chunks, tail = null) {
  const last = tail?.last_tick ?? chunks.at(-1)?.last_tick;
  return {
    shard: { first_tick: chunks[0]?.first_tick ?? tail.first_tick, last_tick: last },
    chunks,
    tail,
    markers: [],
    metrics: null,
  };
}

const tenChunks = index(
  run(0, 9).map((number) => ({
    number,
    first_tick: number * 100 + 1,
    last_tick: number * 100 + 100,
    bytes: 1,
    t: [0, 1],
  })),
);

function source({
  answer = (number) => block(run(number * 100 + 1, number * 100 + 100)),
  ticks,
} = {}) {
  const asked = [];
  const dropped = [];
  const listen = (name, signal) => {
    asked.push(name);
    signal.addEventListener('abort', () => dropped.push(name));
  };
  return {
    asked,
    dropped,
    async chunk(number, signal) {
      listen(number, signal);
      return answer(number);
    },
    async ticks(start, limit, signal) {
      listen(`ticks ${start}`, signal);
      return ticks(start, limit);
    },
  };
}

function storeOf(from, options) {
  const store = new Store(from, { retrySeconds: 0, ...options });
  store.describe(tenChunks);
  return store;
}

test('only the chunk that is needed is fetched, and only once', async () => {
  const from = source();
  const store = storeOf(from);
  store.need(555);
  store.need(556);
  await settle();
  store.need(557);
  assert.deepEqual(from.asked, [5]);
  assert.equal(store.line(555).tick, 555);
  assert.equal(store.line(601), null);
});

test('the next chunk is fetched at four fifths of the present one', async () => {
  const from = source();
  const store = storeOf(from);
  store.need(101, true);
  await settle();
  store.need(179, true);
  assert.deepEqual(from.asked, [1]);
  store.need(181, true);
  await settle();
  assert.deepEqual(from.asked, [1, 2]);
});

test('a second scrub drops the first request, and neither freezes the other', async () => {
  const waiting = [];
  const from = source({
    answer: (number) =>
      new Promise((resolve) =>
        waiting.push(() => resolve(block(run(number * 100 + 1, number * 100 + 100)))),
      ),
  });
  const store = storeOf(from);
  store.need(50);
  store.need(850);
  assert.deepEqual(from.asked, [0, 8]);
  assert.deepEqual(from.dropped, [0]);
  for (const answer of waiting) answer();
  await settle();
  assert.equal(store.has(50), false, 'a dropped answer is not kept');
  assert.equal(store.has(850), true);
});

test('a passing failure is tried again by itself, with words meanwhile', async () => {
  let failures = 1;
  const from = source({
    answer: (number) => {
      if (failures-- > 0) throw new Failure('The database is away.', { status: 503 });
      return block(run(number * 100 + 1, number * 100 + 100));
    },
  });
  const store = storeOf(from);
  store.need(10);
  await settle();
  assert.equal(store.has(10), true);
  assert.equal(store.requests.trouble, null);
  assert.deepEqual(from.asked, [0, 0]);
});

test('what failed for good is said once and fetched again when asked', async () => {
  let broken = true;
  const from = source({
    answer: (number) => {
      if (broken) throw new Failure('Not found.', { status: 404 });
      return block(run(number * 100 + 1, number * 100 + 100));
    },
  });
  const store = storeOf(from);
  store.need(10);
  await settle();
  store.need(10);
  await settle();
  assert.deepEqual(from.asked, [0], 'it is not asked for again and again');
  assert.match(store.requests.trouble.words, /Ticks 1 to 100 could not be fetched\. Not found\./);
  broken = false;
  store.requests.retry();
  await settle();
  assert.equal(store.has(10), true);
  assert.equal(store.requests.trouble, null);
});

test('memory stays within its bound, and what was used last stays', async () => {
  const size = block(run(1, 100)).size;
  const store = storeOf(source(), { budget: 3.5 * size });
  for (const tick of [50, 150, 250, 350, 450]) {
    store.need(tick);
    await settle();
  }
  assert.ok(store.bytes <= 3.5 * size);
  assert.deepEqual(store.loaded(), [[201, 500]]);
});

test('live ticks are kept, and those before them come from the archive', async () => {
  const from = source({ ticks: (start) => block(run(Math.max(1001, start), 1037)) });
  const store = storeOf(from);
  store.add([line(1038)], 100);
  assert.equal(store.line(1038).tick, 1038);
  store.need(1020);
  await settle();
  assert.deepEqual(from.asked, ['ticks 1000']);
  assert.equal(store.line(1020).tick, 1020);
  assert.deepEqual(store.loaded(), [[1001, 1038]]);
});

test('a gap between chunks and one inside are known, and stepped over', async () => {
  const from = source({ answer: () => block([1, 2, 3, 7, 8]) });
  const store = new Store(from, { retrySeconds: 0 });
  store.describe(
    index([
      { number: 0, first_tick: 1, last_tick: 8, bytes: 1, t: [0, 1] },
      { number: 1, first_tick: 20, last_tick: 30, bytes: 1, t: [0, 1] },
    ]),
  );
  store.need(2);
  await settle();
  assert.deepEqual(store.gaps, [
    [4, 6],
    [9, 19],
  ]);
  assert.equal(store.after(3), 7);
  assert.equal(store.after(8), 20);
  assert.equal(store.line(5).tick, 3, 'the last one recorded is shown');
  store.need(15);
  await settle();
  assert.equal(store.line(15).tick, 8);
  assert.deepEqual(from.asked, [0], 'what was never recorded is not asked for');
});

test('forgetting drops ticks and requests alike', async () => {
  const from = source();
  const store = storeOf(from);
  store.need(10);
  store.clear();
  await settle();
  assert.equal(store.has(10), false);
  assert.deepEqual(store.fetching(), []);
});

test('other ticks than the playhead’s are fetched one range after another once it lacks nothing', async () => {
  const from = source();
  const store = storeOf(from);
  const sought = [310, 720, 730];
  store.seek('chart', () => sought.find((tick) => !store.hasExactly(tick)) ?? null);
  store.need(50);
  assert.deepEqual(from.asked, [0]);
  for (let count = 0; count < 4; count += 1) {
    await settle();
    store.need(50);
  }
  assert.deepEqual(from.asked, [0, 3, 7]);
  assert.deepEqual(from.dropped, []);
});

test('the playhead goes before whoever looks elsewhere', async () => {
  const from = source();
  const store = storeOf(from);
  store.need(50);
  await settle();
  store.seek('chart', () => 910);
  store.need(50);
  store.need(450);
  assert.deepEqual(from.asked, [0, 9, 4]);
  assert.deepEqual(from.dropped, [9]);
});

test('a tick that was never recorded is not looked for', async () => {
  const from = source({ answer: () => block([1, 2, 3, 6, 7, 100]) });
  const store = storeOf(from);
  store.need(1);
  await settle();
  store.seek('chart', () => 5);
  store.need(1);
  assert.deepEqual([store.lost(5), from.asked], [true, [0]]);
});
