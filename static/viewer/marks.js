/** Markers on the bar: where each stands, when they are too many to stand apart, and which comes next. */

/** @typedef {import('./types.js').Marker} Marker */
/** @typedef {import('./types.js').Mark} Mark */

/** Fewer pixels than this for each marker, and the bar shows density. */
const ROOM = 7;
const COLUMN = 4;

/** Looks for kinds that a renderer says nothing about, by words often used. @type {[RegExp, Mark][]} */
const USUAL = [
  [/kill|death|died|destroy|lost|error|caught|eaten/, { shape: 'cross', tone: 'danger', word: '' }],
  [/surviv|escape|win|won|goal|finish|end/, { shape: 'arrow', tone: 'life', word: '' }],
  [/ghost|transfer|teleport|gate/, { shape: 'hollow', tone: 'gate', word: '' }],
  [/spawn|join|start|reset|born/, { shape: 'dot', tone: 'quiet', word: '' }],
  [/broadcast|say|chat|message/, { shape: 'ring', tone: 'warning', word: '' }],
  [/watch|warn|alert|capture/, { shape: 'triangle', tone: 'warning', word: '' }],
];
/** @type {Mark} */
const OTHER = { shape: 'diamond', tone: 'ink', word: '' };
/** The more pressing tone wins a column that several share. */
const PRESSING = ['danger', 'life', 'gate', 'warning', 'ink', 'quiet'];

/**
 * @param {string} kind
 * @param {Record<string, Mark>} [own] the renderer's
 * @returns {Mark}
 */
export function markOf(kind, own = {}) {
  const told = Object.hasOwn(own, kind) ? own[kind] : undefined;
  return told ?? USUAL.find(([words]) => words.test(kind))?.[1] ?? OTHER;
}

/**
 * Part of the bar, 0 to 1, at which a tick stands.
 * @param {number} tick
 * @param {number} first
 * @param {number} last
 */
export function partOf(tick, first, last) {
  return last > first ? Math.min(1, Math.max(0, (tick - first) / (last - first))) : 0;
}

/**
 * @param {number} part
 * @param {number} first
 * @param {number} last
 */
export function tickAt(part, first, last) {
  return Math.round(first + Math.min(1, Math.max(0, part)) * (last - first));
}

/**
 * @param {Marker[]} markers
 * @param {number} width of the bar in pixels
 */
export function tooMany(markers, width) {
  return markers.length > width / ROOM;
}

/**
 * How many markers fall in each column of the bar, and the tone to show there.
 * @param {Marker[]} markers
 * @param {number} first
 * @param {number} last
 * @param {number} width
 * @param {Record<string, Mark>} [own]
 */
export function density(markers, first, last, width, own) {
  const size = Math.max(1, Math.floor(width / COLUMN));
  /** @type {{count: number, tone: import('./types.js').Tone}[]} */
  const columns = Array.from({ length: size }, () => ({ count: 0, tone: 'quiet' }));
  for (const { tick, kind } of markers) {
    const column = columns[Math.min(size - 1, Math.floor(partOf(tick, first, last) * size))];
    const { tone } = markOf(kind, own);
    column.count += 1;
    if (PRESSING.indexOf(tone) < PRESSING.indexOf(column.tone)) column.tone = tone;
  }
  const most = Math.max(1, ...columns.map(({ count }) => count));
  return columns.map((column, place) => ({
    x: place * COLUMN,
    width: COLUMN,
    height: column.count ? Math.sqrt(column.count / most) : 0,
    tone: column.tone,
  }));
}

/**
 * The nearest marked tick after (1) or before (-1) `tick`, or null.
 * @param {Marker[]} markers in order
 * @param {number} tick
 * @param {1 | -1} direction
 */
export function nextMarked(markers, tick, direction) {
  if (direction > 0) return markers.find((marker) => marker.tick > tick)?.tick ?? null;
  for (let place = markers.length - 1; place >= 0; place -= 1) {
    if (markers[place].tick < tick) return markers[place].tick;
  }
  return null;
}

/**
 * The markers nearest to `tick`, none farther than `reach`, at most `limit`, and how many more there are.
 * @param {Marker[]} markers
 * @param {number} tick
 * @param {number} reach
 * @param {number} [limit]
 */
export function markersNear(markers, tick, reach, limit = 5) {
  const distance = (/** @type {Marker} */ marker) => Math.abs(marker.tick - tick);
  const near = markers
    .filter((marker) => distance(marker) <= reach)
    .sort((a, b) => distance(a) - distance(b));
  const shown = near.slice(0, limit).sort((a, b) => a.tick - b.tick);
  return { shown, more: Math.max(0, near.length - limit) };
}

/**
 * From a tick where nothing happens, the tick shortly before the next marker; else the tick itself.
 * @param {Marker[]} markers in order
 * @param {number} tick
 * @param {number} last
 * @param {number} [around] ticks shown before and after each marker
 */
export function skipQuiet(markers, tick, last, around = 2) {
  const before = nextMarked(markers, tick + 1, -1);
  if (before !== null && tick - before <= around) return tick;
  const next = nextMarked(markers, tick - 1, 1);
  return Math.max(tick, Math.min(last, (next ?? last) - around));
}
