/** Where the chat comes from: one socket while the shard is live, and what was said before by range. */

import { getJson, send } from '../wire.js';
import { Reopened, socketAddress } from './reopened.js';

/** @typedef {import('../types.js').ChatLine} ChatLine */
/** @typedef {import('../types.js').ChatHello} ChatHello */

/** The server pings every 30 s; a line silent for longer is dead. */
const SILENCE_SECONDS = 70;
/** The shard has ended, is not to be seen, or this page said too much. */
const FINAL = [1000, 4004];

/**
 * @typedef {object} Listener
 * @property {(hello: ChatHello) => void} hello
 * @property {(lines: ChatLine[]) => void} lines
 * @property {(ids: number[]) => void} deleted
 * @property {(refusal: {detail: string, until?: number | null, silenced?: boolean}) => void} refused
 * @property {(final: boolean) => void} lost
 */

export class ChatSocket extends Reopened {
  /**
   * @param {string} base
   * @param {Listener} listener
   */
  constructor(base, listener) {
    const open = () => new WebSocket(socketAddress(`${base}/chat`));
    super({ open, final: FINAL, silence: SILENCE_SECONDS });
    this.listener = listener;
  }

  /** @param {any} message */
  received(message) {
    if (message.type === 'hello') {
      this.well();
      this.listener.hello(message);
    } else if (message.type === 'lines') this.listener.lines(message.lines);
    else if (message.type === 'deleted') this.listener.deleted(message.ids);
    else if (message.type === 'refused') this.listener.refused(message);
  }

  over() {
    this.listener.lost(true);
  }

  /** @param {string | null} words */
  line(words) {
    if (words !== null) this.listener.lost(false);
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
