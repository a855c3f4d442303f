/** A session as the player's clock sees it: what is here, what comes next, and how long each tick lasts. */

import { skipQuiet } from './marks.js';

/** At an even pace each tick is shown so long, whatever its length was. */
export const EVEN_SECONDS = 1;

/**
 * @param {import('./session.js').Session} session
 * @returns {import('./player.js').Tape}
 */
export function tapeOf(session) {
  const { store, times, player } = session;
  return {
    ready: (tick) => store.has(tick),
    after: (tick) => store.after(tick),
    at: (tick) => (session.even ? tick * EVEN_SECONDS : times.at(tick)),
    lengthOf(tick) {
      if (session.even) return EVEN_SECONDS;
      const [here, next] = [store.timeOf(tick), store.timeOf(tick + 1)];
      const known = here !== null && next !== null && next > here;
      return known ? Math.min(next - here, times.longest) : times.lengthOf(tick);
    },
    skip: (tick) =>
      session.skipping && !session.index?.markers_cut
        ? skipQuiet(session.markers, tick, player.last)
        : tick,
  };
}
