/** The panel of events: what happens at this tick, and before it the latest first. */

import { markOf } from './marks.js';

const MOST_EARLIER = 30;
/** What ticks that are here told, kept so that none is read again at each step. */
const MOST_KEPT = 500;
/** @type {WeakMap<import('./session.js').Session, Map<number, Marker[]>>} */
const kept = new WeakMap();

/** @typedef {import('./types.js').Marker} Marker */
/** @typedef {import('./session.js').Session} Session */

/**
 * What happened at a tick: as the renderer tells it where the tick is here, else as it is marked.
 * @param {Session} session
 * @param {number} tick
 * @returns {Marker[]}
 */
export function happenedAt(session, tick) {
  const { markers, renderer, store } = session;
  const line = store.hasExactly(tick) ? store.line(tick) : null;
  const own = line && (renderer?.events ?? renderer?.markers)?.(line.snapshot);
  if (own?.length) return own.map((marker) => ({ ...marker, tick }));
  return markers.filter((marker) => marker.tick === tick);
}

/**
 * What happened before a tick, the latest first: what is marked, or in games that tell all of it each tick.
 * @param {Session} session
 * @param {number} tick
 * @returns {Marker[]}
 */
function earlierThan(session, tick) {
  const { markers, renderer, player } = session;
  if (renderer?.everyTick) return everyTickBefore(session, Math.min(tick, player.last + 1));
  const earlier = [];
  for (let place = markers.length - 1; place >= 0 && earlier.length < MOST_EARLIER; place -= 1) {
    if (markers[place].tick < tick) earlier.push(markers[place]);
  }
  return earlier;
}

/**
 * @param {Session} session
 * @param {number} tick
 */
function everyTickBefore(session, tick) {
  const { store, player } = session;
  const told = kept.get(session) ?? new Map();
  if (told.size > MOST_KEPT) told.clear();
  kept.set(session, told);
  const earlier = [];
  for (let at = tick - 1; at >= Math.max(player.first, tick - MOST_EARLIER); at -= 1) {
    const known = told.get(at) ?? happenedAt(session, at);
    if (store.hasExactly(at) && !player.live) told.set(at, known);
    earlier.push(...known);
  }
  return earlier;
}

/**
 * @param {Session} session
 * @param {import('./types.js').Frame} frame
 * @returns {import('./types.js').Panel}
 */
export function eventsPanel(session, { tick }) {
  const { renderer, index } = session;
  const now = happenedAt(session, tick);
  const earlier = earlierThan(session, tick);
  /** @type {import('./types.js').Row[]} */
  const rows = [...now, ...earlier].map((marker, place) => {
    const { shape, tone } = markOf(marker.kind, renderer?.marks);
    return {
      key: `${marker.tick} ${marker.kind} ${marker.subject ?? marker.label} ${place < now.length ? place : ''}`,
      text: marker.label,
      detail: marker.tick === tick ? 'now' : String(marker.tick),
      glyph: { shape, tone },
      tone: /** @type {import('./types.js').Tone} */ (marker.tick === tick ? 'ink' : 'quiet'),
      tick: marker.tick,
    };
  });
  if (index?.markers_cut && tick > (index.markers.at(-1)?.tick ?? 0)) {
    rows.unshift({
      key: 'cut',
      text: 'Too many events: later ones are not listed.',
      detail: '',
      glyph: markOf('warn'),
      tone: 'quiet',
      tick,
    });
  }
  return { id: 'events', title: 'Events', note: `tick ${tick}`, empty: 'Nothing so far.', rows };
}
