/** The panel of events: what happens at this tick, and before it the latest first. */

import { markOf } from './marks.js';

const MOST_EARLIER = 30;

/**
 * @param {import('./session.js').Session} session
 * @param {import('./types.js').Frame} frame
 * @returns {import('./types.js').Panel}
 */
export function eventsPanel({ markers, renderer, index }, { tick, snapshot }) {
  const own = (renderer?.events ?? renderer?.markers)?.(snapshot).map((marker) => ({
    ...marker,
    tick,
  }));
  const now = own?.length ? own : markers.filter((marker) => marker.tick === tick);
  const earlier = [];
  for (let place = markers.length - 1; place >= 0 && earlier.length < MOST_EARLIER; place -= 1) {
    if (markers[place].tick < tick) earlier.push(markers[place]);
  }
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
