/** What is said at the table: what to do now, how it stands, who is away. */

import { sign, spoken } from '../../viewer/renderers/golf/cards.js';
import { listed } from './listed.js';

/** @typedef {import('./types.js').View} View */
/** @typedef {import('./types.js').Room} Room */
/** @typedef {import('./moves.js').Possible} Possible */

/** Manners of computer players, as one would introduce them. @type {Record<string, string>} */
export const MANNERS = {
  steady: 'steady: plays by the book',
  hunter: 'hunter: after pairs',
  bold: 'bold: turns up and knocks',
  wary: 'wary: ends with a good hand only',
  dreamer: 'dreamer: does anything',
};

/**
 * What this player is to do, or who everybody waits for.
 * @param {View} view
 * @param {Possible} may
 * @param {number} chosen first cards that are chosen already
 */
export function whatNow(view, may, chosen = 0) {
  if (view.phase === 'game_over') return 'The game is over.';
  if (view.phase === 'initial_flip') return firstCards(view, may, chosen);
  const player = view.players.find(({ id }) => id === view.current_player_id);
  if (!player || !view.turn) return '';
  const last = view.phase === 'final_turn' ? 'last turn' : 'turn';
  if (player.id !== view.you) return `${player.name}’s ${last}.`;
  if (view.turn === 'draw') return `Your ${last}: ${listed(ways(view, may), 'or')}.`;
  if (view.turn === 'place') return placing(view);
  return may.skip ? 'Turn up one of your cards, or leave them.' : 'Turn up one of your cards.';
}

/**
 * @param {View} view
 * @param {Possible} may
 * @param {number} chosen
 */
function firstCards({ players }, may, chosen) {
  if (may.together) {
    const left = may.together - chosen;
    return chosen ? `${left} more to turn up.` : `Turn up ${left === 1 ? 'one' : left} of your cards.`;
  }
  const waiting = players.filter(({ cards }) => cards.every((card) => !card.face_up));
  return `Waiting for the first cards of ${listed(waiting.map(({ name }) => name))}.`;
}

/**
 * @param {View} view
 * @param {Possible} may
 */
function ways({ discard_top: top }, may) {
  return [
    'draw from the deck',
    top ? `take the ${sign(top)}` : 'take from the pile',
    ...(may.flip.size ? ['turn one of your cards up'] : []),
    ...(may.knock ? ['knock'] : []),
  ];
}

/** @param {View} view */
function placing({ drawn_card: drawn, drawn_from: from }) {
  const other = from === 'deck' ? 'discard it' : 'put it back';
  return `You hold the ${sign(drawn)}: swap it with one of your cards, or ${other}.`;
}

/**
 * One of the own cards, as a button says it.
 * @param {import('./types.js').Card} card
 * @param {number} position
 * @param {Possible} may
 * @param {boolean} chosen
 */
export function cardWords(card, position, may, chosen) {
  const place = `Card ${position + 1}, column ${(position % 3) + 1}, ${position < 3 ? 'upper' : 'lower'} row`;
  const does = may.swap.has(position) ? 'swap' : may.flip.has(position) ? 'turn up' : '';
  return [`${place}: ${spoken(card)}`, chosen ? 'chosen' : '', does].filter(Boolean).join(', ');
}

/**
 * What is worth saying of a seat beside its name.
 * @param {View} view
 * @param {import('./types.js').Seat | undefined} seat
 * @param {string} id
 */
export function seatNote(view, seat, id) {
  const out = view.finisher_id === id ? ['out'] : [];
  if (seat && !seat.is_cpu && !seat.connected) return [...out, 'away'].join(', ');
  return out.join(', ');
}

/**
 * Who of the people is away, in a sentence; a computer plays for them after a while.
 * @param {Room} room
 */
export function awayWords({ seats, phase }) {
  const away = seats.filter((seat) => !seat.is_cpu && !seat.connected && !seat.you).map(({ name }) => name);
  if (!away.length || phase === 'waiting' || phase === 'game_over' || phase === 'closed') return '';
  const [is, them] = away.length === 1 ? ['is', 'comes'] : ['are', 'come'];
  return `${listed(away)} ${is} away; after a minute a computer plays until somebody ${away.length === 1 ? them : 'comes'} back.`;
}

/**
 * @param {View} view
 */
export function outcome({ players, you, event }) {
  const winner = event?.data.winner_id;
  if (winner === you) return 'You won';
  if (winner) return `${players.find(({ id }) => id === winner)?.name ?? 'Somebody'} won`;
  return event?.type === 'game_ended' ? 'A tie' : 'The game is over';
}

/** @param {number} count */
export function watchers(count) {
  if (!count) return 'nobody watches';
  return count === 1 ? '1 watches' : `${count} watch`;
}
