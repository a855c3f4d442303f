/** Things with a place: those that hints tell of, else all that say in any JSON where they stand. */

import { at, each, isNumber, isObject, numberAt, textOf, writtenKey } from './paths.js';
import { boardOf } from './boards.js';

/** @typedef {import('../../types.js').Snapshot} Snapshot */
/** @typedef {import('./boards.js').Board} Board */
/** @typedef {Record<string, any>} Hints  as the site has checked them */
/**
 * @typedef {object} Thing
 * @property {string} key  who it is: its list and its id
 * @property {string} id
 * @property {string} team
 * @property {string | number} colour  what decides its colour: its own word, else its team
 * @property {string} label
 * @property {number} x
 * @property {number} y
 * @property {number} size  its radius on the plane, or NaN
 * @property {any} value
 */
/** @typedef {{things: Thing[], boards: Board[], globe: boolean, cut: boolean}} Found  globe: y is a latitude */

const PAIRS = [
  ['x', 'y'],
  ['lon', 'lat'],
  ['lng', 'lat'],
  ['longitude', 'latitude'],
  ['col', 'row'],
];
const NESTED = ['pos', 'position', 'location', 'coordinates', 'xy'];
const TEAMS = ['team', 'side', 'faction', 'species', 'kind', 'type'];
const NAMES = ['name', 'label', 'id'];
/** Lists of pairs are places where they are called so. */
const POINTS =
  /(body|cells?|points?|tiles?|food|walls?|positions?|coords?|trail|segments?|snakes?|squares?|apples?)$/i;
const MOST_THINGS = 50_000;
const MOST_TEAMS = 12;
const DEEPEST = 8;

/**
 * What a snapshot has to be drawn.
 * @param {Snapshot} snapshot
 * @param {Hints | null} hints
 * @returns {Found}
 */
export function look(snapshot, hints) {
  /** @type {Found} */
  const found = { things: [], boards: [], globe: false, cut: false };
  if (hints?.board) {
    const board = boardOf(at(snapshot, hints.board), hints.board, true);
    if (board) found.boards.push(board);
  }
  if (hints?.things?.length) hinted(snapshot, hints, found);
  else if (!found.boards.length || !hints?.board) seek(snapshot, '', '', found, 0);
  else seekThings(snapshot, found);
  return found;
}

/**
 * @param {Snapshot} snapshot
 * @param {Hints} hints
 * @param {Found} found
 */
function hinted(snapshot, hints, found) {
  hints.things.forEach((/** @type {any} */ told, /** @type {number} */ place) => {
    const kind = kindOf(told);
    each(snapshot, told.path, (value, key) => {
      if (found.things.length >= MOST_THINGS) {
        found.cut = true;
        return;
      }
      const where =
        told.position === undefined ? usualPlace(value) : toldPlace(value, told.position);
      if (!where) return;
      const id = (told.id && textOf(at(value, told.id))) || key || kind;
      const team = (told.team && textOf(at(value, told.team), 60)) || kind;
      const own = told.colour === undefined ? undefined : at(value, told.colour);
      found.things.push({
        key: `${place ? `${place}:` : ''}${kind} ${id}`,
        id,
        team,
        colour: Number.isInteger(own) && own >= 0 ? own : textOf(own, 60) || team,
        label: told.label ? textOf(at(value, told.label), 60) : '',
        x: where[0],
        y: where[1],
        size: typeof told.size === 'string' ? numberAt(value, told.size) : (told.size ?? NaN),
        value,
      });
    });
  });
}

/**
 * What the things of a list are: as told, else the last key of their path.
 * @param {Hints} told
 * @returns {string}
 */
export function kindOf(told) {
  if (told.kind) return told.kind;
  const plain = told.path
    .split('/')
    .filter((/** @type {string} */ key) => key !== '*' && key !== '.');
  return (plain.at(-1) ?? 'things').replaceAll('~1', '/').replaceAll('~0', '~');
}

/**
 * @param {any} value
 * @param {string | string[]} path
 */
function toldPlace(value, path) {
  if (Array.isArray(path)) return pair(at(value, path[0]), at(value, path[1]));
  return placeIn(at(value, path))?.where ?? null;
}

/** @param {any} value */
function usualPlace(value) {
  return placeOf(value)?.where ?? null;
}

/**
 * Where something stands, as such things usually say it.
 * @param {any} value
 * @returns {{where: [number, number], globe: boolean} | null}
 */
function placeOf(value) {
  const own = placeIn(value);
  if (own || Array.isArray(value) || !isObject(value)) return own;
  for (const name of NESTED) {
    const found = Object.hasOwn(value, name) ? placeIn(value[name]) : null;
    if (found) return found;
  }
  return null;
}

/**
 * @param {any} value
 * @returns {{where: [number, number], globe: boolean} | null}
 */
function placeIn(value) {
  if (Array.isArray(value)) {
    const where = value.length >= 2 ? pair(value[0], value[1]) : null;
    return where && { where, globe: false };
  }
  if (!isObject(value)) return null;
  for (const [x, y] of PAIRS) {
    const where = pair(value[x], value[y]);
    if (where) return { where, globe: y.startsWith('lat') };
  }
  return null;
}

/**
 * @param {any} x
 * @param {any} y
 * @returns {[number, number] | null}
 */
function pair(x, y) {
  return isNumber(x) && isNumber(y) ? [x, y] : null;
}

/**
 * @param {any} value
 * @param {string} path
 * @param {string} name  of the key it stands at
 * @param {Found} found
 * @param {number} depth
 */
function seek(value, path, name, found, depth) {
  if (depth > DEEPEST || found.things.length >= MOST_THINGS) return;
  const board =
    path && (Array.isArray(value) || typeof value === 'string') ? boardOf(value, path) : null;
  if (board) {
    found.boards.push(board);
    return;
  }
  if (!isObject(value)) return;
  const list = Array.isArray(value);
  const points = list && POINTS.test(name);
  const prefix = path ? `${path}/` : '';
  for (const key of Object.keys(value)) {
    const entry = value[key];
    if (isObject(entry) && (!Array.isArray(entry) || (points && entry.length === 2))) {
      const place = placeOf(entry);
      if (place) {
        add(entry, key, path, place, found);
        continue;
      }
    }
    if (isObject(entry) || typeof entry === 'string')
      seek(entry, prefix + writtenKey(key), list ? name : key, found, depth + 1);
  }
}

/**
 * Things alone, where the board is told.
 * @param {Snapshot} snapshot
 * @param {Found} found
 */
function seekThings(snapshot, found) {
  const boards = found.boards;
  seek(snapshot, '', '', found, 0);
  found.boards = boards.slice(0, 1);
}

/**
 * @param {any} value
 * @param {string} key
 * @param {string} path  of the list it is in
 * @param {{where: [number, number], globe: boolean}} place
 * @param {Found} found
 */
function add(value, key, path, { where, globe }, found) {
  if (found.things.length >= MOST_THINGS) {
    found.cut = true;
    return;
  }
  found.globe ||= globe;
  const own = TEAMS.find((one) => Object.hasOwn(value, one) && textOf(value[one], 30));
  const named = NAMES.find((one) => Object.hasOwn(value, one) && textOf(value[one], 60));
  const id = Object.hasOwn(value, 'id') && textOf(value.id, 60) ? textOf(value.id, 60) : key;
  const list = path || key;
  found.things.push({
    key: `${list} ${id}`,
    id,
    team: own ? textOf(value[own], 30) : list,
    colour: '',
    label: named ? textOf(value[named], 60) : Array.isArray(value) ? '' : key,
    x: where[0],
    y: where[1],
    size: NaN,
    value,
  });
}

/**
 * Where what was taken for teams is many, the lists are the teams.
 * @param {Thing[]} things
 */
export function settleTeams(things) {
  const teams = new Set(things.map(({ team }) => team));
  for (const thing of things) {
    if (teams.size > MOST_TEAMS) thing.team = thing.key.slice(0, -thing.id.length - 1);
    thing.colour = thing.team;
  }
}
