/** How far a recording has come, and what of it is on its way: words and a bar in a corner of the board. */

import { part, say } from './page.js';
import { grouped } from './times.js';

/** @typedef {import('./session.js').Session} Session */
/** @typedef {{words: string, part: number | null}} Loading  `part` from 0 to 1, or null where nobody knows */

/**
 * @param {Session} session
 * @returns {Loading | null}
 */
function loadingOf(session) {
  const own = session.renderer?.loading?.() ?? null;
  return fetched(session) ?? (own ? { words: own, part: null } : null) ?? pushed(session);
}

/**
 * Chunks that its sender has still to bring.
 * @param {Session} session
 * @returns {Loading | null}
 */
function pushed({ index, shard, player }) {
  if (!index?.push || !shard?.live) return null;
  const { chunk_count: count, waiting } = index.push;
  const placed = placedBy(index, player.last);
  const ahead = waiting ? `, ${grouped(waiting)} waiting for one before` : '';
  if (count === null) return { words: `Receiving (chunk ${grouped(placed)})${ahead}`, part: null };
  return placed < count ? chunkWords(placed, count, ahead) : null;
}

/**
 * How many chunks have come when the newest tick is `last`: the index says it, and live ticks go on from there.
 * @param {import('./types.js').Index} index
 * @param {number} last
 */
function placedBy({ push, shard }, last) {
  const { placed, chunk_count: count } = /** @type {NonNullable<import('./types.js').Index['push']>} */ (push);
  const ticks = (shard.last_tick ?? -1) + 1 - (shard.first_tick ?? 0);
  const a_chunk = placed ? ticks / placed : 0;
  const more = a_chunk ? Math.ceil((last - (shard.last_tick ?? -1)) / a_chunk - 1e-9) : 0;
  return Math.min(placed + Math.max(0, more), count ?? Infinity);
}

/**
 * The chunk that the playhead waits for.
 * @param {Session} session
 * @returns {Loading | null}
 */
function fetched({ store, player }) {
  const running = [...store.requests.running.values()].map(({ range }) => range);
  const chunk = running.find(({ number, first, last }) => number !== null && first <= player.tick && player.tick <= last);
  if (!chunk || chunk.number === null || store.has(player.tick)) return null;
  const place = store.chunks.findIndex(({ number }) => number === chunk.number);
  return chunkWords(place + 1, store.chunks.length, '');
}

/**
 * "Loading 80 % (chunk 4 of 5)"
 * @param {number} place
 * @param {number} count
 * @param {string} more
 * @returns {Loading}
 */
function chunkWords(place, count, more) {
  const done = place / count;
  return { words: `Loading ${Math.floor(100 * done)} % (chunk ${grouped(place)} of ${grouped(count)}${more})`, part: done };
}

/** @param {Session} session */
export function showLoading(session) {
  const loading = loadingOf(session);
  part('loading').hidden = !loading;
  if (!loading) return;
  say(part('loading-words'), loading.words);
  const bar = /** @type {HTMLProgressElement} */ (part('loading-bar'));
  if (loading.part === null) bar.removeAttribute('value');
  else bar.value = loading.part;
}
