/** A board drawn tile by tile: walls filled, the empty left empty, all else by its letters. */

import { isEmpty, isWall } from './boards.js';
import { TONES } from './looks.js';

/** @typedef {import('../../types.js').Options} Options */
/** @typedef {import('./boards.js').Board} Board */

const LEAST_LETTER = 9;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Board} board
 * @param {{x: number, y: number, size: number}} corner
 * @param {Options} options
 * @param {boolean} [up]  whether the first row is the lowest
 * @param {Board | null} [before]  as it was, so that what changed is marked
 */
export function drawTiles(context, board, { x, y, size }, { palette }, up = false, before = null) {
  context.font = `${Math.min(28, size * 0.62)}px ${palette.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineWidth = 2;
  for (let row = 0; row < board.height; row += 1) {
    const top = y + (up ? board.height - 1 - row : row) * size;
    for (let column = 0; column < board.width; column += 1) {
      const tile = board.tile(column, row);
      const left = x + column * size;
      if (!isEmpty(tile)) fillTile(context, tile, left, top, size, palette, board.sides);
      if (before && before.tile(column, row) !== tile) {
        context.strokeStyle = palette.warning;
        context.strokeRect(left + 2, top + 2, size - 4, size - 4);
      }
    }
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} tile
 * @param {number} left
 * @param {number} top
 * @param {number} size
 * @param {import('../../palette.js').Palette} palette
 * @param {boolean} sides
 */
function fillTile(context, tile, left, top, size, palette, sides) {
  if (isWall(tile)) {
    context.fillStyle = palette.edge;
    context.fillRect(left + 0.5, top + 0.5, size - 1, size - 1);
    return;
  }
  const tone = palette[toneOf(tile, sides)];
  context.fillStyle = tone;
  if (size < LEAST_LETTER) {
    context.fillRect(left, top, size, size);
    return;
  }
  context.globalAlpha = 0.16;
  context.fillRect(left + 0.5, top + 0.5, size - 1, size - 1);
  context.globalAlpha = 1;
  context.fillText(tile, left + size / 2, top + size / 2 + size * 0.04, size * 0.9);
}

/**
 * Large and small letters are two sides; where there is one kind alone, each tile has its own colour.
 * @param {string} tile
 * @param {boolean} sides
 */
function toneOf(tile, sides) {
  if (sides && /^[A-Z]/.test(tile)) return TONES[0];
  if (sides && /^[a-z]/.test(tile)) return TONES[2];
  return TONES[tile.charCodeAt(0) % 5];
}
