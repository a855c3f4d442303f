/** Paint a scene without WebGL: each look of an agent is drawn once, and stamped where agents stand. */

import { outline } from '../../shapes.js';
import { css, SHAPES, STEPS, stanceColour } from './colours.js';
import { GLOW, INFLUENCE_GROWS, RIM_FROM } from './points.js';
import { LINE_STRIDE, STRIDE } from './scene.js';

/** @typedef {import('./points.js').Look} Look */

const SIZES = 4;
/** An emotion below this does not glow. */
const CALM = 0.15;
const RATIO_MOST = 2;

export class Stamps {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    this.key = '';
    /** @type {Map<number, HTMLCanvasElement>} */
    this.stamps = new Map();
  }

  /**
   * @param {import('./scene.js').Scene} scene
   * @param {Float32Array} lines
   * @param {import('./camera.js').Camera} camera
   * @param {number} fraction
   * @param {Look} look
   */
  paint(scene, lines, camera, fraction, look) {
    const { context, canvas } = this;
    const ratio = canvas.width / Math.max(1, canvas.clientWidth);
    this.renew(look, ratio);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    this.stroke(lines, camera, fraction, ratio);
    const { points } = scene;
    const [scale, left, top] = [camera.scale * ratio, camera.left * ratio, camera.top * ratio];
    for (let start = 0; start < points.length; start += STRIDE) {
      const x = (points[start] + (points[start + 2] - points[start]) * fraction) * scale + left;
      const y = (points[start + 1] + (points[start + 3] - points[start + 1]) * fraction) * scale + top;
      if (x < -40 || y < -40 || x > canvas.width + 40 || y > canvas.height + 40) continue;
      const stamp = this.stampOf(points, start, look, ratio);
      context.drawImage(stamp, Math.round(x - stamp.width / 2), Math.round(y - stamp.height / 2));
    }
  }

  /**
   * @param {Look} look
   * @param {number} ratio
   */
  renew(look, ratio) {
    const key = JSON.stringify([look, ratio]);
    if (key === this.key) return;
    this.key = key;
    this.stamps.clear();
  }

  /**
   * @param {Float32Array} points
   * @param {number} start
   * @param {Look} look
   * @param {number} ratio
   */
  stampOf(points, start, look, ratio) {
    const step = look.stance ? Math.round(((points[start + 4] + 1) / 2) * (STEPS - 1)) : 0;
    const emotion = points[start + 5];
    const glow = look.emotion && emotion > CALM ? Math.ceil(Math.min(1, emotion) * SIZES) : 0;
    const size = look.influence ? Math.round(Math.min(1, points[start + 6]) * SIZES) : 0;
    const core = look.exposure ? Math.round(Math.sqrt(points[start + 7]) * SIZES) : 0;
    const shape = points[start + 8];
    const key = (((step * 8 + glow) * 8 + size) * 8 + core) * 8 + shape;
    let stamp = this.stamps.get(key);
    if (!stamp) {
      stamp = drawn(look, ratio, { step, glow: glow / SIZES, size: size / SIZES, core: core / SIZES, shape });
      this.stamps.set(key, stamp);
    }
    return stamp;
  }

  /**
   * @param {Float32Array} lines
   * @param {import('./camera.js').Camera} camera
   * @param {number} fraction
   * @param {number} ratio
   */
  stroke(lines, camera, fraction, ratio) {
    const { context } = this;
    const [scale, left, top] = [camera.scale * ratio, camera.left * ratio, camera.top * ratio];
    const end = (/** @type {number} */ at) => [
      (lines[at] + (lines[at + 2] - lines[at]) * fraction) * scale + left,
      (lines[at + 1] + (lines[at + 3] - lines[at + 1]) * fraction) * scale + top,
    ];
    /** @type {Map<string, Path2D>} */
    const paths = new Map();
    for (let at = 0; at < lines.length; at += 2 * LINE_STRIDE) {
      const next = at + LINE_STRIDE;
      const hue = css([lines[next + 4], lines[next + 5], lines[next + 6]], lines[next + 7]);
      const path = paths.get(hue) ?? new Path2D();
      path.moveTo(...(/** @type {[number, number]} */ (end(at))));
      path.lineTo(...(/** @type {[number, number]} */ (end(next))));
      paths.set(hue, path);
    }
    context.lineWidth = ratio;
    for (const [hue, path] of paths) {
      context.strokeStyle = hue;
      context.stroke(path);
    }
  }
}

/**
 * @param {Look} look
 * @param {number} ratio
 * @param {{step: number, glow: number, size: number, core: number, shape: number}} agent
 */
function drawn(look, ratio, { step, glow, size, core, shape }) {
  const body = look.radius * (1 + INFLUENCE_GROWS * size) * Math.min(RATIO_MOST, ratio);
  const reach = glow ? GLOW : 1.25;
  const stamp = document.createElement('canvas');
  stamp.width = stamp.height = Math.ceil(2 * body * reach) + 2;
  const context = /** @type {CanvasRenderingContext2D} */ (stamp.getContext('2d'));
  const colours = /** @type {any} */ (look.colours);
  const filled = look.stance ? stanceColour(colours, (step / (STEPS - 1)) * 2 - 1) : colours.ink;
  context.translate(stamp.width / 2, stamp.height / 2);
  context.scale(body, body);
  if (glow) {
    const halo = context.createRadialGradient(0, 0, 0.6, 0, 0, GLOW);
    halo.addColorStop(0, css(filled, 0.75 * glow));
    halo.addColorStop(1, css(filled, 0));
    context.fillStyle = halo;
    context.fillRect(-GLOW, -GLOW, 2 * GLOW, 2 * GLOW);
  }
  context.fillStyle = css(filled);
  context.fill(outline(SHAPES[shape]));
  if (look.radius >= RIM_FROM) {
    context.strokeStyle = css(colours.ground);
    context.lineWidth = 1 / body;
    context.stroke(outline(SHAPES[shape]));
  }
  if (core) {
    context.fillStyle = css(colours.ink);
    context.beginPath();
    context.arc(0, 0, 0.62 * core, 0, 2 * Math.PI);
    context.fill();
  }
  return stamp;
}
