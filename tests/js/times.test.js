import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Times, clock, count, span, spokenClock } from '../../static/viewer/times.js';

test('ticks and seconds follow the recording, and go on past its end', () => {
  const times = new Times(10);
  times.set([
    { tick: 1, t: 0 },
    { tick: 101, t: 500 },
  ]);
  assert.equal(times.at(1), 0);
  assert.equal(times.at(51), 250);
  assert.equal(times.at(103), 520);
  assert.equal(times.tickAt(250), 51);
  assert.equal(times.tickAt(252), 51);
  assert.equal(times.tickAt(520), 103);
  assert.equal(times.lengthOf(20), 5);
  assert.equal(times.lengthOf(200), 10);
});

test('a long pause of the recorder is not waited for', () => {
  const times = new Times(1);
  times.set([
    { tick: 1, t: 0 },
    { tick: 2, t: 3600 },
  ]);
  assert.equal(times.lengthOf(1), 10);
});

test('time in words', () => {
  assert.equal(clock(341), '5:41');
  assert.equal(clock(3723), '1:02:03');
  assert.equal(spokenClock(341), '5 minutes 41');
  assert.equal(spokenClock(60), '1 minute');
  assert.equal(spokenClock(7260), '2 hours 1 minute');
  assert.equal(span(12.4), '12 s');
  assert.equal(span(300), '5 min');
  assert.equal(count(1, 'tick'), '1 tick');
});
