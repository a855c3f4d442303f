/** A session as the player's clock sees it: what is here, what comes next, and how long each tick lasts. */

import { skipQuiet } from './marks.js';

/**
 * @param {import('./session.js').Session} session
 * @returns {import('./player.js').Tape}
 */
export function tapeOf(session) {
  const { store, times, player } = session;
  return {
    ready: (tick) => store.has(tick),
    after: (tick) => store.after(tick),
    at: (tick) => times.at(tick),
    lengthOf(tick) {
      const [here, next] = [store.timeOf(tick), store.timeOf(tick + 1)];
      const known = here !== null && next !== null && next > here ? next - here : Infinity;
      return Math.min(known, times.lengthOf(tick));
    },
    skip: (tick) =>
      session.skipping && !session.index?.markers_cut
        ? skipQuiet(session.markers, tick, player.last)
        : tick,
  };
}
