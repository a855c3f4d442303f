/** Who is drawn, from where to where, and which lines: plain arrays for whoever paints them. */

import { passing } from './filters.js';
import { shapeOf } from './colours.js';

/** @typedef {import('./crowd.js').Crowd} Crowd */
/** @typedef {import('./crowd.js').Agents} Agents */
/** @typedef {import('./filters.js').Filter} Filter */

/** Numbers for each agent: from x, y, to x, y, stance, emotion, influence, exposure, shape. */
export const STRIDE = 9;
/** Numbers for each end of a line: from x, y, to x, y, red, green, blue, alpha. */
export const LINE_STRIDE = 8;
/** Ticks that a trail reaches back. */
export const TRAIL_TICKS = 8;
/** Ties are drawn for the most influential alone: all of them are a tangle. */
const MOST_TIES = 240;
/** Trails of more than these are a smear, and slow to draw. */
const MOST_TRAILS = 2500;

/**
 * @typedef {object} Scene
 * @property {Int32Array} shown  places of those who are drawn
 * @property {Float32Array} points
 * @property {number} present  how many are there at this tick
 * @property {number} passed  how many of them the filter lets through
 * @property {Uint8Array} pass  1 for those
 */

/**
 * @param {Agents} agents
 * @param {Agents | null} before
 * @param {{filter: Filter, order: Int32Array, most: number}} choice
 * @returns {Scene}
 */
export function sceneOf(agents, before, { filter, order, most }) {
  const pass = passing(agents, filter);
  const { zone } = agents;
  let present = 0;
  let passed = 0;
  for (let place = 0; place < pass.length; place += 1) {
    if (zone[place] >= 0) present += 1;
    passed += pass[place];
  }
  const shown = chosen(order, pass, most);
  return { shown, points: pointsOf(agents, before, shown), present, passed, pass };
}

/**
 * Of the sample those who pass; with a filter the sample is filled up with others who pass.
 * @param {Int32Array} order
 * @param {Uint8Array} pass
 * @param {number} most
 */
function chosen(order, pass, most) {
  const shown = new Int32Array(Math.min(most, order.length));
  let count = 0;
  for (let rank = 0; rank < order.length && count < shown.length; rank += 1) {
    if (pass[order[rank]]) shown[count++] = order[rank];
  }
  return shown.slice(0, count);
}

/**
 * @param {Agents} agents
 * @param {Agents | null} before
 * @param {Int32Array} shown
 */
function pointsOf(agents, before, shown) {
  const { zone, standing } = agents;
  const points = new Float32Array(shown.length * STRIDE);
  const { x, y } = standing;
  const { x: wasX, y: wasY } = before?.standing ?? standing;
  const wasIn = before?.zone ?? zone;
  for (let row = 0, at = 0; row < shown.length; row += 1, at += STRIDE) {
    const place = shown[row];
    const walked = wasIn[place] >= 0;
    points[at] = walked ? wasX[place] : x[place];
    points[at + 1] = walked ? wasY[place] : y[place];
    points[at + 2] = x[place];
    points[at + 3] = y[place];
    points[at + 8] = shapeOf(zone[place]);
  }
  MEASURES.forEach((name, measure) => {
    const values = agents.values(name);
    if (!values) return;
    for (let row = 0, at = 4 + measure; row < shown.length; row += 1, at += STRIDE) points[at] = values[shown[row]] || 0;
  });
  return points;
}

/** Measures in their order among the numbers of an agent. */
const MEASURES = /** @type {const} */ (['stance', 'emotion', 'influence', 'exposure']);

/**
 * The ways of the last ticks, fading with age; `history` has the latest tick before this one first.
 * @param {Scene} scene
 * @param {Agents} agents
 * @param {Agents[]} history
 * @param {import('./colours.js').Rgb} colour
 */
export function trails(scene, agents, history, [red, green, blue]) {
  const shown = scene.shown.subarray(0, MOST_TRAILS);
  const ways = [agents, ...history].map(({ standing }) => standing);
  const lines = new Float32Array(shown.length * history.length * 2 * LINE_STRIDE);
  for (let age = 0; age < history.length; age += 1) {
    const [near, far] = [ways[age], ways[age + 1]];
    const from = age === 0 ? far : near; // the newest part grows with the motion
    const alpha = 0.55 * (1 - age / TRAIL_TICKS);
    for (let row = 0; row < shown.length; row += 1) {
      const place = shown[row];
      const start = (row * history.length + age) * 2 * LINE_STRIDE;
      end(lines, start, far.x[place], far.y[place], far.x[place], far.y[place]);
      end(lines, start + LINE_STRIDE, from.x[place], from.y[place], near.x[place], near.y[place]);
      paint(lines, start, red, green, blue, alpha * 0.8);
      paint(lines, start + LINE_STRIDE, red, green, blue, alpha);
    }
  }
  return lines;
}

/**
 * @param {Float32Array} lines
 * @param {number} at
 * @param {number} fromX
 * @param {number} fromY
 * @param {number} toX
 * @param {number} toY
 */
function end(lines, at, fromX, fromY, toX, toY) {
  lines[at] = fromX;
  lines[at + 1] = fromY;
  lines[at + 2] = toX;
  lines[at + 3] = toY;
}

/**
 * @param {Float32Array} lines
 * @param {number} at
 * @param {number} red
 * @param {number} green
 * @param {number} blue
 * @param {number} alpha
 */
function paint(lines, at, red, green, blue, alpha) {
  lines[at + 4] = red;
  lines[at + 5] = green;
  lines[at + 6] = blue;
  lines[at + 7] = alpha;
}

/**
 * Ties of the one who is followed, or else the strongest between those who are drawn.
 * @param {Scene} scene
 * @param {Crowd} crowd
 * @param {number} followed  place, or -1
 * @param {import('./colours.js').Rgb} colour
 */
export function ties(scene, crowd, followed, [red, green, blue]) {
  const { from, to } = crowd.edges;
  const rows = new Int32Array(crowd.count).fill(-1);
  for (let row = 0; row < scene.shown.length; row += 1) rows[scene.shown[row]] = row;
  const found = followed >= 0 ? tiesOf(crowd, followed, scene.pass) : strongest(crowd, rows);
  const drawn = found.filter((edge) => rows[from[edge]] >= 0 && rows[to[edge]] >= 0);
  const lines = new Float32Array(drawn.length * 2 * LINE_STRIDE);
  const alpha = followed >= 0 ? 0.7 : 0.28;
  drawn.forEach((edge, place) => {
    [from[edge], to[edge]].forEach((who, side) => {
      const start = (2 * place + side) * LINE_STRIDE;
      const at = rows[who] * STRIDE;
      lines.set(scene.points.subarray(at, at + 4), start);
      paint(lines, start, red, green, blue, alpha);
    });
  });
  return lines;
}

/**
 * @param {Crowd} crowd
 * @param {number} followed
 * @param {Uint8Array} pass
 */
function tiesOf(crowd, followed, pass) {
  const { from, to } = crowd.edges;
  const found = [];
  for (let edge = 0; edge < from.length; edge += 1) {
    if ((from[edge] === followed || to[edge] === followed) && pass[from[edge]] && pass[to[edge]])
      found.push(edge);
  }
  return found;
}

/**
 * @param {Crowd} crowd
 * @param {Int32Array} rows  of each place among those who are drawn, or -1
 */
function strongest({ edges: { from, to }, strongest: order }, rows) {
  const found = [];
  for (let rank = 0; rank < order.length && found.length < MOST_TIES; rank += 1) {
    const edge = order[rank];
    if (rows[from[edge]] >= 0 && rows[to[edge]] >= 0) found.push(edge);
  }
  return found;
}

/**
 * The agent nearest to a point of the plane, as it stands at this moment; -1 where none is near.
 * @param {Scene} scene
 * @param {number} fraction
 * @param {number} x
 * @param {number} y
 * @param {number} reach
 */
export function nearest({ shown, points }, fraction, x, y, reach) {
  let found = -1;
  let least = reach;
  for (let row = 0; row < shown.length; row += 1) {
    const at = row * STRIDE;
    const across = points[at] + (points[at + 2] - points[at]) * fraction - x;
    const down = points[at + 1] + (points[at + 3] - points[at + 1]) * fraction - y;
    const distance = Math.hypot(across, down);
    if (distance < least) [found, least] = [shown[row], distance];
  }
  return found;
}
