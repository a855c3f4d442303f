/** What lies over the agents: names and counts of zones, events under way, changes of zone, the one followed. */

import { grouped } from '../../times.js';
import { outline } from '../../shapes.js';
import { css, scaleOf, SHAPES, shapeOf, stanceColour } from './colours.js';
import { words } from './layouts.js';

/** @typedef {import('../../palette.js').Palette} Palette */
/** @typedef {import('./camera.js').Camera} Camera */
/** @typedef {CanvasRenderingContext2D} Context */

/** Heights of the line with a zone's name and count, above a zone at the upper border: on a phone they are two. */
const HEAD = 28;
const HEAD_OF_TWO = 42;
/** A stage of fewer pixels is narrow. */
const NARROW = 600;

/** @param {number} width  of the stage */
export function isNarrow(width) {
  return width < NARROW;
}

/** @param {number} width  of the stage */
export function headOf(width) {
  return isNarrow(width) ? HEAD_OF_TWO : HEAD;
}

/** Height of the line of events under way, below the plane. */
export const FOOT = 38;
/** So many changes of zone at a tick are written out; more are drawn as arrows alone. */
const MOST_REASONS = 12;
export const MOST_ARROWS = 150;

/**
 * @param {Context} context
 * @param {import('./crowd.js').Crowd} crowd
 * @param {number[]} counts
 * @param {Camera} camera
 * @param {import('../../types.js').Box} box
 * @param {{inset: {top: number}, head: number}} place
 * @param {Palette} palette
 */
export function zoneNames(context, crowd, counts, { scale, left, top }, box, { inset, head }, palette) {
  context.textBaseline = 'middle';
  const two = head > HEAD;
  const texts = textsOf(counts);
  crowd.zones.forEach((zone, place) => {
    const start = Math.max(0, zone.x * scale + left);
    const end = Math.min(box.width, (zone.x + zone.width) * scale + left);
    const above = zone.y === 0 ? -head / 2 : head / 2;
    const y = Math.max(inset.top - head / 2, zone.y * scale + top + above);
    if (end - start < 56 || y > (zone.y + zone.height) * scale + top) return;
    const count = texts[place];
    context.fillStyle = palette.ground;
    context.fillRect(start + 1, y - head / 2 - 1, end - start - 1, head);
    context.fillStyle = palette.quiet;
    sign(context, SHAPES[shapeOf(place)], start + (two ? 8 : 15), y - (two ? 9 : 0), 5);
    context.fillStyle = palette.ink;
    context.font = `600 13px ${palette.font}`;
    const wide = context.measureText(count).width;
    context.textAlign = two ? 'left' : 'right';
    context.fillText(count, two ? start + 3 : end - 9, y + (two ? 10 : 0));
    context.textAlign = 'left';
    context.font = `13px ${palette.font}`;
    const room = end - start - (two ? 18 : wide + 44);
    if (room > 20) context.fillText(fitted(context, zone.name, room), start + (two ? 17 : 27), y - (two ? 9 : 0));
  });
}

/** @type {WeakMap<number[], string[]>} */
const written = new WeakMap();

/**
 * Counts as they are written, once for as long as they are the same.
 * @param {number[]} counts
 */
function textsOf(counts) {
  const known = written.get(counts) ?? counts.map((count) => grouped(count));
  written.set(counts, known);
  return known;
}

/** Width of the bar that tells what the colours of stances mean. */
const BAR = 84;

/**
 * What the colours mean: from against to for, below the plane.
 * @param {Context} context
 * @param {import('../../types.js').Box} box
 * @param {number} right
 * @param {number} top
 * @param {Palette} palette
 */
export function scaleOfStances(context, box, right, top, palette) {
  const y = Math.min(box.height - FOOT / 2, top + FOOT / 2);
  context.font = `12px ${palette.font}`;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  const [before, after] = ['against', 'for'].map((word) => context.measureText(word).width);
  const left = isNarrow(box.width) ? 10 : right - before - BAR - after - 12;
  const hues = context.createLinearGradient(left + before + 6, 0, left + before + 6 + BAR, 0);
  const scale = scaleOf(palette);
  for (let step = 0; step <= 8; step += 1) hues.addColorStop(step / 8, css(stanceColour(scale, step / 4 - 1)));
  context.fillStyle = palette.ground;
  context.fillRect(left - 4, y - 10, before + BAR + after + 20, 20);
  context.fillStyle = palette.quiet;
  context.fillText('against', left, y);
  context.fillText('for', left + before + BAR + 12, y);
  context.fillStyle = hues;
  context.fillRect(left + before + 6, y - 4, BAR, 8);
}

/**
 * @param {Context} context
 * @param {string} text
 * @param {number} room
 */
function fitted(context, text, room) {
  if (context.measureText(text).width <= room) return text;
  let kept = text.length;
  while (kept > 1 && context.measureText(`${text.slice(0, kept)}…`).width > room) kept -= 1;
  return `${text.slice(0, kept)}…`;
}

/**
 * @param {Context} context
 * @param {string} shape
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 */
export function sign(context, shape, x, y, radius) {
  context.save();
  context.translate(x, y);
  context.scale(radius, radius);
  context.fill(outline(shape), 'evenodd');
  context.restore();
}

/**
 * Events under way, side by side below the plane.
 * @param {Context} context
 * @param {any[]} events
 * @param {import('../../types.js').Box} box
 * @param {number} top
 * @param {Palette} palette
 */
export function eventsUnderWay(context, events, box, top, palette) {
  context.font = `600 13px ${palette.font}`;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  let left = 10;
  for (const event of events) {
    const text = fitted(context, `${event.name || words(event.type)}`, box.width - left - 60);
    const wide = context.measureText(text).width + 40;
    if (text.length < 3) return;
    const y = Math.min(box.height - FOOT / 2, top + FOOT / 2);
    context.fillStyle = palette.raised;
    context.strokeStyle = palette.warning;
    context.lineWidth = 1.5;
    context.beginPath();
    context.roundRect(left, y - 13, wide, 26, 3);
    context.fill();
    context.stroke();
    context.fillStyle = palette.warning;
    sign(context, 'ring', left + 15, y, 6);
    context.fillStyle = palette.ink;
    context.fillText(text, left + 28, y);
    left += wide + 8;
  }
}

/**
 * Who went from one zone to another: an arrow each, and why, while there is room for words.
 * @param {Context} context
 * @param {{from: number[], to: number[], reason: string | null}[]} moves  in pixels
 * @param {Palette} palette
 */
export function changesOfZone(context, moves, palette) {
  context.strokeStyle = palette.life;
  context.fillStyle = palette.life;
  context.lineWidth = 1.5;
  context.beginPath();
  for (const { from, to } of moves) {
    context.moveTo(from[0], from[1]);
    context.lineTo(to[0], to[1]);
  }
  context.stroke();
  for (const { from, to } of moves) tip(context, from, to);
  if (moves.length > MOST_REASONS) return;
  context.font = `12px ${palette.font}`;
  context.textBaseline = 'bottom';
  context.textAlign = 'center';
  context.lineJoin = 'round';
  for (const { text, x, y } of apart(moves, (text) => context.measureText(text).width)) {
    context.lineWidth = 3;
    context.strokeStyle = palette.ground;
    context.strokeText(text, x, y);
    context.fillStyle = palette.ink;
    context.fillText(text, x, y);
  }
}

/** Height of a line of words beside a change of zone, and how far it keeps from the arrow's tip. */
const LINE = 15;
const OFF = 9;

/**
 * Where the reasons of changes of zone are written so that none covers another: above the tip, else
 * below it; a reason that has room at neither is left to the list beside.
 * @param {{to: number[], reason: string | null}[]} moves
 * @param {(text: string) => number} widthOf
 */
export function apart(moves, widthOf) {
  /** @type {{text: string, x: number, y: number, half: number}[]} */
  const placed = [];
  for (const { to, reason } of moves) {
    if (!reason) continue;
    const [text, x] = [words(reason), to[0]];
    const half = widthOf(text) / 2 + 3;
    const free = (/** @type {number} */ y) =>
      placed.every((one) => Math.abs(one.x - x) >= one.half + half || Math.abs(one.y - y) >= LINE);
    const y = [to[1] - OFF, to[1] + OFF + LINE].find(free);
    if (y !== undefined) placed.push({ text, x, y, half });
  }
  return placed;
}

/**
 * @param {Context} context
 * @param {number[]} from
 * @param {number[]} to
 */
function tip(context, from, to) {
  const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
  context.save();
  context.translate(to[0], to[1]);
  context.rotate(angle + Math.PI / 2);
  context.scale(4, 4);
  context.fill(outline('triangle'));
  context.restore();
}

/**
 * @param {Context} context
 * @param {{x: number, y: number}} at  in pixels
 * @param {number} radius
 * @param {string} name
 * @param {Palette} palette
 */
export function followed(context, at, radius, name, palette) {
  for (const [width, colour] of /** @type {[number, string][]} */ ([
    [5, palette.ground],
    [2.5, palette.life],
  ])) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.arc(at.x, at.y, radius + 6, 0, 2 * Math.PI);
    context.stroke();
  }
  context.font = `600 13px ${palette.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'top';
  context.lineJoin = 'round';
  context.lineWidth = 4;
  context.strokeStyle = palette.ground;
  context.strokeText(name, at.x, at.y + radius + 10);
  context.fillStyle = palette.ink;
  context.fillText(name, at.x, at.y + radius + 10);
}
