/** A room before its game: who sits there, computer players, the code to hand on, the rules agreed on. */

import { make, part, say } from '../../viewer/page.js';
import { inWords } from '../../viewer/renderers/golf/house.js';
import { backOf, fillTerms, termsOf } from './terms.js';
import { MANNERS } from './words.js';

/** @typedef {import('./types.js').Room} Room */
/** @typedef {import('./types.js').Seat} Seat */
/** @typedef {{sendAway: (seat: string) => void, giveManner: (seat: string, manner: string) => void}} Maker */

/** What was told before a change was taken may arrive this much later. */
const LATE_MILLISECONDS = 600;
/** How many changes are on their way: until they are taken, the form holds what its maker wants. */
let changing = 0;

/**
 * Let the maker change what is agreed on: each change is sent as it is made, one after the other.
 * @param {import('./table.js').Table} table
 */
export function wireTerms(table) {
  const form = /** @type {HTMLFormElement} */ (part('terms-form'));
  /** @type {Promise<any>} */
  let before = Promise.resolve();
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('change', () => {
    if (!table.room || !form.reportValidity()) return;
    const terms = termsOf(form, changing ? '' : backOf(table.room));
    changing += 1;
    before = before.then(() => table.ask('settings', terms)).then(() => setTimeout(settled, LATE_MILLISECONDS));
  });
  const settled = () => {
    changing -= 1;
    if (!changing && table.room) fillTerms(form, table.room);
  };
}

/**
 * @param {Room} room
 * @param {Maker} table
 */
export function drawWaiting(room, table) {
  const mine = room.seats.find(({ you }) => you);
  const maker = Boolean(mine?.maker);
  const free = room.options.seats - room.seats.length;
  const list = part('seats');
  const signature = JSON.stringify([room.seats, room.options.seats, maker]);
  if (list.dataset.signature !== signature) {
    list.dataset.signature = signature;
    list.replaceChildren(
      ...room.seats.map((seat) => seatRow(seat, maker && !seat.you, table)),
      ...Array.from({ length: Math.max(0, free) }, () => make('li', 'seat is-free', 'free seat')),
    );
  }
  part('terms-change').hidden = !maker;
  if (maker && !changing) fillTerms(/** @type {HTMLFormElement} */ (part('terms-form')), room);
  part('join').hidden = Boolean(mine) || free <= 0;
  part('full').hidden = Boolean(mine) || free > 0;
  part('add-computer').hidden = !maker || free <= 0;
  part('start').hidden = !maker;
  /** @type {HTMLButtonElement} */ (part('start')).disabled = room.seats.length < 2;
  say(part('waiting-words'), waitingWords(room, maker, Boolean(mine)));
}

/**
 * @param {Room} room
 * @param {boolean} maker
 * @param {boolean} seated
 */
function waitingWords({ seats, maker: name }, maker, seated) {
  if (!seated) return '';
  if (!maker) return `${name ?? 'Whoever opened the room'} starts the game.`;
  return seats.length < 2 ? 'It takes two to play: hand on the link, or add a computer player.' : '';
}

/**
 * @param {Seat} seat
 * @param {boolean} mine  whether this player may change who sits there
 * @param {Maker} table
 */
function seatRow(seat, mine, table) {
  const row = make('li', 'seat');
  const manner = mine && seat.is_cpu;
  const note = [
    seat.you ? 'you' : '',
    seat.maker ? 'opened the room' : '',
    seat.is_cpu ? (MANNERS[seat.profile ?? ''] ?? 'computer') : '',
    !seat.is_cpu && !seat.connected && !seat.you ? 'away' : '',
  ];
  const words = manner ? mannerField(seat, table) : make('span', 'quiet seat-note', note.filter(Boolean).join(', '));
  row.append(make('span', 'seat-name', seat.name), words);
  if (!mine) return row;
  const away = make('button', 'seat-away', 'Remove');
  away.setAttribute('type', 'button');
  away.setAttribute('aria-label', `Remove ${seat.name}`);
  away.addEventListener('click', () => table.sendAway(seat.id));
  row.append(away);
  return row;
}

/**
 * @param {Seat} seat
 * @param {Maker} table
 */
function mannerField(seat, { giveManner }) {
  const field = /** @type {HTMLSelectElement} */ (make('select', 'seat-manner'));
  field.setAttribute('aria-label', `How ${seat.name} plays`);
  for (const [manner, words] of Object.entries(MANNERS)) {
    const option = make('option', '', words);
    option.setAttribute('value', manner);
    field.append(option);
  }
  field.value = seat.profile ?? '';
  field.addEventListener('change', () => giveManner(seat.id, field.value));
  return field;
}

/** @param {Room} room */
export function drawTerms({ options, open_to_spectators: open, delay_seconds: delay }) {
  const { num_rounds: rounds, num_decks: decks, rules } = options;
  const words = [
    `${rounds} ${rounds === 1 ? 'round' : 'rounds'}, ${decks} ${decks === 1 ? 'deck' : 'decks'}`,
    ...inWords(rules),
    watched(open, delay),
  ];
  for (const list of document.querySelectorAll('.terms')) {
    if (list.getAttribute('data-words') === words.join()) continue;
    list.setAttribute('data-words', words.join());
    list.replaceChildren(...words.map((text) => make('li', '', text)));
  }
}

/**
 * @param {boolean} open
 * @param {number} delay
 */
function watched(open, delay) {
  if (!open) return 'Closed to spectators';
  return delay ? `Spectators may watch, ${delay} s later` : 'Spectators may watch';
}
