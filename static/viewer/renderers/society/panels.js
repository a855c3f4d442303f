/** What is said beside the plane: the one followed, zones, metrics, events under way, changes of zone. */

import { count, grouped } from '../../times.js';
import { SHAPES, shapeOf } from './colours.js';
import { figure, words } from './layouts.js';
import { turningPoints } from './story.js';

/** @typedef {import('../../types.js').Panel} Panel */
/** @typedef {import('../../types.js').Row} Row */
/** @typedef {import('../../types.js').Tone} Tone */
/** @typedef {import('../../types.js').Told} Told */
/** @typedef {import('../../types.js').Snapshot} Snapshot */
/** @typedef {import('./town.js').Town} Town */
/** @typedef {import('./crowd.js').Crowd} Crowd */

/** @type {Record<number, Tone[]>} */
const TONES = { 4: ['gate', 'life', 'warning', 'danger'] };
/** @type {Tone[]} */
const THREE = ['gate', 'quiet', 'warning'];
/** @type {Tone[]} */
const LINES = ['life', 'gate', 'warning', 'danger', 'quiet', 'ink'];
const MOST_MOVES = 40;
const MOST_TIES = 6;
const MOST_MOMENTS = 40;

/**
 * @param {Town} town
 * @param {Snapshot} snapshot
 * @param {Snapshot | null} previous
 * @param {Told} [told]
 * @returns {Panel[]}
 */
export function panelsOf(town, snapshot, previous, told = { tick: snapshot.tick, markers: [] }) {
  const { crowd } = town;
  if (!crowd) return [];
  const story = storyPanel(town, crowd, snapshot, told);
  return [
    ...(story ? [story] : []),
    zonesPanel(town, crowd, snapshot, previous, told),
    metricsPanel(town, snapshot, told),
    eventsPanel(snapshot),
    movesPanel(crowd, snapshot),
    ...(crowd.notes.length ? [notesPanel(crowd)] : []),
  ];
}

/**
 * @param {number} place
 * @param {number} zones
 */
export function toneOf(place, zones) {
  const tones = TONES[zones] ?? THREE;
  return tones[place % tones.length];
}

/**
 * Values of every tick that is told, from the index.
 * @param {Told} told
 * @param {string[]} names  that a series may have
 */
function seriesOf({ metrics }, names) {
  const name = names.find((one) => metrics?.series[one]);
  return name === undefined ? null : (metrics?.series[name] ?? null);
}

/** @param {Told} told */
function ticksOf({ metrics }) {
  const [series = []] = Object.values(metrics?.series ?? {});
  return series.map((_, at) => (metrics?.first_tick ?? 0) + at * (metrics?.step ?? 1));
}

/**
 * @param {Town} town
 * @param {Crowd} crowd
 * @param {Snapshot} snapshot
 * @param {Snapshot | null} previous
 * @param {Told} told
 * @returns {Panel}
 */
function zonesPanel(town, crowd, snapshot, previous, told) {
  const reading = town.open ? '' : town.tally?.survey.progress;
  const counts = town.countsOf(snapshot);
  const before = previous && town.countsOf(previous);
  const whole = counts.reduce((sum, number) => sum + number, 0);
  const rows = crowd.zones.map(({ id, name }, place) => ({
    key: id,
    text: name,
    detail: `${grouped(counts[place])}  ${share(counts[place], whole)}${change(counts[place], before?.[place])}`,
    glyph: { shape: SHAPES[shapeOf(place)], tone: toneOf(place, crowd.zones.length) },
  }));
  return {
    id: 'zones',
    title: 'Zones',
    note: town.open ? `all ${grouped(whole)}` : `${grouped(whole)} filtered${reading ? `, ${reading}` : ''}`,
    tone: town.open ? 'quiet' : 'warning',
    chart: zonesChart(town, crowd, told),
    rows,
  };
}

/**
 * @param {number} number
 * @param {number} whole
 */
function share(number, whole) {
  return `${((100 * number) / Math.max(1, whole)).toFixed(1).padStart(5)} %`;
}

/**
 * @param {number} now
 * @param {number | undefined} before
 */
function change(now, before) {
  if (before === undefined || before === null) return '';
  const by = now - before;
  return `  ${by > 0 ? `+${by}` : by < 0 ? `−${-by}` : '±0'}`.padEnd(6);
}

/**
 * @param {Town} town
 * @param {Crowd} crowd
 * @param {Told} told
 * @returns {import('../../types.js').Chart}
 */
function zonesChart(town, crowd, told) {
  const { first, last } = town.host?.range() ?? { first: 0, last: 0 };
  const all = crowd.zones.map(({ id }) => seriesOf(told, [id, `zone_${id}`]));
  const fromIndex = town.open && all.every((values) => values !== null);
  if (fromIndex) town.tally?.rest();
  else town.tally?.want(town.filter, first, last);
  const ticks = fromIndex ? ticksOf(told) : (town.tally?.survey.known ?? []);
  const series = crowd.zones.map(({ name }, place) => ({
    name,
    tone: toneOf(place, crowd.zones.length),
    values: fromIndex
      ? /** @type {number[]} */ (all[place])
      : ticks.map((tick) => town.tally?.survey.found.get(tick)?.zones[place] ?? 0),
  }));
  return { kind: 'stack', title: 'People in each zone', first, last, tick: told.tick, ticks, series };
}

/**
 * @param {Town} town
 * @param {Snapshot} snapshot
 * @param {Told} told
 * @returns {Panel}
 */
function metricsPanel(town, snapshot, told) {
  const { first, last } = town.host?.range() ?? { first: 0, last: 0 };
  const chart = { kind: /** @type {const} */ ('lines'), title: 'Metrics', first, last, tick: told.tick };
  if (town.open) {
    const zones = new Set(town.crowd?.zones.flatMap(({ id }) => [id, `zone_${id}`]));
    const names = Object.keys(told.metrics?.series ?? {}).filter((name) => !zones.has(name));
    const series = names.map((name, place) => ({
      name: words(name.replace(/^avg_/, 'mean_')),
      tone: LINES[place % LINES.length],
      values: (told.metrics?.series[name] ?? []).map((value) => value ?? NaN),
    }));
    const rows = series.length ? [] : metricRows(snapshot);
    return { id: 'metrics', title: 'Metrics', rows, chart: { ...chart, ticks: ticksOf(told), series } };
  }
  const { tally } = town;
  tally?.want(town.filter, first, last);
  const ticks = tally?.survey.known ?? [];
  const series = /** @type {const} */ (['stance', 'emotion']).map((name, place) => ({
    name: `Mean ${name} of those filtered`,
    tone: LINES[place],
    values: ticks.map((tick) => tally?.survey.found.get(tick)?.[name] ?? NaN),
  }));
  return { id: 'metrics', title: 'Metrics', note: tally?.survey.progress || 'filtered', tone: 'warning', rows: [], chart: { ...chart, ticks, series } };
}

/** @param {Snapshot} snapshot */
function metricRows(snapshot) {
  return Object.entries(snapshot.metrics ?? {}).map(([name, value]) => ({
    key: name,
    text: words(name),
    detail: figure(value),
  }));
}

/**
 * @param {Snapshot} snapshot
 * @returns {Panel}
 */
function eventsPanel({ tick, events = [] }) {
  /** @type {Row[]} */
  const rows = events.map((/** @type {any} */ event) => {
    const began = event.began ?? tick;
    const zone = event.affected_zone ? `, on ${words(event.affected_zone)}` : '';
    return {
      key: String(event.id ?? event.name),
      text: event.name || words(event.type),
      detail: `${words(event.type)}${zone}, ${count(event.duration ?? 1, 'tick')} from ${began}`,
      glyph: { shape: 'ring', tone: 'warning' },
      tick: began,
    };
  });
  return { id: 'underway', title: 'Under way', note: String(rows.length), empty: 'No event acts at this tick.', rows };
}

/**
 * @param {Crowd} crowd
 * @param {Snapshot} snapshot
 * @returns {Panel}
 */
function movesPanel(crowd, { transitions = [] }) {
  /** @type {Map<string, number>} */
  const reasons = new Map();
  for (const [, , , reason] of transitions) {
    const said = reason ? words(reason) : 'No reason recorded';
    reasons.set(said, (reasons.get(said) ?? 0) + 1);
  }
  /** @type {Row[]} */
  const rows = [...reasons].map(([reason, number]) => ({
    key: `why ${reason}`,
    text: reason,
    detail: String(number),
    tone: 'quiet',
  }));
  for (const [place, from, to, reason] of transitions.slice(0, MOST_MOVES)) {
    rows.push({
      key: String(place),
      text: crowd.ids[place],
      detail: `${name(crowd, from)} → ${name(crowd, to)}${reason ? `, ${words(reason).toLowerCase()}` : ''}`,
      glyph: { shape: SHAPES[shapeOf(to)], tone: toneOf(to, crowd.zones.length) },
      subject: crowd.ids[place],
    });
  }
  if (transitions.length > MOST_MOVES)
    rows.push({ key: 'more', text: `and ${transitions.length - MOST_MOVES} more`, tone: 'quiet' });
  return {
    id: 'moves',
    title: 'Changes of zone',
    note: String(transitions.length),
    empty: 'Nobody changed zone at this tick.',
    rows,
  };
}

/**
 * What whoever recorded or imported the run found odd about it.
 * @param {Crowd} crowd
 * @returns {Panel}
 */
function notesPanel({ notes }) {
  const rows = notes.map((text) => ({ key: text, text, tone: /** @type {const} */ ('warning') }));
  return { id: 'notes', title: 'About this recording', rows };
}

/**
 * @param {Crowd} crowd
 * @param {number} zone
 */
function name(crowd, zone) {
  return crowd.zones[zone]?.name ?? 'nowhere';
}

/**
 * @param {Town} town
 * @param {Crowd} crowd
 * @param {Snapshot} snapshot
 * @param {Told} told
 * @returns {Panel | null}
 */
function storyPanel(town, crowd, snapshot, told) {
  const id = told.focus ?? null;
  const story = town.storyOf(id);
  if (!story || id === null) return null;
  const { first, last } = town.host?.range() ?? { first: 0, last: 0 };
  story.want(first, last);
  const known = story.known;
  const series = /** @type {const} */ (['stance', 'emotion']).map((measure, place) => ({
    name: words(measure),
    tone: LINES[1 + place],
    values: known.map((moment) => moment[measure]),
  }));
  const ticks = known.map(({ tick }) => tick);
  return {
    id: 'story',
    title: crowd.name(story.place),
    note: story.survey.progress || id,
    eager: true,
    chart: { kind: 'lines', title: `What became of ${id}`, first, last, tick: told.tick, ticks, series },
    rows: [
      { key: 'leave', text: 'Stop following', subject: id, tone: 'life' },
      ...now(town, snapshot, story.place),
      ...moments(crowd, known),
      ...ties(crowd, story.place),
    ],
  };
}

/**
 * @param {Town} town
 * @param {Snapshot} snapshot
 * @param {number} place
 * @returns {Row[]}
 */
function now(town, snapshot, place) {
  const told = town.toldOf(snapshot, place);
  return ['zone', 'segment', 'region', 'action', 'influence', 'exposure']
    .filter((name) => told[name] !== undefined && told[name] !== null)
    .map((name) => ({
      key: `now ${name}`,
      text: words(name),
      detail: typeof told[name] === 'number' ? figure(told[name]) : words(told[name]),
      tone: 'quiet',
    }));
}

/**
 * @param {Crowd} crowd
 * @param {import('./story.js').Moment[]} known
 * @returns {Row[]}
 */
function moments(crowd, known) {
  return turningPoints(known)
    .slice(-MOST_MOMENTS)
    .map(({ moment, before }) => {
      const zones = crowd.words.zone ?? [];
      const zone = zones.indexOf(moment.zone ?? '');
      const went = moment.zone !== before.zone;
      const stance = `stance ${figure(before.stance, 2)} → ${figure(moment.stance, 2)}`;
      const why = [moment.reason && words(moment.reason).toLowerCase(), moment.reasoning].filter(Boolean);
      return {
        key: `moment ${moment.tick}`,
        text: `${moment.tick}  ${went ? `to ${name(crowd, zone)}` : stance}`,
        detail: why.join('; ') || (went ? stance : ''),
        glyph: {
          shape: went ? SHAPES[shapeOf(zone)] : 'bar',
          tone: went ? toneOf(zone, crowd.zones.length) : 'quiet',
        },
        tick: moment.tick,
      };
    });
}

/**
 * @param {Crowd} crowd
 * @param {number} place
 * @returns {Row[]}
 */
function ties(crowd, place) {
  const all = crowd.ties(place);
  return all.slice(0, MOST_TIES).map(({ other, strength, outgoing }) => ({
    key: `tie ${other} ${outgoing}`,
    text: `${outgoing ? 'Influences' : 'Listens to'} ${crowd.ids[other]}`,
    detail: Number.isNaN(strength) ? '' : figure(strength, 2),
    glyph: { shape: 'arrow', tone: 'gate' },
    subject: crowd.ids[other],
  }));
}
