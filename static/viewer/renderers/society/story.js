/** What became of one agent: its values at the ticks that are here, and the moments that changed it. */

import { one, NOTHING } from './columns.js';
import { evenly, Survey } from './survey.js';
import { mostTicks } from './tally.js';

/** @typedef {import('./crowd.js').Crowd} Crowd */
/** @typedef {import('../../types.js').Snapshot} Snapshot */

/** A stance that moves so far from one tick that is read to the next is a moment of its own. */
const LEAP = 0.15;

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
   * @param {import('./survey.js').Source} source
   */
  constructor(crowd, place, source) {
    this.crowd = crowd;
    this.place = place;
    /** @type {Survey<Moment>} */
    this.survey = new Survey((snapshot) => momentOf(crowd, place, snapshot), source);
  }

  /**
   * @param {number} first
   * @param {number} last
   */
  want(first, last) {
    this.survey.want(evenly(first, last, mostTicks(this.crowd.count, last - first + 1)));
  }

  /** All that is known, in order. */
  get known() {
    const { known, found } = this.survey;
    return known.map((tick) => /** @type {Moment} */ (found.get(tick)));
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
