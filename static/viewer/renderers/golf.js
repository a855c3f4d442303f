/** Six-card Golf in the viewer: what is drawn, said and found of one snapshot. */

import { spoken } from './golf/cards.js';
import { layout, placeAt } from './golf/layout.js';
import { currentPlayer, describe, inTurn } from './golf/said.js';

export { describe };
export { panels } from './golf/panels.js';
export { draw } from './golf/table.js';

/** @typedef {import('../types.js').Snapshot} Snapshot */
/** @typedef {import('../types.js').Found} Found */

export const motionSeconds = 0.6;
/** Every event is a step of the story: the list tells all of them. */
export const everyTick = true;

/** @type {import('../types.js').Layer[]} */
export const layers = [
  { id: 'cards', label: 'Hidden cards, where they are known' },
  { id: 'words', label: 'What happened, under the table' },
];

/** @type {Record<string, import('../types.js').Mark>} */
export const marks = {
  game_started: { shape: 'dot', tone: 'quiet', word: 'game began' },
  player_left: { shape: 'cross', tone: 'danger', word: 'left' },
  round_started: { shape: 'hollow', tone: 'gate', word: 'round dealt' },
  round_ended: { shape: 'diamond', tone: 'ink', word: 'round ended' },
  knock: { shape: 'triangle', tone: 'warning', word: 'knocked' },
  finisher: { shape: 'triangle', tone: 'warning', word: 'all cards up' },
  game_ended: { shape: 'arrow', tone: 'life', word: 'game ended' },
  card_drawn: { shape: 'ring', tone: 'quiet', word: 'drew' },
  draw_cancelled: { shape: 'ring', tone: 'quiet', word: 'put back' },
  card_swapped: { shape: 'square', tone: 'ink', word: 'swapped' },
  card_discarded: { shape: 'bar', tone: 'quiet', word: 'discarded' },
  card_flipped: { shape: 'disc', tone: 'ink', word: 'turned up' },
  flip_as_action: { shape: 'disc', tone: 'ink', word: 'turned up' },
  flip_skipped: { shape: 'dot', tone: 'quiet', word: 'turned up none' },
  initial_flip: { shape: 'disc', tone: 'quiet', word: 'first cards' },
  player_joined: { shape: 'dot', tone: 'quiet', word: 'joined' },
  game_created: { shape: 'dot', tone: 'quiet', word: 'opened' },
};

const MARKED = ['game_started', 'player_left', 'round_started', 'round_ended', 'game_ended'];

/**
 * What the time bar marks, alike what the game itself tells the index.
 * @param {Snapshot} snapshot
 */
export function markers(snapshot) {
  const { event, words } = snapshot;
  if (!event) return [];
  const { type, player_id: subject } = event;
  if (MARKED.includes(type)) return [{ kind: type, label: words, subject }];
  if (type === 'knock_early') return [{ kind: 'knock', label: words, subject }];
  if (!finishes(snapshot)) return [];
  const { name } = snapshot.players.find((/** @type {any} */ player) => player.id === subject) ?? {};
  return [{ kind: 'finisher', label: `${name ?? ''} has all cards up`, subject }];
}

/**
 * Whether this event ended the turn in which a player went out; the finisher has no other turn in a round.
 * @param {Snapshot} snapshot
 */
function finishes({ event, finisher_id: finisher, phase }) {
  return event.player_id !== null && finisher === event.player_id && phase === 'final_turn';
}

/**
 * The event itself in words, and what it brought about.
 * @param {Snapshot} snapshot
 */
export function events(snapshot) {
  const { event, words } = snapshot;
  if (!event) return [];
  const kind = event.type === 'knock_early' ? 'knock' : event.type;
  const more = markers(snapshot).filter((marker) => marker.kind === 'finisher');
  return [{ kind, label: words, subject: event.player_id }, ...more];
}

/**
 * Whose turn it is, as a key that changes with the turn; null where nobody's is on.
 * @param {Snapshot} snapshot
 */
export function turnOf(snapshot) {
  return inTurn(snapshot) ? `${snapshot.current_round} ${snapshot.current_player_id}` : null;
}

/** @param {Snapshot} snapshot */
export function metric({ players }) {
  return players[0]?.total_score ?? 0;
}

/**
 * @param {Snapshot} snapshot
 * @param {string} subject
 * @returns {Found | null}
 */
export function find(snapshot, subject) {
  const player = snapshot.players.find((/** @type {any} */ one) => one.id === subject);
  return player ? { subject, label: player.name, value: player } : null;
}

/**
 * @param {Snapshot} snapshot
 * @param {import('../types.js').Box} box
 * @param {number} x
 * @param {number} y
 * @returns {Found | null}
 */
export function hit(snapshot, box, x, y) {
  const place = placeAt(layout(box, snapshot.players), x, y);
  if (!place) return null;
  if (place.kind === 'seat') return find(snapshot, place.id);
  if (place.kind === 'card') return cardAt(snapshot, place.id, place.position);
  if (snapshot.phase === 'waiting') return null;
  if (place.kind === 'deck') {
    const cards = snapshot.deck_remaining;
    return { subject: null, label: `Deck, ${cards} cards`, value: { cards } };
  }
  const card = place.kind === 'pile' ? snapshot.discard_top : snapshot.drawn_card;
  if (!card) return null;
  const where = place.kind === 'pile' ? 'Pile' : `In hand of ${currentPlayer(snapshot)?.name ?? 'nobody'}`;
  return { subject: null, label: `${where}: ${spoken(card)}`, value: card };
}

/**
 * A card that lies face down is not told, though its place is.
 * @param {Snapshot} snapshot
 * @param {string} id
 * @param {number} position
 * @returns {Found | null}
 */
function cardAt(snapshot, id, position) {
  const player = snapshot.players.find((/** @type {any} */ one) => one.id === id);
  const card = player?.cards[position];
  if (!card) return find(snapshot, id);
  const place = `column ${(position % 3) + 1}, ${position < 3 ? 'upper' : 'lower'} row`;
  const face = card.face_up ? spoken(card) : 'face down';
  const value = card.face_up ? { ...card, place } : { place, face_up: false };
  return { subject: id, label: `${player.name}, ${place}: ${face}`, value };
}
