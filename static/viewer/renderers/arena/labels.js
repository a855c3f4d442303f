/** What is written over the arena: names, bars and marks of mechs, the ends of a way. On the board, in two dimensions. */

import { css, rgb } from '../../palette.js';
import { outline } from '../../shapes.js';
import { projected } from './camera.js';
import { STANDINGS } from './mechs.js';
import { isSeen } from './picking.js';
import { lookOf } from './teams.js';

/** @typedef {import('./picture.js').Picture} Picture */
/** @typedef {import('./mechs.js').Mech} Mech */
/** @typedef {{x: number, y: number, depth: number, unit: number}} Spot */

/** Mechs farther away than this show their bars and no name, unless they are few. */
const NAMED = 14;
const FEW = 16;
const BAR = 3;
/** What stands behind a block is told faintly. */
const BEHIND = 0.42;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 */
export function drawLabels(context, picture) {
  const { mechs, pose, focus, on } = picture;
  const few = mechs.filter(({ standing }) => standing !== 'dead').length <= FEW;
  const spots = mechs
    .map((mech) => ({ mech, spot: projected(pose, [mech.at[0], mech.at[1], mech.at[2] + mech.size[2] * 0.5]) }))
    .filter((one) => one.spot !== null)
    .sort((a, b) => /** @type {Spot} */ (b.spot).depth - /** @type {Spot} */ (a.spot).depth);
  context.save();
  context.textBaseline = 'middle';
  const named = roomy(spots, focus);
  for (const { mech, spot } of spots) {
    const place = /** @type {Spot} */ (spot);
    const followed = mech.id === focus;
    if (mech.standing === 'dead') cross(context, picture, mech, place, followed);
    else if (on('bars') || followed) plate(context, picture, mech, place, followed, (few || place.unit > NAMED) && named.has(mech.id));
  }
  picture.ends.forEach((end, place) => pin(context, picture, end, place));
  context.restore();
}

/** A name needs so much room to itself, in pixels. */
const [WIDE, HIGH] = [66, 17];

/**
 * Ids of those whose names have room: the followed one first, then the nearer before the farther.
 * @param {{mech: Mech, spot: Spot | null}[]} spots  the farthest first
 * @param {string | null} focus
 */
function roomy(spots, focus) {
  const found = new Set();
  /** @type {Spot[]} */
  const taken = [];
  const order = [...spots].reverse().sort((a, b) => Number(b.mech.id === focus) - Number(a.mech.id === focus));
  for (const { mech, spot } of order) {
    if (!spot || mech.standing === 'dead') continue;
    if (taken.some(({ x, y }) => Math.abs(x - spot.x) < WIDE && Math.abs(y - spot.y) < HIGH)) continue;
    taken.push(spot);
    found.add(mech.id);
  }
  return found;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 * @param {Mech} mech
 * @param {Spot} spot
 * @param {boolean} followed
 * @param {boolean} named
 */
function plate(context, picture, mech, spot, followed, named) {
  const { palette, world, pose } = picture;
  const high = [mech.at[0], mech.at[1], mech.at[2] + mech.size[2] * 0.5];
  const behind = world && !followed && !isSeen(world, high, pose.eye) && picture.pose.forward[2] > -0.95;
  const { tone, shape } = lookOf(mech.team);
  const wide = Math.round(Math.min(56, Math.max(26, spot.unit * mech.size[0] * 1.15)));
  const words = wordsOf(mech);
  const rise = Math.max(14, spot.unit * (0.75 + 0.2 * mech.size[0]));
  const left = Math.round(spot.x - wide / 2);
  let top = Math.round(spot.y - rise - 3 * (BAR + 1));
  context.globalAlpha = behind ? BEHIND : 1;
  context.fillStyle = css(rgb(palette.ground), 0.72);
  context.fillRect(left - 2, top - 2, wide + 4, 3 * (BAR + 1) + 3);
  for (const [part, colour] of /** @type {[number, string][]} */ ([
    [mech.health, palette[tone]],
    [Math.min(1, mech.heat), palette.warning],
    [mech.stability, palette.ink],
  ])) {
    context.fillStyle = palette.edge;
    context.fillRect(left, top, wide, BAR - 1);
    context.fillStyle = colour;
    context.fillRect(left, top, Math.round(wide * part), BAR - 1 + (colour === palette[tone] ? 1 : 0));
    top += BAR + 1;
  }
  if (named || followed) name(context, picture, mech, { x: spot.x, y: top - 3 * (BAR + 1) - 9 }, { shape, tone, followed, words, named: named || followed });
  context.globalAlpha = 1;
}

/** @param {Mech} mech */
function wordsOf({ standing }) {
  return standing === 'ready' ? '' : STANDINGS[standing];
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 * @param {Mech} mech
 * @param {{x: number, y: number}} at
 * @param {{shape: string, tone: import('../../types.js').Tone, followed: boolean, words: string, named: boolean}} look
 */
function name(context, { palette }, mech, at, { shape, tone, followed, words, named }) {
  const text = [named ? mech.id : '', words].filter(Boolean).join(' ');
  context.font = `${followed ? 600 : 500} 11px ${palette.font}`;
  const wide = context.measureText(text).width;
  const left = at.x - wide / 2 + 6;
  context.fillStyle = css(rgb(palette.ground), 0.72);
  context.fillRect(left - 14, at.y - 8, wide + 18, 15);
  if (followed) {
    context.strokeStyle = palette[tone];
    context.lineWidth = 1;
    context.strokeRect(left - 14.5, at.y - 8.5, wide + 19, 16);
  }
  mark(context, shape, left - 7, at.y, 4.2, palette[tone]);
  context.fillStyle = words ? palette.warning : palette.ink;
  context.textAlign = 'left';
  context.fillText(text, left, at.y + 0.5);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} shape
 * @param {number} x
 * @param {number} y
 * @param {number} size
 * @param {string} colour
 */
export function mark(context, shape, x, y, size, colour) {
  context.save();
  context.translate(x, y);
  context.scale(size, size);
  context.fillStyle = colour;
  context.fill(outline(shape), 'evenodd');
  context.restore();
}

/**
 * A wreck: a cross in its team's colour.
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 * @param {Mech} mech
 * @param {Spot} spot
 * @param {boolean} followed
 */
function cross(context, picture, mech, spot, followed) {
  const { palette } = picture;
  const { tone, shape } = lookOf(mech.team);
  context.globalAlpha = 0.75;
  mark(context, 'cross', spot.x, spot.y, 5, palette[tone]);
  context.globalAlpha = 1;
  if (followed) name(context, picture, mech, { x: spot.x, y: spot.y - 16 }, { shape, tone, followed, words: 'destroyed', named: true });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 * @param {import('./camera.js').Point} end
 * @param {number} place
 */
function pin(context, { pose, palette }, end, place) {
  const foot = projected(pose, end);
  const head = projected(pose, [end[0], end[1], end[2] + 2.5]);
  if (!foot || !head) return;
  context.strokeStyle = context.fillStyle = palette.warning;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(foot.x, foot.y);
  context.lineTo(head.x, Math.min(head.y, foot.y - 14));
  context.stroke();
  mark(context, place ? 'diamond' : 'ring', head.x, Math.min(head.y, foot.y - 14) - 6, 6, palette.warning);
}
