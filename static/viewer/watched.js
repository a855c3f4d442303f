/** Tell the maker of a link how long it is watched and how far: no more than that leaves the page. */

import { leavesCookies } from './wire.js';

/** So long a page is looked at before it counts as watched. */
const FIRST_SECONDS = 5;
const EVERY_SECONDS = 300;

/**
 * Count seconds in which the page is seen, and send them off now and then and when it is left.
 * @param {import('./types.js').Setup} setup
 * @param {() => number} tick  where the playhead is
 */
export function wireWatched({ base, share }, tick) {
  if (!share || !navigator.sendBeacon) return;
  let seconds = 0;
  let furthest = -1;
  let counted = false;

  const tell = () => {
    if (!seconds || (!counted && seconds < FIRST_SECONDS)) return;
    const told = { seconds, tick: furthest < 0 ? null : Math.floor(furthest) };
    if (!sent(`${base}/watched`, JSON.stringify(told))) return;
    counted = true;
    seconds = 0;
  };
  setInterval(() => {
    if (document.visibilityState !== 'visible') return;
    seconds += 1;
    furthest = Math.max(furthest, tick());
    if (seconds === (counted ? EVERY_SECONDS : FIRST_SECONDS)) tell();
  }, 1000);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') tell();
  });
  addEventListener('pagehide', tell);
}

/**
 * Send it off though the page may be closing; a beacon cannot leave the cookies at home.
 * @param {string} address
 * @param {string} body
 */
function sent(address, body) {
  if (!leavesCookies()) return navigator.sendBeacon(address, body);
  fetch(address, { method: 'POST', body, keepalive: true, credentials: 'omit' }).catch(() => {});
  return true;
}
