/** What stances look like: from amber (against) over grey to blue (for), which the colour-blind tell apart too. */

import { css, mixed, rgb } from '../../palette.js';

export { css, rgb };

/** @typedef {import('../../palette.js').Palette} Palette */
/** @typedef {import('../../palette.js').Rgb} Rgb */

/** Steps of stance for those who draw with a stamp for each. */
export const STEPS = 9;

/**
 * The ends and the middle of the scale, from the site's tokens.
 * @param {Palette} palette
 */
export function scaleOf(palette) {
  return { against: rgb(palette.warning), middle: rgb(palette.wall), favour: rgb(palette.gate) };
}

/**
 * The colour of a stance from -1 to 1; of none, that of the middle.
 * @param {ReturnType<typeof scaleOf>} scale
 * @param {number} stance
 * @returns {Rgb}
 */
export function stanceColour({ against, middle, favour }, stance) {
  const known = Number.isNaN(stance) ? 0 : Math.min(1, Math.max(-1, stance));
  const end = known < 0 ? against : favour;
  const part = Math.sqrt(Math.abs(known));
  return mixed(middle, end, part);
}

/** Shapes by place of the zone, so that colour never tells alone; in the order of SHAPES in `points.js`. */
export const SHAPES = ['triangle', 'disc', 'square', 'diamond'];

/** @param {number} zone */
export function shapeOf(zone) {
  return ((zone % SHAPES.length) + SHAPES.length) % SHAPES.length;
}
