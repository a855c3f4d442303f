/** A game that the viewer knows nothing of, or only by hints: a map, a board, tables, figures, charts. */

import { changes } from '../facts.js';
import { Charting } from './generic/charting.js';
import { Seen } from './generic/extent.js';
import { Looks, toneOf } from './generic/looks.js';
import { drawMap, inner, placedThings, teamsOf } from './generic/map.js';
import { numberText, valueText } from './generic/numbers.js';
import { at, each, isObject, numberAt, pathWords, textOf } from './generic/paths.js';
import { look, settleTeams } from './generic/places.js';
import { Raw } from './generic/raw.js';
import { drawSheet, figuresOf } from './generic/sheet.js';
import { tablesOf } from './generic/tables.js';

/** @typedef {import('../types.js').Snapshot} Snapshot */
/** @typedef {import('../types.js').Box} Box */
/** @typedef {import('../types.js').Frame} Frame */
/** @typedef {import('../types.js').Options} Options */
/** @typedef {import('../types.js').Panel} Panel */
/** @typedef {import('../types.js').Renderer} Renderer */
/** @typedef {import('./generic/places.js').Hints} Hints */
/** @typedef {import('./generic/places.js').Thing} Thing */

const MOST_CHANGES = 60;
const MOST_VALUES = 60;
const MOST_EVENTS = 20;
const MOST_COUNTED = 6;
const REACH = 14;
const MARKS = ['diamond', 'triangle', 'ring', 'cross', 'square', 'hexagon'];
/** Ticks of the whole recording that are looked at for how far it goes. */
const SAMPLES = 16;
const SAMPLE_MILLISECONDS = 6;

/**
 * A renderer of any recording, by hints where there are some.
 * @param {Hints | null | undefined} hints  as the site has checked them
 * @returns {Renderer}
 */
export function genericOf(hints) {
  const scene = new Scene(hints ?? null);
  return {
    anything: true,
    marks: marksOf(hints?.teams ?? {}),
    motionSeconds: 0.7,
    draw: (context, frame, box, options) => scene.draw(context, frame, box, options),
    panels: (snapshot, previous, told) => scene.panels(snapshot, previous, told),
    hit: (snapshot, box, x, y) => scene.hit(snapshot, box, x, y),
    find: (snapshot, subject) => scene.find(snapshot, subject),
    describe: (snapshot) => scene.describe(snapshot),
    attach: (host) => scene.attach(host),
    ...(hints?.events
      ? { markers: (/** @type {Snapshot} */ snapshot) => eventsOf(snapshot, hints.events) }
      : {}),
    ...(hints?.chart?.length
      ? { metric: (/** @type {Snapshot} */ snapshot) => numberAt(snapshot, hints.chart[0]) }
      : {}),
  };
}

/**
 * Kinds of events have the colour that hints give to their name.
 * @param {Record<string, string | number>} teams
 */
function marksOf(teams) {
  /** @type {[string, import('../types.js').Mark][]} */
  const marks = Object.entries(teams).map(([name, colour], place) => [
    name,
    { shape: MARKS[place % MARKS.length], tone: toneOf(colour), word: name },
  ]);
  return Object.fromEntries(marks);
}

/** What is remembered of a recording while it is watched: how far it goes, who looks how, what is charted. */
class Scene {
  /** @param {Hints | null} hints */
  constructor(hints) {
    this.hints = hints;
    this.seen = new Seen(hints);
    this.looks = new Looks(hints);
    this.charting = new Charting(hints);
    /** @type {import('../types.js').Host | null} */
    this.host = null;
    /** @type {Raw | null} */
    this.raw = null;
    /** @type {WeakMap<Snapshot, ReturnType<typeof look>>} */
    this.known = new WeakMap();
    /** @type {WeakMap<Snapshot, Map<string, Thing>>} */
    this.keyed = new WeakMap();
    /** @type {Set<number>} */
    this.sampled = new Set();
  }

  /** @param {import('../types.js').Host} host */
  attach(host) {
    this.host = host;
    this.charting.attach(host);
    this.raw = new Raw(host.wake);
  }

  /**
   * What a snapshot holds, looked for once.
   * @param {Snapshot} snapshot
   */
  found(snapshot) {
    let found = this.known.get(snapshot);
    if (!found) {
      found = look(snapshot, this.hints);
      if (!this.hints?.things) settleTeams(found.things);
      this.known.set(snapshot, found);
      this.seen.meet(found);
      this.looks.meet(found.things.map(({ team }) => team));
    }
    return found;
  }

  /** @param {Snapshot} snapshot */
  byKey(snapshot) {
    const things =
      this.keyed.get(snapshot) ?? new Map(this.found(snapshot).things.map((one) => [one.key, one]));
    this.keyed.set(snapshot, things);
    return things;
  }

  /** Whether a snapshot is drawn as a map, rather than as a sheet of figures. */
  isMap(/** @type {ReturnType<typeof look>} */ { things, boards }) {
    return (
      things.length > 0 ||
      Boolean(this.hints?.things) ||
      (boards.length === 1 && Boolean(this.hints?.board))
    );
  }

  /** @param {Box} box */
  plane(box) {
    return this.seen.plane(inner(box, this.seen.grid));
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Frame} frame
   * @param {Box} box
   * @param {Options} options
   */
  draw(context, { snapshot, previous, fraction }, box, options) {
    const found = this.found(snapshot);
    if (!this.isMap(found)) {
      const boardsBefore = previous ? this.found(previous).boards : [];
      drawSheet(context, { snapshot, previous, boards: found.boards, boardsBefore }, box, options);
      return;
    }
    const onMap = this.seen.onBoard
      ? found.boards.slice(0, 1)
      : found.boards.filter(() => Boolean(this.hints?.board));
    const before = previous && fraction < 1 ? this.byKey(previous) : null;
    const scene = { found: { ...found, boards: onMap }, before, fraction, box, looks: this.looks };
    drawMap(context, { ...scene, plane: this.plane(box) }, options);
  }

  /**
   * @param {Snapshot} snapshot
   * @param {Snapshot | null} previous
   * @param {import('../types.js').Told} [told]
   * @returns {Panel[]}
   */
  panels(snapshot, previous, told) {
    this.sample();
    const { boards } = this.found(snapshot);
    const values = figuresOf(snapshot, previous, boards);
    this.raw?.update(snapshot, previous);
    return [
      ...(values.length || this.hints?.chart ? [this.charting.panel(snapshot, told)] : []),
      changed(snapshot, previous),
      ...(values.length ? [valuesPanel(values)] : []),
      ...tablesOf(snapshot).map((table) => tablePanel(table, previous)),
      ...(this.raw
        ? [{ id: 'raw', title: 'Raw snapshot', rows: [], controls: this.raw.element }]
        : []),
    ];
  }

  /** Look at ticks from all over the recording, as far as they are here, so that its bounds are known early. */
  sample() {
    const { host } = this;
    if (!host || this.hints?.bounds || this.hints?.width) return;
    const { first, last } = host.range();
    const before = JSON.stringify(this.seen.extent);
    const until = performance.now() + SAMPLE_MILLISECONDS;
    for (let place = 0; place < SAMPLES && performance.now() < until; place += 1) {
      const tick = first + Math.round(((last - first) * place) / (SAMPLES - 1));
      const snapshot = this.sampled.has(tick) ? null : host.peek(tick);
      if (!snapshot) continue;
      this.sampled.add(tick);
      this.found(snapshot);
    }
    if (JSON.stringify(this.seen.extent) !== before) host.wake();
  }

  /**
   * @param {Snapshot} snapshot
   * @param {Box} box
   * @param {number} x
   * @param {number} y
   */
  hit(snapshot, box, x, y) {
    const found = this.found(snapshot);
    if (!this.isMap(found)) return null;
    const plane = this.plane(box);
    let nearest = null;
    let least = Infinity;
    for (const one of placedThings(found.things, null, 1, plane)) {
      const distance = Math.hypot(one.px - x, one.py - y) - one.radius;
      if (distance < Math.min(least, REACH)) [nearest, least] = [one, distance];
    }
    return nearest ? this.find(snapshot, nearest.key) : null;
  }

  /**
   * @param {Snapshot} snapshot
   * @param {string} subject
   */
  find(snapshot, subject) {
    const thing = this.byKey(snapshot).get(subject);
    if (!thing) return null;
    const { team, label, id, key, value } = thing;
    return { subject: key, label: `${team} ${label || id}`.slice(0, 100), value };
  }

  /** @param {Snapshot} snapshot */
  describe(snapshot) {
    const { things, boards } = this.found(snapshot);
    const teams = [...teamsOf(things)].slice(0, MOST_COUNTED);
    if (teams.length)
      return teams.map(([team, { count }]) => `${numberText(count)} of ${team}`).join(', ');
    const shown = figuresOf(snapshot, null, boards).slice(0, MOST_COUNTED);
    const told = shown.map(({ path, value }) => `${path} ${valueText(value)}`);
    return [
      ...told,
      ...boards.map(({ path, width, height }) => `${path}, a board of ${width} by ${height}`),
    ].join(', ');
  }
}

/**
 * @param {Snapshot} snapshot
 * @param {Snapshot | null} previous
 * @returns {Panel}
 */
function changed(snapshot, previous) {
  const moved = previous ? changes(previous, snapshot, MOST_CHANGES + 1) : [];
  const more = moved.length > MOST_CHANGES;
  return {
    id: 'changed',
    title: 'Changed',
    note: more ? `over ${MOST_CHANGES}` : String(moved.length),
    empty: previous ? 'Nothing since the last tick.' : 'No tick before this one is here.',
    rows: moved.slice(0, MOST_CHANGES).map(({ path, before, after }, place) => ({
      key: `${place} ${path}`,
      text: path,
      detail: `${before ?? '–'} → ${after ?? '–'}`,
    })),
  };
}

/**
 * @param {import('./generic/sheet.js').Figure[]} figures
 * @returns {Panel}
 */
function valuesPanel(figures) {
  const rows = figures.slice(0, MOST_VALUES).map(({ path, value }) => ({
    key: path,
    text: pathWords(path),
    detail: valueText(value),
  }));
  return { id: 'values', title: 'Values', rows };
}

/**
 * @param {import('./generic/tables.js').Table} table
 * @param {Snapshot | null} previous
 * @returns {Panel}
 */
function tablePanel({ path, head, keys, rows, total }, previous) {
  const past = previous ? at(previous, path) : null;
  const skipped = head.length - keys.length;
  return {
    id: panelId(path),
    title: pathWords(path),
    note: numberText(total),
    rows: [],
    table: {
      head,
      rows: rows.map(({ key, cells, value }, line) => ({
        key,
        cells,
        marked: markedCells(past, line, key, value, keys).map((column) => column + skipped),
      })),
      more: total > rows.length ? `… and ${numberText(total - rows.length)} more` : undefined,
    },
  };
}

/**
 * An id for the page that no other path has.
 * @param {string} path
 */
function panelId(path) {
  return `part-${path.replace(/[^a-z0-9-]/gi, (sign) => `_${sign.charCodeAt(0).toString(16)}`)}`;
}

/**
 * The columns in which a record differs from what it was.
 * @param {any} past  the list as it was
 * @param {number} line
 * @param {string} key
 * @param {any} value
 * @param {string[]} keys
 */
function markedCells(past, line, key, value, keys) {
  if (!isObject(past)) return [];
  const was = Array.isArray(past)
    ? past[line]?.id === value.id
      ? past[line]
      : past.find((one) => textOf(one?.id, 60) === key)
    : Object.hasOwn(past, key)
      ? past[key]
      : undefined;
  if (!isObject(was)) return keys.map((_, column) => column);
  return keys.flatMap((name, column) => {
    const alike =
      was[name] === value[name] || JSON.stringify(was[name]) === JSON.stringify(value[name]);
    return alike ? [] : [column];
  });
}

/**
 * The events of a tick, alike what the site's own `markers` tells the index.
 * @param {Snapshot} snapshot
 * @param {Hints} told
 */
function eventsOf(snapshot, told) {
  /** @type {Omit<import('../types.js').Marker, 'tick'>[]} */
  const events = [];
  each(snapshot, told.path, (entry) => {
    const label = textOf(at(entry, told.label ?? '.'));
    const kind = told.kind ? textOf(at(entry, told.kind), 32) : '';
    const subject = told.subject ? textOf(at(entry, told.subject)) : '';
    if ((label || kind) && events.length < MOST_EVENTS)
      events.push({ kind: kind || 'event', label: label || kind, subject: subject || null });
  });
  return events;
}
