/** Outlines that tell kinds and participants apart without colour, for canvas and SVG alike. */

/** Each fits a square from -1 to 1. @type {Record<string, string>} */
export const OUTLINES = {
  disc: 'M1 0A1 1 0 1 1 -1 0A1 1 0 1 1 1 0Z',
  square: 'M-.88 -.88H.88V.88H-.88Z',
  diamond: 'M0 -1.12L1.12 0L0 1.12L-1.12 0Z',
  hexagon: 'M-.55 -.95H.55L1.1 0L.55 .95H-.55L-1.1 0Z',
  house: 'M0 -1.1L1 -.35V.9H-1V-.35Z',
  shield: 'M0 1.1L1 .35V-.9H-1V.35Z',
  slant: 'M-.6 -.85H1.1L.6 .85H-1.1Z',
  stone: 'M-.4 -1H.4L1 -.4V.4L.4 1H-.4L-1 .4V-.4Z',
  triangle: 'M0 -1L1 .8H-1Z',
  cross:
    'M-.95 -.6L-.6 -.95L0 -.35L.6 -.95L.95 -.6L.35 0L.95 .6L.6 .95L0 .35L-.6 .95L-.95 .6L-.35 0Z',
  arrow: 'M-.15 -.95H.95V.15L.55 -.25L-.6 .95L-.95 .6L.25 -.55Z',
  ring: 'M1 0A1 1 0 1 1 -1 0A1 1 0 1 1 1 0ZM.55 0A.55 .55 0 1 0 -.55 0A.55 .55 0 1 0 .55 0Z',
  hollow: 'M0 -1.1L1.1 0L0 1.1L-1.1 0ZM0 -.5L-.5 0L0 .5L.5 0Z',
  dot: 'M.5 0A.5 .5 0 1 1 -.5 0A.5 .5 0 1 1 .5 0Z',
  bar: 'M-.3 -1H.3V1H-.3Z',
  saw: saw(8),
};

/** Outlines roomy enough for two letters. */
const PARTICIPANTS = ['disc', 'square', 'diamond', 'hexagon', 'house', 'shield', 'slant', 'stone'];
/** Steps of lightness that one colour is shown in. */
export const LEVELS = 4;

/** @type {Map<string, Path2D>} */
const paths = new Map();

/**
 * The outline for a canvas, made once.
 * @param {string} shape
 */
export function outline(shape) {
  let path = paths.get(shape);
  if (!path) {
    path = new Path2D(OUTLINES[shape] ?? OUTLINES.dot);
    paths.set(shape, path);
  }
  return path;
}

/**
 * The look of a participant: always the same for the same id, and unlike most others.
 * @param {string} id
 * @returns {import('./types.js').Glyph}
 */
export function glyphOf(id) {
  const number = digest(id);
  return {
    shape: PARTICIPANTS[number % PARTICIPANTS.length],
    tone: 'life',
    level: Math.floor(number / PARTICIPANTS.length) % LEVELS,
    letters: shortId(id).slice(0, 2),
  };
}

/**
 * The first four characters, as they are said on the board and in lists.
 * @param {string} id
 */
export function shortId(id) {
  return String(id).slice(0, 4);
}

/**
 * FNV-1a, so that neighbouring ids look unlike.
 * @param {string} text
 */
function digest(text) {
  let hash = 0x811c9dc5;
  for (let place = 0; place < text.length; place += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193);
  }
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** @param {number} teeth */
function saw(teeth) {
  const corners = [];
  for (let corner = 0; corner < 2 * teeth; corner += 1) {
    const radius = corner % 2 ? 0.74 : 1.14;
    const angle = (Math.PI * corner) / teeth - Math.PI / 2;
    corners.push(
      `${(radius * Math.cos(angle)).toFixed(3)} ${(radius * Math.sin(angle)).toFixed(3)}`,
    );
  }
  return `M${corners.join('L')}Z`;
}
