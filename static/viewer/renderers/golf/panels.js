/** What is said beside the table: the turn, scores round by round, why a hand scored, players, options. */

import { sign } from './cards.js';
import { inWords } from './house.js';
import { roundsUntil } from './rounds.js';
import { currentPlayer, next, signed, stage } from './said.js';

/** @typedef {import('../../types.js').Snapshot} Snapshot */
/** @typedef {import('../../types.js').Panel} Panel */

/**
 * @param {Snapshot} snapshot
 * @param {Snapshot | null} previous
 * @param {import('../../types.js').Told} [told]
 * @returns {Panel[]}
 */
export function panels(snapshot, previous, { tick, markers } = { tick: 0, markers: [] }) {
  return [
    turn(snapshot),
    scores(snapshot, roundsUntil(markers, tick, snapshot.players)),
    explained(snapshot),
    players(snapshot),
    options(snapshot),
  ];
}

/**
 * @param {Snapshot} snapshot
 * @returns {Panel}
 */
function turn(snapshot) {
  const { phase, deck_remaining: deck, discard_top: top, drawn_card: drawn, drawn_from: from } = snapshot;
  const dealt = phase !== 'waiting';
  const rows = [
    { key: 'deck', text: 'Deck', detail: `${deck} cards` },
    { key: 'pile', text: 'Pile', detail: top ? sign(top) : 'empty' },
    { key: 'hand', text: 'In hand', detail: drawn ? `${sign(drawn)}, from the ${from === 'discard' ? 'pile' : 'deck'}` : '–' },
    { key: 'next', text: 'Next', detail: next(snapshot) || '–' },
  ];
  return {
    id: 'table',
    title: 'Table',
    note: stage(snapshot).replace(/ ·.*/, ''),
    tone: phase === 'final_turn' ? 'warning' : 'quiet',
    empty: 'No cards are dealt yet.',
    rows: dealt ? rows : [],
  };
}

/**
 * @param {Snapshot} snapshot
 * @param {import('./rounds.js').Round[]} rounds
 * @returns {Panel}
 */
function scores({ players: seats, total_rounds: all, phase }, rounds) {
  const total = {
    key: 'total',
    tone: /** @type {const} */ ('ink'),
    cells: ['Total', ...seats.map((/** @type {any} */ { total_score: points }) => signed(points))],
  };
  const told = rounds.map(({ tick, round, scores: points }) => ({
    key: `round ${round}`,
    tick,
    tone: /** @type {const} */ ('quiet'),
    cells: [String(round), ...points.map((point) => (point === null ? '–' : signed(point)))],
  }));
  return {
    id: 'scores',
    title: 'Scores',
    note: all && phase !== 'waiting' ? `${rounds.length} of ${all} rounds` : '',
    empty: 'The game has not begun.',
    rows: [],
    table:
      phase === 'waiting' || !seats.length
        ? undefined
        : { head: ['Round', ...seats.map((/** @type {any} */ { name }) => name)], rows: [...told, total] },
  };
}

/**
 * @param {Snapshot} snapshot
 * @returns {Panel}
 */
function explained({ players: seats, explained: lines }) {
  const rows = seats.flatMap((/** @type {any} */ { id, name, score }) => [
    { key: id, text: name, detail: signed(score), subject: id },
    ...(lines?.[id] ?? []).map((/** @type {string} */ line, /** @type {number} */ place) => ({
      key: `${id} ${place}`,
      text: `  ${line.replace(/: -?\d+$/, '')}`,
      detail: signed(Number(/-?\d+$/.exec(line)?.[0] ?? 0)),
      tone: /** @type {const} */ ('quiet'),
    })),
  ]);
  return {
    id: 'explained',
    title: 'How it scored',
    empty: 'Told at the end of each round.',
    rows: lines ? rows : [],
  };
}

/**
 * @param {Snapshot} snapshot
 * @returns {Panel}
 */
function players(snapshot) {
  const { players: seats, finisher_id: finisher, host_id: host } = snapshot;
  const current = currentPlayer(snapshot);
  const rows = seats.map((/** @type {any} */ player) => ({
    key: player.id,
    subject: player.id,
    glyph: player.id === current?.id ? { shape: 'arrow', tone: 'life' } : { shape: 'dot', tone: 'quiet' },
    text: player.name,
    detail: [
      player.id === finisher ? 'out' : '',
      player.rounds_won ? `won ${player.rounds_won}` : '',
      player.is_cpu ? 'computer' : '',
      player.id === host ? 'host' : '',
    ]
      .filter(Boolean)
      .join(', '),
  }));
  return { id: 'players', title: 'Players', note: String(rows.length), empty: 'Nobody yet.', rows };
}

/**
 * @param {Snapshot} snapshot
 * @returns {Panel}
 */
function options({ options: rules }) {
  const rows = inWords(rules ?? {}).map((text) => ({ key: text, text }));
  return { id: 'options', title: 'House rules', empty: 'Told when the game begins.', rows };
}
