/** The look of each team: a colour and a shape that stay the same for as long as one watches. */

import { kindOf } from './places.js';

/** @typedef {import('../../types.js').Tone} Tone */
/** @typedef {{tone: Tone, shape: string}} Look */

/** In the order in which they are given out; hints name and number them so. @type {Tone[]} */
export const TONES = ['life', 'gate', 'warning', 'danger', 'ink', 'quiet'];
const SHAPES = ['disc', 'square', 'diamond', 'triangle', 'hexagon', 'house', 'stone', 'slant'];

export class Looks {
  /** @param {import('./places.js').Hints | null} hints */
  constructor(hints) {
    /** @type {Map<string | number, Look>} */
    this.looks = new Map();
    /** @type {Map<string, Tone>} */
    this.told = new Map();
    for (const [name, colour] of Object.entries(hints?.teams ?? {}))
      this.told.set(name, toneOf(colour));
    this.left = TONES.filter((tone) => ![...this.told.values()].includes(tone));
    if (!this.left.length) this.left = TONES;
    this.given = 0;
    this.meet([...this.told.keys(), ...(hints?.things ?? []).map(kindOf)]);
  }

  /**
   * Give those a look who have none yet.
   * @param {(string | number)[]} names
   */
  meet(names) {
    for (const name of names) if (!this.looks.has(name)) this.looks.set(name, this.next(name));
  }

  /**
   * @param {string | number} name
   * @returns {Look}
   */
  next(name) {
    const shape = SHAPES[this.looks.size % SHAPES.length];
    if (typeof name === 'number') return { tone: toneOf(name), shape };
    const told = this.told.get(name);
    if (told) return { tone: told, shape };
    if (/** @type {string[]} */ (TONES).includes(name))
      return { tone: /** @type {Tone} */ (name), shape };
    this.given += 1;
    return { tone: this.left[(this.given - 1) % this.left.length], shape };
  }

  /**
   * @param {string} team
   * @param {string | number} [colour]  where that is not the team's
   * @returns {Look}
   */
  of(team, colour = team) {
    this.meet([team, colour]);
    const { shape } = /** @type {Look} */ (this.looks.get(team));
    return { tone: /** @type {Look} */ (this.looks.get(colour)).tone, shape };
  }
}

/**
 * @param {string | number} colour
 * @returns {Tone}
 */
export function toneOf(colour) {
  return typeof colour === 'number' ? TONES[colour % TONES.length] : /** @type {Tone} */ (colour);
}
