/** After a game: its replay, a link to share it, the same table again. */

import { copyFrom, part, say } from '../../viewer/page.js';
import { Failure, send } from '../../viewer/wire.js';

const EXPIRES_DAYS = 30;

/** @typedef {import('./types.js').Room} Room */

/** @param {import('./table.js').Table} table */
export function wireAfter(table) {
  part('share').addEventListener('click', () => share(table));
  part('share-copy').addEventListener('click', async () => {
    const copied = await copyFrom(/** @type {HTMLInputElement} */ (part('share-link')));
    tell(copied ? 'Copied.' : 'Press Ctrl+C, or ⌘C, to copy what is selected.');
  });
  part('again').addEventListener('click', () => again(table));
}

/** @param {Room} room */
export function showReplay({ shard_id: id }) {
  for (const link of document.querySelectorAll('.replay-link'))
    link.setAttribute('href', `/replay?shard=${encodeURIComponent(id)}`);
}

/** @param {import('./table.js').Table} table */
async function share({ room }) {
  if (!room) return;
  const title = room.seats.map(({ name }) => name).join(', ').slice(0, 100);
  try {
    const made = await send('POST', `/api/replay/game/${room.shard_id}/share`, { title, expires_days: EXPIRES_DAYS });
    /** @type {HTMLInputElement} */ (part('share-link')).value = new URL(made.share_url, location.href).href;
    part('share-made').hidden = false;
    part('share').hidden = true;
    tell(`Whoever has this link can watch the game for ${EXPIRES_DAYS} days.`);
    part('share-copy').focus();
  } catch (error) {
    tell(error instanceof Failure ? error.message : 'The link could not be made.');
  }
}

/**
 * A new room on the same terms, with the same computer players.
 * @param {import('./table.js').Table} table
 */
async function again({ room }) {
  if (!room) return;
  const { options, delay_seconds, open_to_spectators, seats } = room;
  const button = /** @type {HTMLButtonElement} */ (part('again'));
  button.disabled = true;
  try {
    const made = await send('POST', '/golf/rooms', { options, delay_seconds, open_to_spectators });
    for (const { profile } of seats.filter(({ is_cpu: cpu }) => cpu))
      await send('POST', `/golf/rooms/${made.code}/computer`, { profile });
    location.assign(made.url);
  } catch (error) {
    button.disabled = false;
    tell(error instanceof Failure ? error.message : 'No room could be opened.');
  }
}

/** @param {string} words */
function tell(words) {
  say(part('after-answer'), words);
}
