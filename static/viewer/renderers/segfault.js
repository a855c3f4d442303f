/** SEGFAULT in the viewer: what is drawn, said and found of one snapshot. */

import { shortId } from '../shapes.js';
import { count } from '../times.js';
import { at, geometry, livePositions, tileAt } from './segfault/geometry.js';

export { draw } from './segfault/board.js';
export { panels } from './segfault/panels.js';

/** @typedef {import('../types.js').Snapshot} Snapshot */
/** @typedef {import('../types.js').Found} Found */

/** A step takes this long at most; a tick of ten seconds is mostly rest. */
export const motionSeconds = 0.7;

/** @type {import('../types.js').Layer[]} */
export const layers = [
  { id: 'ids', label: 'Short ids' },
  { id: 'hunt', label: 'Hunt: target and path' },
  { id: 'talk', label: 'Say traces and broadcasts' },
  { id: 'echoes', label: 'Echo tiles' },
  { id: 'grid', label: 'Grid and coordinates' },
];

/** @type {Record<string, import('../types.js').Mark>} */
export const marks = {
  kill: { shape: 'cross', tone: 'danger', word: 'killed' },
  survival: { shape: 'arrow', tone: 'life', word: 'survived' },
  ghost: { shape: 'hollow', tone: 'gate', word: 'left through a ghost gate' },
  spawn: { shape: 'dot', tone: 'quiet', word: 'spawned' },
  broadcast: { shape: 'ring', tone: 'warning', word: 'broadcast' },
  watchdog: { shape: 'triangle', tone: 'warning', word: 'watchdog' },
};

/** @type {[string, string][]} */
const EVENTS = [
  ['kills', 'kill'],
  ['survivals', 'survival'],
  ['ghosts', 'ghost'],
  ['spawns', 'spawn'],
];

/**
 * @param {Snapshot} snapshot
 */
export function markers(snapshot) {
  return EVENTS.flatMap(([list, kind]) =>
    (snapshot.events?.[list] ?? []).map((/** @type {string} */ id) => ({
      kind,
      label: `${shortId(id)} ${marks[kind].word}${place(snapshot, kind, id)}`,
      subject: id,
    })),
  );
}

/**
 * Where a process met its end, or began.
 * @param {Snapshot} snapshot
 * @param {string} kind
 * @param {string} id
 */
function place(snapshot, kind, id) {
  const process = snapshot.processes.find((/** @type {any} */ one) => one.id === id);
  const pos = process?.pos ?? (kind === 'kill' ? snapshot.defragger?.pos : null);
  return pos ? ` at ${at(pos)}` : '';
}

/**
 * @param {Snapshot} snapshot
 */
export function metric(snapshot) {
  return snapshot.processes.filter((/** @type {any} */ one) => one.alive).length;
}

/**
 * @param {Snapshot} snapshot
 */
export function describe(snapshot) {
  const living = metric(snapshot);
  const events = markers(snapshot).map((marker) => marker.label);
  const hunt = snapshot.defragger?.target_id ? `Defragmenter hunts ${shortId(snapshot.defragger.target_id)}` : '';
  return [`${living} ${living === 1 ? 'process' : 'processes'} alive`, ...events, hunt].filter(Boolean).join(', ');
}

/**
 * @param {Snapshot} snapshot
 * @param {string} subject
 * @returns {Found | null}
 */
export function find(snapshot, subject) {
  if (subject === 'defragger') return { subject, label: 'Defragmenter', value: snapshot.defragger };
  const process = snapshot.processes.find((/** @type {any} */ one) => one.id === subject);
  return process ? { subject, label: `Process ${shortId(subject)}`, value: process } : null;
}

/**
 * @param {Snapshot} snapshot
 * @param {import('../types.js').Box} box
 * @param {number} x
 * @param {number} y
 * @returns {Found | null}
 */
export function hit(snapshot, box, x, y) {
  const board = geometry(box, snapshot.grid_size);
  const tile = tileAt(board, x, y);
  if (!tile) return null;
  const same = (/** @type {number[]} */ pos) => pos?.[0] === tile[0] && pos?.[1] === tile[1];
  const process = livePositions(snapshot).find(({ pos }) => same(pos));
  if (process) return find(snapshot, process.id);
  if (same(snapshot.defragger?.pos)) return find(snapshot, 'defragger');
  const gate = snapshot.gates.find((/** @type {any} */ one) => same(one.pos));
  if (gate) return { subject: null, label: `${gate.type} gate at ${at(tile)}`, value: gate };
  const echo = snapshot.echo_tiles.find((/** @type {any} */ one) => same(one.pos));
  if (echo) return { subject: null, label: `Echo tile at ${at(tile)}`, value: echo };
  return { subject: null, label: `Tile ${at(tile)}`, value: tileFacts(snapshot, tile) };
}

/**
 * @param {Snapshot} snapshot
 * @param {number[]} tile
 */
function tileFacts(snapshot, tile) {
  const walls = snapshot.walls.filter(
    (/** @type {number[]} */ [ax, ay, bx, by]) =>
      (ax === tile[0] && ay === tile[1]) || (bx === tile[0] && by === tile[1]),
  );
  return { pos: tile, walls: count(walls.length, 'wall'), edges: walls };
}
