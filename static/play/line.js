/** The socket of a process: opened with its token, opened again where the line drops. */

import { Reopened, socketAddress } from '../viewer/sources/reopened.js';

/** @typedef {import('./types.js').State} State */
/** @typedef {import('./types.js').Ended} Ended */
/** @typedef {import('./types.js').Command} Command */

const OVER = 1000;
const NO_PROCESS = 4001;

/**
 * @typedef {object} Listener
 * @property {() => number} after  the last event that has arrived
 * @property {(state: State) => void} state
 * @property {(answer: {cmd: string, arg: string | null, status?: string, detail?: string}) => void} answer
 * @property {(ended: Ended) => void} ended
 * @property {() => void} unknown  no process has this token any more
 * @property {(words: string | null) => void} line  what to say of the connection; null while all is well
 */

export class Line extends Reopened {
  /**
   * @param {string} token
   * @param {Listener} listener
   * @param {{open?: () => WebSocket}} [options]
   */
  constructor(token, listener, { open = () => new WebSocket(socketAddress('/process/live')) } = {}) {
    super({ open, final: [OVER, NO_PROCESS] });
    this.token = token;
    this.listener = listener;
  }

  /** @param {WebSocket} socket */
  opened(socket) {
    socket.send(JSON.stringify({ token: this.token, after: this.listener.after() }));
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
    if (!('type' in message)) this.listener.state(message);
    else if (message.type === 'answer') this.listener.answer(message);
    else if (message.type === 'ended') this.listener.ended(message);
  }

  /** @param {number} code */
  over(code) {
    if (code === NO_PROCESS) this.listener.unknown();
  }

  /** @param {string | null} words */
  line(words) {
    this.listener.line(words);
  }
}
