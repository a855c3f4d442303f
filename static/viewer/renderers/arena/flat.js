/** The arena from above, for browsers without WebGL2: the same picture, painted on the board itself. */

import { css, mixed, rgb } from '../../palette.js';
import { projected } from './camera.js';
import { mark } from './labels.js';
import { materialsOf } from './light.js';
import { lookOf } from './teams.js';
import { CODES, columnsOf } from './world.js';

/** @typedef {import('./picture.js').Picture} Picture */
/** @typedef {import('./world.js').World} World */
/** @typedef {import('../../palette.js').Palette} Palette */

/** Pixels of the painted ground to a voxel. */
const GRAIN = 4;

/** @type {{world: World | null, palette: Palette | null, canvas: HTMLCanvasElement | null}} */
const ground = { world: null, palette: null, canvas: null };

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 */
export function drawFlat(context, picture) {
  const { world, palette, pose, extent } = picture;
  const scale = projected(pose, [0, 0, 0])?.unit ?? 1;
  const [left, top] = at(picture, 0, extent.depth);
  context.fillStyle = palette.floor;
  context.fillRect(left, top, extent.width * scale, extent.depth * scale);
  if (world) {
    context.imageSmoothingEnabled = scale < GRAIN;
    context.drawImage(groundOf(world, palette), left, top, extent.width * scale, extent.depth * scale);
  }
  zone(context, picture, scale);
  edges(context, picture);
  for (const { pos, radius } of picture.clouds) disc(context, picture, pos, radius * scale, css(rgb(palette.quiet), 0.5));
  for (const mech of picture.mechs) body(context, picture, mech, scale);
  for (const { from, to, tone, alpha, width } of [...picture.effects.beams, ...picture.way]) {
    context.strokeStyle = css(rgb(palette[tone]), alpha);
    context.lineWidth = Math.max(1.2, width * scale);
    line(context, at(picture, from[0], from[1]), at(picture, to[0], to[1]));
  }
  for (const { at: place, radius, tone, alpha } of picture.effects.balls) {
    disc(context, picture, place, Math.max(1.5, radius * scale), css(rgb(palette[tone]), alpha * 0.7));
  }
}

/**
 * @param {Picture} picture
 * @param {number} x
 * @param {number} y
 * @returns {[number, number]}
 */
function at({ pose }, x, y) {
  const spot = projected(pose, [x, y, 0]);
  return spot ? [spot.x, spot.y] : [-1e4, -1e4];
}

/**
 * The ground is painted once for a world and a theme.
 * @param {World} world
 * @param {Palette} palette
 */
function groundOf(world, palette) {
  if (ground.canvas && ground.world === world && ground.palette === palette) return ground.canvas;
  const [wide, deep, high] = world.size;
  const canvas = document.createElement('canvas');
  canvas.width = wide * GRAIN;
  canvas.height = deep * GRAIN;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const materials = materialsOf(palette);
  const { codes, heights } = columnsOf(world);
  for (let y = 0; y < deep; y += 1) {
    for (let x = 0; x < wide; x += 1) {
      const [code, height] = [codes[y * wide + x], heights[y * wide + x]];
      if (!code) continue;
      const [base, other] = materials[code];
      const rise = Math.min(1, height / Math.max(1, high * 0.6));
      const [from, to, part] = code === CODES.glass ? [base, rgb(palette.ground), 0.6] : [base, rgb(palette.ink), 0.25 * rise];
      context.fillStyle = css(mixed(from, to, part));
      context.fillRect(x * GRAIN, (deep - 1 - y) * GRAIN, GRAIN, GRAIN);
      texture(context, code, x * GRAIN, (deep - 1 - y) * GRAIN, css(other, 0.7));
    }
  }
  Object.assign(ground, { world, palette, canvas });
  return canvas;
}

/** Materials differ in their grain, not in colour alone. @type {Record<number, number[][]>} */
const GRAINS = { 2: [[1, 1, 2, 1]], 3: [[0, 1, 2, 1]], 4: [[0, 0, 1, 1], [2, 2, 1, 1]], 5: [[0, 0, 2, 2]], 7: [[0, 0, 1, 4]], 8: [[0, 0, 4, 1], [0, 0, 1, 4]], 9: [[1, 0, 1, 1], [3, 2, 1, 1]] };

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} code
 * @param {number} x
 * @param {number} y
 * @param {string} colour
 */
function texture(context, code, x, y, colour) {
  context.fillStyle = colour;
  for (const [dx, dy, width, height] of GRAINS[code] ?? []) context.fillRect(x + dx, y + dy, width, height);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 * @param {number} scale
 */
function zone(context, picture, scale) {
  const { objective, palette, score } = picture;
  if (!objective?.zone_center || !(objective.zone_radius > 0)) return;
  const [x, y] = at(picture, objective.zone_center[0], objective.zone_center[1]);
  const radius = objective.zone_radius * scale;
  context.lineWidth = 1.5;
  context.strokeStyle = palette.ink;
  context.fillStyle = css(rgb(palette.ink), 0.06);
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
  context.lineWidth = Math.max(2, 0.25 * scale);
  score.teams.slice(0, 2).forEach(({ team, part }, place) => {
    context.strokeStyle = palette[lookOf(team).tone];
    context.beginPath();
    const way = (place ? -1 : 1) * 2 * Math.PI * part;
    context.arc(x, y, Math.max(1, radius - (3 + 5 * place)), -Math.PI / 2, -Math.PI / 2 + way, place > 0);
    context.stroke();
  });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 */
function edges(context, picture) {
  if (!picture.graph) return;
  const { lines } = picture.graph;
  context.strokeStyle = css(rgb(picture.palette.life), 0.35);
  context.lineWidth = 1;
  context.beginPath();
  for (let place = 0; place < lines.length; place += 6) {
    context.moveTo(...at(picture, lines[place], lines[place + 1]));
    context.lineTo(...at(picture, lines[place + 3], lines[place + 4]));
  }
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 * @param {readonly number[]} place
 * @param {number} radius
 * @param {string} colour
 */
function disc(context, picture, place, radius, colour) {
  const [x, y] = at(picture, place[0], place[1]);
  context.fillStyle = colour;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

/**
 * A mech from above: its body as large as it is, the nose ahead, its team's shape on it.
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 * @param {import('./mechs.js').Mech} mech
 * @param {number} scale
 */
function body(context, picture, mech, scale) {
  const { palette, focus } = picture;
  const { tone, shape } = lookOf(mech.team);
  const [x, y] = at(picture, mech.at[0], mech.at[1]);
  const half = Math.max(4, (mech.size[0] * scale) / 2);
  const dead = mech.standing === 'dead';
  context.save();
  context.translate(x, y);
  context.rotate(-mech.yaw);
  context.globalAlpha = dead ? 0.4 : 1;
  context.fillStyle = palette.wall;
  context.fillRect(-half, -half * 0.8, 2 * half, 1.6 * half);
  context.fillStyle = palette[tone];
  context.fillRect(half * 0.4, -half * 0.25, half * 1.1, half * 0.5);
  context.strokeStyle = mech.id === focus ? palette.ink : palette.ground;
  context.lineWidth = mech.id === focus ? 2 : 1;
  context.strokeRect(-half, -half * 0.8, 2 * half, 1.6 * half);
  context.restore();
  if (!dead) mark(context, shape, x, y, half * 0.6, palette[tone]);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {[number, number]} from
 * @param {[number, number]} to
 */
function line(context, from, to) {
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
}
