/** Ticks read one after another as they come, a little at a time, so that no frame is late for it. */

/** @typedef {import('../../types.js').Snapshot} Snapshot */
/** @typedef {{peek: (tick: number) => Snapshot | null, lost: (tick: number) => boolean, told: () => void}} Source */

/** Milliseconds at a time. */
const SLICE = 4;

/**
 * Ticks from first to last, evenly apart where they are more than `most`.
 * @param {number} first
 * @param {number} last
 * @param {number} most
 */
export function evenly(first, last, most) {
  const step = Math.max(1, Math.ceil((last - first + 1) / most));
  const ticks = [];
  for (let tick = first; tick <= last; tick += step) ticks.push(tick);
  return ticks;
}

/** @template Found */
export class Survey {
  /**
   * @param {(snapshot: Snapshot) => Found} read
   * @param {Source} source
   */
  constructor(read, source) {
    this.read = read;
    this.source = source;
    /** @type {number[]} */
    this.ticks = [];
    /** @type {Map<number, Found>} */
    this.found = new Map();
    this.running = false;
  }

  /**
   * Read these ticks, but for those that were read before.
   * @param {number[]} ticks  in order
   */
  want(ticks) {
    this.ticks = ticks;
    if (this.running || this.next() === null) return;
    this.running = true;
    setTimeout(() => this.work());
  }

  forget() {
    this.found.clear();
  }

  /** The first tick that is not read yet, or null. */
  next() {
    for (const tick of this.ticks) if (!this.isDone(tick)) return tick;
    return null;
  }

  /** @param {number} tick */
  isDone(tick) {
    return this.found.has(tick) || this.source.lost(tick);
  }

  work() {
    const until = performance.now() + SLICE;
    let some = false;
    let all = true;
    for (const tick of this.ticks) {
      if (this.isDone(tick)) continue;
      const late = performance.now() > until;
      const snapshot = late ? null : this.source.peek(tick);
      if (snapshot) this.found.set(tick, this.read(snapshot));
      some ||= snapshot !== null;
      all &&= !late;
      if (late) break;
    }
    this.running = !all;
    if (this.running) setTimeout(() => this.work(), SLICE);
    if (some) this.source.told();
  }

  /** Ticks that are read, in order. */
  get known() {
    return this.ticks.filter((tick) => this.found.has(tick));
  }

  /** How far it has come, in words; nothing once all is read. */
  get progress() {
    const left = this.ticks.filter((tick) => !this.isDone(tick)).length;
    return left ? `reading ${this.ticks.length - left} of ${this.ticks.length} ticks` : '';
  }
}
