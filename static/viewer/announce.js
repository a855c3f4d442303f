/** Say ticks to those who listen: each one when paused or stepped, only what matters while playing. */

import { part } from './page.js';

const SETTLE_MILLISECONDS = 500;
const SPARSE_MILLISECONDS = 8000;

export class Announcer {
  constructor() {
    this.region = part('announcer');
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.spoken = -Infinity;
  }

  /**
   * The playhead rests at a tick.
   * @param {() => string} words
   */
  rest(words) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.speak(words()), SETTLE_MILLISECONDS);
  }

  /**
   * Something happened while playing.
   * @param {string} words
   */
  pass(words) {
    if (performance.now() - this.spoken > SPARSE_MILLISECONDS) this.speak(words);
  }

  /**
   * Say it at once.
   * @param {string} words
   */
  speak(words) {
    this.spoken = performance.now();
    this.region.textContent = words;
  }
}
