/** What became of one agent: its values at the ticks that are here, and the moments that changed it. */

import { one, NOTHING } from './columns.js';

/** @typedef {import('./crowd.js').Crowd} Crowd */
/** @typedef {import('../../types.js').Snapshot} Snapshot */

/** A stance that moves so far in a tick is a moment of its own. */
export const LEAP = 0.15;
const SLICE = 4;
const MOST_TICKS = 400;

/**
 * @typedef {object} Moment
 * @property {number} tick
 * @property {string | null} zone
 * @property {number} stance
 * @property {number} emotion
 * @property {string | null} reason  of a change of zone
 * @property {string | null} reasoning
 */

export class Story {
  /**
   * @param {Crowd} crowd
   * @param {number} place
   * @param {{peek: (tick: number) => Snapshot | null, told: () => void}} source
   */
  constructor(crowd, place, { peek, told }) {
    this.crowd = crowd;
    this.place = place;
    this.peek = peek;
    this.told = told;
    /** @type {Map<number, Moment>} */
    this.moments = new Map();
    /** @type {number[]} */
    this.wanted = [];
    this.running = false;
  }

  /**
   * @param {number} first
   * @param {number} last
   */
  want(first, last) {
    const step = Math.max(1, Math.ceil((last - first + 1) / MOST_TICKS));
    this.wanted = [];
    for (let tick = first; tick <= last; tick += step) {
      if (!this.moments.has(tick)) this.wanted.push(tick);
    }
    if (this.running || !this.wanted.length) return;
    this.running = true;
    setTimeout(() => this.work());
  }

  work() {
    const until = performance.now() + SLICE;
    let some = false;
    while (this.wanted.length && performance.now() < until) {
      const tick = /** @type {number} */ (this.wanted.shift());
      const snapshot = this.peek(tick);
      if (!snapshot) continue;
      this.moments.set(tick, momentOf(this.crowd, this.place, snapshot));
      some = true;
    }
    this.running = this.wanted.length > 0;
    if (this.running) setTimeout(() => this.work(), SLICE);
    if (some) this.told();
  }

  /** All that is known, in order. */
  get known() {
    return [...this.moments.values()].sort((a, b) => a.tick - b.tick);
  }
}

/**
 * @param {Crowd} crowd
 * @param {number} place
 * @param {Snapshot} snapshot
 * @returns {Moment}
 */
export function momentOf(crowd, place, snapshot) {
  const number = (/** @type {string} */ name) => {
    const text = snapshot.agents?.[name] ?? crowd.constant[name];
    return text === undefined ? NOTHING : one(text, place);
  };
  const measure = (/** @type {string} */ name) => {
    const found = number(name);
    return found === NOTHING ? NaN : found / (crowd.scales[name] ?? 1);
  };
  const change = (snapshot.transitions ?? []).find((/** @type {any[]} */ [who]) => who === place);
  const thought = (snapshot.reasoning ?? []).find((/** @type {any[]} */ [who]) => who === place);
  return {
    tick: snapshot.tick,
    zone: crowd.words.zone?.[number('zone')] ?? null,
    stance: measure('stance'),
    emotion: measure('emotion'),
    reason: change?.[3] ?? null,
    reasoning: thought?.[1] ?? null,
  };
}

/**
 * The moments at which the zone changed or the stance leapt, each with the one before it.
 * @param {Moment[]} moments  in order
 */
export function turningPoints(moments) {
  return moments.flatMap((moment, at) => {
    const before = moments[at - 1];
    if (!before) return [];
    const leapt = Math.abs(moment.stance - before.stance) >= LEAP;
    return moment.zone !== before.zone || leapt || moment.reasoning ? [{ moment, before }] : [];
  });
}
