/** Draw what a SEGFAULT board is made of: floor, walls, gates, echo tiles and the likely path. */

import { centre, drifted } from './geometry.js';
import { shape } from './strokes.js';

/** @typedef {import('./geometry.js').Board} Board */
/** @typedef {import('./board.js').Pen} Pen */
/** @typedef {import('./strokes.js').Context} Context */
/** @typedef {import('../../types.js').Frame} Frame */
/** @typedef {import('../../palette.js').Palette} Palette */

const ECHO_TICKS = 4;

/** @param {Pen} pen */
export function floor({ context, board, palette, hidden }) {
  const { left, top, cell, size, side } = board;
  context.fillStyle = palette.floor;
  context.fillRect(left, top, side, side);
  context.lineWidth = 1;
  if (!hidden.has('grid')) {
    context.strokeStyle = palette.rule;
    context.beginPath();
    for (let line = 1; line < size; line += 1) {
      context.moveTo(left + line * cell + 0.5, top);
      context.lineTo(left + line * cell + 0.5, top + side);
      context.moveTo(left, top + line * cell + 0.5);
      context.lineTo(left + side, top + line * cell + 0.5);
    }
    context.stroke();
    if (board.margin > 10) coordinates(context, board, palette);
  }
  context.strokeStyle = palette.wall;
  context.lineWidth = wallWidth(board);
  context.strokeRect(left, top, side, side);
}

/**
 * @param {Context} context
 * @param {Board} board
 * @param {Palette} palette
 */
function coordinates(context, board, palette) {
  context.fillStyle = palette.quiet;
  context.font = `10px ${palette.font}`;
  context.textBaseline = 'middle';
  for (let line = 0; line < board.size; line += 1) {
    const along = (line + 0.5) * board.cell;
    context.textAlign = 'center';
    context.fillText(String(line), board.left + along, board.top - 10);
    context.textAlign = 'right';
    context.fillText(String(line), board.left - 7, board.top + along);
  }
}

/**
 * @param {Pen} pen
 * @param {Frame} frame
 */
export function echoes({ context, board, palette }, { snapshot }) {
  for (const { pos, tick } of snapshot.echo_tiles) {
    const age = Math.min(ECHO_TICKS, Math.max(0, snapshot.tick - tick));
    const { x, y } = centre(board, pos);
    const half = board.cell / 2 - 2;
    context.save();
    context.globalAlpha = 0.75 - 0.13 * age;
    context.strokeStyle = palette.quiet;
    context.lineWidth = 1;
    context.beginPath();
    context.rect(x - half, y - half, 2 * half, 2 * half);
    context.clip();
    context.beginPath();
    for (let shift = -2 * half; shift < 2 * half; shift += Math.max(4, board.cell / 7)) {
      context.moveTo(x - half + shift, y + half);
      context.lineTo(x + half + shift, y - half);
    }
    context.stroke();
    context.restore();
    shape(context, 'cross', x, y, board.cell * 0.14, palette.quiet);
  }
}

/**
 * A stable gate is a filled square in a frame, a ghost gate a broken ring with nothing inside.
 * @param {Pen} pen
 * @param {Frame} frame
 */
export function gates({ context, board, palette }, { snapshot }) {
  for (const gate of snapshot.gates) {
    const { x, y } = centre(board, gate.pos);
    const half = board.cell * 0.4;
    context.strokeStyle = palette.gate;
    context.lineWidth = Math.max(1.5, board.cell * 0.045);
    if (gate.type === 'stable') {
      context.globalAlpha = 0.28;
      context.fillStyle = palette.gate;
      context.fillRect(x - half, y - half, 2 * half, 2 * half);
      context.globalAlpha = 1;
      context.strokeRect(x - half, y - half, 2 * half, 2 * half);
      const inner = half * 0.55;
      context.strokeRect(x - inner, y - inner, 2 * inner, 2 * inner);
    } else {
      const around = 2 * Math.PI * half;
      context.setLineDash([around / 16, around / 16]);
      context.beginPath();
      context.arc(x, y, half, 0, 2 * Math.PI);
      context.stroke();
      context.setLineDash([]);
    }
  }
}

/**
 * @param {Pen} pen
 * @param {Frame} frame
 */
export function path({ context, board, palette }, { snapshot }) {
  const steps = snapshot.defragger?.path;
  if (!Array.isArray(steps) || !steps.length) return;
  context.fillStyle = palette.danger;
  for (const [place, pos] of steps.entries()) {
    const { x, y } = centre(board, pos);
    context.globalAlpha = Math.max(0.35, 0.8 - place * 0.06);
    context.beginPath();
    context.arc(x, y, Math.max(1.5, board.cell * 0.09), 0, 2 * Math.PI);
    context.fill();
  }
  context.globalAlpha = 1;
}

/**
 * @param {Pen} pen
 * @param {Frame} frame
 */
export function walls({ context, board, palette }, frame) {
  const { stayed, came, went } = drifted(frame);
  context.strokeStyle = palette.wall;
  context.lineWidth = wallWidth(board);
  context.lineCap = 'round';
  /** @type {[number[][], number][]} */
  const runs = [
    [stayed, 1],
    [came, frame.fraction],
    [went, 1 - frame.fraction],
  ];
  for (const [some, alpha] of runs) {
    context.globalAlpha = alpha;
    context.beginPath();
    for (const wall of some) edge(context, board, wall);
    context.stroke();
  }
  context.globalAlpha = 1;
  context.lineCap = 'butt';
}

/** @param {Board} board */
function wallWidth(board) {
  return Math.min(4, Math.max(2, Math.round(board.cell * 0.09)));
}

/**
 * @param {Context} context
 * @param {Board} board
 * @param {number[]} wall the two tiles that it stands between
 */
function edge(context, board, [ax, ay, bx, by]) {
  const x = board.left + Math.max(ax, bx) * board.cell;
  const y = board.top + Math.max(ay, by) * board.cell;
  context.moveTo(x, y);
  if (ax === bx) context.lineTo(x + board.cell, y);
  else context.lineTo(x, y + board.cell);
}
