/** Where live ticks come from: one socket, opened again from the last tick it brought. */

/** @typedef {import('../types.js').Line} Line */
/** @typedef {import('../types.js').Shard} Shard */

const FIRST_WAIT_SECONDS = 1;
const LONGEST_WAIT_SECONDS = 10;
/** The server pings every 20 s; a line silent for longer is dead. */
const SILENCE_SECONDS = 45;
const GONE = new Set([4004]);

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

export class Live {
  /**
   * @param {string} base
   * @param {Listener} listener
   * @param {{open?: (address: string) => WebSocket}} [options]
   */
  constructor(base, listener, { open = (address) => new WebSocket(address) } = {}) {
    this.base = base;
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
    const socket = this.open(liveAddress(this.base, this.listener.cursor()));
    this.socket = socket;
    socket.onmessage = (event) => this.receive(socket, event.data);
    socket.onclose = (event) => this.lost(socket, event.code);
    this.listen();
  }

  stop() {
    this.closed = true;
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    this.socket?.close(1000);
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
    const message = JSON.parse(text);
    const answer = ANSWERS[message.type];
    if (answer) answer(this, message, text.length);
  }

  /**
   * @param {WebSocket} socket
   * @param {number} code
   */
  lost(socket, code) {
    if (socket !== this.socket || this.closed) return;
    this.socket = null;
    clearTimeout(this.silence);
    if (GONE.has(code)) {
      this.closed = true;
      return this.listener.line('This shard cannot be watched any more.');
    }
    this.listener.line(
      `${REASONS[code] ?? 'The live line dropped.'} Trying again in ${this.wait} s.`,
    );
    this.timer = setTimeout(() => this.start(), this.wait * 1000);
    this.wait = Math.min(LONGEST_WAIT_SECONDS, this.wait * 2);
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
    live.wait = FIRST_WAIT_SECONDS;
    live.listener.line(null);
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
export function liveAddress(base, cursor) {
  const address = new URL(`${base}/live`, location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  if (cursor !== null) address.searchParams.set('cursor', String(cursor));
  return address.href;
}
