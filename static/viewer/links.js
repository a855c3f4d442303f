/** The present place as an address: for the address bar, for a link, for the clipboard. */

import { writeAddress } from './address.js';
import { hideOf } from './layers.js';
import { copyFrom, part } from './page.js';

/** @typedef {import('./session.js').Session} Session */
/** @typedef {{focus: string | null, hidden: ReadonlySet<string>, charts: string[], renderer: import('./types.js').Renderer, stage: {view: import('./types.js').View}}} Seen */

/**
 * The place as it is seen, as a search; at the live edge without a tick, unless one is wanted.
 * @param {Session} session
 * @param {Seen} seen
 * @param {{exact?: boolean}} [options]
 */
export function searchOf({ player, even }, { focus, hidden, charts, renderer, stage }, { exact = false } = {}) {
  const tick = player.following && !exact ? null : player.tick;
  const { speed, loop } = player;
  const hide = hideOf(renderer.layers ?? [], hidden);
  const view = renderer.writeView?.(stage.view, focus) ?? null;
  return writeAddress(location.search, { tick, speed, loop, focus, hide, even, charts, view });
}

/**
 * A link to this moment that stays good when the shard has ended.
 * @param {Session} session
 * @param {Seen} seen
 */
export function linkTo(session, seen) {
  const { setup } = session;
  const search = searchOf(session, seen, { exact: true });
  if (setup.share) return `${location.origin}/replay/${setup.share.code}${search}`;
  if (!setup.shard_id) return `${location.origin}${location.pathname}${search}`;
  const given = new URLSearchParams(search);
  given.delete('shard');
  return `${location.origin}/replay?shard=${encodeURIComponent(setup.shard_id)}&${given}`;
}

/**
 * Copy a link to this moment; where the clipboard is closed to us, show it to be copied by hand.
 * @param {Session} session
 * @param {import('./screen.js').Screen} screen
 */
export async function copyLink(session, screen) {
  const field = /** @type {HTMLInputElement} */ (part('share-moment'));
  field.value = linkTo(session, screen);
  if (await copyFrom(field))
    screen.announcer.speak(`A link to tick ${session.player.tick} is copied.`);
  else part('share-open').click();
}
