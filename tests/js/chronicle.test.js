import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Chronicle } from '../../static/viewer/chronicle.js';

const renderer = {
  draw() {},
  metric: (snapshot) => snapshot.alive,
  markers: (snapshot) =>
    snapshot.killed.map((subject) => ({ kind: 'kill', label: `${subject} killed`, subject })),
};

const index = (last, markers) => ({
  shard: { last_tick: last },
  markers,
  metrics: { step: 1, first_tick: 1, series: { alive: [3, 3, 2] } },
});

test('what live ticks told is told once, before and after the index is read again', () => {
  const chronicle = new Chronicle();
  const kill = { tick: 3, kind: 'kill', label: 'a killed', subject: 'a' };
  chronicle.describe(index(3, [kill]));
  chronicle.note(4, { alive: 2, killed: [] }, renderer);
  chronicle.note(5, { alive: 1, killed: ['b'] }, renderer);
  assert.deepEqual(
    chronicle.markers.map(({ tick }) => tick),
    [3, 5],
  );
  assert.deepEqual(chronicle.points.at(-1), [5, 1]);
  chronicle.describe(index(4, [kill]));
  assert.deepEqual(
    chronicle.markers.map(({ tick }) => tick),
    [3, 5],
    'the index was older than the socket',
  );
  chronicle.describe(index(5, [kill, { tick: 5, kind: 'kill', label: 'b killed', subject: 'b' }]));
  assert.deepEqual(
    chronicle.markers.map(({ tick }) => tick),
    [3, 5],
  );
});

test('a snapshot that cannot be read breaks nothing', () => {
  const chronicle = new Chronicle();
  chronicle.note(1, {}, renderer);
  assert.deepEqual(chronicle.markers, []);
});
