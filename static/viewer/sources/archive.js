/** Where recorded ticks come from: sealed chunks, and the ticks that are in no chunk yet. */

import { blockOf } from '../lines.js';
import { Failure, getBytes, getJson } from '../wire.js';

/** @typedef {import('../types.js').Index} Index */

export class Archive {
  /**
   * @param {string} base
   * @param {import('../parsing.js').Parse} parse
   */
  constructor(base, parse) {
    this.base = base;
    this.parse = parse;
  }

  /**
   * @param {AbortSignal} [signal]
   * @returns {Promise<Index>}
   */
  index(signal) {
    return getJson(`${this.base}/index`, signal);
  }

  /**
   * @param {number} number
   * @param {AbortSignal} signal
   */
  async chunk(number, signal) {
    return this.parse(await getBytes(`${this.base}/chunks/${number}`, signal));
  }

  /**
   * @param {number} start
   * @param {number} limit
   * @param {AbortSignal} [signal]
   */
  async ticks(start, limit, signal) {
    const answer = await getJson(`${this.base}/ticks?start_tick=${start}&limit=${limit}`, signal);
    const within = answer.ticks.filter(
      (/** @type {{tick: number}} */ { tick }) => tick < start + limit,
    );
    return blockOf(
      new TextEncoder().encode(
        within.map((/** @type {object} */ line) => JSON.stringify(line)).join('\n'),
      ),
    );
  }

  /**
   * The first line at or after `start`, for a picture before all else.
   * @param {number} start
   * @returns {Promise<import('../types.js').Line>}
   */
  async one(start) {
    const { ticks } = await getJson(`${this.base}/ticks?start_tick=${start}&limit=1`);
    if (!ticks.length) throw new Failure('This recording holds no tick there.');
    return ticks[0];
  }
}
