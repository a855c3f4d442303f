/** What lies below the agents: the zones, those an event is on, and how densely everybody stands. */

import { css, rgb } from './colours.js';

/** @typedef {import('../../palette.js').Palette} Palette */
/** @typedef {import('./camera.js').Camera} Camera */
/** @typedef {import('./layouts.js').Layout} Layout */

/** From so many agents on their density is shown. */
export const DENSE = 2000;
/** Pixels of a cell of the density. */
const CELL = 9;
/** Cells along a side at most. */
const MOST_CELLS = 160;
/** Opacity of the densest cell, of 255. */
const HOTTEST = 90;
/** Parts of the whole that a neighbouring cell adds. */
const SPREAD = 0.5;

/**
 * How many of those who pass stand in each cell of a grid over the plane, somewhat smoothed.
 * @param {{x: Float32Array, y: Float32Array}} standing
 * @param {Uint8Array} pass
 * @param {{width: number, height: number}} world
 * @param {number} across  cells
 * @param {number} down
 */
export function densityOf(standing, pass, world, across, down) {
  const cells = new Float32Array(across * down);
  for (let place = 0; place < pass.length; place += 1) {
    if (!pass[place]) continue;
    const column = Math.min(across - 1, Math.floor((standing.x[place] / world.width) * across));
    const row = Math.min(down - 1, Math.floor((standing.y[place] / world.height) * down));
    cells[row * across + column] += 1;
  }
  return smoothed(cells, across, down);
}

/**
 * @param {Float32Array} cells
 * @param {number} across
 * @param {number} down
 */
function smoothed(cells, across, down) {
  return along(along(cells, across, down, 1, across), down, across, across, 1);
}

/**
 * Cells smoothed along one side: each with half of its neighbours.
 * @param {Float32Array} cells
 * @param {number} length  of a line
 * @param {number} lines
 * @param {number} step  from a cell to the next of its line
 * @param {number} next  from a line to the next
 */
function along(cells, length, lines, step, next) {
  const result = new Float32Array(cells.length);
  for (let line = 0; line < lines; line += 1) {
    for (let place = 0, at = line * next; place < length; place += 1, at += step) {
      const before = place > 0 ? SPREAD : 0;
      const after = place < length - 1 ? SPREAD : 0;
      const sum = cells[at] + (before && cells[at - step] * before) + (after && cells[at + step] * after);
      result[at] = sum / (1 + before + after);
    }
  }
  return result;
}

export class Ground {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    this.cloud = document.createElement('canvas');
    this.drawn = '';
    /** @type {Uint8Array | null} whose density the cloud shows */
    this.heat = null;
    this.clouded = '';
    /** @type {Uint8Array | null} */
    this.shown = null;
  }

  /**
   * Drawn only when something of it is another than before.
   * @param {Layout} layout
   * @param {Camera} camera
   * @param {Palette} palette
   * @param {{standing: {x: Float32Array, y: Float32Array}, pass: Uint8Array} | null} dense
   * @param {string[]} touched  zones that an event is on
   */
  paint(layout, camera, palette, dense, touched) {
    const { context, canvas } = this;
    const size = `${canvas.width} ${canvas.height}`;
    const key = `${camera.scale} ${camera.left} ${camera.top} ${palette.floor} ${palette.life} ${touched} ${size}`;
    if (this.drawn === key && this.shown === (dense?.pass ?? null)) return;
    this.drawn = key;
    const ratio = canvas.width / Math.max(1, canvas.clientWidth);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
    for (const zone of layout.zones) this.zone(zone, camera, palette, touched.includes(zone.id));
    if (dense) this.density(dense, layout, camera, palette);
    this.shown = dense?.pass ?? null;
  }

  /**
   * @param {import('./layouts.js').Zone} zone
   * @param {Camera} camera
   * @param {Palette} palette
   * @param {boolean} touched
   */
  zone(zone, { scale, left, top }, palette, touched) {
    const { context } = this;
    const box = /** @type {[number, number, number, number]} */ ([
      Math.round(zone.x * scale + left) + 0.5,
      Math.round(zone.y * scale + top) + 0.5,
      Math.round(zone.width * scale),
      Math.round(zone.height * scale),
    ]);
    context.fillStyle = palette.floor;
    context.fillRect(...box);
    if (touched) {
      context.fillStyle = css(rgb(palette.danger), 0.07);
      context.fillRect(...box);
    }
    context.strokeStyle = palette.edge;
    context.lineWidth = 1;
    context.strokeRect(...box);
  }

  /**
   * @param {{standing: {x: Float32Array, y: Float32Array}, pass: Uint8Array}} dense
   * @param {Layout} layout
   * @param {Camera} camera
   * @param {Palette} palette
   */
  density({ standing, pass }, layout, { scale, left, top }, palette) {
    const across = cellsAlong(layout.width * scale);
    const down = cellsAlong(layout.height * scale);
    const key = `${across} ${down} ${palette.life}`;
    if (this.heat !== pass || this.clouded !== key) {
      this.cloudOf(densityOf(standing, pass, layout, across, down), across, down, palette);
      [this.heat, this.clouded] = [pass, key];
    }
    this.context.imageSmoothingEnabled = true;
    this.context.drawImage(this.cloud, left, top, layout.width * scale, layout.height * scale);
  }

  /**
   * @param {Float32Array} cells
   * @param {number} across
   * @param {number} down
   * @param {Palette} palette
   */
  cloudOf(cells, across, down, palette) {
    const most = cells.reduce((greatest, count) => Math.max(greatest, count), 1e-9);
    this.cloud.width = across;
    this.cloud.height = down;
    const context = /** @type {CanvasRenderingContext2D} */ (this.cloud.getContext('2d'));
    const image = context.createImageData(across, down);
    const [red, green, blue] = rgb(palette.life).map((part) => Math.round(part * 255));
    const { data } = image;
    for (let cell = 0, at = 0; cell < cells.length; cell += 1, at += 4) {
      data[at] = red;
      data[at + 1] = green;
      data[at + 2] = blue;
      data[at + 3] = HOTTEST * Math.sqrt(cells[cell] / most);
    }
    context.putImageData(image, 0, 0);
  }
}

/** @param {number} pixels */
function cellsAlong(pixels) {
  return Math.max(8, Math.min(MOST_CELLS, Math.round(pixels / CELL)));
}
