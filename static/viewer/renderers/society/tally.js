/** Counts of those who pass a filter, tick by tick, worked out from ticks as they come. */

import { agentsOf } from './crowd.js';
import { mean, passing, populations } from './filters.js';
import { evenly, Survey } from './survey.js';

/** @typedef {import('./filters.js').Filter} Filter */
/** @typedef {import('./crowd.js').Crowd} Crowd */
/** @typedef {{zones: number[], stance: number | null, emotion: number | null}} Counts */

/** A longer recording is counted at as many ticks, evenly apart. */
const MOST_TICKS = 200;
/** States of agents that are read at most; then fewer ticks, so that not all of a huge run is fetched. */
const MOST_STATES = 2_000_000;
const LEAST_TICKS = 50;

export class Tally {
  /**
   * @param {Crowd} crowd
   * @param {import('./survey.js').Source} source
   */
  constructor(crowd, source) {
    this.crowd = crowd;
    this.key = '';
    /** @type {Survey<Counts>} */
    this.survey = new Survey((snapshot) => this.count(snapshot), source);
  }

  /**
   * Count for a filter over a range of ticks; what was counted for the same is kept.
   * @param {Filter} filter
   * @param {number} first
   * @param {number} last
   */
  want(filter, first, last) {
    const key = JSON.stringify(filter);
    if (key !== this.key) this.survey.forget();
    this.key = key;
    this.filter = filter;
    this.survey.want(evenly(first, last, mostTicks(this.crowd.count, last - first + 1)));
  }

  /** Nothing is asked of it any more. */
  rest() {
    this.survey.want([]);
  }

  /** @param {import('../../types.js').Snapshot} snapshot */
  count(snapshot) {
    const filter = /** @type {Filter} */ (this.filter);
    const agents = agentsOf(this.crowd, snapshot);
    const pass = passing(agents, filter);
    return {
      zones: populations(agents, pass),
      stance: mean(agents, pass, 'stance'),
      emotion: mean(agents, pass, 'emotion'),
    };
  }
}

/**
 * @param {number} agents
 * @param {number} ticks
 */
export function mostTicks(agents, ticks) {
  if (agents * ticks <= MOST_STATES) return MOST_TICKS;
  return Math.max(LEAST_TICKS, Math.min(MOST_TICKS, Math.floor(MOST_STATES / agents)));
}
