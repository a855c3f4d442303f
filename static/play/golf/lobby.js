/** The lobby: open a room on the terms of the form, or go to one by its code. */

import { part, say } from '../../viewer/page.js';
import { Failure, send } from '../../viewer/wire.js';
import { termsOf } from './terms.js';

function start() {
  const form = /** @type {HTMLFormElement} */ (part('open-form'));
  const decks = /** @type {HTMLInputElement} */ (part('terms-num-decks'));
  const seats = /** @type {HTMLInputElement} */ (part('terms-seats'));
  seats.addEventListener('change', () => {
    if (!decks.dataset.chosen) decks.value = Number(seats.value) > 4 ? '2' : '1';
  });
  decks.addEventListener('change', () => (decks.dataset.chosen = 'true'));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = /** @type {HTMLButtonElement} */ (part('open-room'));
    button.disabled = true;
    try {
      const made = await send('POST', '/golf/rooms', termsOf(form));
      location.assign(made.url);
    } catch (error) {
      say(part('open-problem'), error instanceof Failure ? error.message : 'No room could be opened.');
      part('open-problem').hidden = false;
      button.disabled = false;
    }
  });
}

start();
