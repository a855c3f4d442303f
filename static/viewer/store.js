/** Keep the ticks that were fetched or came live, within a bound of memory, and say what is needed next. */

import { between, joined, runAt } from './ranges.js';
import { Requests } from './requests.js';

/** @typedef {import('./types.js').Line} Line */
/** @typedef {import('./lines.js').Block} Block */
/** @typedef {import('./ranges.js').Run} Run */
/** @typedef {import('./requests.js').Range} Range */

const BUDGET_BYTES = 64 * 1024 * 1024;
/** Ticks that are in no chunk yet are asked for in windows of this many. */
const WINDOW_TICKS = 100;
/** The next chunk is fetched when this part of the present one is played. */
const PREFETCH_AT = 0.8;
const PARSED_LINES = 24;

export class Store {
  /**
   * @param {import('./requests.js').Source} source
   * @param {{changed?: () => void, budget?: number, retrySeconds?: number}} [options]
   */
  constructor(source, { changed = () => {}, budget = BUDGET_BYTES, retrySeconds } = {}) {
    this.changed = changed;
    this.budget = budget;
    this.requests = new Requests(source, {
      keep: (range, block) => this.keep(range, block),
      changed: () => this.changed(),
      retrySeconds,
    });
    /** @type {import('./types.js').Chunk[]} */
    this.chunks = [];
    this.first = 0;
    this.last = -Infinity;
    /** @type {Run[]} */
    this.chunkGaps = [];
    /** @type {Map<string, Block>} least recently used first */
    this.blocks = new Map();
    /** @type {Map<number, {line: Line, size: number}>} */
    this.live = new Map();
    /** @type {Map<number, Line>} */
    this.parsed = new Map();
    /** @type {Run[]} */
    this.gaps = [];
    this.bytes = 0;
    /** @type {Map<string, () => number | null>} who looks at other ticks than the playhead's */
    this.seekers = new Map();
  }

  /** Forget all ticks, and what was on the way. */
  clear() {
    this.requests.clear();
    this.blocks.clear();
    this.live.clear();
    this.parsed.clear();
    this.gaps = [...this.chunkGaps];
    this.bytes = 0;
  }

  /**
   * What the index says there is.
   * @param {import('./types.js').Index} index
   */
  describe(index) {
    const runs = [...index.chunks, ...(index.tail ? [index.tail] : [])];
    this.chunks = index.chunks;
    this.first = index.shard.first_tick ?? 0;
    this.last = Math.max(this.last, index.shard.last_tick ?? -Infinity);
    this.chunkGaps = between(runs.map((run) => [run.first_tick, run.last_tick]));
    this.findGaps();
  }

  /**
   * Take ticks that came live.
   * @param {Line[]} lines
   * @param {number} size of all of them, in bytes
   */
  add(lines, size) {
    for (const line of lines) {
      if (this.live.has(line.tick)) continue;
      this.bytes += size / lines.length;
      this.live.set(line.tick, { line, size: size / lines.length });
      this.last = Math.max(this.last, line.tick);
    }
    this.trim(null);
    this.changed();
  }

  /** @param {number} tick */
  has(tick) {
    return this.hasExactly(this.recorded(tick));
  }

  /** @param {number} tick */
  hasExactly(tick) {
    return this.live.has(tick) || this.blockOf(tick) !== null;
  }

  /**
   * The tick itself, or in a gap the last one recorded before it.
   * @param {number} tick
   */
  recorded(tick) {
    const gap = runAt(this.gaps, tick);
    return gap ? gap[0] - 1 : tick;
  }

  /**
   * The line of `tick`, or in a gap of the last one before it; null while it is not here.
   * @param {number} wanted
   */
  line(wanted) {
    const tick = this.recorded(wanted);
    const kept = this.live.get(tick)?.line ?? this.parsed.get(tick);
    if (kept) return kept;
    const block = this.blockOf(tick);
    if (!block) return null;
    const line = block.line(block.place(tick));
    this.parsed.set(tick, line);
    const [oldest] = this.parsed.keys();
    if (this.parsed.size > PARSED_LINES) this.parsed.delete(oldest);
    return line;
  }

  /**
   * A line that is here, parsed for this once: what is kept for drawing stays kept.
   * @param {number} tick
   */
  peek(tick) {
    const kept = this.live.get(tick)?.line ?? this.parsed.get(tick);
    if (kept) return kept;
    const block = this.blockOf(tick);
    const line = block?.line(block.place(tick));
    return line?.tick === tick ? line : null;
  }

  /**
   * Seconds of a tick that is here, else null.
   * @param {number} tick
   */
  timeOf(tick) {
    const live = this.live.get(tick);
    if (live) return live.line.t ?? null;
    const block = this.blockOf(tick);
    return block ? block.times[block.place(tick)] : null;
  }

  /** @param {number} tick */
  blockOf(tick) {
    for (const block of this.blocks.values()) {
      if (block.first <= tick && tick <= block.last) return block;
    }
    return null;
  }

  /**
   * The next recorded tick after `tick`, as far as is known.
   * @param {number} tick
   */
  after(tick) {
    return (runAt(this.gaps, tick + 1)?.[1] ?? tick) + 1;
  }

  /**
   * The chunk or window that holds `tick`.
   * @param {number} tick
   * @returns {Range}
   */
  rangeOf(tick) {
    const chunk = this.chunks.find((one) => one.first_tick <= tick && tick <= one.last_tick);
    if (chunk) {
      const { number, first_tick: first, last_tick: last } = chunk;
      return { key: `chunk ${number}`, first, last, number };
    }
    const first = Math.floor(tick / WINDOW_TICKS) * WINDOW_TICKS;
    return { key: `window ${first}`, first, last: first + WINDOW_TICKS - 1, number: null };
  }

  /**
   * Fetch what is wanted at `tick`, and in time what follows; drop requests that serve neither.
   * @param {number} sought
   * @param {boolean} [ahead] whether the playhead is moving on
   */
  need(sought, ahead = false) {
    const tick = this.recorded(sought);
    const here = this.rangeOf(tick);
    const wanted = this.has(tick) ? [] : [here];
    if (!wanted.length && this.lacksBefore(tick)) wanted.push(this.rangeOf(tick - 1));
    if (!wanted.length && ahead) wanted.push(...this.following(tick, here));
    const next = this.after(here.last);
    const aside = this.has(tick) ? this.aside() : null;
    if (aside) wanted.push(aside);
    this.requests.want(wanted, (range) => range.last < tick || range.first > next);
    this.touch(here.key);
  }

  /**
   * Fetch ticks for somebody else than the playhead too: one range after another, whenever the
   * playhead lacks nothing. What was fetched may be let go as soon as others are needed.
   * @param {string} who
   * @param {() => number | null} next  the tick that is looked for next; null for none
   */
  seek(who, next) {
    this.seekers.set(who, next);
  }

  /** The range that a seeker waits for, or null. */
  aside() {
    for (const next of this.seekers.values()) {
      const tick = next();
      if (tick !== null && !this.hasExactly(tick) && !this.lost(tick)) return this.rangeOf(tick);
    }
    return null;
  }

  /**
   * Whether a tick is known never to have been recorded.
   * @param {number} tick
   */
  lost(tick) {
    return runAt(this.gaps, tick) !== null;
  }

  /**
   * Whether the tick before was recorded and is not here to compare with.
   * @param {number} tick
   */
  lacksBefore(tick) {
    return tick > this.first && !this.has(tick - 1) && !runAt(this.gaps, tick - 1);
  }

  /**
   * What comes after the present range, once most of it is played.
   * @param {number} tick
   * @param {Range} here
   */
  following(tick, here) {
    const part = (tick - here.first) / Math.max(1, here.last - here.first);
    const next = this.after(here.last);
    if (part < PREFETCH_AT || next > this.last || this.has(next)) return [];
    return [this.rangeOf(next)];
  }

  /**
   * @param {Range} range
   * @param {Block} block
   */
  keep(range, block) {
    this.bytes += block.size - (this.blocks.get(range.key)?.size ?? 0);
    this.blocks.delete(range.key);
    this.blocks.set(range.key, block);
    this.trim(range.key);
    this.findGaps();
  }

  findGaps() {
    const inside = [...this.blocks.values()].flatMap((block) =>
      between(block.ticks.map((tick) => [tick, tick])),
    );
    this.gaps = joined([...this.chunkGaps, ...inside]);
  }

  /**
   * Mark as used just now.
   * @param {string} key
   */
  touch(key) {
    const block = this.blocks.get(key);
    if (!block) return;
    this.blocks.delete(key);
    this.blocks.set(key, block);
  }

  /**
   * Let go of what was used longest ago until the bound is kept.
   * @param {string | null} spared
   */
  trim(spared) {
    for (const [key, block] of this.blocks) {
      if (this.bytes <= this.budget) return;
      if (key === spared) continue;
      this.blocks.delete(key);
      this.bytes -= block.size;
    }
    for (const [tick, { size }] of this.live) {
      if (this.bytes <= this.budget || this.live.size <= 2) return;
      this.live.delete(tick);
      this.bytes -= size;
    }
  }

  /** Runs that are here. */
  loaded() {
    /** @type {Run[]} */
    const blocks = [...this.blocks.values()].map((block) => [block.first, block.last]);
    /** @type {Run[]} */
    const live = [...this.live.keys()].map((tick) => [tick, tick]);
    return joined([...blocks, ...live]);
  }

  /** Runs that are on their way. */
  fetching() {
    return [...this.requests.running.values()].map(({ range }) => range);
  }
}
