/** What is said beside the arena: the zone, and each team mech by mech. */

import { STANDINGS, mechOf } from './mechs.js';
import { scoreOf } from './score.js';
import { lookOf } from './teams.js';

/** @typedef {import('../../types.js').Snapshot} Snapshot */
/** @typedef {import('../../types.js').Panel} Panel */
/** @typedef {import('../../types.js').Row} Row */
/** @typedef {import('../../types.js').Told} Told */
/** @typedef {import('./score.js').Score} Score */

/** Letters of the classes, as they stand in the shape of the team. @type {Record<string, string>} */
const LETTERS = { scout: 'S', light: 'L', medium: 'M', heavy: 'H' };
/** The heaviest first. */
const ORDER = ['heavy', 'medium', 'light', 'scout'];

/**
 * @param {Snapshot} snapshot
 * @param {Told} [told]
 * @returns {Panel[]}
 */
export function panelsOf(snapshot, told) {
  const score = scoreOf(snapshot);
  return [zonePanel(score, told), ...score.teams.filter(({ all }) => all > 0).map((side) => teamPanel(snapshot, side))];
}

/**
 * @param {Score} score
 * @param {Told} [told]
 * @returns {Panel}
 */
function zonePanel(score, told) {
  const { winner, leader } = score;
  const foremost = winner ?? leader;
  return {
    id: 'zone',
    title: winner === null ? 'Zone' : 'The fight is over',
    note: score.words,
    tone: foremost === null ? 'quiet' : lookOf(foremost).tone,
    empty: 'There is no zone to hold.',
    rows: score.teams.map(({ team, seconds, part, inside }) => {
      const { tone, shape, name } = lookOf(team);
      return {
        key: team,
        text: name,
        detail: `${seconds.toFixed(1)} of ${score.toWin} s${inside ? `, ${inside} inside` : ''}`,
        glyph: { shape, tone },
        meters: [{ name: 'zone', part, tone }],
      };
    }),
    chart: told ? scoreChart(score, told) : undefined,
  };
}

/**
 * The seconds of each team over the whole recording, as far as the index tells them.
 * @param {Score} score
 * @param {Told} told
 * @returns {import('../../types.js').Chart | undefined}
 */
function scoreChart(score, { metrics, tick }) {
  if (!metrics) return undefined;
  const series = score.teams
    .map(({ team }) => ({ name: `${lookOf(team).name}: seconds in the zone`, tone: lookOf(team).tone, values: metrics.series[`${team} score`] ?? [] }))
    .filter(({ values }) => values.length > 1);
  if (!series.length) return undefined;
  const ticks = series[0].values.map((_, place) => metrics.first_tick + place * metrics.step);
  return { kind: 'lines', title: 'Seconds in the zone', first: metrics.first_tick, last: ticks[ticks.length - 1], tick, ticks, series };
}

/**
 * @param {Snapshot} snapshot
 * @param {Score['teams'][number]} side
 * @returns {Panel}
 */
function teamPanel(snapshot, { team, alive, all }) {
  const { name, tone } = lookOf(team);
  const mechs = Object.entries(snapshot.mechs ?? {})
    .filter(([, state]) => String(state?.team ?? '') === team)
    .map(([id, state]) => mechOf(id, { pos: [0, 0, 0], ...state }, null, 1))
    .sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || (a.id < b.id ? -1 : 1));
  return {
    id: `team-${team.replace(/[^\w-]/g, '-') || 'none'}`,
    title: name,
    note: `${alive} of ${all} alive`,
    tone,
    rows: mechs.map(rowOf),
  };
}

/**
 * @param {import('./mechs.js').Mech} mech
 * @returns {Row}
 */
function rowOf({ id, kind, team, standing, health, heat, stability, state }) {
  const { shape, tone } = lookOf(team);
  const dead = standing === 'dead';
  return {
    key: id,
    text: `${id} ${kind}`,
    detail: dead ? 'destroyed' : [standing === 'ready' ? '' : STANDINGS[standing], `${Math.ceil(state.hp)} hp`].filter(Boolean).join(', '),
    glyph: dead ? { shape: 'cross', tone: 'quiet' } : { shape, tone, letters: LETTERS[kind] },
    tone: dead ? 'quiet' : standing === 'ready' ? 'ink' : 'warning',
    subject: id,
    meters: dead
      ? undefined
      : [
          { name: 'health', part: health, tone },
          { name: 'heat', part: Math.min(1, heat), tone: 'warning' },
          { name: 'stability', part: stability, tone: 'ink' },
        ],
  };
}

/**
 * @param {Snapshot} snapshot
 */
export function describe(snapshot) {
  const { teams, words, toWin } = scoreOf(snapshot);
  const sides = teams.map(({ team, alive, all, seconds }) => `${lookOf(team).name} ${alive} of ${all} alive with ${seconds.toFixed(1)} s of ${toWin} in the zone`);
  return [...sides, words].join(', ');
}
