/** Ticks as seconds and back, and both in words. */

/** @typedef {{tick: number, t: number}} Point */

/** A pause of the recorder longer than this many ticks is played as this many. */
const LONGEST_TICKS = 10;

/**
 * Known points (tick, seconds) with straight lines between; past the last one, whole ticks.
 */
export class Times {
  /** @param {number} tickSeconds */
  constructor(tickSeconds) {
    this.tickSeconds = tickSeconds > 0 ? tickSeconds : 1;
    /** @type {Point[]} */
    this.points = [];
  }

  /**
   * @param {Point[]} points in any order; a later one for the same tick wins
   */
  set(points) {
    const byTick = new Map(points.map((point) => [point.tick, point]));
    this.points = [...byTick.values()].sort((a, b) => a.tick - b.tick);
  }

  /**
   * @param {number} tick
   * @param {number} t
   */
  add(tick, t) {
    const last = this.points[this.points.length - 1];
    if (!last || tick > last.tick) this.points.push({ tick, t });
  }

  /**
   * Seconds at which `tick` was recorded.
   * @param {number} tick
   */
  at(tick) {
    const points = this.points;
    if (!points.length) return tick * this.tickSeconds;
    const after = firstAfter(points, (point) => point.tick > tick);
    if (after === 0) return points[0].t + (tick - points[0].tick) * this.tickSeconds;
    const before = points[after - 1];
    if (after === points.length) return before.t + (tick - before.tick) * this.tickSeconds;
    const next = points[after];
    return before.t + ((tick - before.tick) / (next.tick - before.tick)) * (next.t - before.t);
  }

  /**
   * The tick that is current `seconds` into the recording's own clock.
   * @param {number} seconds
   */
  tickAt(seconds) {
    const points = this.points;
    if (!points.length) return Math.floor(seconds / this.tickSeconds);
    const after = firstAfter(points, (point) => point.t > seconds);
    const steps = (/** @type {number} */ span) => Math.floor(span / this.tickSeconds + 1e-9);
    if (after === 0) return points[0].tick + steps(seconds - points[0].t);
    const before = points[after - 1];
    if (after === points.length) return before.tick + steps(seconds - before.t);
    const next = points[after];
    const part = (seconds - before.t) / (next.t - before.t);
    return before.tick + Math.floor(part * (next.tick - before.tick) + 1e-9);
  }

  /**
   * Seconds that `tick` is shown for at speed 1.
   * @param {number} tick
   */
  lengthOf(tick) {
    const length = this.at(tick + 1) - this.at(tick);
    if (!(length > 0)) return this.tickSeconds;
    return Math.min(length, this.longest);
  }

  /** Seconds that a tick is shown for at most. */
  get longest() {
    return LONGEST_TICKS * this.tickSeconds;
  }
}

/**
 * @template T
 * @param {T[]} sorted
 * @param {(item: T) => boolean} isAfter
 */
function firstAfter(sorted, isAfter) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isAfter(sorted[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * 341 → "5:41"
 * @param {number} seconds
 */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds + 1e-6));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const tail = String(whole % 60).padStart(2, '0');
  return hours ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

/**
 * 341 → "5 minutes 41"
 * @param {number} seconds
 */
export function spokenClock(seconds) {
  const whole = Math.max(0, Math.floor(seconds + 1e-6));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = whole % 60;
  if (hours) return `${count(hours, 'hour')} ${count(minutes, 'minute')}`;
  if (!minutes) return count(rest, 'second');
  return rest ? `${count(minutes, 'minute')} ${rest}` : count(minutes, 'minute');
}

/**
 * How far behind, short: "12 s", "4 min", "3 h".
 * @param {number} seconds
 */
export function span(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole} s`;
  if (whole < 7200) return `${Math.round(whole / 60)} min`;
  return `${Math.round(whole / 3600)} h`;
}

/**
 * @param {number} number
 * @param {string} word
 */
export function count(number, word) {
  return `${grouped(number)} ${word}${number === 1 ? '' : 's'}`;
}

/**
 * 12345 → "12,345"
 * @param {number} number
 */
export function grouped(number) {
  return Math.round(number).toLocaleString('en');
}
