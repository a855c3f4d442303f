/** A room before its game: who sits there, computer players, the code to hand on, the rules agreed on. */

import { make, part, say } from '../../viewer/page.js';
import { inWords } from '../../viewer/renderers/golf/house.js';
import { MANNERS } from './words.js';

/** @typedef {import('./types.js').Room} Room */

/**
 * @param {Room} room
 * @param {{sendAway: (seat: string) => void}} table
 */
export function drawWaiting(room, { sendAway }) {
  const mine = room.seats.find(({ you }) => you);
  const maker = Boolean(mine?.maker);
  const free = room.options.seats - room.seats.length;
  const list = part('seats');
  const signature = JSON.stringify([room.seats, room.options.seats, maker]);
  if (list.dataset.signature !== signature) {
    list.dataset.signature = signature;
    list.replaceChildren(
      ...room.seats.map((seat) => seatRow(seat, maker && !seat.you, sendAway)),
      ...Array.from({ length: Math.max(0, free) }, () => make('li', 'seat is-free', 'free seat')),
    );
  }
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
 * @param {import('./types.js').Seat} seat
 * @param {boolean} removable
 * @param {(seat: string) => void} sendAway
 */
function seatRow(seat, removable, sendAway) {
  const row = make('li', 'seat');
  const note = [
    seat.you ? 'you' : '',
    seat.maker ? 'opened the room' : '',
    seat.is_cpu ? (MANNERS[seat.profile ?? ''] ?? 'computer') : '',
    !seat.is_cpu && !seat.connected && !seat.you ? 'away' : '',
  ];
  row.append(make('span', 'seat-name', seat.name), make('span', 'quiet seat-note', note.filter(Boolean).join(', ')));
  if (!removable) return row;
  const away = make('button', 'seat-away', 'Remove');
  away.setAttribute('type', 'button');
  away.setAttribute('aria-label', `Remove ${seat.name}`);
  away.addEventListener('click', () => sendAway(seat.id));
  row.append(away);
  return row;
}

/** @param {Room} room */
export function drawTerms({ options }) {
  const { num_rounds: rounds, num_decks: decks, rules } = options;
  const words = [
    `${rounds} ${rounds === 1 ? 'round' : 'rounds'}, ${decks} ${decks === 1 ? 'deck' : 'decks'}`,
    ...inWords(rules),
  ];
  for (const list of document.querySelectorAll('.terms')) {
    if (list.getAttribute('data-words') === words.join()) continue;
    list.setAttribute('data-words', words.join());
    list.replaceChildren(...words.map((text) => make('li', '', text)));
  }
}
