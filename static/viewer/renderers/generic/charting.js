/** Any number of a recording as a line: chosen from a list, read from the ticks that are here. */

import { make } from '../../page.js';
import { numberText } from './numbers.js';
import { numberAt, numericPaths, pathWords } from './paths.js';

/** @typedef {import('../../types.js').Host} Host */
/** @typedef {import('../../types.js').Told} Told */
/** @typedef {import('../../types.js').Snapshot} Snapshot */

export const MOST_LINES = 4;
/** So many points are read of a recording, however long it is. */
const MOST_POINTS = 512;
const MILLISECONDS = 8;
const AGAIN_MILLISECONDS = 60;
const MOST_LISTED = 40;
/** @type {import('../../types.js').Tone[]} */
const TONES = ['life', 'gate', 'warning', 'danger'];
/** Numbers that count up anyway say nothing as a line. */
const CLOCKS = /(^|\/)(tick|t|time|step|turn|seed|timestamp|frame|seconds|id)$/i;
/** Nor do places, which are on the map. */
const PLACES = /(^|\/)(x|y|z|lat|lon|lng|latitude|longitude|row|col)$/i;
/** The whole of a recording is fetched for a number that was chosen where it is no longer than this. */
const MOST_FETCHED = 4096;

export class Charting {
  /** @param {import('./places.js').Hints | null} hints */
  constructor(hints) {
    this.hints = hints;
    /** @type {Host | null} */
    this.host = null;
    /** @type {Map<number, number[]>} tick to what the lines are there */
    this.values = new Map();
    this.of = '';
    /** Whether the index tells all of what is charted. */
    this.complete = false;
    this.usual = /** @type {string[]} */ (hints?.chart ?? []).slice(0, MOST_LINES);
    /** @type {Picker | null} where there is a page to put it on */
    this.picker = null;
  }

  /** @param {Host} host */
  attach(host) {
    this.host = host;
    host.seek('chart', () => this.next());
    this.picker = new Picker({ chosen: (path) => this.toggle(path), wake: host.wake });
  }

  /** The paths that are drawn: chosen, as hinted, or the first that look telling. @returns {string[]} */
  get paths() {
    const chosen = this.host?.charts() ?? [];
    return chosen.length ? chosen.slice(0, MOST_LINES) : this.usual;
  }

  /** @param {string} path */
  toggle(path) {
    const { paths } = this;
    const left = paths.filter((one) => one !== path);
    this.host?.chart(left.length < paths.length ? left : [...paths, path].slice(-MOST_LINES));
  }

  /**
   * @param {Snapshot} snapshot
   * @param {Told | undefined} told
   * @returns {import('../../types.js').Panel}
   */
  panel(snapshot, told) {
    if (!this.usual.length) this.usual = likely(snapshot);
    const { paths } = this;
    this.picker?.update(snapshot, paths);
    const chart = told && paths.length ? this.chart(paths, told, snapshot) : undefined;
    return {
      id: 'chart',
      title: 'Chart',
      empty: paths.length ? 'Read as the ticks come in.' : 'No number is in this snapshot.',
      rows: [],
      chart,
      controls: this.picker?.element,
    };
  }

  /**
   * @param {string[]} paths
   * @param {Told} told
   * @param {Snapshot} snapshot  of the tick that is shown
   * @returns {import('../../types.js').Chart | undefined}
   */
  chart(paths, told, snapshot) {
    const range = this.host?.range() ?? { first: told.tick, last: told.tick };
    const known = this.recorded(paths, told);
    this.complete = known !== null;
    const since = known?.ticks.at(-1) ?? -Infinity;
    const now = { tick: told.tick, values: paths.map((path) => numberAt(snapshot, path)) };
    const read = this.read(paths, range, since, now);
    const ticks = [...(known?.ticks ?? []), ...read.map(([tick]) => tick)];
    if (!ticks.length) return undefined;
    return {
      kind: 'lines',
      title: 'Chosen numbers',
      ...range,
      tick: told.tick,
      ticks,
      series: paths.map((path, line) => ({
        name: pathWords(path),
        tone: TONES[line],
        values: [...(known?.values[line] ?? []), ...read.map(([, values]) => values[line])],
      })),
    };
  }

  /** The next tick that a chosen line lacks, of a recording that is not too long for that. */
  next() {
    const { host } = this;
    if (!host?.charts().length || this.complete) return null;
    const { first, last } = host.range();
    if (last - first > MOST_FETCHED) return null;
    const step = stepOf(first, last);
    for (let tick = Math.ceil(first / step) * step; tick <= last; tick += step)
      if (!this.values.has(tick) && !host.lost(tick)) return tick;
    return null;
  }

  /**
   * What the site took down of these paths as it recorded them, where it did of all of them.
   * @param {string[]} paths
   * @param {Told} told
   */
  recorded(paths, { metrics }) {
    const series = paths.map((path) =>
      metrics && Object.hasOwn(metrics.series, path) ? metrics.series[path] : null,
    );
    if (!metrics || !series.every((one) => one)) return null;
    const lines = /** @type {number[][]} */ (series);
    const ticks = lines[0].map((_, place) => metrics.first_tick + place * metrics.step);
    return { ticks, values: lines.map((line) => line.map((value) => value ?? NaN)) };
  }

  /**
   * Values from ticks that are here, a few milliseconds' worth at a time; gaps are NaN.
   * @param {string[]} paths
   * @param {{first: number, last: number}} range
   * @param {number} since  only later ticks are read
   * @param {{tick: number, values: number[]}} now  what is shown
   * @returns {[number, number[]][]}
   */
  read(paths, { first, last }, since, now) {
    const { host } = this;
    if (!host) return [];
    if (this.of !== JSON.stringify(paths)) {
      this.of = JSON.stringify(paths);
      this.values.clear();
    }
    const step = stepOf(first, last);
    this.values.set(now.tick, now.values);
    const until = performance.now() + MILLISECONDS;
    /** @type {[number, number[]][]} */
    const points = [];
    let missed = false;
    let waits = false;
    for (let tick = Math.ceil(first / step) * step; tick <= last; tick += step) {
      if (tick <= since) continue;
      if (now.tick > tick - step && now.tick < tick) points.push([now.tick, now.values]);
      let values = this.values.get(tick);
      if (!values && performance.now() < until) {
        const snapshot = host.peek(tick);
        if (snapshot) {
          values = paths.map((path) => numberAt(snapshot, path));
          this.values.set(tick, values);
        }
      } else if (!values) waits = true;
      if (values) {
        if (missed && points.length) points.push([tick - step / 2, paths.map(() => NaN)]);
        points.push([tick, values]);
      }
      missed = !values;
    }
    if (waits) setTimeout(() => host.wake(), AGAIN_MILLISECONDS);
    return points;
  }
}

/**
 * Every how manieth tick is a point.
 * @param {number} first
 * @param {number} last
 */
function stepOf(first, last) {
  return 2 ** Math.max(0, Math.ceil(Math.log2((last - first + 1) / MOST_POINTS)));
}

/**
 * The first two numbers that may say something, else how long the first lists are.
 * @param {Snapshot} snapshot
 */
function likely(snapshot) {
  const paths = numericPaths(snapshot, 400).filter(
    (path) => !CLOCKS.test(path) && !PLACES.test(path) && !/(^|\/)\d+(\/|$)/.test(path),
  );
  const plain = paths.filter((path) => !path.endsWith('#'));
  return (plain.length ? plain : paths).slice(0, 2);
}

/** The list of numbers to choose from, by what is typed. */
class Picker {
  /** @param {{chosen: (path: string) => void, wake: () => void}} listener */
  constructor({ chosen, wake }) {
    this.chosen = chosen;
    this.element = make('details', 'picker');
    this.search = /** @type {HTMLInputElement} */ (make('input'));
    this.search.type = 'search';
    this.search.placeholder = 'find a number';
    this.search.setAttribute('aria-label', 'Find a number of this recording');
    this.list = make('ul', 'rows');
    this.element.append(make('summary', '', 'Choose numbers'), this.search, this.list);
    this.search.addEventListener('input', wake);
    this.element.addEventListener('toggle', wake);
    this.signature = '';
  }

  /**
   * @param {Snapshot} snapshot
   * @param {string[]} chosen
   */
  update(snapshot, chosen) {
    if (!this.element.hasAttribute('open')) return;
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const paths = numericPaths(snapshot);
    const fitting = paths.filter((path) =>
      words.every((word) => path.toLowerCase().includes(word)),
    );
    const shown = [...new Set([...chosen, ...fitting])].slice(0, MOST_LISTED);
    const rows = shown.map((path) => [path, shownNumber(snapshot, path), chosen.includes(path)]);
    const signature = JSON.stringify([rows, fitting.length]);
    if (signature === this.signature) return;
    this.signature = signature;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.path;
    this.list.replaceChildren(
      ...rows.map(([path, text, on]) => this.row(String(path), String(text), Boolean(on))),
    );
    if (fitting.length > MOST_LISTED)
      this.list.append(
        make(
          'li',
          'quiet',
          `… and ${numberText(fitting.length - MOST_LISTED)} more: type a part of the name`,
        ),
      );
    if (!fitting.length) this.list.append(make('li', 'quiet', 'No number is called so.'));
    if (focused !== undefined)
      for (const button of this.list.querySelectorAll('button'))
        if (button.dataset.path === focused) button.focus();
  }

  /**
   * @param {string} path
   * @param {string} text
   * @param {boolean} on
   */
  row(path, text, on) {
    const row = make('li', 'row');
    const button = make('button', 'row-content');
    button.setAttribute('type', 'button');
    button.setAttribute('aria-pressed', String(on));
    button.dataset.path = path;
    button.append(make('span', 'row-text', pathWords(path)), make('span', 'row-detail', text));
    button.addEventListener('click', () => this.chosen(path));
    row.append(button);
    return row;
  }
}

/**
 * @param {Snapshot} snapshot
 * @param {string} path
 */
function shownNumber(snapshot, path) {
  const value = numberAt(snapshot, path);
  return Number.isNaN(value) ? '–' : numberText(value);
}
