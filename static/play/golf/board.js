/** The table while cards are on it: the others' hands, the piles, the own six cards, what can be done. */

import { make, part, say } from '../../viewer/page.js';
import { backOf, sign, spoken } from '../../viewer/renderers/golf/cards.js';
import { pairs, signed } from '../../viewer/renderers/golf/said.js';
import { showCard } from './cards.js';
import { cardWords, seatNote } from './words.js';

/** @typedef {import('./types.js').View} View */
/** @typedef {import('./types.js').Room} Room */
/** @typedef {import('./moves.js').Possible} Possible */

const HAND_CARDS = 6;
/** Actions that have a button of their own below the hand. */
const ACTIONS = ['discard', 'cancel', 'skip', 'knock'];

/** @param {{press: (position: number) => void, act: (action: string) => void}} table */
export function wireBoard({ press, act }) {
  part('mine').replaceChildren(
    ...Array.from({ length: HAND_CARDS }, (_, position) => {
      const button = make('button', 'card-button');
      button.setAttribute('type', 'button');
      button.dataset.position = String(position);
      const key = make('kbd', 'card-key', String(position + 1));
      key.setAttribute('aria-hidden', 'true');
      button.append(key);
      button.addEventListener('click', () => press(position));
      return button;
    }),
  );
  for (const action of ['deck', 'pile', ...ACTIONS]) part(action).addEventListener('click', () => act(action));
}

/**
 * @param {{view: View, room: Room, may: Possible, chosen: ReadonlySet<number>, asked: boolean}} shown
 */
export function drawBoard({ view, room, may, chosen, asked }) {
  const back = backOf(view.options);
  drawOthers(view, room, back);
  drawPiles(view, may, back);
  drawMine(view, may, chosen, back);
  for (const action of ACTIONS) part(action).hidden = !may[/** @type {'skip'} */ (action)];
  part('playing').dataset.asked = String(asked);
}

/**
 * The others in the order of play, beginning after this player.
 * @param {View} view
 * @param {Room} room
 * @param {ReturnType<typeof backOf>} back
 */
function drawOthers(view, room, back) {
  const mine = view.players.findIndex(({ id }) => id === view.you);
  const others = view.players.map((_, place) => view.players[(mine + 1 + place) % view.players.length]);
  const list = part('others');
  const before = new Map([...list.children].map((item) => [/** @type {HTMLElement} */ (item).dataset.id, item]));
  const shown = others.filter(({ id }) => id !== view.you);
  list.dataset.count = String(shown.length);
  for (const [place, player] of shown.entries()) {
    const item = /** @type {HTMLElement} */ (before.get(player.id) ?? seatElement(player.id));
    before.delete(player.id);
    if (list.children[place] !== item) list.insertBefore(item, list.children[place] ?? null);
    drawSeat(item, view, room, player, back);
  }
  for (const gone of before.values()) gone.remove();
}

/** @param {string} id */
function seatElement(id) {
  const item = make('li', 'other');
  item.dataset.id = id;
  const head = make('p', 'other-head');
  head.append(make('span', 'other-name'), make('span', 'other-note'), make('span', 'other-total'));
  const hand = make('div', 'small-hand');
  hand.setAttribute('role', 'img');
  hand.append(...Array.from({ length: HAND_CARDS }, () => make('span', 'small-card')));
  item.append(head, hand);
  return item;
}

/**
 * @param {HTMLElement} item
 * @param {View} view
 * @param {Room} room
 * @param {import('./types.js').Player} player
 * @param {ReturnType<typeof backOf>} back
 */
function drawSeat(item, view, room, player, back) {
  const [head, hand] = /** @type {HTMLElement[]} */ ([...item.children]);
  const [name, note, total] = head.children;
  item.dataset.turn = String(isOn(view) && view.current_player_id === player.id);
  say(name, player.name);
  say(note, seatNote(view, room.seats.find(({ id }) => id === player.id), player.id));
  say(total, signed(player.total_score));
  showHand(hand, view, player, back);
  const cards = player.cards.map((card) => (card.face_up ? sign(card) : 'down')).join(', ');
  hand.setAttribute('aria-label', `${player.name}: ${cards || 'no cards yet'}`);
}

/**
 * Six places with their cards; pairs and what the last event touched are marked.
 * @param {HTMLElement} hand
 * @param {View} view
 * @param {import('./types.js').Player} player
 * @param {ReturnType<typeof backOf>} back
 */
function showHand(hand, view, player, back) {
  const touched = touchedBy(view, player.id);
  const equal = new Set(pairs(player.cards));
  [...hand.children].forEach((place, position) => {
    const element = /** @type {HTMLElement} */ (place);
    showCard(element, player.cards[position] ?? null, back);
    element.dataset.touched = String(touched.has(position));
    element.dataset.pair = String(equal.has(position % 3));
  });
}

/**
 * @param {View} view
 * @param {string} id
 */
function touchedBy({ event }, id) {
  if (event?.player_id !== id) return new Set();
  const { position, positions } = event.data;
  return new Set(positions ?? (typeof position === 'number' ? [position] : []));
}

/** @param {View} view */
function isOn({ phase }) {
  return phase === 'playing' || phase === 'final_turn';
}

/**
 * @param {View} view
 * @param {Possible} may
 * @param {ReturnType<typeof backOf>} back
 */
function drawPiles(view, may, back) {
  const { deck_remaining: left, discard_top: top, drawn_card: drawn } = view;
  const holder = view.players.find(({ id }) => id === view.current_player_id);
  showCard(part('deck'), left ? { rank: null, suit: null, face_up: false } : null, back);
  showCard(part('pile'), top, back);
  showCard(part('hand'), drawn, back);
  light(part('deck'), may.deck, `Deck, ${left} cards${may.deck ? ', draw' : ''}`);
  light(part('pile'), may.pile, `Pile: ${top ? spoken(top) : 'empty'}${may.pile ? ', take it' : ''}`);
  say(part('deck-words'), `deck ${left}`);
  part('hand').dataset.held = String(Boolean(drawn));
  part('hand').dataset.mine = String(Boolean(drawn) && holder?.id === view.you);
  part('hand').setAttribute('aria-label', drawn && holder ? `${holder.id === view.you ? 'You hold' : `${holder.name} holds`} ${drawn.face_up ? spoken(drawn) : 'a card'}` : 'No card in hand');
  say(part('hand-words'), drawn && holder ? (holder.id === view.you ? 'in your hand' : `${holder.name} holds`) : '');
}

/**
 * A button that has the focus keeps it: it is said to be disabled rather than made so.
 * @param {HTMLElement} button
 * @param {boolean} lit
 * @param {string} words
 */
function light(button, lit, words) {
  button.dataset.lit = String(lit);
  button.setAttribute('aria-disabled', String(!lit));
  button.setAttribute('aria-label', words);
}

/**
 * @param {View} view
 * @param {Possible} may
 * @param {ReadonlySet<number>} chosen
 * @param {ReturnType<typeof backOf>} back
 */
function drawMine(view, may, chosen, back) {
  const me = view.players.find(({ id }) => id === view.you);
  if (!me) return;
  const mine = part('mine');
  part('me').dataset.turn = String(isOn(view) && view.current_player_id === view.you);
  say(part('my-name'), me.name);
  say(part('my-note'), view.finisher_id === view.you ? 'out' : '');
  say(part('my-total'), signed(me.total_score));
  showHand(mine, view, me, back);
  [...mine.children].forEach((place, position) => {
    const button = /** @type {HTMLElement} */ (place);
    const card = me.cards[position] ?? { rank: null, suit: null, face_up: false };
    light(button, may.swap.has(position) || may.flip.has(position), cardWords(card, position, may, chosen.has(position)));
    button.dataset.chosen = String(chosen.has(position));
    if (may.together) button.setAttribute('aria-pressed', String(chosen.has(position)));
    else button.removeAttribute('aria-pressed');
  });
}
