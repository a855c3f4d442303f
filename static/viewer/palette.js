/** The site's colours for those who draw: read from the one stylesheet that has them. */

/**
 * @typedef {Record<'ground' | 'floor' | 'raised' | 'rule' | 'edge' | 'wall' | 'ink' | 'quiet' | 'life' | 'danger' | 'gate' | 'warning', string> & {
 *   levels: {fill: string, ink: string}[], font: string, on: (tone: string) => string}} Palette
 */

const NAMES = ['ground', 'floor', 'raised', 'rule', 'edge', 'wall', 'ink', 'quiet'];
const TONES = ['life', 'danger', 'gate', 'warning'];
const LEVELS = [1, 2, 3, 4];

/**
 * Colours as they are now, day or night: a canvas cannot take a token, so each is worn once and read.
 * @returns {Palette}
 */
export function readPalette() {
  const probe = document.createElement('span');
  document.body.append(probe);
  const colour = (/** @type {string} */ name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const inks = Object.fromEntries(TONES.map((tone) => [tone, colour(`${tone}-ink`)]));
  const palette = {
    ...Object.fromEntries([...NAMES, ...TONES].map((name) => [name, colour(name)])),
    levels: LEVELS.map((level) => ({
      fill: colour(`life-${level}`),
      ink: colour(`life-${level}-ink`),
    })),
    font: getComputedStyle(document.documentElement).getPropertyValue('--mono').trim(),
    on: (/** @type {string} */ tone) => inks[tone] ?? colours.ground,
  };
  const colours = /** @type {Palette} */ (palette);
  probe.remove();
  return colours;
}

/**
 * Call back when the theme changes, by the reader's choice or the system's.
 * @param {() => void} changed
 */
export function watchTheme(changed) {
  matchMedia('(prefers-color-scheme: light)').addEventListener('change', changed);
  new MutationObserver(changed).observe(document.documentElement, {
    attributes: true,
    attributeFilter: ['data-theme'],
  });
}

/** @typedef {[number, number, number]} Rgb  parts from 0 to 1 */

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

/**
 * A colour between two.
 * @param {Rgb} one
 * @param {Rgb} other
 * @param {number} part  0 is the one, 1 the other
 * @returns {Rgb}
 */
export function mixed(one, other, part) {
  return /** @type {Rgb} */ (one.map((value, place) => value + (other[place] - value) * part));
}
