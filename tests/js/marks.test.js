import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  density,
  markOf,
  markersNear,
  nextMarked,
  partOf,
  skipQuiet,
  tickAt,
  tooMany,
} from '../../static/viewer/marks.js';

const marker = (tick, kind = 'kill') => ({ tick, kind, label: `${kind} ${tick}` });

test('a tick and its place on the bar belong to each other', () => {
  for (const tick of [1, 2, 500, 899, 900])
    assert.equal(tickAt(partOf(tick, 1, 900), 1, 900), tick);
  assert.equal(tickAt(-0.2, 1, 900), 1);
  assert.equal(tickAt(1.5, 1, 900), 900);
  assert.equal(partOf(7, 7, 7), 0, 'a recording of one tick');
});

test('brackets go from one marked tick to the next', () => {
  const markers = [3, 9, 9, 40].map((tick) => marker(tick));
  assert.equal(nextMarked(markers, 1, 1), 3);
  assert.equal(nextMarked(markers, 9, 1), 40);
  assert.equal(nextMarked(markers, 9, -1), 3);
  assert.equal(nextMarked(markers, 40, 1), null);
  assert.equal(nextMarked(markers, 3, -1), null);
});

test('thousands of markers are shown as density, the pressing tone winning', () => {
  const markers = Array.from({ length: 3000 }, (_, place) =>
    marker(place, place % 50 ? 'spawn' : 'kill'),
  );
  assert.equal(tooMany(markers, 1000), true);
  assert.equal(tooMany(markers.slice(0, 40), 1000), false);
  const columns = density(markers, 0, 2999, 400);
  assert.equal(columns.length, 100);
  assert.ok(columns.every(({ height }) => height > 0 && height <= 1));
  assert.equal(columns.filter(({ tone }) => tone === 'danger').length, 60);
});

test('a kind that nobody described still has a shape', () => {
  assert.equal(markOf('kill').shape, 'cross');
  assert.equal(markOf('hole-in-one').shape, 'diamond');
  assert.equal(markOf('x', { x: { shape: 'bar', tone: 'gate', word: '' } }).shape, 'bar');
});

test('words for a few markers, a number for the rest', () => {
  const { shown, more } = markersNear(
    Array.from({ length: 9 }, () => marker(5)),
    4,
    1,
  );
  assert.deepEqual([shown.length, more], [5, 4]);
});

test('quiet stretches are skipped to shortly before the next event', () => {
  const markers = [marker(10), marker(100)];
  assert.equal(skipQuiet(markers, 9, 200), 9);
  assert.equal(skipQuiet(markers, 12, 200), 12, 'an event is seen to its end');
  assert.equal(skipQuiet(markers, 13, 200), 98);
  assert.equal(skipQuiet(markers, 99, 200), 99);
  assert.equal(skipQuiet(markers, 110, 200), 198);
});
