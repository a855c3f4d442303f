/** The socket of a seat: opened again where it drops, and it says so. */

/** @typedef {import('./types.js').Command} Command */

const FIRST_WAIT_SECONDS = 1;
const LONGEST_WAIT_SECONDS = 10;
/** The server pings every 20 s; a line silent for longer is dead. */
const SILENCE_SECONDS = 45;
const OVER = 1000;
const NO_SEAT = 4004;
/** @type {Record<number, string>} */
const REASONS = {
  1012: 'The server is starting again.',
  1013: 'The server cannot answer just now.',
  4005: 'Too many lines are open from here.',
  4008: 'Your line was too slow.',
  4029: 'Too much was sent from here.',
};

/**
 * @typedef {object} Listener
 * @property {(told: import('./types.js').Told) => void} table
 * @property {(detail: string | null) => void} answer  null where the command was taken
 * @property {() => void} ended
 * @property {() => void} gone  there is no seat of ours any more
 * @property {(words: string | null) => void} line  what to say of the connection; null while all is well
 */

export class Line {
  /**
   * @param {string} code
   * @param {Listener} listener
   * @param {{open?: () => WebSocket}} [options]
   */
  constructor(code, listener, { open = () => new WebSocket(address(code)) } = {}) {
    this.listener = listener;
    this.open = open;
    this.wait = FIRST_WAIT_SECONDS;
    this.closed = false;
    /** @type {WebSocket | null} */
    this.socket = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.silence = undefined;
  }

  start() {
    if (this.closed) return;
    clearTimeout(this.timer);
    const socket = this.open();
    this.socket = socket;
    socket.onmessage = (event) => this.receive(socket, event.data);
    socket.onclose = (event) => this.lost(socket, event.code);
    this.listen();
  }

  stop() {
    this.closed = true;
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    this.socket?.close(OVER);
  }

  /**
   * @param {Command} command
   * @returns {boolean} whether the line was there to take it
   */
  send(command) {
    if (this.socket?.readyState !== 1) return false;
    this.socket.send(JSON.stringify(command));
    return true;
  }

  /** Close a line on which nothing comes any more, so that it is opened again. */
  listen() {
    clearTimeout(this.silence);
    const socket = this.socket;
    this.silence = setTimeout(() => {
      socket?.close();
      if (socket) this.lost(socket, 1006);
    }, SILENCE_SECONDS * 1000);
  }

  /**
   * @param {WebSocket} socket
   * @param {string} text
   */
  receive(socket, text) {
    if (socket !== this.socket || this.closed) return;
    this.listen();
    this.wait = FIRST_WAIT_SECONDS;
    this.listener.line(null);
    const message = JSON.parse(text);
    if (message.type === 'table') this.listener.table(message);
    else if (message.type === 'ok') this.listener.answer(null);
    else if (message.type === 'refused') this.listener.answer(message.detail);
    else if (message.type === 'ended') this.listener.ended();
  }

  /**
   * @param {WebSocket} socket
   * @param {number} code
   */
  lost(socket, code) {
    if (socket !== this.socket || this.closed) return;
    this.socket = null;
    clearTimeout(this.silence);
    if (code === OVER || code === NO_SEAT) {
      this.closed = true;
      if (code === NO_SEAT) this.listener.gone();
      return;
    }
    this.listener.line(`${REASONS[code] ?? 'The line dropped.'} Trying again in ${this.wait} s.`);
    this.timer = setTimeout(() => this.start(), this.wait * 1000);
    this.wait = Math.min(LONGEST_WAIT_SECONDS, this.wait * 2);
  }
}

/** @param {string} code */
function address(code) {
  const there = new URL(`/golf/rooms/${encodeURIComponent(code)}/live`, location.href);
  there.protocol = there.protocol.replace('http', 'ws');
  return there.href;
}
