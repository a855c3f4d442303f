/** Where the chat comes from: one socket while the shard is live, and what was said before by range. */

import { getJson, send } from '../wire.js';

/** @typedef {import('../types.js').ChatLine} ChatLine */
/** @typedef {import('../types.js').ChatHello} ChatHello */

const FIRST_WAIT_SECONDS = 1;
const LONGEST_WAIT_SECONDS = 20;
/** The server pings every 30 s; a line silent for longer is dead. */
const SILENCE_SECONDS = 70;
/** The shard has ended, is not to be seen, or this page said too much. */
const FINAL = new Set([1000, 4004]);

/**
 * @typedef {object} Listener
 * @property {(hello: ChatHello) => void} hello
 * @property {(lines: ChatLine[]) => void} lines
 * @property {(ids: number[]) => void} deleted
 * @property {(refusal: {detail: string, until?: number | null, silenced?: boolean}) => void} refused
 * @property {(final: boolean) => void} lost
 */

export class ChatSocket {
  /**
   * @param {string} base
   * @param {Listener} listener
   */
  constructor(base, listener) {
    this.base = base;
    this.listener = listener;
    this.wait = FIRST_WAIT_SECONDS;
    /** @type {WebSocket | null} */
    this.socket = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.silence = undefined;
  }

  start() {
    const address = new URL(`${this.base}/chat`, location.href);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(address);
    this.socket = socket;
    socket.onmessage = (event) => this.receive(socket, JSON.parse(event.data));
    socket.onclose = (event) => this.lost(socket, event.code);
    this.listen();
  }

  /** Open the line anew, as somebody whose name has changed. */
  restart() {
    this.stop();
    this.start();
  }

  stop() {
    const { socket } = this;
    this.socket = null;
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    socket?.close(1000);
  }

  listen() {
    clearTimeout(this.silence);
    const { socket } = this;
    this.silence = setTimeout(() => {
      socket?.close();
      if (socket) this.lost(socket, 1006);
    }, SILENCE_SECONDS * 1000);
  }

  /**
   * @param {WebSocket} socket
   * @param {any} message
   */
  receive(socket, message) {
    if (socket !== this.socket) return;
    this.listen();
    if (message.type === 'hello') {
      this.wait = FIRST_WAIT_SECONDS;
      this.listener.hello(message);
    } else if (message.type === 'lines') this.listener.lines(message.lines);
    else if (message.type === 'deleted') this.listener.deleted(message.ids);
    else if (message.type === 'refused') this.listener.refused(message);
  }

  /**
   * @param {WebSocket} socket
   * @param {number} code
   */
  lost(socket, code) {
    if (socket !== this.socket) return;
    this.socket = null;
    clearTimeout(this.silence);
    this.listener.lost(FINAL.has(code));
    if (FINAL.has(code)) return;
    this.timer = setTimeout(() => this.start(), this.wait * 1000);
    this.wait = Math.min(LONGEST_WAIT_SECONDS, this.wait * 2);
  }

  /** @param {string} text */
  say(text) {
    this.socket?.send(text);
  }
}

/**
 * What was said from one tick to another, all of it.
 * @param {string} base
 * @param {number} first
 * @param {number} last
 * @returns {Promise<{lines: ChatLine[], may_delete: boolean}>}
 */
export async function readChat(base, first, last) {
  const range = `${base}/chat?start_tick=${first}&end_tick=${last}`;
  let answer = await getJson(range);
  const lines = [...answer.lines];
  while (answer.has_more) {
    answer = await getJson(`${range}&after=${lines[lines.length - 1].id}`);
    lines.push(...answer.lines);
  }
  return { lines, may_delete: answer.may_delete };
}

/** Have the site remember this browser under a guest's name. */
export function becomeGuest() {
  return send('POST', '/chat/guest');
}

/**
 * @param {string} base
 * @param {number} id
 */
export function deleteLine(base, id) {
  return send('DELETE', `${base}/chat/${id}`);
}
