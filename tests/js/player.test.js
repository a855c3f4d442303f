import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Player, WHOLE_SECONDS } from '../../static/viewer/player.js';

function tape({ missing = () => false, seconds = 1 } = {}) {
  return {
    ready: (tick) => !missing(tick),
    after: (tick) => tick + 1,
    at: (tick) => tick * seconds,
    lengthOf: () => seconds,
  };
}

test('a tick is shown for its length times the speed', () => {
  const player = new Player({ first: 1, last: 10 });
  player.play();
  assert.equal(player.advance(0.9, tape()), false);
  assert.equal(player.tick, 1);
  assert.equal(player.advance(0.2, tape()), true);
  assert.equal(player.tick, 2);
  player.setSpeed(4);
  player.advance(1, tape());
  assert.equal(player.tick, 6);
});

test('the whole is played in half a minute', () => {
  const player = new Player({ first: 0, last: 3000 });
  player.setSpeed('whole');
  player.play();
  for (let frame = 0; frame < 60 * (WHOLE_SECONDS - 1); frame += 1) player.advance(1 / 60, tape());
  assert.ok(Math.abs(player.tick - 2900) <= 1, String(player.tick));
  assert.ok(player.playing);
});

test('playing waits for a tick that is not here, and goes on when it comes', () => {
  const player = new Player({ first: 1, last: 10 });
  player.play();
  player.advance(5, tape({ missing: (tick) => tick > 3 }));
  assert.deepEqual([player.tick, player.waiting, player.playing], [3, true, true]);
  player.advance(0.01, tape());
  assert.deepEqual([player.tick, player.waiting], [4, false]);
});

test('playing steps over a gap', () => {
  const player = new Player({ first: 1, last: 500, tick: 149 });
  player.play();
  player.advance(1.01, { ...tape(), after: (tick) => (tick === 149 ? 181 : tick + 1) });
  assert.equal(player.tick, 181);
  assert.equal(player.fraction(tape(), 1), 1, 'nothing is moved across it');
});

test('playing stops at the end and begins again from the start', () => {
  const player = new Player({ first: 1, last: 3 });
  player.play();
  player.advance(20, tape());
  assert.deepEqual([player.tick, player.playing], [3, false]);
  player.play();
  assert.deepEqual([player.tick, player.playing], [1, true]);
});

test('a loop goes round, within the clip where there is one', () => {
  const player = new Player({ first: 1, last: 100, tick: 10 });
  player.clip = { from: 10, to: 12 };
  player.loop = true;
  player.play();
  const seen = [];
  for (let second = 0; second < 6; second += 1) {
    player.advance(1, tape());
    seen.push(player.tick);
  }
  assert.deepEqual(seen, [11, 12, 10, 11, 12, 10]);
});

test('at the live edge the newest tick is shown as it comes', () => {
  const player = new Player({ first: 1, last: 40, live: true });
  player.follow();
  player.extend(1, 41);
  assert.deepEqual([player.tick, player.moved], [41, true]);
  player.advance(0.35, tape());
  assert.equal(player.fraction(tape(), 0.7), 0.5);
  player.extend(1, 45);
  assert.deepEqual(
    [player.tick, player.moved],
    [45, false],
    'no motion across ticks that were not seen',
  );
});

test('a step back leaves the live edge, and playing on reaches it again', () => {
  const player = new Player({ first: 1, last: 40, live: true });
  player.follow();
  player.step(-5);
  player.extend(1, 41);
  assert.deepEqual([player.tick, player.following, player.playing], [35, false, false]);
  player.setSpeed(8);
  player.play();
  player.advance(3, tape());
  assert.deepEqual([player.tick, player.following, player.speed], [41, true, 1]);
});

test('a shard that ends while followed rests at its last tick', () => {
  const player = new Player({ first: 1, last: 40, live: true });
  player.follow();
  player.finish();
  assert.deepEqual([player.tick, player.live, player.playing], [40, false, false]);
});

test('a seek stays within the recording and shows the tick at rest', () => {
  const player = new Player({ first: 5, last: 9 });
  player.seek(100);
  assert.equal(player.tick, 9);
  player.seek(-1);
  assert.equal(player.tick, 5);
  player.seek(Number.NaN);
  assert.equal(player.tick, 5);
  assert.equal(player.fraction(tape(), 1), 1);
});

test('ticks that come in a short burst are played one after the other, at the edge', () => {
  const player = new Player({ first: 0, last: 10, live: true });
  player.bursts = true;
  player.follow();
  player.advance(30, tape()); // nothing came for a while
  for (const last of [11, 12, 13, 14]) player.extend(0, last);
  assert.deepEqual([player.tick, player.following], [10, true]);
  player.advance(0.1, tape());
  assert.deepEqual([player.tick, player.moved], [11, true]);
  player.advance(1, tape());
  assert.equal(player.tick, 12);
  player.advance(2, tape());
  assert.deepEqual([player.tick, player.following], [14, true]);
});

test('of a long burst nothing is run through: it is played, and the edge is left behind', () => {
  const player = new Player({ first: 0, last: 99, live: true });
  player.bursts = true;
  player.follow();
  player.advance(1, tape());
  for (let last = 100; last < 200; last += 1) player.extend(0, last);
  assert.deepEqual([player.tick, player.following, player.playing], [99, false, true]);
  player.advance(1, tape());
  assert.equal(player.tick, 101);
  player.finish();
  assert.equal(player.playing, true);
});
