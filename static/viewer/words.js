/** What is said of the recording in words: its state, its troubles, the present tick. */

import { happenedAt } from './events.js';
import { runAt } from './ranges.js';
import { count, grouped, span, spokenClock } from './times.js';

/** @typedef {import('./session.js').Session} Session */

/**
 * What the status line says, and whether asking again may help; null while all is well.
 * @param {Session} session
 * @param {boolean} drawn whether the present tick is on the board
 * @returns {{words: string, retry: boolean} | null}
 */
export function statusOf(session, drawn) {
  const { trouble } = session.store.requests;
  if (session.refusal) return { words: session.refusal, retry: true };
  if (trouble && !trouble.retrying) return { words: trouble.words, retry: true };
  if (trouble) return { words: `${trouble.words} Trying again…`, retry: false };
  if (session.line) return { words: session.line, retry: false };
  const own = session.renderer?.trouble?.();
  if (own) return { words: own.words, retry: true };
  if (!session.index && !drawn) return { words: 'Opening the recording…', retry: false };
  if (session.index && session.shard?.last_tick === null && !session.started)
    return { words: emptyWords(session), retry: false };
  const gap = runAt(session.store.gaps, session.player.tick);
  if (gap)
    return {
      words: `Ticks ${grouped(gap[0])} to ${grouped(gap[1])} were not recorded.`,
      retry: false,
    };
  if (!drawn || session.player.waiting) return { words: fetchingWords(session), retry: false };
  if (session.oddity) return { words: session.oddity, retry: false };
  if (session.shard?.live && session.shard.stale) {
    return { words: 'Nothing has come for a minute; the shard may have stopped.', retry: false };
  }
  return null;
}

/** @param {Session} session */
function emptyWords(session) {
  return session.shard?.live ? 'Waiting for the first tick…' : 'This recording holds no ticks.';
}

/** @param {Session} session */
function fetchingWords({ store, player }) {
  const run = store
    .fetching()
    .find(({ first, last }) => first <= player.tick + 1 && player.tick <= last);
  if (!run) return `Fetching tick ${grouped(player.tick)}…`;
  return `Fetching ticks ${grouped(run.first)} to ${grouped(Math.min(run.last, player.last))}…`;
}

/**
 * "tick 341 of 900, 5 minutes 41, 0c41 killed at (7, 12)"
 * @param {Session} session
 */
export function tickWords(session) {
  const { player, skipping } = session;
  const elapsed = spokenClock(session.elapsed(player.tick));
  const here = happenedAt(session, player.tick);
  const events = here.slice(0, 3).map(({ label }) => label);
  if (here.length > 3) events.push(`${count(here.length - 3, 'more event')}`);
  const edge = player.following ? 'live' : '';
  const quiet = skipping && player.playing ? 'quiet stretches skipped' : '';
  return [`tick ${player.tick} of ${player.last}`, elapsed, ...events, edge, quiet]
    .filter(Boolean)
    .join(', ');
}

/** @param {Session} session */
export function kindWords({ shard, index }) {
  if (!shard) return index ? '' : '…';
  if (shard.live) return shard.stale ? 'silent' : 'live';
  return 'replay';
}

/**
 * "Connected (3 fps)": whether live ticks come, and how many a second; or when the last one came.
 * @param {Session} session
 */
export function connectionWords(session) {
  if (!session.shard?.live) return '';
  if (session.line) return 'Not connected';
  const quiet = session.connected ? session.quiet() : null;
  if (quiet !== null) return `Connected, last tick ${span(quiet)} ago`;
  const rate = session.rate();
  return rate === null ? '' : `Connected (${rate < 1 && rate > 0 ? rate.toFixed(1) : Math.round(rate)} fps)`;
}

/**
 * @param {Session} session
 */
export function watchWords({ shard, spectators }) {
  return shard?.live && spectators > 0 ? `${grouped(spectators)} watching` : '';
}
