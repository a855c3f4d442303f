/** After a game: its replay, a link to share it, the same table again. */

import { copyFrom, make, part, say } from '../../viewer/page.js';
import { Failure, send } from '../../viewer/wire.js';

/** @typedef {import('./types.js').Room} Room */

/** @param {import('./table.js').Table} table */
export function wireAfter(table) {
  part('share-form').addEventListener('submit', (event) => {
    event.preventDefault();
    share(table);
  });
  part('share-copy').addEventListener('click', async () => {
    const copied = await copyFrom(/** @type {HTMLInputElement} */ (part('share-link')));
    tell(copied ? 'Copied.' : 'Press Ctrl+C, or ⌘C, to copy what is selected.');
  });
  for (const id of ['again', 'closed-again']) part(id).addEventListener('click', () => again(table));
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
  const days = /** @type {HTMLSelectElement} */ (part('share-expiry')).value;
  try {
    const made = await send('POST', `/api/replay/game/${room.shard_id}/share`, { title, expires_days: days ? Number(days) : null });
    /** @type {HTMLInputElement} */ (part('share-link')).value = new URL(made.share_url, location.href).href;
    part('share-made').hidden = false;
    part('share-form').hidden = true;
    tell(`Whoever has this link can watch the game${days ? ` for ${days} days` : ''}. You can take it back on your account page.`);
    part('share-copy').focus();
  } catch (error) {
    tell(error instanceof Failure ? error.message : 'The link could not be made.');
  }
}

/**
 * Say who has opened the next table, and lead there.
 * @param {Room} room
 */
export function drawNext({ next }) {
  for (const id of ['next', 'closed-next']) {
    const place = part(id);
    place.hidden = !next;
    if (!next || place.dataset.code === next.code) continue;
    place.dataset.code = next.code;
    const link = make('a', 'button button-primary', `Go to table ${next.code}`);
    link.setAttribute('href', next.url);
    place.replaceChildren(`${next.maker ?? 'Somebody'} plays again. `, link);
  }
  for (const id of ['again', 'closed-again']) part(id).hidden = Boolean(next);
}

/**
 * Sit down at the next table: a new one on the same terms, with the same computer players.
 * @param {import('./table.js').Table} table
 */
async function again(table) {
  const buttons = ['again', 'closed-again'].map((id) => /** @type {HTMLButtonElement} */ (part(id)));
  for (const button of buttons) button.disabled = true;
  try {
    const room = await send('POST', `${table.address}/again`);
    location.assign(room.url);
  } catch (error) {
    for (const button of buttons) button.disabled = false;
    tell(error instanceof Failure ? error.message : 'No room could be opened.');
  }
}

/** @param {string} words */
function tell(words) {
  say(part('after-answer'), words);
}
