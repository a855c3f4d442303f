/** What a ray meets: a mech, or the first voxel on its way. No three. */

import { codeAt, isFirm, isOpaque } from './world.js';

/** @typedef {import('./mechs.js').Mech} Mech */
/** @typedef {import('./world.js').World} World */
/** @typedef {readonly number[]} Point */

/** A mech is met a little beside its body too: fingers are wide. */
const SPARE = 0.25;
const MOST_STEPS = 2000;

/**
 * The nearest mech on a ray, and how far it is.
 * @param {Mech[]} mechs
 * @param {Point} eye
 * @param {Point} ray
 */
export function mechOn(mechs, eye, ray) {
  /** @type {Mech | null} */
  let found = null;
  let least = Infinity;
  for (const mech of mechs) {
    const far = throughBox(eye, ray, mech.at, mech.size.map((side) => side / 2 + SPARE));
    if (far !== null && far < least) [found, least] = [mech, far];
  }
  return found ? { mech: found, far: least } : null;
}

/**
 * How far along a ray a box begins; null where it passes.
 * @param {Point} eye
 * @param {Point} ray
 * @param {Point} middle
 * @param {Point} half
 */
function throughBox(eye, ray, middle, half) {
  let [enter, leave] = [0, Infinity];
  for (let axis = 0; axis < 3; axis += 1) {
    const [low, high] = [middle[axis] - half[axis] - eye[axis], middle[axis] + half[axis] - eye[axis]];
    if (Math.abs(ray[axis]) < 1e-9) {
      if (low > 0 || high < 0) return null;
      continue;
    }
    const [one, other] = [low / ray[axis], high / ray[axis]];
    enter = Math.max(enter, Math.min(one, other));
    leave = Math.min(leave, Math.max(one, other));
  }
  return enter <= leave ? enter : null;
}

/**
 * How far a ray goes before it meets a block that nothing is seen through, at most `most`.
 * @param {World} world
 * @param {Point} eye
 * @param {Point} ray
 * @param {number} most
 * @param {(code: number) => boolean} [stops]
 */
export function freeWay(world, eye, ray, most, stops = isOpaque) {
  const start = throughBox(eye, ray, world.size.map((side) => side / 2), world.size.map((side) => side / 2));
  if (start === null || start > most) return most;
  const from = eye.map((value, axis) => value + ray[axis] * (start + 1e-4));
  const cell = from.map(Math.floor);
  const step = ray.map(Math.sign);
  const span = ray.map((value) => (value ? Math.abs(1 / value) : Infinity));
  const next = ray.map((value, axis) => (value ? ((value > 0 ? cell[axis] + 1 : cell[axis]) - from[axis]) / value : Infinity));
  let far = start;
  for (let count = 0; count < MOST_STEPS && far < most; count += 1) {
    if (cell.some((value, axis) => value < 0 || value >= world.size[axis])) return most;
    if (stops(codeAt(world, cell[0], cell[1], cell[2]))) return Math.min(far, most);
    const axis = next[0] < next[1] ? (next[0] < next[2] ? 0 : 2) : next[1] < next[2] ? 1 : 2;
    far = start + next[axis];
    next[axis] += span[axis];
    cell[axis] += step[axis];
  }
  return most;
}

/**
 * Where a ray meets the ground or the top of a block, for those who choose a place to walk to.
 * @param {World} world
 * @param {Point} eye
 * @param {Point} ray
 * @returns {[number, number, number] | null}
 */
export function groundOn(world, eye, ray) {
  const down = ray[2] < 0 ? -eye[2] / ray[2] : Infinity;
  const far = freeWay(world, eye, ray, Math.min(down, 1e5), isFirm);
  if (!Number.isFinite(far) || far >= 1e5) return null;
  const [x, y, z] = eye.map((value, axis) => value + ray[axis] * far);
  const [wide, deep] = world.size;
  return x < 0 || y < 0 || x > wide || y > deep ? null : [x, y, Math.max(0, z)];
}

/**
 * Whether the way between two points is free of what nothing is seen through.
 * @param {World} world
 * @param {Point} from
 * @param {Point} to
 */
export function isSeen(world, from, to) {
  const way = to.map((value, axis) => value - from[axis]);
  const length = Math.hypot(...way);
  return freeWay(world, from, way.map((value) => value / length), length) >= length - 0.01;
}
