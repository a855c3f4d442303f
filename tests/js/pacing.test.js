import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAddress, writeAddress } from '../../static/viewer/address.js';
import { Player } from '../../static/viewer/player.js';
import { EVEN_SECONDS, tapeOf } from '../../static/viewer/tape.js';
import { Times } from '../../static/viewer/times.js';
import { Turns } from '../../static/viewer/turns.js';

/** Ticks at these seconds, of a game whose ticks take 1.5 s as a rule. */
function sessionAt(seconds, more = {}) {
  const times = new Times(1.5);
  times.set([
    { tick: 0, t: seconds[0] },
    { tick: seconds.length - 1, t: seconds.at(-1) },
  ]);
  const player = new Player({ first: 0, last: seconds.length - 1 });
  const store = {
    has: (tick) => tick >= 0 && tick < seconds.length,
    after: (tick) => tick + 1,
    timeOf: (tick) => seconds[tick] ?? null,
  };
  return { times, player, store, markers: [], index: {}, even: false, skipping: false, ...more };
}

test('in real time a tick lasts as long as it did, though no pause is waited out', () => {
  const tape = tapeOf(sessionAt([0, 4, 4.5, 4.5, 300]));
  assert.equal(tape.lengthOf(0), 4);
  assert.equal(tape.lengthOf(1), 0.5);
  assert.ok(tape.lengthOf(2) > 0, 'events at one moment are still seen one by one');
  assert.equal(tape.lengthOf(3), 15);
});

test('at an even pace all ticks last equally long', () => {
  const tape = tapeOf(sessionAt([0, 4, 4.5, 4.5, 300], { even: true }));
  assert.deepEqual([0, 1, 2, 3].map(tape.lengthOf), Array(4).fill(EVEN_SECONDS));
  assert.equal(tape.at(4) - tape.at(0), 4 * EVEN_SECONDS);
});

test('a link carries the pace', () => {
  assert.equal(readAddress('?pace=even').even, true);
  assert.equal(readAddress('?pace=fast').even, false);
  assert.equal(writeAddress('?shard=s&pace=even', { tick: 3, even: true }), '?shard=s&tick=3&pace=even');
  assert.equal(writeAddress('?shard=s&pace=even', { tick: 3, even: false }), '?shard=s&tick=3');
});

/** A recording whose ticks show whose turn is on; those from `missing` on are not here. */
function turnsOf(keys, missing = Infinity) {
  const player = new Player({ first: 0, last: keys.length - 1 });
  const state = { missing };
  const store = {
    has: (tick) => tick < state.missing,
    line: (tick) => (tick < state.missing ? { tick, snapshot: keys[tick] } : null),
  };
  const turns = new Turns({ player, store, renderer: { turnOf: (key) => key } });
  return { player, turns, state };
}

test('from turn to turn, past ticks at which nobody is to play', () => {
  const { player, turns } = turnsOf([null, 'a', 'a', 'b', 'b', 'b', null, 'b', 'a']);
  const seen = [];
  for (let step = 0; step < 5; step += 1) {
    turns.go(1);
    seen.push(player.tick);
  }
  assert.deepEqual(seen, [1, 3, 7, 8, 8]);
  player.seek(5);
  turns.go(-1);
  assert.equal(player.tick, 3, 'first the beginning of this turn');
  turns.go(-1);
  assert.equal(player.tick, 1);
  turns.go(-1);
  assert.equal(player.tick, 0);
});

test('a turn that is not here yet is waited for, unless one goes elsewhere', () => {
  const { player, turns, state } = turnsOf(['a', 'a', 'a', 'a', 'b'], 2);
  turns.go(1);
  assert.equal(player.tick, 2);
  state.missing = Infinity;
  assert.equal(turns.proceed(), true);
  assert.equal(player.tick, 4);
  const other = turnsOf(['a', 'a', 'a', 'a', 'b'], 2);
  other.turns.go(1);
  other.player.seek(0);
  other.state.missing = Infinity;
  assert.equal(other.turns.proceed(), false);
  assert.equal(other.player.tick, 0);
});
