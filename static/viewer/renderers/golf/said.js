/** The table in words: whose turn, what is next, why a hand scored, who is ahead. */

import { sign, spoken } from './cards.js';

/** @typedef {import('../../types.js').Snapshot} Snapshot */

/** @type {Record<string, string>} */
const NEXT = {
  draw: 'draws a card',
  place: 'places the card in hand',
  flip: 'may turn up a card',
};

/** @param {Snapshot} snapshot */
export function currentPlayer({ players, current_player_id: id }) {
  return players.find((/** @type {any} */ player) => player.id === id) ?? null;
}

/**
 * The round, and what is special about it now.
 * @param {Snapshot} snapshot
 */
export function stage(snapshot) {
  const { phase, current_round: round, total_rounds: rounds } = snapshot;
  if (phase === 'waiting') return 'Before the game';
  const where = `Round ${round} of ${rounds}`;
  if (phase === 'initial_flip') return `${where} · first cards`;
  if (phase === 'final_turn') return `${where} · last turns: ${finisher(snapshot)} is out`;
  if (phase === 'round_over') return `${where} is over`;
  return phase === 'game_over' ? 'The game is over' : where;
}

/** @param {Snapshot} snapshot */
function finisher({ players, finisher_id: id }) {
  return players.find((/** @type {any} */ player) => player.id === id)?.name ?? 'somebody';
}

/**
 * Who does what next, or nothing where nobody does.
 * @param {Snapshot} snapshot
 */
export function next(snapshot) {
  if (snapshot.phase === 'initial_flip') return 'Everybody turns up the first cards';
  const player = currentPlayer(snapshot);
  const does = NEXT[snapshot.turn];
  return player && does ? `${player.name} ${does}` : '';
}

/**
 * Whether anybody's turn is on: before the first cards are up, and after a round, there is none.
 * @param {Snapshot} snapshot
 */
export function inTurn({ phase }) {
  return phase === 'playing' || phase === 'final_turn';
}

/**
 * What each column of a hand counted, as the rules explained it, or null for those that were not told.
 * @param {string[]} lines
 * @returns {(number | null)[]}
 */
export function columnPoints(lines) {
  return [1, 2, 3].map((column) => {
    const line = lines.find((one) => new RegExp(`^column ${column}\\b`).test(one));
    const points = line && /: (-?\d+)$/.exec(line);
    return points ? Number(points[1]) : null;
  });
}

/**
 * Columns of two equal cards that lie open.
 * @param {{rank: string | null, face_up: boolean}[]} cards
 */
export function pairs(cards) {
  return [0, 1, 2].filter((column) => {
    const [over, under] = [cards[column], cards[column + 3]];
    return over?.face_up && under?.face_up && over.rank !== null && over.rank === under.rank;
  });
}

/** @param {number} number */
export function signed(number) {
  return String(number).replace('-', '−');
}

/**
 * The whole table in a few sentences, for those who do not see it.
 * @param {Snapshot} snapshot
 */
export function describe(snapshot) {
  const { players, discard_top: top, deck_remaining: deck, drawn_card: drawn } = snapshot;
  const piles = snapshot.phase === 'waiting' ? '' : `${deck} cards in the deck, ${spoken(top)} on the pile`;
  const held = drawn ? `${currentPlayer(snapshot)?.name ?? 'Somebody'} holds ${drawn.face_up ? spoken(drawn) : 'a card'}` : '';
  const hands = players
    .filter((/** @type {any} */ player) => player.cards.length)
    .map(
      (/** @type {any} */ { name, cards, total_score: total }) =>
        `${name}, ${signed(total)} in all: ${cards.map((/** @type {any} */ card) => (card.face_up ? sign(card) : 'down')).join(' ')}`,
    );
  return [snapshot.words, stage(snapshot), next(snapshot), piles, held, ...hands].filter(Boolean).join('. ');
}
