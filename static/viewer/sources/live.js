/** Where live ticks come from: one socket, opened again from the last tick it brought. */

import { Reopened, socketAddress } from './reopened.js';

/** @typedef {import('../types.js').Line} Line */
/** @typedef {import('../types.js').Shard} Shard */

const GONE = 4004;

/**
 * @typedef {object} Listener
 * @property {() => number | null} cursor  the last tick that is here
 * @property {(shard: Shard, spectators: number) => void} hello
 * @property {(lines: Line[], size: number) => void} ticks
 * @property {(first: number, last: number) => void} skipped
 * @property {(count: number) => void} spectators
 * @property {(shard: Shard) => void} ended
 * @property {(words: string | null) => void} line  what to say of the connection; null while all is well
 */

export class Live extends Reopened {
  /**
   * @param {string} base
   * @param {Listener} listener
   * @param {{open?: (address: string) => WebSocket}} [options]
   */
  constructor(base, listener, { open = (address) => new WebSocket(address) } = {}) {
    super({
      open: () => open(liveAddress(base, listener.cursor())),
      final: [GONE],
      reasons: REASONS,
      dropped: 'The live line dropped.',
    });
    this.listener = listener;
  }

  /**
   * @param {any} message
   * @param {number} size
   */
  received(message, size) {
    ANSWERS[message.type]?.(this, message, size);
  }

  over() {
    this.listener.line('This shard cannot be watched any more.');
  }

  /** @param {string | null} words */
  line(words) {
    this.listener.line(words);
  }
}

/** @type {Record<number, string>} */
const REASONS = {
  4005: 'Too many are watching just now.',
  4008: 'The line was too slow for this shard.',
  4029: 'The site asks for fewer messages.',
};

/** @type {Record<string, (live: Live, message: any, size: number) => void>} */
const ANSWERS = {
  hello(live, { shard, spectators }) {
    live.well();
    live.listener.hello(shard, spectators);
  },
  ticks: (live, { ticks }, size) => live.listener.ticks(ticks, size),
  skipped: (live, { from, to }) => live.listener.skipped(from, to),
  spectators: (live, { count }) => live.listener.spectators(count),
  ended(live, { shard }) {
    live.stop();
    live.listener.ended(shard);
  },
};

/**
 * @param {string} base
 * @param {number | null} cursor
 */
function liveAddress(base, cursor) {
  const address = socketAddress(`${base}/live`);
  if (cursor !== null) address.searchParams.set('cursor', String(cursor));
  return address.href;
}
