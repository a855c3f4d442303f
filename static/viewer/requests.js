/** Fetch runs of ticks: one request for each, dropped when stale, tried again with words on failure. */

import { grouped } from './times.js';

/** @typedef {import('./lines.js').Block} Block */
/** @typedef {{key: string, first: number, last: number, number: number | null}} Range */
/** @typedef {{words: string, range: Range, retrying: boolean}} Trouble */

/**
 * @typedef {object} Source
 * @property {(number: number, signal: AbortSignal) => Promise<Block>} chunk
 * @property {(start: number, limit: number, signal: AbortSignal) => Promise<Block>} ticks
 */

const RETRY_SECONDS = 1;

export class Requests {
  /**
   * @param {Source} source
   * @param {{keep: (range: Range, block: Block) => void, changed: () => void, retrySeconds?: number}} options
   */
  constructor(source, { keep, changed, retrySeconds = RETRY_SECONDS }) {
    this.source = source;
    this.keep = keep;
    this.changed = changed;
    this.retrySeconds = retrySeconds;
    /** @type {Map<string, {abort: AbortController, range: Range}>} */
    this.running = new Map();
    /** @type {Map<string, number>} when an open window was last answered, in milliseconds */
    this.answered = new Map();
    /** @type {Trouble | null} */
    this.trouble = null;
  }

  clear() {
    for (const key of [...this.running.keys()]) this.drop(key);
    this.answered.clear();
    this.trouble = null;
  }

  /**
   * Fetch the wanted ranges; drop the running ones that `stale` says are of no more use.
   * @param {Range[]} wanted
   * @param {(range: Range) => boolean} stale
   */
  want(wanted, stale) {
    const keys = new Set(wanted.map((range) => range.key));
    for (const [key, { range }] of this.running) if (!keys.has(key) && stale(range)) this.drop(key);
    if (this.trouble && !keys.has(this.trouble.range.key)) this.trouble = null;
    for (const range of wanted) if (this.trouble?.range.key !== range.key) this.fetch(range);
  }

  /** @param {string} key */
  drop(key) {
    this.running.get(key)?.abort.abort();
    this.running.delete(key);
  }

  /** @param {Range} range */
  async fetch(range) {
    if (this.running.has(range.key) || this.justAnswered(range)) return;
    const request = { abort: new AbortController(), range };
    this.running.set(range.key, request);
    this.changed();
    const current = () => this.running.get(range.key) === request;
    try {
      const block = await this.attempt(range, request.abort.signal);
      if (current()) this.receive(range, block);
    } catch (error) {
      if (current()) this.fail(range, error);
    } finally {
      if (current()) {
        this.running.delete(range.key);
        this.changed();
      }
    }
  }

  /**
   * A window that is still growing is not asked for again at once.
   * @param {Range} range
   */
  justAnswered(range) {
    const answered = this.answered.get(range.key) ?? -Infinity;
    return range.number === null && performance.now() - answered < 1000 * this.retrySeconds;
  }

  /**
   * Ask once, and once more when the failure may pass by itself.
   * @param {Range} range
   * @param {AbortSignal} signal
   */
  async attempt(range, signal) {
    try {
      return await this.ask(range, signal);
    } catch (error) {
      const failure = /** @type {import('./wire.js').Failure} */ (error);
      if (signal.aborted || !failure.passing) throw error;
      this.trouble = { words: failure.message, range, retrying: true };
      this.changed();
      await pause(Math.max(this.retrySeconds, failure.retryAfter), signal);
      return this.ask(range, signal);
    }
  }

  /**
   * @param {Range} range
   * @param {AbortSignal} signal
   */
  ask(range, signal) {
    if (range.number !== null) return this.source.chunk(range.number, signal);
    return this.source.ticks(range.first, range.last - range.first + 1, signal);
  }

  /**
   * @param {Range} range
   * @param {Block} block
   */
  receive(range, block) {
    if (!block.ticks.length) throw new Error('The answer held no ticks.');
    this.answered.set(range.key, performance.now());
    this.trouble = null;
    this.keep(range, block);
  }

  /**
   * @param {Range} range
   * @param {unknown} error
   */
  fail(range, error) {
    const reason = error instanceof Error ? error.message : 'Something went wrong.';
    const ticks = `${grouped(range.first)} to ${grouped(range.last)}`;
    const words = `Ticks ${ticks} could not be fetched. ${reason}`;
    this.trouble = { words, range, retrying: false };
  }

  /** Ask again for what failed. */
  retry() {
    const range = this.trouble?.range;
    this.trouble = null;
    if (range) this.fetch(range);
  }
}

/**
 * @param {number} seconds
 * @param {AbortSignal} signal
 */
function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
