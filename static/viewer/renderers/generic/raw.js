/** The raw snapshot line by line, with what changed since the tick before: as it was, and as it is. */

import { make } from '../../page.js';
import { numberText } from './numbers.js';
import { isObject } from './paths.js';

/** @typedef {{text: string, kind: 'same' | 'gone' | 'new'}} Line */

const MOST_LINES = 600;
const MOST_ENTRIES = 80;
const LONGEST_LINE = 88;
const LONGEST_TEXT = 400;
const SIGNS = { same: '  ', gone: '− ', new: '+ ' };

/**
 * The lines of `after`, each with what it replaces before it; at most so many.
 * @param {any} before  undefined where there is nothing to compare with
 * @param {any} after
 * @returns {Line[]}
 */
export function rawLines(before, after) {
  /** @type {Line[]} */
  const lines = [];
  write(lines, {
    before: before === undefined ? after : before,
    after,
    name: '',
    indent: '',
    end: '',
  });
  if (lines.length <= MOST_LINES) return lines;
  return [
    ...lines.slice(0, MOST_LINES),
    { text: '… and more: Export gives all of it', kind: 'same' },
  ];
}

/**
 * @param {Line[]} lines
 * @param {{before: any, after: any, name: string, indent: string, end: string}} part
 */
function write(lines, { before, after, name, indent, end }) {
  if (lines.length > MOST_LINES) return;
  const opens =
    isObject(after) && isObject(before) && Array.isArray(after) === Array.isArray(before);
  const short = shortText(after);
  if (short !== null && (!opens || shortText(before) !== null)) {
    const was = shortText(before) ?? cut(JSON.stringify(before));
    if (before !== undefined && was === short)
      lines.push({ text: indent + name + short + end, kind: 'same' });
    else {
      if (before !== undefined) lines.push({ text: indent + name + was + end, kind: 'gone' });
      lines.push({ text: indent + name + short + end, kind: 'new' });
    }
    return;
  }
  if (!opens) {
    if (before !== undefined)
      lines.push({ text: indent + name + cut(JSON.stringify(before)) + end, kind: 'gone' });
    lines.push({ text: indent + name + cut(JSON.stringify(after)) + end, kind: 'new' });
    return;
  }
  const [open, close] = Array.isArray(after) ? '[]' : '{}';
  lines.push({ text: `${indent}${name}${open}`, kind: 'same' });
  entries(lines, before, after, `${indent}  `);
  lines.push({ text: `${indent}${close}${end}`, kind: 'same' });
}

/**
 * @param {Line[]} lines
 * @param {any} before
 * @param {any} after
 * @param {string} indent
 */
function entries(lines, before, after, indent) {
  const list = Array.isArray(after);
  const keys = Object.keys(after);
  const past = matched(before, after);
  let folded = 0;
  const fold = () => {
    if (folded)
      lines.push({ text: `${indent}… ${numberText(folded)} more, as they were`, kind: 'same' });
    folded = 0;
  };
  keys.forEach((key, place) => {
    const was = past(key);
    const alike = before === after || (was !== undefined && same(was, after[key]));
    if (place >= MOST_ENTRIES && alike) {
      folded += 1;
      return;
    }
    fold();
    const name = list ? '' : `${JSON.stringify(cut(key))}: `;
    const end = place < keys.length - 1 ? ',' : '';
    write(lines, {
      before: before === after ? after[key] : was,
      after: after[key],
      name,
      indent,
      end,
    });
  });
  fold();
  for (const [name, value] of departed(before, after))
    if (lines.length <= MOST_LINES)
      lines.push({ text: indent + name + cut(JSON.stringify(value)), kind: 'gone' });
}

/**
 * What an entry was before: by its id where all of a list have one, else at the same key.
 * @param {any} before
 * @param {any} after
 * @returns {(key: string) => any}
 */
function matched(before, after) {
  const [left, right] = [ids(before), ids(after)];
  if (left && right) return (key) => left.get(after[key].id);
  return (key) => (Object.hasOwn(before, key) ? before[key] : undefined);
}

/**
 * @param {any} list
 * @returns {Map<any, any> | null}
 */
function ids(list) {
  if (!Array.isArray(list) || !list.length) return null;
  if (!list.every((one) => isObject(one) && !isObject(one.id) && one.id !== undefined)) return null;
  const known = new Map(list.map((one) => [one.id, one]));
  return known.size === list.length ? known : null;
}

/**
 * @param {any} before
 * @param {any} after
 * @returns {[string, any][]}
 */
function departed(before, after) {
  if (before === after) return [];
  const [left, right] = [ids(before), ids(after)];
  if (left && right) return [...left].filter(([id]) => !right.has(id)).map(([, one]) => ['', one]);
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  return gone.map((key) => [
    Array.isArray(before) ? '' : `${JSON.stringify(cut(key))}: `,
    before[key],
  ]);
}

/**
 * @param {any} a
 * @param {any} b
 * @returns {boolean}
 */
export function same(a, b) {
  if (a === b) return true;
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]))
  );
}

/**
 * A value in one line where it is short enough for that, else null.
 * @param {any} value
 */
function shortText(value) {
  if (!isObject(value)) return cut(JSON.stringify(value) ?? 'absent');
  const values = Object.values(value);
  if (values.length > 12 || values.some((one) => isObject(one) && Object.keys(one).length > 4))
    return null;
  const text = JSON.stringify(value);
  return text.length <= LONGEST_LINE ? text.replaceAll(',"', ', "').replaceAll('":', '": ') : null;
}

/** @param {string} text */
function cut(text) {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}

/** The part of the page that shows it, once it is opened. */
export class Raw {
  /** @param {() => void} wake */
  constructor(wake) {
    this.element = make('details', 'raw');
    this.body = make('pre', 'raw-lines');
    this.body.tabIndex = 0;
    this.body.setAttribute('aria-label', 'The raw snapshot');
    this.element.append(make('summary', '', 'Show the JSON, and what changed'), this.body);
    this.element.addEventListener('toggle', wake);
    /** @type {any} */
    this.shown = null;
  }

  /**
   * @param {any} snapshot
   * @param {any} previous  null where the tick before is not here
   */
  update(snapshot, previous) {
    const open = this.element.hasAttribute('open');
    if (!open) this.shown = null;
    if (!open || (this.shown?.snapshot === snapshot && this.shown.previous === previous)) return;
    this.shown = { snapshot, previous };
    const lines = rawLines(previous ?? undefined, snapshot);
    this.body.replaceChildren(
      ...lines.map(({ text, kind }) => {
        const tag = { same: 'span', gone: 'del', new: 'ins' }[kind];
        return make(tag, `raw-${kind}`, `${SIGNS[kind]}${text}\n`);
      }),
    );
  }
}
