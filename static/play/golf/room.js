/** The room around a table: its code and links, who watches, and what its maker may change. */

import { copyFrom, part, say } from '../../viewer/page.js';
import { watchers } from './words.js';

/** @typedef {import('./types.js').Room} Room */

/** @param {import('./table.js').Table} table */
export function wireRoom(table) {
  const dialog = /** @type {HTMLDialogElement} */ (part('room-dialog'));
  part('room-open').addEventListener('click', () => dialog.showModal());
  for (const button of document.querySelectorAll('[data-copy]')) {
    button.addEventListener('click', async () => {
      const field = /** @type {HTMLInputElement} */ (part(button.getAttribute('data-copy') ?? ''));
      say(part('announcer'), (await copyFrom(field)) ? 'Copied.' : 'Press Ctrl+C, or ⌘C, to copy what is selected.');
      button.textContent = 'Copied';
      setTimeout(() => (button.textContent = 'Copy'), 2000);
    });
  }
  const open = /** @type {HTMLInputElement} */ (part('open-to-spectators'));
  open.addEventListener('change', () => table.ask('settings', { open_to_spectators: open.checked }));
  const delay = /** @type {HTMLInputElement} */ (part('delay'));
  delay.addEventListener('change', () => {
    if (delay.checkValidity() && delay.value !== '') table.ask('settings', { delay_seconds: Number(delay.value) });
    else delay.reportValidity();
  });
}

/** @param {Room} room */
export function drawRoom(room) {
  const { code, spectators, open_to_spectators: open, delay_seconds: delay, seats } = room;
  const over = room.phase === 'game_over' || room.phase === 'closed';
  const maker = seats.some(({ you, maker: made }) => you && made);
  for (const field of document.querySelectorAll('input.room-link'))
    /** @type {HTMLInputElement} */ (field).value = `${location.origin}/golf/${code}`;
  /** @type {HTMLInputElement} */ (part('watch-link')).value = `${location.origin}/spectate/${code}`;
  part('watch-link-field').hidden = !open || over;
  say(part('watching'), watchingWords(open, spectators, delay));
  part('room-settings').hidden = !maker || over;
  /** @type {HTMLInputElement} */ (part('open-to-spectators')).checked = open;
  const field = /** @type {HTMLInputElement} */ (part('delay'));
  if (document.activeElement !== field) field.value = String(delay);
  part('leave').hidden = over || !seats.some(({ you }) => you);
}

/**
 * @param {boolean} open
 * @param {number} count
 * @param {number} delay
 */
function watchingWords(open, count, delay) {
  if (!open) return 'closed to spectators';
  return `${watchers(count)}${delay ? `, ${delay} s later` : ''}`;
}
