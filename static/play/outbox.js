/** What is sent, not faster than the server takes it: of actions the last one wins, words wait their turn. */

/** @typedef {import('./types.js').Command} Command */

/** The server closes a line on more than 20 messages in 10 seconds; the token is one. */
const MOST = 16;
const WINDOW_MILLISECONDS = 10_000;

export class Outbox {
  /**
   * @param {(command: Command) => boolean} send
   * @param {{now?: () => number, later?: (work: () => void, milliseconds: number) => unknown}} [options]
   */
  constructor(send, { now = () => performance.now(), later = setTimeout } = {}) {
    this.send = send;
    this.now = now;
    this.later = (/** @type {() => void} */ work, /** @type {number} */ milliseconds) => later(work, milliseconds);
    /** @type {number[]} */
    this.sent = [];
    /** @type {Command[]} */
    this.waiting = [];
    this.due = false;
  }

  /**
   * @param {Command} command
   * @returns {boolean} false where there is no line to send on
   */
  put(command) {
    if (isAction(command)) this.waiting = this.waiting.filter((other) => !isAction(other));
    this.waiting.push(command);
    return this.flush();
  }

  clear() {
    this.waiting = [];
  }

  flush() {
    while (this.waiting.length) {
      const now = this.now();
      this.sent = this.sent.filter((at) => at > now - WINDOW_MILLISECONDS);
      if (this.sent.length >= MOST) {
        this.wait(this.sent[0] + WINDOW_MILLISECONDS - now);
        return true;
      }
      const [next] = this.waiting;
      if (!this.send(next)) {
        this.waiting = [];
        return false;
      }
      this.waiting.shift();
      this.sent.push(now);
    }
    return true;
  }

  /** @param {number} milliseconds */
  wait(milliseconds) {
    if (this.due) return;
    this.due = true;
    this.later(() => {
      this.due = false;
      this.flush();
    }, milliseconds + 1);
  }
}

/** @param {Command} command */
function isAction({ cmd }) {
  return cmd !== 'SAY' && cmd !== 'BROADCAST';
}
