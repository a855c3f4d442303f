/** Draw the time bar: the line of the main number, the track, gaps, markers or their density, the playhead. */

import { density, markOf, partOf, tooMany } from './marks.js';
import { outline } from './shapes.js';

/** @typedef {import('./timeline.js').Model} Model */
/** @typedef {import('./palette.js').Palette} Palette */
/** @typedef {{width: number, height: number}} Size */

/** Room left and right, so that the first and last marks are whole. */
export const PAD = 10;
const CHART_TOP = 4;
const TRACK_HEIGHT = 4;
const MARK_RADIUS = 5.5;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Size} size
 * @param {Model} model
 * @param {Palette} palette
 * @param {number | null} hovered
 * @param {{key?: string, columns?: ReturnType<typeof density>}} cache
 */
export function drawTimeline(context, size, model, palette, hovered, cache) {
  const width = size.width - 2 * PAD;
  const track = size.height - 16;
  const x = (/** @type {number} */ tick) => PAD + partOf(tick, model.first, model.last) * width;
  const pen = { context, model, palette, x, track, width };
  context.clearRect(0, 0, size.width, size.height);
  chart(pen);
  band(pen);
  gaps(pen);
  if (tooMany(model.markers, width)) crowd(pen, cache);
  else marks(pen);
  if (hovered !== null) needle(pen, x(hovered), palette.quiet);
  head(pen);
}

/** @typedef {{context: CanvasRenderingContext2D, model: Model, palette: Palette, x: (tick: number) => number, track: number, width: number}} Pen */

/** @param {Pen} pen */
function chart({ context, model, palette, x, track }) {
  if (model.points.length < 2) return;
  const floor = track - 12;
  const most = Math.max(1, ...model.points.map(([, value]) => value));
  const y = (/** @type {number} */ value) =>
    floor - (Math.max(0, value) / most) * (floor - CHART_TOP);
  context.beginPath();
  model.points.forEach(([tick, value], place) => {
    if (place) context.lineTo(x(tick), y(value));
    else context.moveTo(x(tick), y(value));
  });
  context.strokeStyle = palette.life;
  context.lineWidth = 1.25;
  context.lineJoin = 'round';
  context.stroke();
  context.lineTo(x(model.points[model.points.length - 1][0]), floor);
  context.lineTo(x(model.points[0][0]), floor);
  context.closePath();
  context.globalAlpha = 0.1;
  context.fillStyle = palette.life;
  context.fill();
  context.globalAlpha = 1;
}

/** @param {Pen} pen */
function band({ context, model, palette, x, track }) {
  const span = (
    /** @type {number} */ first,
    /** @type {number} */ last,
    /** @type {string} */ colour,
  ) => {
    const left = x(Math.max(model.first, first));
    context.fillStyle = colour;
    context.fillRect(
      left,
      track - TRACK_HEIGHT / 2,
      Math.max(1, x(Math.min(model.last, last + 1)) - left),
      TRACK_HEIGHT,
    );
  };
  span(model.first, model.last, palette.rule);
  for (const [first, last] of model.loaded) span(first, last, palette.edge);
  for (const { first, last } of model.fetching)
    shade(
      context,
      x(Math.max(model.first, first)),
      x(Math.min(model.last, last)),
      track,
      palette.warning,
      0.45,
    );
  span(model.first, model.tick - 1, palette.life);
  if (model.clip) {
    context.strokeStyle = palette.gate;
    context.lineWidth = 1.5;
    const left = x(model.clip.from);
    context.strokeRect(left, track - 7, x(model.clip.to) - left, 14);
  }
}

/** @param {Pen} pen */
function gaps({ context, model, palette, x, track }) {
  for (const [first, last] of model.gaps) {
    const left = x(first - 1);
    const right = Math.max(left + 3, x(last + 1));
    context.fillStyle = palette.ground;
    context.fillRect(left, track - 6, right - left, 12);
    shade(context, left, right, track, palette.quiet, 1);
  }
}

/**
 * Diagonal strokes over a stretch of the track.
 * @param {CanvasRenderingContext2D} context
 * @param {number} left
 * @param {number} right
 * @param {number} track
 * @param {string} colour
 * @param {number} alpha
 */
function shade(context, left, right, track, colour, alpha) {
  context.save();
  context.globalAlpha = alpha;
  context.beginPath();
  context.rect(left, track - 6, Math.max(3, right - left), 12);
  context.clip();
  context.beginPath();
  for (let shift = left - 12; shift < right; shift += 5) {
    context.moveTo(shift, track + 6);
    context.lineTo(shift + 12, track - 6);
  }
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.stroke();
  context.restore();
}

/** @param {Pen} pen */
function marks({ context, model, palette, x, track }) {
  for (const { tick, kind } of model.markers) {
    const { shape, tone } = markOf(kind, model.marks);
    context.save();
    context.translate(x(tick), track);
    context.scale(MARK_RADIUS, MARK_RADIUS);
    context.strokeStyle = palette.ground;
    context.lineWidth = 3 / MARK_RADIUS;
    context.stroke(outline(shape));
    context.fillStyle = palette[tone];
    context.fill(outline(shape), 'evenodd');
    context.restore();
  }
}

/**
 * @param {Pen} pen
 * @param {{key?: string, columns?: ReturnType<typeof density>}} cache
 */
function crowd({ context, model, palette, track, width }, cache) {
  const key = [model.markers.length, model.first, model.last, width].join();
  if (cache.key !== key) {
    cache.key = key;
    cache.columns = density(model.markers, model.first, model.last, width, model.marks);
  }
  for (const column of cache.columns ?? []) {
    if (!column.height) continue;
    const height = 5 + column.height * 15;
    context.fillStyle = palette[column.tone];
    context.fillRect(PAD + column.x, track + 8 - height, column.width - 1, height);
  }
}

/**
 * @param {Pen} pen
 * @param {number} x
 * @param {string} colour
 */
function needle({ context, track }, x, colour) {
  context.fillStyle = colour;
  context.fillRect(Math.round(x) - 0.5, CHART_TOP, 1, track - CHART_TOP + 9);
}

/** @param {Pen} pen */
function head(pen) {
  const { context, model, palette, x, track } = pen;
  const at = x(model.head);
  needle(pen, at, palette.ink);
  context.beginPath();
  context.arc(at, track, 7, 0, 2 * Math.PI);
  context.fillStyle = palette.ink;
  context.strokeStyle = palette.ground;
  context.lineWidth = 3;
  context.stroke();
  context.fill();
}
