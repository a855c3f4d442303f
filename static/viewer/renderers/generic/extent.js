/** How much of the plane is shown: as told, else all that has been seen, so that nothing jitters. */

import { niceStep } from './numbers.js';

/** @typedef {import('../../types.js').Box} Box */
/** @typedef {import('./places.js').Found} Found */
/** @typedef {{left: number, low: number, right: number, high: number}} Extent */
/**
 * @typedef {object} Plane  what is shown of the plane, and where
 * @property {Extent} extent
 * @property {number} unit  pixels of one unit
 * @property {(x: number, y: number) => {x: number, y: number}} place
 * @property {Box} frame  what the extent covers of the box
 * @property {boolean} grid  whether things stand in cells
 * @property {boolean} up  whether y grows upwards
 */

/** No more cells than this are drawn as cells unless a grid was told. */
const MOST_CELLS = 64;

export class Seen {
  /** @param {import('./places.js').Hints | null} hints */
  constructor(hints) {
    this.hints = hints;
    /** @type {Extent} */
    this.all = { left: Infinity, low: Infinity, right: -Infinity, high: -Infinity };
    this.whole = true;
    this.globe = false;
    this.sized = { width: 0, height: 0 };
  }

  /**
   * Take what a snapshot holds into account from now on.
   * @param {Found} found
   */
  meet({ things, boards, globe }) {
    const { all } = this;
    for (const { x, y } of things) {
      if (x < all.left) all.left = x;
      if (x > all.right) all.right = x;
      if (y < all.low) all.low = y;
      if (y > all.high) all.high = y;
      if (this.whole && !(Number.isInteger(x) && Number.isInteger(y))) this.whole = false;
    }
    this.globe ||= globe;
    if (boards.length === 1) this.sized = { width: boards[0].width, height: boards[0].height };
  }

  /** Whether everything seen stands in the cells of the board. */
  get onBoard() {
    const { all, sized, whole } = this;
    if (!sized.width) return false;
    const inside =
      all.left >= 0 && all.low >= 0 && all.right < sized.width && all.high < sized.height;
    return all.left === Infinity || (whole && inside);
  }

  /** Whether places are cells. */
  get grid() {
    const { plane } = this.hints ?? {};
    if (plane) return plane === 'grid';
    const { all, whole } = this;
    if (this.onBoard) return true;
    const small =
      all.right - Math.min(0, all.left) < MOST_CELLS &&
      all.high - Math.min(0, all.low) < MOST_CELLS;
    return whole && small && this.hints?.bounds === undefined;
  }

  /** @returns {Extent} */
  get extent() {
    const { bounds, width, height } = this.hints ?? {};
    if (bounds) return { left: bounds[0], low: bounds[1], right: bounds[2], high: bounds[3] };
    const grid = this.grid;
    const half = grid ? 0.5 : 0;
    if (width) return { left: -half, low: -half, right: width - half, high: height - half };
    if (this.onBoard)
      return {
        left: -0.5,
        low: -0.5,
        right: this.sized.width - 0.5,
        high: this.sized.height - 0.5,
      };
    return grid ? cells(this.all) : rounded(this.all);
  }

  /**
   * The plane in a box, as large as fits, one scale for both axes.
   * @param {Box} box
   * @returns {Plane}
   */
  plane(box) {
    const { extent, grid } = this;
    const up = this.hints?.y ? this.hints.y === 'up' : this.globe;
    const wide = Math.max(1e-9, extent.right - extent.left);
    const high = Math.max(1e-9, extent.high - extent.low);
    const unit = Math.min(box.width / wide, box.height / high);
    const left = box.x + (box.width - unit * wide) / 2;
    const top = box.y + (box.height - unit * high) / 2;
    return {
      extent,
      unit,
      grid,
      up,
      frame: { x: left, y: top, width: unit * wide, height: unit * high },
      place: (x, y) => ({
        x: left + (x - extent.left) * unit,
        y: top + (up ? extent.high - y : y - extent.low) * unit,
      }),
    };
  }
}

/**
 * Whole cells, from the first one where they begin near it.
 * @param {Extent} all
 * @returns {Extent}
 */
function cells({ left, low, right, high }) {
  if (left === Infinity) return { left: -0.5, low: -0.5, right: 9.5, high: 9.5 };
  const from = (/** @type {number} */ least, /** @type {number} */ most) =>
    least > 0 && least <= most / 2 + 2 ? 0 : least;
  return {
    left: from(left, right) - 0.5,
    low: from(low, high) - 0.5,
    right: Math.max(right, left + 3) + 0.5,
    high: Math.max(high, low + 3) + 0.5,
  };
}

/**
 * Out to round numbers, so that it seldom grows; from 0 where that is near.
 * @param {Extent} all
 * @returns {Extent}
 */
function rounded({ left, low, right, high }) {
  if (left === Infinity) return { left: 0, low: 0, right: 1, high: 1 };
  const [x0, y0] = [left > 0 && left <= right / 2 ? 0 : left, low > 0 && low <= high / 2 ? 0 : low];
  const span = Math.max(right - x0, high - y0);
  const step = niceStep(span || Math.max(1, Math.abs(right), Math.abs(high)), 20);
  const out = (/** @type {number} */ value) => Math.ceil(value / step + 0.1) * step;
  const back = (/** @type {number} */ value) => (value === 0 ? 0 : -out(-value));
  return { left: back(x0), low: back(y0), right: out(right), high: out(high) };
}
