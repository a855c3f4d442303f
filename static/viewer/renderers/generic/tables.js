/** Lists of objects as tables: what they share are the columns, bounded however long they are. */

import { isObject, textOf, writtenKey } from './paths.js';
import { valueText } from './numbers.js';

/** @typedef {{key: string, cells: string[], value: any}} Line */
/** @typedef {{path: string, head: string[], keys: string[], rows: Line[], total: number}} Table */

const MOST_ROWS = 60;
const MOST_TABLES = 12;
const MOST_COLUMNS = 12;
const LOOKED_AT = 40;
const DEEPEST = 4;
const FIRST = ['id', 'name', 'label', 'title'];

/**
 * The tables of a snapshot, in the order of its keys.
 * @param {any} snapshot
 * @returns {Table[]}
 */
export function tablesOf(snapshot) {
  /** @type {Table[]} */
  const tables = [];
  seek(snapshot, '', tables, 0);
  return tables;
}

/**
 * @param {any} value
 * @param {string} path
 * @param {Table[]} tables
 * @param {number} depth
 */
function seek(value, path, tables, depth) {
  if (!isObject(value) || tables.length >= MOST_TABLES || depth > DEEPEST) return;
  const table = path ? tableOf(value, path) : null;
  if (table) {
    tables.push(table);
    return;
  }
  if (Array.isArray(value)) return;
  for (const key of Object.keys(value))
    seek(value[key], path ? `${path}/${writtenKey(key)}` : writtenKey(key), tables, depth + 1);
}

/**
 * A list of objects, or an object of objects that are alike, as a table; else null.
 * @param {any} value
 * @param {string} path
 * @returns {Table | null}
 */
export function tableOf(value, path) {
  const names = Object.keys(value);
  if (!names.length || !names.slice(0, LOOKED_AT).every((name) => isRecord(value[name])))
    return null;
  const listed = Array.isArray(value);
  const keys = columnsOf(names.slice(0, LOOKED_AT).map((name) => value[name]));
  if (!keys.length || (!listed && (names.length < 2 || !alike(value, names)))) return null;
  const named = listed && FIRST.includes(keys[0]);
  const rows = names.slice(0, MOST_ROWS).map((name) => ({
    key: rowKey(value[name], name),
    cells: [...(named ? [] : [name]), ...keys.map((key) => cellOf(value[name], key))],
    value: value[name],
  }));
  return {
    path,
    head: [...(named ? [] : [listed ? '#' : '']), ...keys],
    keys,
    rows,
    total: names.length,
  };
}

/** @param {any} value */
function isRecord(value) {
  return isObject(value) && !Array.isArray(value);
}

/**
 * @param {any} record
 * @param {string} name
 */
function rowKey(record, name) {
  return (Object.hasOwn(record, 'id') && textOf(record.id, 60)) || name;
}

/**
 * The keys that records have, those that name them first.
 * @param {any[]} records
 */
function columnsOf(records) {
  const keys = [...new Set(records.flatMap((record) => Object.keys(record).slice(0, 60)))];
  const rank = (/** @type {string} */ key) =>
    FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length;
  return keys.sort((a, b) => rank(a) - rank(b)).slice(0, MOST_COLUMNS);
}

/**
 * Whether the records of an object share their first key.
 * @param {any} value
 * @param {string[]} names
 */
function alike(value, names) {
  const [first] = Object.keys(value[names[0]]);
  return (
    first !== undefined &&
    names.slice(0, LOOKED_AT).every((name) => Object.hasOwn(value[name], first))
  );
}

/**
 * @param {any} record
 * @param {string} key
 */
function cellOf(record, key) {
  return Object.hasOwn(record, key) ? valueText(record[key]) : '';
}
