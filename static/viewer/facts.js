/** Any JSON as short facts: its leaves by path, and what changed between two. */

/** @typedef {{path: string, text: string}} Fact */
/** @typedef {{path: string, before: string | null, after: string | null}} Change */

const LONGEST_TEXT = 80;
/** Ids are said so short where that tells them apart. */
const SHORT_ID = 8;

/**
 * Leaves in order, at most `limit`; a short list of plain values is one leaf.
 * @param {any} value
 * @param {number} [limit]
 * @returns {Fact[]}
 */
export function leaves(value, limit = 500) {
  /** @type {Fact[]} */
  const facts = [];
  collect(value, '', facts, limit);
  return facts;
}

/**
 * @param {any} value
 * @param {string} path
 * @param {Fact[]} facts
 * @param {number} limit
 */
function collect(value, path, facts, limit) {
  if (facts.length >= limit) return;
  if (isPlain(value)) facts.push({ path, text: plainText(value) });
  else {
    for (const [key, part] of Object.entries(value))
      collect(part, path ? `${path}.${key}` : key, facts, limit);
  }
}

/** @param {any} value */
function isPlain(value) {
  if (value === null || typeof value !== 'object') return true;
  const parts = Object.values(value);
  if (!parts.length) return true;
  return (
    Array.isArray(value) &&
    parts.length <= 4 &&
    parts.every((part) => part === null || typeof part !== 'object')
  );
}

/** @param {any} value */
export function plainText(value) {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 1)}…` : text;
}

/**
 * What differs, at most `limit`: items of lists are matched by their id where they have one.
 * @param {any} before
 * @param {any} after
 * @param {number} [limit]
 * @returns {Change[]}
 */
export function changes(before, after, limit = 200) {
  /** @type {Change[]} */
  const found = [];
  compare(before, after, '', found, limit);
  return found;
}

/**
 * @param {any} before
 * @param {any} after
 * @param {string} path
 * @param {Change[]} found
 * @param {number} limit
 */
function compare(before, after, path, found, limit) {
  if (found.length >= limit || before === after) return;
  if (isSet(before) && isSet(after)) {
    compareSets(before, after, path, found);
    return;
  }
  if (before !== undefined && after !== undefined && !isPlain(before) && !isPlain(after)) {
    const [left, right] = [keyed(before), keyed(after)];
    for (const key of new Set([...left.keys(), ...right.keys()])) {
      compare(left.get(key), right.get(key), path ? `${path}.${key}` : key, found, limit);
    }
    return;
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  const text = (/** @type {any} */ value) => (value === undefined ? null : plainText(value));
  found.push({ path, before: text(before), after: text(after) });
}

/**
 * A list of lists, such as walls, where the place in the list says nothing.
 * @param {any} value
 */
function isSet(value) {
  return Array.isArray(value) && value.length > 0 && value.every((item) => Array.isArray(item));
}

/**
 * @param {any[]} before
 * @param {any[]} after
 * @param {string} path
 * @param {Change[]} found
 */
function compareSets(before, after, path, found) {
  const [left, right] = [before, after].map(
    (list) => new Set(list.map((item) => JSON.stringify(item))),
  );
  const gone = [...left].filter((item) => !right.has(item));
  const came = [...right].filter((item) => !left.has(item));
  const words = (/** @type {string[]} */ items, /** @type {string} */ word) =>
    items.length > 2 ? `${items.length} ${word}` : items.join(' ') || `none ${word}`;
  if (gone.length || came.length)
    found.push({ path, before: words(gone, 'gone'), after: words(came, 'new') });
}

/**
 * @param {any} value
 * @returns {Map<string, any>}
 */
function keyed(value) {
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  const byId = value.every((item) => item && typeof item === 'object' && item.id !== undefined);
  const ids = value.map((item, place) => (byId ? String(item.id) : String(place)));
  const short = ids.map((id) => id.slice(0, SHORT_ID));
  const names = new Set(short).size === short.length ? short : ids;
  return new Map(value.map((item, place) => [names[place], item]));
}
