/** How long until the next tick, as a bar and as a number. */

import { part, say } from '../viewer/page.js';

const REDRAW_MILLISECONDS = 100;
/** Whoever wants no motion sees the number alone, and less often. */
const CALM_MILLISECONDS = 500;
/** So long after a tick was due it is said that it is late. */
const LATE_SECONDS = 2;

export class Clock {
  /** @param {number} tickSeconds */
  constructor(tickSeconds) {
    this.length = tickSeconds * 1000;
    /** @type {number | null} */
    this.due = null;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    setInterval(() => this.draw(), calm ? CALM_MILLISECONDS : REDRAW_MILLISECONDS);
  }

  /** @param {number | null} milliseconds  null where no tick is awaited */
  expect(milliseconds) {
    this.due = milliseconds === null ? null : performance.now() + milliseconds;
    if (milliseconds !== null) this.length = Math.max(milliseconds, this.length);
    this.draw();
  }

  draw() {
    const left = this.due === null ? 0 : Math.max(0, this.due - performance.now());
    part('clock-bar').style.setProperty('--left', this.length ? String(Math.min(1, left / this.length)) : '0');
    say(part('clock-words'), this.words(left));
  }

  /** @param {number} left */
  words(left) {
    if (this.due === null) return '';
    const late = (performance.now() - this.due) / 1000;
    if (late > LATE_SECONDS) return `late by ${Math.floor(late)} s`;
    return `${(left / 1000).toFixed(1)} s`;
  }
}
