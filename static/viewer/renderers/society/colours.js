/** What stances look like: from amber (against) over grey to blue (for), which the colour-blind tell apart too. */

/** @typedef {import('../../palette.js').Palette} Palette */
/** @typedef {[number, number, number]} Rgb  parts from 0 to 1 */

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
  return /** @type {Rgb} */ (middle.map((value, place) => value + (end[place] - value) * part));
}

/**
 * "rgb(93, 240, 138)" or "rgba(…)", as a computed colour is told, in parts from 0 to 1.
 * @param {string} colour
 * @returns {Rgb}
 */
export function rgb(colour) {
  const found = colour.match(/[\d.]+/g)?.map(Number) ?? [128, 128, 128];
  const parts = colour.startsWith('color(') ? found : found.map((value) => value / 255);
  return [parts[0], parts[1], parts[2]];
}

/**
 * @param {Rgb} colour
 * @param {number} [alpha]
 */
export function css([red, green, blue], alpha = 1) {
  const part = (/** @type {number} */ value) => Math.round(value * 255);
  return `rgb(${part(red)} ${part(green)} ${part(blue)} / ${alpha})`;
}

/** Shapes by place of the zone, so that colour never tells alone; in the order of SHAPES in `points.js`. */
export const SHAPES = ['triangle', 'disc', 'square', 'diamond'];

/** @param {number} zone */
export function shapeOf(zone) {
  return ((zone % SHAPES.length) + SHAPES.length) % SHAPES.length;
}
