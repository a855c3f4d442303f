/** SEGFAULT in the viewer: what is drawn, said and found of one snapshot. */

import { shortId } from '../shapes.js';
import { count } from '../times.js';
import { at, geometry, killedAt, livePositions, tileAt } from './segfault/geometry.js';

export { draw } from './segfault/board.js';
export { panels } from './segfault/panels.js';

/** @typedef {import('../types.js').Snapshot} Snapshot */
/** @typedef {import('../types.js').Found} Found */

/** Characters of a broadcast in its mark. */
const LONGEST_QUOTE = 40;
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
  ghost: { shape: 'hollow', tone: 'gate', word: 'left' },
  spawn: { shape: 'dot', tone: 'quiet', word: 'spawned' },
  broadcast: { shape: 'ring', tone: 'warning', word: 'broadcast' },
  watchdog: { shape: 'triangle', tone: 'warning', word: 'watchdog' },
};

/**
 * What the time bar marks, alike what the game itself tells the index: no ordinary spawn.
 * @param {Snapshot} snapshot
 */
export function markers(snapshot) {
  return events(snapshot).filter(
    ({ kind, subject }) => kind !== 'spawn' || cameByGate(snapshot, subject),
  );
}

/**
 * Everything that happened at this tick.
 * @param {Snapshot} snapshot
 * @returns {Omit<import('../types.js').Marker, 'tick'>[]}
 */
export function events(snapshot) {
  const { kills = [], survivals = [], ghosts = [], spawns = [] } = snapshot.events ?? {};
  const each = (
    /** @type {string[]} */ ids,
    /** @type {string} */ kind,
    /** @type {(id: string) => string} */ words,
  ) => ids.map((id) => ({ kind, label: `${shortId(id)} ${words(id)}`, subject: id }));
  return [
    ...each(kills, 'kill', (id) => `killed${placeOf(killedAt(snapshot, id))}`),
    ...each(survivals, 'survival', () => 'survived'),
    ...each(ghosts, 'ghost', () => 'left for another shard'),
    ...each(spawns, 'spawn', (id) =>
      cameByGate(snapshot, id) ? 'came through a ghost gate' : 'spawned',
    ),
    ...(triggered(snapshot.watchdog)
      ? [{ kind: 'watchdog', label: 'watchdog triggered', subject: null }]
      : []),
    ...quotes(snapshot),
  ];
}

/** @param {number[] | undefined} pos */
function placeOf(pos) {
  return pos ? ` at ${at(pos)}` : '';
}

/**
 * @param {Snapshot} snapshot
 * @param {string | null | undefined} id
 */
function cameByGate(snapshot, id) {
  return snapshot.processes.some(
    (/** @type {any} */ one) => one.id === id && one.origin === 'ghost',
  );
}

/**
 * The reference engine tells no news: there the bonus is 0 on the first active tick alone.
 * @param {any} watchdog
 */
function triggered(watchdog) {
  if (!watchdog) return false;
  return 'news' in watchdog
    ? watchdog.news === 'triggered'
    : watchdog.active && watchdog.bonus_step === 0;
}

/** @param {Snapshot} snapshot */
function quotes(snapshot) {
  const last = new Map(
    snapshot.broadcasts.map((/** @type {any} */ one) => [one.process_id, one.message]),
  );
  return [...last].map(([id, message]) => ({
    kind: 'broadcast',
    label: `${shortId(id)} broadcast “${String(message).slice(0, LONGEST_QUOTE)}”`,
    subject: id,
  }));
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
  const happened = events(snapshot).map(({ label }) => label);
  const hunt = snapshot.defragger?.target_id
    ? `Defragmenter hunts ${shortId(snapshot.defragger.target_id)}`
    : '';
  return [`${living} ${living === 1 ? 'process' : 'processes'} alive`, ...happened, hunt]
    .filter(Boolean)
    .join(', ');
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
