/** Charts in panels: stacked counts and bands of lines over the recording, with the playhead on them. */

import { make } from './page.js';
import { grouped } from './times.js';

/** @typedef {import('./types.js').Chart} Chart */
/** @typedef {import('./palette.js').Palette} Palette */

const STACK_HEIGHT = 112;
const BAND_HEIGHT = 40;
/** Hatches, so that neighbours in a stack are told apart without colour. */
const HATCHES = ['up', '', 'down', 'dots'];

/**
 * The element of a chart; a press on it goes to the tick there. The time bar does the same for keys.
 * @param {(tick: number) => void} seek
 */
export function chartElement(seek) {
  const canvas = /** @type {HTMLCanvasElement} */ (make('canvas', 'chart'));
  canvas.setAttribute('role', 'img');
  const to = (/** @type {PointerEvent} */ event) => {
    const { left, width } = canvas.getBoundingClientRect();
    const part = Math.min(1, Math.max(0, (event.clientX - left) / width));
    const [first, last] = (canvas.dataset.ticks ?? '0 0').split(' ').map(Number);
    seek(Math.round(first + part * (last - first)));
  };
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    to(event);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (event.buttons) to(event);
  });
  return canvas;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Chart} chart
 * @param {Palette} palette
 */
export function drawChart(canvas, chart, palette) {
  const width = canvas.clientWidth;
  const height = chart.kind === 'stack' ? STACK_HEIGHT : BAND_HEIGHT * chart.series.length;
  if (!width || !chart.series.length) return;
  const ratio = devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
    canvas.style.height = `${height}px`;
  }
  canvas.dataset.ticks = `${chart.first} ${chart.last}`;
  canvas.setAttribute('aria-label', wordsOf(chart));
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  const span = Math.max(1, chart.last - chart.first);
  const x = (/** @type {number} */ tick) => ((tick - chart.first) / span) * (width - 2) + 1;
  const pen = { context, chart, palette, x, width, height };
  if (chart.kind === 'stack') stack(pen);
  else chart.series.forEach((_, band) => line(pen, band));
  context.fillStyle = palette.ink;
  context.fillRect(Math.round(x(chart.tick)) - 0.75, 0, 1.5, height);
}

/** @typedef {{context: CanvasRenderingContext2D, chart: Chart, palette: Palette, x: (tick: number) => number, width: number, height: number}} Pen */

/** @param {Pen} pen */
function stack({ context, chart, palette, x, height }) {
  const { ticks, series } = chart;
  const sums = ticks.map((_, at) => series.reduce((sum, { values }) => sum + (values[at] ?? 0), 0));
  const most = Math.max(1, ...sums);
  const below = ticks.map(() => 0);
  const y = (/** @type {number} */ value) => height - (value / most) * height;
  series.forEach(({ values, tone }, place) => {
    context.beginPath();
    ticks.forEach((tick, at) => context.lineTo(x(tick), y(below[at] + (values[at] ?? 0))));
    for (let at = ticks.length - 1; at >= 0; at -= 1) context.lineTo(x(ticks[at]), y(below[at]));
    context.closePath();
    context.globalAlpha = 0.34;
    context.fillStyle = palette[tone];
    context.fill();
    context.globalAlpha = 1;
    hatch(context, HATCHES[place % HATCHES.length], palette[tone], height);
    context.beginPath();
    ticks.forEach((tick, at) => {
      below[at] += values[at] ?? 0;
      context.lineTo(x(tick), y(below[at]));
    });
    context.strokeStyle = palette[tone];
    context.lineWidth = 1.5;
    context.stroke();
  });
}

/**
 * Hatch the path that stands.
 * @param {CanvasRenderingContext2D} context
 * @param {string} kind
 * @param {string} colour
 * @param {number} height
 */
function hatch(context, kind, colour, height) {
  if (!kind) return;
  context.save();
  context.clip();
  context.globalAlpha = 0.5;
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = 1;
  const { width } = context.canvas;
  context.beginPath();
  for (let at = -height; at < width; at += 9) {
    if (kind === 'dots') for (let down = 4; down < height; down += 9) context.rect(at, down, 1.5, 1.5);
    else {
      context.moveTo(at, kind === 'up' ? height : 0);
      context.lineTo(at + height, kind === 'up' ? 0 : height);
    }
  }
  context.stroke();
  context.restore();
}

/**
 * One metric in a band of its own, between its own least and most.
 * @param {Pen} pen
 * @param {number} band
 */
function line({ context, chart, palette, x, width }, band) {
  const { name, values, tone } = chart.series[band];
  const known = values.filter((value) => Number.isFinite(value));
  const least = Math.min(...known);
  const most = Math.max(...known);
  const top = band * BAND_HEIGHT + 19;
  const floor = (band + 1) * BAND_HEIGHT - 4;
  const y = (/** @type {number} */ value) =>
    floor - ((value - least) / (most - least || 1)) * (floor - top);
  context.beginPath();
  let drawing = false;
  values.forEach((value, at) => {
    if (!Number.isFinite(value)) drawing = false;
    else if (drawing) context.lineTo(x(chart.ticks[at]), y(value));
    else {
      context.moveTo(x(chart.ticks[at]), y(value));
      drawing = true;
    }
  });
  context.strokeStyle = palette[tone];
  context.lineWidth = 1.5;
  context.lineJoin = 'round';
  context.stroke();
  context.font = `13px ${palette.font}`;
  context.textBaseline = 'top';
  context.textAlign = 'left';
  context.fillStyle = palette.quiet;
  context.fillText(name, 0, band * BAND_HEIGHT + 2);
  context.textAlign = 'right';
  context.fillStyle = palette.ink;
  context.fillText(figure(valueAt(chart, values)), width, band * BAND_HEIGHT + 2);
}

/**
 * What a series says at the playhead: the last value at or before it.
 * @param {Chart} chart
 * @param {number[]} values
 */
function valueAt({ ticks, tick }, values) {
  let found = NaN;
  for (let at = 0; at < ticks.length && ticks[at] <= tick; at += 1) {
    if (Number.isFinite(values[at])) found = values[at];
  }
  return found;
}

/**
 * A number with as many digits as say something.
 * @param {number} value
 */
export function figure(value) {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 1e15) return value.toExponential(3);
  return Number.isInteger(value) ? grouped(value) : value.toFixed(3).replace(/0$/, '');
}

/** @param {Chart} chart */
function wordsOf(chart) {
  const said = chart.series.map(({ name, values }) => `${name} ${figure(valueAt(chart, values))}`);
  return `${chart.title} from tick ${chart.first} to ${chart.last}; at tick ${chart.tick}: ${said.join(', ')}`;
}
