/** All that is to be drawn of a frame, worked out once for whoever paints it: in three dimensions or flat. */

import { isLed, poseOf } from './camera.js';
import { effectsOf } from './effects.js';
import { isPlace, mechsOf } from './mechs.js';
import { scoreOf } from './score.js';

/** @typedef {import('../../types.js').Frame} Frame */
/** @typedef {import('../../types.js').Box} Box */
/** @typedef {import('../../types.js').Options} Options */
/** @typedef {import('./camera.js').Point} Point */
/** @typedef {import('./camera.js').View} View */
/** @typedef {import('./effects.js').Beam} Beam */
/** @typedef {import('./graph.js').Lines} Lines */
/** @typedef {import('./world.js').World} World */

/**
 * @typedef {object} Picture
 * @property {World | null} world
 * @property {import('./camera.js').Extent} extent
 * @property {import('./camera.js').Pose} pose
 * @property {import('./mechs.js').Mech[]} mechs
 * @property {import('./effects.js').Effects} effects
 * @property {{pos: number[], radius: number}[]} clouds
 * @property {Beam[]} way
 * @property {Point[]} ends  of the way that is chosen
 * @property {Lines | null} graph
 * @property {any} objective
 * @property {import('./score.js').Score} score
 * @property {number} seconds
 * @property {boolean} moving  whether the next frame follows at once
 * @property {string | null} focus
 * @property {import('../../palette.js').Palette} palette
 * @property {(layer: string) => boolean} on
 */

const NOTHING = { beams: [], balls: [] };

/**
 * @param {Frame} frame
 * @param {Box} box
 * @param {Options} options
 * @param {{world: World | null, graph: Lines | null, way: Point[], ends: Point[], flat: boolean}} scenery
 * @returns {Picture}
 */
export function pictureOf({ snapshot, previous, fraction }, box, { palette, focus, hidden, view }, { world, graph, way, ends, flat }) {
  const on = (/** @type {string} */ layer) => !hidden.has(layer);
  const mechs = mechsOf(snapshot, previous, fraction);
  const extent = extentOf(world, snapshot);
  const leader = isLed(/** @type {View} */ (view), focus) ? mechs.find(({ id }) => id === focus) : undefined;
  const seen = flat ? { ...view, mode: 'top' } : view;
  const clouds = Array.isArray(snapshot.smoke_clouds) ? snapshot.smoke_clouds : [];
  return {
    world,
    extent,
    pose: poseOf(/** @type {View} */ (seen), box, extent, leader?.at ?? null),
    mechs,
    effects: on('effects') ? effectsOf(snapshot, mechs, fraction) : NOTHING,
    clouds: on('smoke') ? clouds.filter((/** @type {any} */ cloud) => isPlace(cloud?.pos) && cloud.radius > 0) : [],
    way: wayBeams(way),
    ends,
    graph: on('graph') ? graph : null,
    objective: on('zone') ? snapshot.objective : null,
    score: scoreOf(snapshot),
    seconds: secondsOf(snapshot, previous, fraction),
    moving: fraction < 1,
    focus,
    palette,
    on,
  };
}

/**
 * The world's sides; where no world is known, room for what is there.
 * @param {World | null} world
 * @param {import('../../types.js').Snapshot} snapshot
 */
export function extentOf(world, { mechs = {}, objective }) {
  if (world) return { width: world.size[0], depth: world.size[1], high: world.size[2] };
  const points = Object.values(mechs).map((state) => state?.pos).filter(isPlace);
  if (objective?.zone_center) points.push([...objective.zone_center, 0]);
  const far = (/** @type {number} */ axis) => Math.max(20, ...points.map((point) => 10 * Math.ceil((point[axis] + 4) / 10)));
  return { width: far(0), depth: far(1), high: 12 };
}

/**
 * The simulation's own clock at this moment: what flows, flows by it.
 * @param {import('../../types.js').Snapshot} snapshot
 * @param {import('../../types.js').Snapshot | null} previous
 * @param {number} fraction
 */
function secondsOf({ t }, previous, fraction) {
  const now = Number(t) || 0;
  const before = previous ? Number(previous.t) || now : now;
  return before + (now - before) * fraction;
}

/** @param {Point[]} way @returns {Beam[]} */
function wayBeams(way) {
  return way.slice(1).map((to, place) => ({ kind: 'way', from: way[place], to, width: 0.16, tone: 'warning', alpha: 0.95 }));
}
