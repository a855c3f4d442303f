/** The playhead and its clock: no DOM, no network, no timers; whoever owns it calls `advance`. */

export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64];
/** "The whole" is played in this many seconds. */
export const WHOLE_SECONDS = 30;
/** A follower this many ticks behind the edge goes a little faster, and one farther behind follows no more. */
const CLOSE_BEHIND = 8;
const CATCH_UP = 1.25;
const MOST_BEHIND = 24;
/** Even the fastest playback counts no more ticks than this in one frame. */
const MOST_TICKS_A_FRAME = 20_000;

/**
 * What the player must know of the recording.
 * @typedef {object} Tape
 * @property {(tick: number) => boolean} ready  whether the tick can be shown now
 * @property {(tick: number) => number} after  the next recorded tick
 * @property {(tick: number) => number} lengthOf  seconds the tick lasts
 * @property {(tick: number) => number} at  seconds from the start of the clock
 * @property {(tick: number) => number} [skip]  a later tick worth going on from, or the same
 */

export class Player {
  /** @param {{first?: number, last?: number, tick?: number, live?: boolean}} [start] */
  constructor({ first = 0, last = 0, tick = first, live = false } = {}) {
    this.first = first;
    this.last = last;
    this.tick = tick;
    /** Seconds of the recording since this tick became current. */
    this.age = 0;
    /** Whether the tick was reached from the one before, so that motion may be shown. */
    this.moved = false;
    this.playing = false;
    /** Whether ticks are played that are not there yet. */
    this.waiting = false;
    this.loop = false;
    this.live = live;
    this.following = false;
    /** Whether live ticks come many at once: they are then played one after the other. */
    this.bursts = false;
    /** @type {number | 'whole'} */
    this.speed = 1;
    /** @type {{from: number, to: number} | null} */
    this.clip = null;
  }

  /** The tick where playing stops or begins again. */
  get end() {
    return this.clip && this.tick <= this.clip.to ? Math.min(this.clip.to, this.last) : this.last;
  }

  get start() {
    return this.clip && this.tick <= this.clip.to
      ? Math.max(this.clip.from, this.first)
      : this.first;
  }

  get atEnd() {
    return this.tick >= this.end;
  }

  play() {
    if (this.live && this.tick >= this.last) return this.follow();
    if (this.atEnd) this.seek(this.start);
    this.playing = true;
  }

  pause() {
    this.playing = false;
    this.following = false;
    this.waiting = false;
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  /** Go to the newest tick and stay with it. */
  follow() {
    if (this.tick !== this.last) this.seek(this.last);
    this.playing = true;
    this.following = true;
  }

  /** @param {number} tick */
  seek(tick) {
    const wanted = Math.round(Math.min(this.last, Math.max(this.first, tick)));
    if (wanted !== this.tick) this.following = false;
    this.tick = Number.isFinite(wanted) ? wanted : this.tick;
    this.age = 0;
    this.moved = false;
    this.waiting = false;
  }

  /**
   * One or more ticks on or back, and rest there.
   * @param {number} ticks
   */
  step(ticks) {
    this.pause();
    this.seek(this.tick + ticks);
  }

  /** @param {number | 'whole'} speed */
  setSpeed(speed) {
    this.speed = speed;
    if (speed !== 1) this.following = false;
  }

  /** @param {1 | -1} direction */
  changeSpeed(direction) {
    const now = this.speed === 'whole' ? SPEEDS.length : SPEEDS.indexOf(this.speed);
    this.setSpeed(SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, now + direction))]);
  }

  /**
   * The recording has grown, or was read for the first time.
   * @param {number} first
   * @param {number} last
   */
  extend(first, last) {
    const grew = last > this.last;
    this.first = first;
    this.last = last;
    if (this.following && grew) this.keepUp(last);
    else if (this.tick < first || this.tick > last) this.seek(this.tick);
  }

  /**
   * Stay at the edge: at once, or where ticks come in bursts by playing on. Of a long burst nothing
   * is run through: it is played at its own speed, and the edge is left behind.
   * @param {number} last
   */
  keepUp(last) {
    if (!this.bursts) this.arrive(last);
    else if (last - this.tick > MOST_BEHIND) this.following = false;
  }

  /** The shard has ended: the edge is a last tick like any other. */
  finish() {
    if (this.following && this.tick < this.last) this.following = false;
    else if (this.following) this.pause();
    this.live = false;
  }

  /**
   * Seconds of the recording that pass in one second.
   * @param {Tape} tape
   */
  rate(tape) {
    if (this.following && this.last - this.tick > CLOSE_BEHIND) return CATCH_UP;
    if (this.speed !== 'whole') return this.speed;
    return Math.max(1, (tape.at(this.last) - tape.at(this.first)) / WHOLE_SECONDS);
  }

  /**
   * Let `seconds` pass; true when another tick is current.
   * @param {number} seconds
   * @param {Tape} tape
   */
  advance(seconds, tape) {
    if (!this.playing) return false;
    const before = this.tick;
    this.waiting = false;
    this.age += seconds * this.rate(tape);
    if (this.following && this.tick >= this.last) {
      if (this.bursts) this.age = Math.min(this.age, tape.lengthOf(this.tick));
      return false;
    }
    for (let count = 0; count < MOST_TICKS_A_FRAME; count += 1) {
      const length = tape.lengthOf(this.tick);
      if (this.age < length) break;
      if (this.atEnd) {
        this.reachEnd(length);
        break;
      }
      const next = Math.max(tape.after(this.tick), this.tick + 1);
      const chosen = Math.min(this.end, tape.skip ? tape.skip(next) : next);
      if (!tape.ready(chosen)) {
        this.age = length;
        this.waiting = true;
        break;
      }
      const rest = this.age - length;
      this.arrive(chosen);
      this.age = rest;
    }
    return this.tick !== before;
  }

  /** @param {number} length of the last tick */
  reachEnd(length) {
    if (this.live && this.tick >= this.last) {
      this.following = true;
      this.speed = 1;
      this.age = length;
    } else if (this.loop) this.seek(this.start);
    else this.pause();
  }

  /** @param {number} tick */
  arrive(tick) {
    this.moved = tick === this.tick + 1;
    this.tick = tick;
    this.age = 0;
  }

  /**
   * How far the motion into this tick has come, 0 to 1.
   * @param {Tape} tape
   * @param {number} longest seconds that a motion may take
   */
  fraction(tape, longest) {
    if (!this.playing || !this.moved) return 1;
    const rate = this.rate(tape);
    const length = Math.min(longest, tape.lengthOf(this.tick) / rate);
    return length > 0 ? Math.min(1, this.age / rate / length) : 1;
  }
}
