/** What the crowd has said, in step with the playhead, and how one stands in it. No DOM. */

import { ChatSocket, becomeGuest, deleteLine, readChat } from './sources/chat.js';

/** @typedef {import('./types.js').ChatLine} ChatLine */

/** What was said is fetched by runs of so many ticks: the one with the playhead, and the one before. */
export const RUN_TICKS = 500;
const MOST_SHOWN = 100;
const RETRY_SECONDS = 5;

export class Talk {
  /**
   * @param {string} base
   * @param {() => void} changed
   */
  constructor(base, changed) {
    this.base = base;
    this.changed = changed;
    /** @type {Map<number, ChatLine>} */
    this.lines = new Map();
    /** @type {ChatLine[] | null} */
    this.sorted = [];
    /** @type {Map<number, number>} when a run was asked for; Infinity once it is here */
    this.runs = new Map();
    /** @type {ChatSocket | null} */
    this.socket = null;
    /** @type {import('./types.js').ChatHello | null} */
    this.hello = null;
    /** @type {{until: number | null, words: string} | null} */
    this.silenced = null;
    /** What was not taken, in words, until something else is said. */
    this.refusal = '';
    this.trouble = '';
    this.mayDelete = false;
    /** @type {string | null} what is said as soon as there is a name to say it by */
    this.waiting = null;
    /** @type {string} what was said last, given back if it is refused */
    this.said = '';
    this.over = false;
  }

  /** Listen while the shard is live. */
  listen() {
    if (this.socket || this.over) return;
    this.socket = new ChatSocket(this.base, {
      hello: (hello) => this.greet(hello),
      lines: (lines) => this.take(lines),
      deleted: (ids) => this.forget(ids),
      refused: (refusal) => this.refuse(refusal),
      lost: (final) => this.lost(final),
    });
    this.socket.start();
  }

  /** The shard has ended: nothing more is said. */
  finish() {
    this.over = true;
    this.hello = null;
    this.socket?.stop();
    this.socket = null;
    this.changed();
  }

  /** @param {import('./types.js').ChatHello} hello */
  greet(hello) {
    this.hello = hello;
    this.mayDelete = hello.may_delete;
    this.silenced = hello.silenced && { until: hello.silenced.until, words: hello.silenced.detail };
    this.runs.clear();
    if (this.waiting !== null) {
      const text = this.waiting;
      this.waiting = null;
      this.socket?.say(text);
    }
    this.changed();
  }

  /** @param {ChatLine[]} lines */
  take(lines) {
    for (const line of lines) this.lines.set(line.id, line);
    if (lines.length) this.sorted = null;
    this.changed();
  }

  /** @param {number[]} ids */
  forget(ids) {
    for (const id of ids) this.lines.delete(id);
    this.sorted = null;
    this.changed();
  }

  /** @param {{detail: string, until?: number | null, silenced?: boolean}} refusal */
  refuse({ detail, until, silenced }) {
    this.refusal = detail;
    if (silenced) this.silenced = { until: until ?? null, words: detail };
    this.changed();
  }

  /** @param {boolean} final */
  lost(final) {
    this.hello = null;
    if (final) this.over = true;
    this.changed();
  }

  /** Whether one may write now; a mute ends by itself. */
  get canWrite() {
    if (this.silenced?.until && this.silenced.until * 1000 < Date.now()) this.silenced = null;
    return Boolean(this.hello?.can_write) && !this.silenced;
  }

  /**
   * Say something; a guest without a name is given one first, which lasts.
   * @param {string} text
   */
  async say(text) {
    this.refusal = '';
    this.said = text;
    if (this.hello?.kept !== false) {
      this.socket?.say(text);
      return;
    }
    try {
      await becomeGuest();
      this.waiting = text;
      this.socket?.restart();
    } catch (error) {
      this.refuse({ detail: /** @type {Error} */ (error).message });
    }
  }

  /** @param {number} id */
  async remove(id) {
    try {
      await deleteLine(this.base, id);
      this.forget([id]);
    } catch (error) {
      this.refuse({ detail: /** @type {Error} */ (error).message });
    }
  }

  /**
   * Fetch what was said up to a tick, unless it is here.
   * @param {number} tick
   */
  need(tick) {
    const run = Math.floor(tick / RUN_TICKS);
    for (const wanted of [run, run - 1]) if (wanted >= 0) this.fetch(wanted);
  }

  /** @param {number} run */
  async fetch(run) {
    if ((this.runs.get(run) ?? 0) > Date.now()) return;
    this.runs.set(run, Date.now() + RETRY_SECONDS * 1000);
    try {
      const first = run * RUN_TICKS;
      const { lines, may_delete: may } = await readChat(this.base, first, first + RUN_TICKS - 1);
      this.runs.set(run, Infinity);
      this.trouble = '';
      this.mayDelete = may;
      this.take(lines);
    } catch (error) {
      this.trouble = `What was said could not be read. ${/** @type {Error} */ (error).message}`;
      this.changed();
    }
  }

  /**
   * The last lines that had been said by a tick; Infinity is all.
   * @param {number} tick
   */
  upTo(tick) {
    this.sorted ??= [...this.lines.values()].sort((a, b) => a.tick - b.tick || a.id - b.id);
    let end = this.sorted.length;
    while (end > 0 && this.sorted[end - 1].tick > tick) end -= 1;
    return this.sorted.slice(Math.max(0, end - MOST_SHOWN), end);
  }
}
