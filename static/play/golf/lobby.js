/** The lobby: open a room on the terms of the form, or go to one by its code. */

import { part, say } from '../../viewer/page.js';
import { Failure, send } from '../../viewer/wire.js';

const NUMBERS = ['seats', 'num_rounds', 'num_decks'];

/**
 * The body that asks for a room on the terms of a form: only rules that differ from the plain game.
 * @param {FormData} given
 */
export function roomAsked(given) {
  /** @type {Record<string, any>} */
  const rules = {};
  const flips = Number(given.get('initial_flips') ?? 2);
  if (flips !== 2) rules.initial_flips = flips;
  const mode = given.get('flip_mode') ?? 'never';
  if (mode !== 'never') rules.flip_mode = mode;
  const color = given.get('deck_color') ?? 'red';
  if (color !== 'red') rules.deck_colors = [color];
  for (const name of given.getAll('rules')) rules[String(name)] = true;
  return {
    options: { ...Object.fromEntries(NUMBERS.map((name) => [name, Number(given.get(name))])), rules },
    open_to_spectators: given.get('open_to_spectators') !== null,
    delay_seconds: Number(given.get('delay_seconds') || 0),
  };
}

function start() {
  const form = /** @type {HTMLFormElement} */ (part('open-form'));
  const decks = /** @type {HTMLInputElement} */ (part('num-decks'));
  const seats = /** @type {HTMLInputElement} */ (part('seats'));
  seats.addEventListener('change', () => {
    if (!decks.dataset.chosen) decks.value = Number(seats.value) > 4 ? '2' : '1';
  });
  decks.addEventListener('change', () => (decks.dataset.chosen = 'true'));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = /** @type {HTMLButtonElement} */ (part('open-room'));
    button.disabled = true;
    try {
      const made = await send('POST', '/golf/rooms', roomAsked(new FormData(form)));
      location.assign(made.url);
    } catch (error) {
      say(part('open-problem'), error instanceof Failure ? error.message : 'No room could be opened.');
      part('open-problem').hidden = false;
      button.disabled = false;
    }
  });
}

if (typeof document !== 'undefined' && document.getElementById('open-form')) start();
