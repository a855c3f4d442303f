/** A socket that is opened again where it drops: soon at first, later and later, never all at once. */

const FIRST_WAIT_SECONDS = 1;
const LONGEST_WAIT_SECONDS = 10;
/** How much sooner than said one comes back, at most, so that many do not come back together. */
const SPREAD = 0.25;
/** The server pings every 20 s; a line silent for longer is dead. */
const SILENCE_SECONDS = 45;
const DROPPED = 1006;

/** @type {Record<number, string>} */
const REASONS = {
  1012: 'The server is starting again.',
  1013: 'The server cannot answer just now.',
  4005: 'Too many lines are open from here.',
  4008: 'Your line was too slow.',
  4029: 'Too much was sent from here.',
};

/**
 * @typedef {object} Terms
 * @property {() => WebSocket} open  each time anew, from where the last one has left off
 * @property {number[]} final  the close codes after which it is not opened again
 * @property {Record<number, string>} [reasons]  what close codes mean here
 * @property {string} [dropped]  what is said of any other end
 * @property {number} [silence]  seconds without a word after which a line counts as dead
 */

export class Reopened {
  /** @param {Terms} terms */
  constructor({ open, final, reasons = {}, dropped = 'The line dropped.', silence = SILENCE_SECONDS }) {
    this.open = open;
    this.final = new Set(final);
    this.reasons = { ...REASONS, ...reasons };
    this.dropped = dropped;
    this.silenceSeconds = silence;
    this.wait = FIRST_WAIT_SECONDS;
    this.closed = false;
    /** @type {WebSocket | null} */
    this.socket = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.silence = undefined;
    globalThis.addEventListener?.('offline', () => this.cut());
    globalThis.addEventListener?.('online', () => this.hurry());
  }

  // What a kind of line does in its own way

  /** The socket is open. @param {WebSocket} _socket */
  opened(_socket) {}

  /**
   * @param {any} _message
   * @param {number} _size in characters
   */
  received(_message, _size) {}

  /** It has ended for good. @param {number} _code */
  over(_code) {}

  /** What to say of the connection; null while all is well. @param {string | null} _words */
  line(_words) {}

  // What all do alike

  start() {
    if (this.closed) return;
    clearTimeout(this.timer);
    const socket = this.open();
    this.socket = socket;
    socket.onopen = () => this.opened(socket);
    socket.onmessage = (event) => this.receive(socket, event.data);
    socket.onclose = (event) => this.lost(socket, event.code);
    this.listen();
  }

  stop() {
    const { socket } = this;
    this.closed = true;
    this.socket = null;
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    socket?.close(1000);
  }

  /** Open the line anew at once, as somebody else or after an end that was none. */
  restart() {
    this.stop();
    this.closed = false;
    this.start();
  }

  /**
   * @param {string} text
   * @returns {boolean} whether the line was there to take it
   */
  say(text) {
    if (this.socket?.readyState !== 1) return false;
    this.socket.send(text);
    return true;
  }

  /** The line works again: the next time it drops, it is opened soon. */
  well() {
    this.wait = FIRST_WAIT_SECONDS;
    this.line(null);
  }

  /** Close a line on which nothing comes any more, so that it is opened again. */
  listen() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.cut(), this.silenceSeconds * 1000);
  }

  /** The browser has lost its network: what is open is dead, and is not waited for. */
  cut() {
    const { socket } = this;
    if (!socket) return;
    socket.close();
    this.lost(socket, DROPPED);
  }

  /** The network is back: a line that waits to be opened again is opened now. */
  hurry() {
    if (this.socket || this.closed || this.timer === undefined) return;
    this.wait = FIRST_WAIT_SECONDS;
    this.start();
  }

  /**
   * @param {WebSocket} socket
   * @param {string} text
   */
  receive(socket, text) {
    if (socket !== this.socket) return;
    this.listen();
    this.received(JSON.parse(text), text.length);
  }

  /**
   * @param {WebSocket} socket
   * @param {number} code
   */
  lost(socket, code) {
    if (socket !== this.socket) return;
    this.socket = null;
    clearTimeout(this.silence);
    if (this.final.has(code)) {
      this.closed = true;
      this.over(code);
      return;
    }
    this.line(`${this.reasons[code] ?? this.dropped} Trying again in ${this.wait} s.`);
    this.timer = setTimeout(() => this.start(), this.wait * 1000 * (1 - SPREAD * Math.random()));
    this.wait = Math.min(LONGEST_WAIT_SECONDS, this.wait * 2);
  }
}

/**
 * The address of a socket of this site.
 * @param {string} path
 */
export function socketAddress(path) {
  const address = new URL(path, location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  return address;
}
