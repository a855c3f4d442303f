/** Glyphs in lists: the same outlines as on the board, as SVG. */

import { OUTLINES } from './shapes.js';

const SVG = 'http://www.w3.org/2000/svg';

/**
 * @param {import('./types.js').Glyph} glyph
 */
export function glyphElement({ shape, tone, level, letters }) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '-1.2 -1.2 2.4 2.4');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute(
    'class',
    level === undefined ? `glyph tone-${tone}` : `glyph level-${level + 1}`,
  );
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', OUTLINES[shape] ?? OUTLINES.dot);
  path.setAttribute('fill-rule', 'evenodd');
  svg.append(path);
  if (letters) {
    const text = document.createElementNS(SVG, 'text');
    text.setAttribute('text-anchor', 'middle');
    text.setAttribute('y', '.3');
    text.textContent = letters;
    svg.append(text);
  }
  return svg;
}
