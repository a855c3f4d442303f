/** What is fired, hit and blown up at a tick, as lines, balls and rings for whoever paints them. No three. */

import { isPlace } from './mechs.js';

/** @typedef {import('../../types.js').Snapshot} Snapshot */
/** @typedef {import('../../types.js').Tone} Tone */
/** @typedef {import('./mechs.js').Mech} Mech */
/** @typedef {[number, number, number]} Point */

/**
 * @typedef {{kind: string, from: Point, to: Point, width: number, tone: Tone, alpha: number}} Beam
 * @typedef {{kind: string, at: Point, radius: number, tone: Tone, alpha: number}} Ball
 * @typedef {{beams: Beam[], balls: Ball[]}} Effects
 * @typedef {{part: number, place: (id: string) => Mech | undefined, effects: Effects}} Scene
 */

/** At rest this much of a flash is still seen, so that a paused tick shows what happened at it. */
const REST = 0.55;
const ARC_STEPS = 10;
/** Parts of the flight, on both sides of a missile, that its trail reaches. */
const TRAIL = 0.34;

/**
 * @param {Snapshot} snapshot
 * @param {Mech[]} mechs  as they are drawn
 * @param {number} fraction
 * @returns {Effects}
 */
export function effectsOf(snapshot, mechs, fraction) {
  const known = new Map(mechs.map((mech) => [mech.id, mech]));
  /** @type {Effects} */
  const effects = { beams: [], balls: [] };
  const scene = { part: fraction, place: (/** @type {string} */ id) => known.get(id), effects };
  for (const event of Array.isArray(snapshot.events) ? snapshot.events : []) {
    if (event && typeof event === 'object') SHOWN[event.type]?.(event, scene);
  }
  return effects;
}

/** @type {Record<string, (event: any, scene: Scene) => void>} */
const SHOWN = {
  laser_hit(event, scene) {
    const to = placeOf(event, scene);
    const from = muzzleOf(scene.place(event.shooter));
    if (!from || !to) return;
    const alpha = fading(scene.part);
    beam(scene, 'laser', from, to, event.is_crit ? 0.2 : 0.13, 'life', alpha);
    ball(scene, 'spark', to, 0.35 + 0.25 * scene.part, 'life', alpha);
  },
  kinetic_fire(event, scene) {
    const shooter = scene.place(event.shooter);
    if (!isPlace(event.pos) || !shooter) return;
    const [x, y, z] = event.pos;
    const ahead = (/** @type {number} */ far) =>
      /** @type {Point} */ ([x + Math.cos(shooter.yaw) * far, y + Math.sin(shooter.yaw) * far, z]);
    ball(scene, 'muzzle', ahead(0.4), 0.3 * (1 - 0.5 * scene.part), 'warning', fading(scene.part));
    beam(scene, 'tracer', ahead(0.6 + 3 * scene.part), ahead(2.4 + 4 * scene.part), 0.1, 'warning', fading(scene.part));
  },
  projectile_hit(event, scene) {
    const to = placeOf(event, scene);
    if (!to) return;
    const from = muzzleOf(scene.place(event.shooter));
    if (from) beam(scene, 'tracer', along(from, to, 0.25 * scene.part), to, 0.07, 'warning', 0.8 * fading(scene.part));
    ball(scene, 'spark', to, 0.25 + 0.5 * scene.part, 'warning', fading(scene.part));
  },
  missile_launch(event, scene) {
    const target = scene.place(event.target);
    if (!isPlace(event.pos) || !target) return;
    const arc = arcOf(event.pos, target.at);
    const head = scene.part;
    for (let step = 0; step < ARC_STEPS; step += 1) {
      const [start, end] = [step / ARC_STEPS, (step + 1) / ARC_STEPS];
      const near = head >= 1 ? 0.5 : 1 - Math.abs((start + end) / 2 - head) / TRAIL;
      if (near > 0.05) beam(scene, 'missile', arc(start), arc(end), 0.14, 'ink', 0.85 * near);
    }
    if (head < 1) ball(scene, 'missile', arc(head), 0.28, 'warning', 1);
  },
  ams_intercept(event, scene) {
    const to = placeOf(event, scene);
    const from = muzzleOf(scene.place(event.defender));
    if (!to) return;
    if (from) beam(scene, 'ams', from, to, 0.06, 'ink', 0.8 * fading(scene.part));
    ball(scene, 'ams', to, 0.3 + 0.8 * scene.part, 'ink', 0.6 * fading(scene.part));
  },
  paint(event, scene) {
    const to = placeOf(event, scene);
    const from = muzzleOf(scene.place(event.shooter));
    if (!from || !to) return;
    const dashes = 12;
    for (let dash = 0; dash < dashes; dash += 1) {
      const start = (dash + 0.15) / dashes;
      beam(scene, 'paint', along(from, to, start), along(from, to, start + 0.45 / dashes), 0.05, 'life', 0.7);
    }
    ball(scene, 'paint', to, 0.3, 'life', 0.5);
  },
  smoke_launch(event, scene) {
    if (isPlace(event.pos)) ball(scene, 'puff', event.pos, 0.4 + 0.6 * scene.part, 'quiet', 0.6 * fading(scene.part));
  },
  explosion(event, scene) {
    if (!isPlace(event.pos)) return;
    const radius = Number(event.radius) || 1.5;
    const grown = radius * Math.sqrt(Math.min(1, 0.25 + scene.part));
    ball(scene, 'blast', event.pos, grown, 'danger', 0.75 * fading(scene.part));
    ball(scene, 'core', event.pos, grown * 0.55, 'warning', fading(scene.part));
  },
  kill(event, scene) {
    const target = scene.place(event.target);
    if (!target) return;
    const [x, y, z] = target.at;
    const high = target.size[2];
    ball(scene, 'blast', target.at, high * (0.35 + 0.4 * scene.part), 'danger', 0.8 * fading(scene.part));
    ball(scene, 'core', target.at, high * (0.3 + 0.1 * scene.part), 'warning', fading(scene.part));
    beam(scene, 'kill', [x, y, z], [x, y, z + high * (1 + 2 * scene.part)], 0.3, 'danger', 0.5 * fading(scene.part));
  },
};

/** @param {number} part of the tick that has passed */
function fading(part) {
  return part >= 1 ? REST : 1 - 0.7 * part;
}

/**
 * Where a hit is: on the mech as it is drawn, else where it was recorded.
 * @param {any} event
 * @param {Scene} scene
 * @returns {Point | null}
 */
function placeOf(event, scene) {
  const target = event.type === 'ams_intercept' ? undefined : scene.place(event.target);
  if (!isPlace(event.pos)) return target ? target.at : null;
  return [event.pos[0], event.pos[1], event.pos[2]];
}

/**
 * Where a mech fires from: its shoulders, a little ahead.
 * @param {Mech | undefined} mech
 * @returns {Point | null}
 */
function muzzleOf(mech) {
  if (!mech) return null;
  const { at: [x, y, z], yaw, size } = mech;
  return [x + (Math.cos(yaw) * size[0]) / 2, y + (Math.sin(yaw) * size[1]) / 2, z + size[2] * 0.22];
}

/**
 * @param {Point} from
 * @param {Point} to
 * @param {number} part
 * @returns {Point}
 */
function along(from, to, part) {
  return /** @type {Point} */ (from.map((value, axis) => value + (to[axis] - value) * part));
}

/**
 * A missile's way: up and over, the higher the farther.
 * @param {number[]} from
 * @param {Point} to
 */
function arcOf(from, to) {
  const start = /** @type {Point} */ ([from[0], from[1], from[2]]);
  const rise = Math.min(9, 0.3 * Math.hypot(to[0] - start[0], to[1] - start[1]));
  return (/** @type {number} */ part) => {
    const [x, y, z] = along(start, to, part);
    return /** @type {Point} */ ([x, y, z + rise * 4 * part * (1 - part)]);
  };
}

/**
 * @param {Scene} scene
 * @param {string} kind
 * @param {Point} from
 * @param {Point} to
 * @param {number} width
 * @param {Tone} tone
 * @param {number} alpha
 */
function beam({ effects }, kind, from, to, width, tone, alpha) {
  effects.beams.push({ kind, from, to, width, tone, alpha });
}

/**
 * @param {Scene} scene
 * @param {string} kind
 * @param {Point} at
 * @param {number} radius
 * @param {Tone} tone
 * @param {number} alpha
 */
function ball({ effects }, kind, at, radius, tone, alpha) {
  effects.balls.push({ kind, at: [at[0], at[1], at[2]], radius, tone, alpha });
}
