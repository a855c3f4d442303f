/** What the terminal says in sentences. */

import { ARROWS, DIRECTIONS, whereTo } from './grid.js';

/** @typedef {import('./types.js').State} State */
/** @typedef {import('./types.js').Ended} Ended */

/** @type {Record<string, string>} */
const REASONS = {
  broadcast: 'It was after a broadcast',
  los: 'It had you, or another process, in its line of sight',
  watchdog: 'The watchdog had set it loose at random',
  patrol: 'It was on patrol and came upon you by chance',
};

/** @param {State['buffered']} buffered */
export function nextAction(buffered) {
  if (!buffered) return 'nothing yet: you will idle';
  const { cmd, arg } = buffered;
  const verb = cmd === 'BUFFER' ? 'sprint' : cmd.toLowerCase();
  return arg ? `${verb} ${ARROWS[arg]} ${DIRECTIONS[arg]} (${arg})` : verb;
}

/**
 * The head of what is said when a process has left.
 * @param {'escaped' | 'dead'} status
 */
export function farewell(status) {
  return status === 'escaped' ? 'You escaped' : 'You were killed';
}

/**
 * What happened, as far as it may be told: where and why once the shard is over.
 * @param {'escaped' | 'dead'} status
 * @param {number | null} tick
 * @param {Ended | null} ended
 */
export function whatHappened(status, tick, ended) {
  const when = tick === null ? '' : ` at tick ${tick}`;
  const where = ended?.place ? `, at (${ended.place.join(', ')})` : '';
  if (status === 'escaped') return `You stepped onto the stable gate${when}${where}, and left the shard alive.`;
  const why = ended?.reason ? ` ${REASONS[ended.reason] ?? `It moved by ${ended.reason}`}.` : '';
  return `The Defragmenter entered your tile${when}${where}.${why}`;
}

/**
 * What changed and matters to somebody who does not see the board.
 * @param {State | null} before
 * @param {State} now
 */
export function worthSaying(before, now) {
  const said = [];
  if (now.defragger && String(now.defragger) !== String(before?.defragger)) {
    said.push(`Defragmenter ${whereTo(now.defragger)}.`);
  }
  if (before?.defragger && !now.defragger && !now.status) said.push('The Defragmenter is out of sight.');
  if (now.gates.length && !before?.gates.length) said.push(`Gate ${whereTo(now.gates[0])}.`);
  if (now.other_processes.length !== (before?.other_processes.length ?? 0)) {
    said.push(now.other_processes.length ? `Processes in sight: ${now.other_processes.map(whereTo).join('; ')}.` : 'You are alone.');
  }
  return said.join(' ');
}
