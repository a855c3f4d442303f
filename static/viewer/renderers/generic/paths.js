/** Paths into any JSON, as hints write them: keys with slashes between them, `*` for each, `#` for how many. */

/** What lies farther out is no place, and no number to draw. */
export const FARTHEST = 1e12;
const LONGEST_TEXT = 120;
const MOST_PATHS = 2000;
const DEEPEST = 12;

/** @param {string} path */
function keysOf(path) {
  return path === '.' ? [] : path.split('/');
}

/** @param {string} key */
function plainKey(key) {
  return key.replaceAll('~1', '/').replaceAll('~0', '~');
}

/**
 * A path as it is said.
 * @param {string} path
 */
export function pathWords(path) {
  const keys = path.split('/').map(plainKey);
  const counted = keys.at(-1) === '#' && keys.length > 1;
  return counted ? `${keys.slice(0, -1).join(' › ')} (how many)` : keys.join(' › ');
}

/**
 * A key as it is written in a path.
 * @param {string} key
 */
export function writtenKey(key) {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/**
 * The entry of a list or an object, never what it inherits.
 * @param {any} value
 * @param {string} key
 */
function entry(value, key) {
  if (Array.isArray(value)) return /^\d{1,7}$/.test(key) ? value[Number(key)] : undefined;
  const name = plainKey(key);
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** @param {any} value */
export function isObject(value) {
  return value !== null && typeof value === 'object';
}

/**
 * What stands at a path without stars; a last `#` counts the entries.
 * @param {any} value
 * @param {string} path
 */
export function at(value, path) {
  let found = value;
  for (const key of keysOf(path)) {
    if (key === '#') return isObject(found) ? Object.keys(found).length : undefined;
    found = entry(found, key);
  }
  return found;
}

/**
 * What stands at a path with stars, each with the keys that the stars stood for.
 * @param {any} value
 * @param {string} path
 * @param {(entry: any, key: string) => void} take
 */
export function each(value, path, take) {
  follow(value, keysOf(path), 0, '', take);
}

/**
 * @param {any} value
 * @param {string[]} keys
 * @param {number} place
 * @param {string} found
 * @param {(entry: any, key: string) => void} take
 */
function follow(value, keys, place, found, take) {
  let here = value;
  for (let at = place; at < keys.length; at += 1) {
    if (keys[at] === '*') {
      if (!isObject(here)) return;
      const before = found ? `${found}/` : '';
      for (const key of Object.keys(here)) follow(here[key], keys, at + 1, before + key, take);
      return;
    }
    here = entry(here, keys[at]);
  }
  if (here !== null && here !== undefined) take(here, found);
}

/** @param {any} value */
export function isNumber(value) {
  return typeof value === 'number' && Math.abs(value) <= FARTHEST;
}

/**
 * The finite number at a path, or NaN.
 * @param {any} value
 * @param {string} path
 */
export function numberAt(value, path) {
  const found = at(value, path);
  return Number.isFinite(found) ? found : NaN;
}

/**
 * A plain value as a short text; what is none, or none there, is empty.
 * @param {any} value
 * @param {number} [longest]
 */
export function textOf(value, longest = LONGEST_TEXT) {
  if (typeof value === 'string') return value.trim().slice(0, longest);
  return isNumber(value) ? String(value) : '';
}

/**
 * The paths of all numbers in any JSON, and of the lengths of its lists, at most so many.
 * @param {any} value
 * @param {number} [most]
 */
export function numericPaths(value, most = MOST_PATHS) {
  /** @type {string[]} */
  const paths = [];
  gather(value, '', paths, most, 0);
  return paths;
}

/**
 * @param {any} value
 * @param {string} path
 * @param {string[]} paths
 * @param {number} most
 * @param {number} depth
 */
function gather(value, path, paths, most, depth) {
  if (paths.length >= most || depth > DEEPEST) return;
  const before = path ? `${path}/` : '';
  if (Number.isFinite(value)) paths.push(path);
  else if (Array.isArray(value) && path) paths.push(`${before}#`);
  if (!isObject(value)) return;
  for (const key of Object.keys(value)) {
    if (paths.length >= most) return;
    gather(value[key], before + writtenKey(key), paths, most, depth + 1);
  }
}
