/** The arena in the viewer: mechs that fight over a zone in a world of voxels, in three dimensions or from above. */

import { FITTED, readView, written } from './arena/camera.js';
import { Controls } from './arena/controls.js';
import { describe, panelsOf } from './arena/panels.js';
import { lookOf } from './arena/teams.js';
import { Theatre } from './arena/theatre.js';
import { events, markers, marks } from './arena/told.js';

export { describe, events, markers, marks };

/** @typedef {import('../types.js').Snapshot} Snapshot */
/** @typedef {import('../types.js').Box} Box */

/** What the reader has before them; there is one to a page. */
export const theatre = new Theatre();

/** Mechs walk and turn for the whole of a tick. */
export const motionSeconds = Infinity;
/** @type {import('../types.js').View} */
export const view = FITTED;

/** @type {import('../types.js').Layer[]} */
export const layers = [
  { id: 'bars', label: 'Names and bars' },
  { id: 'effects', label: 'Shots and explosions' },
  { id: 'smoke', label: 'Smoke' },
  { id: 'zone', label: 'Zone' },
  { id: 'graph', label: 'Nav graph: where one may walk', off: true },
];

/** @type {import('../keys.js').Key[]} */
export const keys = [
  { keys: ['o'], action: 'camera', given: ['orbit'], does: 'camera round the arena; drag turns, Shift and drag moves' },
  { keys: ['v'], action: 'camera', given: ['follow'], does: 'camera after the mech that is followed' },
  { keys: ['t'], action: 'camera', given: ['top'], does: 'camera from above' },
  { keys: ['w'], action: 'near', given: [{ factor: 1.25 }], does: 'nearer' },
  { keys: ['s'], action: 'near', given: [{ factor: 0.8 }], does: 'farther' },
  { keys: ['a'], action: 'near', given: [{ turn: -60 }], does: 'turn left, or move left' },
  { keys: ['d'], action: 'near', given: [{ turn: 60 }], does: 'turn right, or move right' },
  { keys: ['h'], action: 'whole', does: 'the whole arena' },
  { keys: ['p'], action: 'way', does: 'choose two places, and see the way between them' },
];

/** @type {import('../controls.js').Actions} */
export const actions = {
  camera: (mode) => theatre.see(mode),
  near: (by) => theatre.nudge(by),
  whole: () => theatre.fit(),
  way: () => theatre.toggleWay(),
};

/** @param {import('../types.js').Host} host */
export function attach(host) {
  theatre.attach(host);
  theatre.controls = new Controls(theatre, host.stage);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import('../types.js').Frame} frame
 * @param {Box} box
 * @param {import('../types.js').Options} options
 */
export function draw(context, frame, box, options) {
  theatre.draw(context, frame, box, options);
}

/**
 * @param {Snapshot} snapshot
 * @param {Snapshot | null} _previous
 * @param {import('../types.js').Told} [told]
 */
export function panels(snapshot, _previous, told) {
  const teamOf = (/** @type {string} */ id) => String(snapshot.mechs?.[id]?.team ?? '');
  if (told) theatre.controls?.tell(told.markers, told.tick, teamOf);
  theatre.controls?.show();
  return panelsOf(snapshot, told);
}

/** What is on its way, in words, beside the ticks; null when all is here. */
export function loading() {
  return theatre.loading && `Loading ${theatre.loading}`;
}

/** What could not be had, in words, and how to try again. */
export function trouble() {
  return theatre.trouble && { words: theatre.trouble, retry: () => theatre.retry() };
}

/**
 * @param {import('../types.js').View} before
 * @param {import('../types.js').Gesture} gesture
 */
export function turn(before, gesture) {
  return theatre.turned(/** @type {import('./arena/camera.js').View} */ (before), gesture);
}

export { readView };

/**
 * @param {import('../types.js').View} seen
 * @param {string | null} focus
 */
export function writeView(seen, focus) {
  return written(/** @type {import('./arena/camera.js').View} */ (seen), focus);
}

/**
 * @param {number} x
 * @param {number} y
 */
export function press(x, y) {
  return theatre.press(x, y);
}

/**
 * @param {Snapshot} snapshot
 * @param {Box} _box
 * @param {number} x
 * @param {number} y
 */
export function hit(snapshot, _box, x, y) {
  const mech = theatre.at(x, y);
  return mech && find(snapshot, mech.id);
}

/**
 * @param {Snapshot} snapshot
 * @param {string} subject
 */
export function find(snapshot, subject) {
  const mech = theatre.mechIn(snapshot, subject);
  if (!mech) return null;
  return { subject, label: `${subject}, ${mech.kind} of ${lookOf(mech.team).name}`, value: mech.state };
}

/** How many are alive of those the game's own line tells first. @param {Snapshot} snapshot */
export function metric({ mechs = {} }) {
  return Object.values(mechs).filter((state) => state?.alive === true && state.team === 'blue').length;
}
