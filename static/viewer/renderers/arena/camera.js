/** How the arena is seen: round a point, after a mech, or from above; and what lies under a pixel. No three. */

import { viewNumber, viewText } from '../../view_text.js';

/** @typedef {import('../../types.js').Box} Box */
/** @typedef {[number, number, number]} Point */
/** @typedef {{width: number, depth: number, high: number}} Extent  of the world, in voxels */
/** @typedef {'orbit' | 'follow' | 'top'} Mode */
/**
 * @typedef {object} View
 * @property {Mode} mode
 * @property {number} yaw  where one looks, 0 along x
 * @property {number} pitch  how far down
 * @property {number | null} distance  null shows the whole
 * @property {number | null} x  what is in the middle; null is the middle of the world
 * @property {number | null} y
 * @property {string | null} freed  the mech that was followed when the reader moved away
 *
 * @typedef {object} Pose
 * @property {Point} eye
 * @property {Point} target
 * @property {Point} forward
 * @property {Point} right
 * @property {Point} up
 * @property {number} reach  half the picture's height at a distance of 1
 * @property {number} distance
 * @property {Box} box
 * @property {number} middle  how far down the board the target is seen, in pixels
 */

export const FIELD_DEGREES = 38;
const REACH = Math.tan((FIELD_DEGREES * Math.PI) / 360);
const STEEPEST = 1.5;
const FLATTEST = 0.12;
const ABOVE = Math.PI / 2 - 0.001;
const NEAREST = 5;
/** No world is so wide. */
const FARTHEST = 10_000;
/** Who follows a mech sees it from so near at first. */
const NEAR = 26;
const TURN_A_PIXEL = 0.0055;

/** @type {View} */
export const FITTED = { mode: 'orbit', yaw: 1.0, pitch: 0.66, distance: null, x: null, y: null, freed: null };

/**
 * Whether the camera goes with the mech that is followed.
 * @param {View} view
 * @param {string | null} focus
 */
export function isLed(view, focus) {
  return focus !== null && view.freed !== focus;
}

/**
 * The view as the address keeps it; empty while the camera stands as it did at first.
 * @param {View} view
 * @param {string | null} focus
 */
export function written(view, focus) {
  const text = viewText(partsOf(view, focus));
  return text === viewText(partsOf(FITTED, null)) ? '' : text;
}

/**
 * @param {View} view
 * @param {string | null} focus
 */
function partsOf({ mode, yaw, pitch, distance, x, y, freed }, focus) {
  const free = freed !== null && freed === focus ? 'free' : null;
  return [mode, Math.atan2(Math.sin(yaw), Math.cos(yaw)), pitch, distance, x, y, free];
}

/**
 * The view that an address keeps, or null.
 * @param {string} text
 * @param {string | null} focus
 * @returns {View | null}
 */
export function readView(text, focus) {
  const [mode, yaw, pitch, distance, x, y, free] = text.split('_');
  if (mode !== 'orbit' && mode !== 'follow' && mode !== 'top') return null;
  return {
    mode,
    yaw: viewNumber(yaw, -Math.PI, Math.PI) ?? FITTED.yaw,
    pitch: viewNumber(pitch, FLATTEST, STEEPEST) ?? FITTED.pitch,
    distance: viewNumber(distance, NEAREST, FARTHEST),
    x: viewNumber(x, 0, FARTHEST),
    y: viewNumber(y, 0, FARTHEST),
    freed: free === 'free' ? focus : null,
  };
}

/** The part of half the board that the world fills at most, to the sides, above and below its middle. */
const [ACROSS, OVER, UNDER] = [0.95, 0.74, 0.86];
/** How far below the board's middle that is, for the controls above it. */
const LOWERED = 0.1;

/**
 * The distance from which the whole ground is seen.
 * @param {Extent} extent
 * @param {Box} box
 * @param {{forward: Point, right: Point, up: Point}} way  how one looks
 */
export function fitting({ width, depth, high }, box, { forward, right, up }) {
  const aspect = Math.max(0.2, box.width / Math.max(1, box.height));
  const tall = Math.min(high, 6);
  const distances = [0, 1, 2, 3, 4, 5, 6, 7].map((corner) => {
    const from = [(corner & 1 ? 0.5 : -0.5) * width, (corner & 2 ? 0.5 : -0.5) * depth, corner & 4 ? tall : 0];
    const across = Math.abs(dot(from, right)) / (REACH * aspect * ACROSS);
    const rise = dot(from, up);
    const along = Math.abs(rise) / (REACH * (rise > 0 ? OVER : UNDER));
    return Math.max(across, along) - dot(from, forward);
  });
  return Math.max(NEAREST, ...distances);
}

/**
 * @param {View} view
 * @param {Box} box
 * @param {Extent} extent
 * @param {Point | null} subject  the mech that leads the camera
 * @returns {Pose}
 */
export function poseOf(view, box, extent, subject) {
  const top = view.mode === 'top';
  const yaw = top ? Math.PI / 2 : view.yaw;
  const pitch = top ? ABOVE : view.pitch;
  const [flat, down] = [Math.cos(pitch), Math.sin(pitch)];
  const forward = /** @type {Point} */ ([Math.cos(yaw) * flat, Math.sin(yaw) * flat, -down]);
  const right = /** @type {Point} */ ([Math.sin(yaw), -Math.cos(yaw), 0]);
  const up = /** @type {Point} */ ([Math.cos(yaw) * down, Math.sin(yaw) * down, flat]);
  const fit = fitting(extent, box, { forward, right, up });
  const distance = view.distance ?? (subject && !top ? Math.min(NEAR, fit) : fit);
  const target = subject ?? /** @type {Point} */ ([view.x ?? extent.width / 2, view.y ?? extent.depth / 2, 0]);
  const eye = /** @type {Point} */ (target.map((value, axis) => value - forward[axis] * distance));
  return { eye, target, forward, right, up, reach: REACH, distance, box, middle: box.height * (0.5 + (subject ? 0 : LOWERED / 2)) };
}

/**
 * Where a point is on the board; null behind the eye.
 * @param {Pose} pose
 * @param {readonly number[]} point
 */
export function projected({ eye, forward, right, up, reach, box, middle }, [x, y, z]) {
  const away = [x - eye[0], y - eye[1], z - eye[2]];
  const depth = dot(away, forward);
  if (depth < 0.1) return null;
  const unit = box.height / 2 / (depth * reach);
  return { x: box.width / 2 + dot(away, right) * unit, y: middle - dot(away, up) * unit, depth, unit };
}

/**
 * The direction in which a pixel looks.
 * @param {Pose} pose
 * @param {number} x
 * @param {number} y
 * @returns {Point}
 */
export function rayOf({ forward, right, up, reach, box, middle }, x, y) {
  const half = box.height / 2;
  const across = ((x - box.width / 2) / half) * reach;
  const rise = ((middle - y) / half) * reach;
  const ray = forward.map((value, axis) => value + right[axis] * across + up[axis] * rise);
  const length = Math.hypot(...ray);
  return /** @type {Point} */ (ray.map((value) => value / length));
}

/**
 * @param {readonly number[]} a
 * @param {readonly number[]} b
 */
function dot(a, b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/**
 * The view after a drag or a zoom.
 * @param {View} view
 * @param {import('../../types.js').Gesture} gesture
 * @param {Pose} pose  as it is seen
 * @param {{extent: Extent, focus: string | null}} what
 * @returns {View}
 */
export function moved(view, gesture, pose, { extent, focus }) {
  const led = isLed(view, focus);
  if (gesture.kind === 'zoom') {
    const near = zoomed(view, gesture, pose, extent, led);
    return gesture.dx || gesture.dy ? panned(near, gesture, pose, extent, focus) : near;
  }
  if (gesture.pan || view.mode === 'top') return panned(view, gesture, pose, extent, focus);
  const pitch = Math.min(STEEPEST, Math.max(FLATTEST, view.pitch + gesture.dy * TURN_A_PIXEL));
  return { ...view, yaw: view.yaw - gesture.dx * TURN_A_PIXEL, pitch };
}

/**
 * Nearer or farther, towards what is under the pointer.
 * @param {View} view
 * @param {import('../../types.js').Gesture} gesture
 * @param {Pose} pose
 * @param {Extent} extent
 * @param {boolean} led
 * @returns {View}
 */
function zoomed(view, { factor, x, y }, pose, extent, led) {
  const farthest = 2.2 * fitting(extent, pose.box, pose);
  const distance = Math.min(farthest, Math.max(NEAREST, pose.distance / factor));
  const change = 1 - distance / pose.distance;
  const ray = rayOf(pose, x, y);
  if (led || ray[2] >= -0.05 || change <= 0) return { ...view, distance };
  const far = Math.min(3 * pose.distance, (pose.target[2] - pose.eye[2]) / ray[2]);
  const under = [0, 1].map((axis) => pose.eye[axis] + ray[axis] * far);
  return within({ ...view, distance, x: pose.target[0] + (under[0] - pose.target[0]) * change, y: pose.target[1] + (under[1] - pose.target[1]) * change }, extent);
}

/**
 * The ground goes with the pointer.
 * @param {View} view
 * @param {{dx: number, dy: number}} gesture
 * @param {Pose} pose
 * @param {Extent} extent
 * @param {string | null} focus
 * @returns {View}
 */
function panned(view, { dx, dy }, pose, extent, focus) {
  const unit = (2 * pose.distance * pose.reach) / Math.max(1, pose.box.height);
  const down = Math.max(0.35, -pose.forward[2]);
  const [px, py] = [-dx * unit, (dy * unit) / down];
  const flat = Math.hypot(pose.up[0], pose.up[1]) || 1;
  return within(
    {
      ...view,
      distance: view.distance ?? pose.distance,
      x: pose.target[0] + pose.right[0] * px + (pose.up[0] / flat) * py,
      y: pose.target[1] + pose.right[1] * px + (pose.up[1] / flat) * py,
      freed: focus ?? view.freed,
    },
    extent,
  );
}

/**
 * The middle of the picture stays over the world.
 * @param {View} view
 * @param {Extent} extent
 * @returns {View}
 */
function within(view, { width, depth }) {
  const held = (/** @type {number | null} */ at, /** @type {number} */ side) => (at === null ? null : Math.min(side, Math.max(0, at)));
  return { ...view, x: held(view.x, width), y: held(view.y, depth) };
}

/**
 * The view in another mode, from the same place as far as that goes.
 * @param {View} view
 * @param {Mode} mode
 * @param {Pose | null} pose
 * @param {string | null} focus
 * @returns {View}
 */
export function inMode(view, mode, pose, focus) {
  if (mode === 'follow') return { ...view, mode, distance: null, freed: null };
  const [x, y] = pose && mode === 'orbit' && view.mode === 'follow' ? pose.target : [null, null];
  return { ...FITTED, yaw: view.yaw, pitch: view.pitch, mode, x, y, distance: x === null ? null : (pose?.distance ?? null), freed: focus };
}
