/** The socket of a seat: opened again where it drops, and it says so. */

import { Reopened, socketAddress } from '../../viewer/sources/reopened.js';

/** @typedef {import('./types.js').Command} Command */

const OVER = 1000;
const NO_SEAT = 4004;

/**
 * @typedef {object} Listener
 * @property {(told: import('./types.js').Told) => void} table
 * @property {(detail: string | null) => void} answer  null where the command was taken
 * @property {() => void} ended
 * @property {() => void} gone  there is no seat of ours any more
 * @property {(words: string | null) => void} line  what to say of the connection; null while all is well
 */

export class Line extends Reopened {
  /**
   * @param {string} code
   * @param {Listener} listener
   * @param {{open?: () => WebSocket}} [options]
   */
  constructor(code, listener, { open = () => new WebSocket(address(code)) } = {}) {
    super({ open, final: [OVER, NO_SEAT] });
    this.listener = listener;
  }

  /**
   * @param {Command} command
   * @returns {boolean} whether the line was there to take it
   */
  send(command) {
    return this.say(JSON.stringify(command));
  }

  /** @param {any} message */
  received(message) {
    this.well();
    if (message.type === 'table') this.listener.table(message);
    else if (message.type === 'ok') this.listener.answer(null);
    else if (message.type === 'refused') this.listener.answer(message.detail);
    else if (message.type === 'ended') this.listener.ended();
  }

  /** @param {number} code */
  over(code) {
    if (code === NO_SEAT) this.listener.gone();
  }

  /** @param {string | null} words */
  line(words) {
    this.listener.line(words);
  }
}

/** @param {string} code */
function address(code) {
  return socketAddress(`/golf/rooms/${encodeURIComponent(code)}/live`);
}
