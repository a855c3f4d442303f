/** The socket of a process: opened with its token, opened again where the line drops. */

/** @typedef {import('./types.js').State} State */
/** @typedef {import('./types.js').Ended} Ended */
/** @typedef {import('./types.js').Command} Command */

const FIRST_WAIT_SECONDS = 1;
const LONGEST_WAIT_SECONDS = 10;
/** The server pings every 20 s; a line silent for longer is dead. */
const SILENCE_SECONDS = 45;
const OVER = 1000;
const NO_PROCESS = 4001;
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
 * @property {() => number} after  the last event that has arrived
 * @property {(state: State) => void} state
 * @property {(answer: {cmd: string, arg: string | null, status?: string, detail?: string}) => void} answer
 * @property {(ended: Ended) => void} ended
 * @property {() => void} unknown  no process has this token any more
 * @property {(words: string | null) => void} line  what to say of the connection; null while all is well
 */

export class Line {
  /**
   * @param {string} token
   * @param {Listener} listener
   * @param {{open?: () => WebSocket}} [options]
   */
  constructor(token, listener, { open = () => new WebSocket(address()) } = {}) {
    this.token = token;
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
    socket.onopen = () => socket.send(JSON.stringify({ token: this.token, after: this.listener.after() }));
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
    const message = JSON.parse(text);
    this.wait = FIRST_WAIT_SECONDS;
    this.listener.line(null);
    if (!('type' in message)) this.listener.state(message);
    else if (message.type === 'answer') this.listener.answer(message);
    else if (message.type === 'ended') this.listener.ended(message);
  }

  /**
   * @param {WebSocket} socket
   * @param {number} code
   */
  lost(socket, code) {
    if (socket !== this.socket || this.closed) return;
    this.socket = null;
    clearTimeout(this.silence);
    if (code === OVER || code === NO_PROCESS) {
      this.closed = true;
      if (code === NO_PROCESS) this.listener.unknown();
      return;
    }
    this.listener.line(`${REASONS[code] ?? 'The line dropped.'} Trying again in ${this.wait} s.`);
    this.timer = setTimeout(() => this.start(), this.wait * 1000);
    this.wait = Math.min(LONGEST_WAIT_SECONDS, this.wait * 2);
  }
}

function address() {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/process/live`;
}
