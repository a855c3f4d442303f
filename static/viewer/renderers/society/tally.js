/** Counts of those who pass a filter, tick by tick, worked out a little at a time from ticks that are here. */

import { agentsOf } from './crowd.js';
import { mean, populations } from './filters.js';

/** @typedef {import('./filters.js').Filter} Filter */
/** @typedef {import('./crowd.js').Crowd} Crowd */

/** A longer recording is counted at as many ticks, evenly apart. */
const MOST_TICKS = 200;
/** Milliseconds at a time, so that no frame is late. */
const SLICE = 4;

export class Tally {
  /**
   * @param {Crowd} crowd
   * @param {{peek: (tick: number) => import('../../types.js').Snapshot | null, counted: () => void}} source
   */
  constructor(crowd, { peek, counted }) {
    this.crowd = crowd;
    this.peek = peek;
    this.counted = counted;
    this.key = '';
    /** @type {number[]} */
    this.ticks = [];
    /** @type {Map<number, {zones: number[], stance: number | null, emotion: number | null}>} */
    this.found = new Map();
    this.running = false;
  }

  /**
   * Begin to count for a filter and a range of ticks; what was counted for the same is kept.
   * @param {Filter} filter
   * @param {number} first
   * @param {number} last
   */
  want(filter, first, last) {
    const key = JSON.stringify(filter);
    if (key !== this.key) this.found.clear();
    this.key = key;
    this.filter = filter;
    const step = Math.max(1, Math.ceil((last - first + 1) / MOST_TICKS));
    this.ticks = [];
    for (let tick = first; tick <= last; tick += step) this.ticks.push(tick);
    if (!this.running && this.missing().length) {
      this.running = true;
      setTimeout(() => this.work());
    }
  }

  missing() {
    return this.ticks.filter((tick) => !this.found.has(tick));
  }

  work() {
    const until = performance.now() + SLICE;
    const filter = /** @type {Filter} */ (this.filter);
    let some = false;
    for (const tick of this.missing()) {
      if (performance.now() > until) break;
      const snapshot = this.peek(tick);
      if (!snapshot) continue;
      const agents = agentsOf(this.crowd, snapshot);
      this.found.set(tick, {
        zones: populations(agents, filter),
        stance: mean(agents, filter, 'stance'),
        emotion: mean(agents, filter, 'emotion'),
      });
      some = true;
    }
    this.running = some && this.missing().length > 0;
    if (this.running) setTimeout(() => this.work(), SLICE);
    if (some) this.counted();
  }

  /** Ticks that are counted, in order. */
  get known() {
    return this.ticks.filter((tick) => this.found.has(tick));
  }
}
