/** Single marks on the board: an outline, a line, words, a ring. */

import { outline } from '../../shapes.js';

/** @typedef {CanvasRenderingContext2D} Context */

/**
 * @param {Context} context
 * @param {string} kind
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {string} fill
 * @param {string} [rim] a thin edge that keeps it apart from what lies below
 */
export function shape(context, kind, x, y, radius, fill, rim) {
  context.save();
  context.translate(x, y);
  context.scale(radius, radius);
  if (rim) {
    context.strokeStyle = rim;
    context.lineWidth = 5 / radius;
    context.lineJoin = 'round';
    context.stroke(outline(kind));
  }
  context.fillStyle = fill;
  context.fill(outline(kind), 'evenodd');
  context.restore();
}

/**
 * @param {Context} context
 * @param {{x: number, y: number}} from
 * @param {{x: number, y: number}} to
 */
export function line(context, from, to) {
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
  context.stroke();
}

/**
 * @param {Context} context
 * @param {string} words
 * @param {number} x
 * @param {number} y
 * @param {string} font
 * @param {string} colour
 */
export function write(context, words, x, y, font, colour) {
  context.font = font;
  context.fillStyle = colour;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(words, x, y);
}

/**
 * Words on a patch of the floor, so that walls below do not cross them.
 * @param {Context} context
 * @param {string} words
 * @param {number} x
 * @param {number} y
 * @param {string} font
 * @param {string} colour
 * @param {string} ground
 */
export function tag(context, words, x, y, font, colour, ground) {
  context.font = font;
  const width = context.measureText(words).width + 6;
  const height = parseFloat(font.split(' ')[1]) + 4;
  const alpha = context.globalAlpha;
  context.globalAlpha = alpha * 0.85;
  context.fillStyle = ground;
  context.fillRect(x - width / 2, y - height / 2, width, height);
  context.globalAlpha = alpha;
  write(context, words, x, y, font, colour);
}

/**
 * @param {Context} context
 * @param {{x: number, y: number}} middle
 * @param {number} half
 * @param {string} colour
 */
export function brackets(context, { x, y }, half, colour) {
  const arm = half * 0.4;
  context.strokeStyle = colour;
  context.lineWidth = Math.max(1.5, half * 0.09);
  context.beginPath();
  for (const [dx, dy] of [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ]) {
    context.moveTo(x + dx * half, y + dy * (half - arm));
    context.lineTo(x + dx * half, y + dy * half);
    context.lineTo(x + dx * (half - arm), y + dy * half);
  }
  context.stroke();
}

/**
 * @param {Context} context
 * @param {{x: number, y: number}} middle
 * @param {number} radius
 * @param {string} colour
 */
export function follow(context, { x, y }, radius, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
}

/**
 * @param {Context} context
 * @param {{x: number, y: number}} middle
 * @param {number} cell
 * @param {number} fraction
 */
export function rings(context, middle, cell, fraction) {
  for (const ring of [0.55, 0.85, 1.15]) {
    context.globalAlpha = (1.25 - ring) * (0.4 + 0.6 * fraction);
    context.beginPath();
    context.arc(middle.x, middle.y, cell * ring * (0.6 + 0.4 * fraction), 0, 2 * Math.PI);
    context.stroke();
  }
}

/**
 * Cross a tile out, corner to corner.
 * @param {Context} context
 * @param {{x: number, y: number}} middle
 * @param {number} half
 * @param {string} colour
 */
export function strike(context, { x, y }, half, colour) {
  context.strokeStyle = colour;
  context.lineWidth = Math.max(2, half * 0.16);
  context.beginPath();
  context.moveTo(x - half, y - half);
  context.lineTo(x + half, y + half);
  context.moveTo(x + half, y - half);
  context.lineTo(x - half, y + half);
  context.stroke();
}

/**
 * A dotted way from who spoke to who heard, ending in a dot.
 * @param {Context} context
 * @param {{x: number, y: number}} from
 * @param {{x: number, y: number}} to
 * @param {number} cell
 */
export function trace(context, from, to, cell) {
  context.lineWidth = Math.max(1.5, cell * 0.035);
  context.setLineDash([context.lineWidth, 3 * context.lineWidth]);
  line(context, from, to);
  context.setLineDash([]);
  context.beginPath();
  context.arc(to.x, to.y, Math.max(2, cell * 0.08), 0, 2 * Math.PI);
  context.fill();
}
