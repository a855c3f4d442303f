/** A society in the viewer: thousands of agents on a plane, their zones, what acts on them, and why they move. */

import { count } from '../times.js';
import { Controls } from './society/controls.js';
import { FITTED, readView, written } from './society/camera.js';
import { figure, words } from './society/layouts.js';
import { panelsOf } from './society/panels.js';
import { Town } from './society/town.js';

/** @typedef {import('../types.js').Snapshot} Snapshot */
/** @typedef {import('../types.js').Box} Box */

const town = new Town();

/** Agents walk for the whole of a tick. */
export const motionSeconds = Infinity;
/** A press on an agent follows it. */
export const choosing = true;
/** @type {import('../types.js').View} */
export const view = FITTED;

/** @type {import('../types.js').Layer[]} */
export const layers = [
  { id: 'stance', label: 'Stance: colour' },
  { id: 'emotion', label: 'Emotion: glow', off: true },
  { id: 'influence', label: 'Influence: size and links', off: true },
  { id: 'exposure', label: 'Exposure: a dark core', off: true },
  { id: 'moves', label: 'Changes of zone, and why' },
  { id: 'trails', label: 'Trails', off: true },
  { id: 'events', label: 'Events under way' },
  { id: 'density', label: 'Heat map, from 2,000 agents' },
];

/** @type {Record<string, import('../types.js').Mark>} */
export const marks = {
  media_event: { shape: 'ring', tone: 'gate', word: 'news' },
  price_change: { shape: 'diamond', tone: 'life', word: 'price' },
  scandal: { shape: 'cross', tone: 'danger', word: 'scandal' },
  burst: { shape: 'hollow', tone: 'ink', word: 'burst of changes' },
  influencer_campaign: { shape: 'triangle', tone: 'warning', word: 'campaign' },
};

/** @param {Snapshot} first */
export function begin(first) {
  town.begin(first);
}

/** @param {import('../types.js').Host} host */
export function attach(host) {
  town.attach(host);
  town.controls = new Controls(town, host.stage);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import('../types.js').Frame} frame
 * @param {Box} box
 * @param {import('../types.js').Options} options
 */
export function draw(context, frame, box, options) {
  town.scape?.draw(context, frame, box, options);
}

/**
 * @param {Snapshot} snapshot
 * @param {Snapshot | null} previous
 * @param {import('../types.js').Told} [told]
 */
export function panels(snapshot, previous, told) {
  return panelsOf(town, snapshot, previous, told);
}

/**
 * @param {import('../types.js').View} before
 * @param {import('../types.js').Gesture} gesture
 * @param {Box} box
 */
export function turn(before, gesture, box) {
  return town.turned(before, gesture, box);
}

export { readView };

/**
 * @param {import('../types.js').View} seen
 * @param {string | null} focus
 */
export function writeView(seen, focus) {
  return written(/** @type {import('./society/camera.js').View} */ (seen), focus);
}

/**
 * @param {Snapshot} snapshot
 * @param {Box} box
 * @param {number} x
 * @param {number} y
 */
export function hit(snapshot, box, x, y) {
  const place = town.scape?.at(x, y) ?? -1;
  return place < 0 || !town.crowd ? null : find(snapshot, town.crowd.ids[place]);
}

/**
 * @param {Snapshot} snapshot
 * @param {string} subject
 */
export function find(snapshot, subject) {
  const place = town.crowd?.places.get(subject);
  if (place === undefined || !town.crowd) return null;
  const value = town.toldOf(snapshot, place);
  const stance = value.stance === undefined ? '' : `, stance ${figure(value.stance, 2)}`;
  return { subject, label: `${subject}, ${words(value.zone)}${stance}`, value };
}

/** @param {Snapshot} snapshot */
export function describe(snapshot) {
  if (!town.crowd) return '';
  const counts = town.countsOf(snapshot);
  const zones = town.crowd.zones.map(({ name }, place) => `${counts[place]} ${name}`);
  const events = (snapshot.events ?? []).map((/** @type {any} */ one) => `${one.name || words(one.type)} under way`);
  const moves = (snapshot.transitions ?? []).length;
  return [...zones, ...events, moves ? `${count(moves, 'change')} of zone` : ''].filter(Boolean).join(', ');
}

/** Of all agents, the part who change their zone at once from which on it is marked; and how many at least. */
const BURST = 0.02;
const LEAST_BURST = 10;

/**
 * Events at the tick they begin, and bursts of changes of zone, as the game itself tells the index.
 * @param {Snapshot} snapshot
 * @returns {Omit<import('../types.js').Marker, 'tick'>[]}
 */
export function markers({ tick, events = [], transitions = [], zones = {} }) {
  const begun = events
    .filter((/** @type {any} */ { began }) => began === tick)
    .map((/** @type {any} */ { type, name, id }) => ({ kind: type, label: name || words(type), subject: id ?? null }));
  const whole = /** @type {number[]} */ (Object.values(zones)).reduce((sum, number) => sum + number, 0);
  const burst = transitions.length >= Math.max(LEAST_BURST, BURST * whole);
  const label = `${transitions.length} agents change their zone`;
  return burst ? [...begun, { kind: 'burst', label, subject: null }] : begun;
}

/** @param {Snapshot} snapshot */
export function metric(snapshot) {
  return snapshot.metrics?.adoption_rate ?? Object.values(snapshot.metrics ?? {})[0] ?? 0;
}

