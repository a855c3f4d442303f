/** A game that the viewer knows nothing of: places drawn as a map, numbers as a list, changes shown. */

import { changes, leaves, positions } from '../facts.js';
import { LEVELS } from '../shapes.js';

/** @typedef {import('../types.js').Snapshot} Snapshot */
/** @typedef {import('../types.js').Box} Box */
/** @typedef {import('../types.js').Frame} Frame */
/** @typedef {import('../types.js').Options} Options */
/** @typedef {ReturnType<typeof positions>[number]} Thing */

const MOST_ROWS = 60;
const MARGIN = 28;

export const motionSeconds = 0.7;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Frame} frame
 * @param {Box} box
 * @param {Options} options
 */
export function draw(context, frame, box, options) {
  const things = placesIn(frame.snapshot);
  if (things.length) map(context, frame, things, box, options);
  else list(context, frame, box, options);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Frame} frame
 * @param {Thing[]} things
 * @param {Box} box
 * @param {Options} options
 */
function map(context, { previous, fraction }, things, box, { palette, focus }) {
  const scale = scaleOf(things, box);
  const before = new Map(
    (previous && fraction < 1 ? placesIn(previous) : []).map((thing) => [key(thing), thing]),
  );
  context.strokeStyle = palette.rule;
  context.strokeRect(
    box.x + MARGIN / 2,
    box.y + MARGIN / 2,
    box.width - MARGIN,
    box.height - MARGIN,
  );
  context.strokeStyle = palette.ink;
  const radius = Math.max(
    2.5,
    Math.min(11, Math.sqrt((box.width * box.height) / things.length) / 6),
  );
  const lists = [...new Set(things.map((thing) => thing.list))];
  for (const [kind, list] of lists.entries()) {
    context.fillStyle = palette.levels[(kind + 1) % LEVELS].fill;
    context.beginPath();
    for (const thing of things) {
      if (thing.list !== list) continue;
      const from = before.get(key(thing)) ?? thing;
      const at = scale(
        from.x + (thing.x - from.x) * fraction,
        from.y + (thing.y - from.y) * fraction,
      );
      dot(context, at, radius, kind);
      if (focus === key(thing))
        context.strokeRect(at.x - 2 * radius, at.y - 2 * radius, 4 * radius, 4 * radius);
    }
    context.fill();
  }
}

/**
 * One list is drawn as discs, the next as squares, and so on.
 * @param {CanvasRenderingContext2D} context
 * @param {{x: number, y: number}} at
 * @param {number} radius
 * @param {number} kind
 */
function dot(context, { x, y }, radius, kind) {
  context.moveTo(x + radius, y);
  if (kind % 2) context.rect(x - radius * 0.9, y - radius * 0.9, radius * 1.8, radius * 1.8);
  else context.arc(x, y, radius, 0, 2 * Math.PI);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Frame} frame
 * @param {Box} box
 * @param {Options} options
 */
function list(context, { snapshot, previous }, box, { palette }) {
  const size = 13;
  const height = 22;
  const fits = Math.max(1, Math.floor((box.height - 2 * MARGIN) / height));
  const columns = Math.max(1, Math.floor(box.width / 320));
  const facts = leaves(snapshot, fits * columns + 1);
  const changed = new Set(previous ? changes(previous, snapshot).map(({ path }) => path) : []);
  const width = (box.width - 2 * MARGIN) / columns;
  context.font = `${size}px ${palette.font}`;
  context.textBaseline = 'middle';
  facts.slice(0, fits * columns).forEach(({ path, text }, place) => {
    const x = box.x + MARGIN + Math.floor(place / fits) * width;
    const y = box.y + MARGIN + (place % fits) * height;
    context.textAlign = 'left';
    context.fillStyle = palette.quiet;
    context.fillText(path, x, y, width * 0.5);
    context.fillStyle = changed.has(path) ? palette.warning : palette.ink;
    context.fillText(`${changed.has(path) ? '▸ ' : ''}${text}`, x + width * 0.53, y, width * 0.42);
  });
}

/**
 * @param {Snapshot} snapshot
 * @param {Snapshot | null} previous
 * @returns {import('../types.js').Panel[]}
 */
export function panels(snapshot, previous) {
  const groups = Object.entries(snapshot).filter(([, value]) => value && typeof value === 'object');
  const plain = Object.fromEntries(
    Object.entries(snapshot).filter(([, value]) => !value || typeof value !== 'object'),
  );
  const parts = [...(Object.keys(plain).length ? [['values', plain]] : []), ...groups];
  const moved = previous ? changes(previous, snapshot) : [];
  return [
    {
      id: 'changed',
      title: 'Changed',
      note: String(moved.length),
      empty: previous ? 'Nothing since the last tick.' : 'No tick before this one is here.',
      rows: moved.slice(0, MOST_ROWS).map(({ path, before, after }) => ({
        key: path,
        text: path,
        detail: `${before ?? '–'} → ${after ?? '–'}`,
      })),
    },
    ...parts.map(([name, value]) => group(String(name), value)),
  ];
}

/**
 * @param {string} name
 * @param {any} value
 * @returns {import('../types.js').Panel}
 */
function group(name, value) {
  const rows = leaves(value, MOST_ROWS).map(({ path, text }) => ({
    key: path,
    text: path || name,
    detail: text,
  }));
  const size = Array.isArray(value) ? String(value.length) : undefined;
  return {
    id: `part-${name.replace(/[^\w-]/g, '-')}`,
    title: name,
    note: size,
    empty: 'Empty.',
    rows,
  };
}

/**
 * @param {Snapshot} snapshot
 * @param {Box} box
 * @param {number} x
 * @param {number} y
 */
export function hit(snapshot, box, x, y) {
  const things = placesIn(snapshot);
  const scale = things.length ? scaleOf(things, box) : null;
  let nearest = null;
  let reach = 16;
  for (const thing of scale ? things : []) {
    const at = scale ? scale(thing.x, thing.y) : { x: 0, y: 0 };
    const distance = Math.hypot(at.x - x, at.y - y);
    if (distance < reach) [nearest, reach] = [thing, distance];
  }
  return nearest ? found(nearest) : null;
}

/**
 * @param {Snapshot} snapshot
 * @param {string} subject
 */
export function find(snapshot, subject) {
  const thing = placesIn(snapshot).find((one) => key(one) === subject);
  return thing ? found(thing) : null;
}

/** @type {WeakMap<Snapshot, Thing[]>} */
const known = new WeakMap();

/**
 * The things of a snapshot, looked for once.
 * @param {Snapshot} snapshot
 */
function placesIn(snapshot) {
  const things = known.get(snapshot) ?? positions(snapshot);
  known.set(snapshot, things);
  return things;
}

/** @param {Thing} thing */
function found(thing) {
  return { subject: key(thing), label: `${thing.list || 'thing'} ${thing.id}`, value: thing.value };
}

/** @param {Thing} thing */
function key(thing) {
  return `${thing.list} ${thing.id}`;
}

/**
 * One scale for both axes, y growing downwards.
 * @param {Thing[]} things
 * @param {Box} box
 */
function scaleOf(things, box) {
  const least = { x: Infinity, y: Infinity };
  const most = { x: -Infinity, y: -Infinity };
  for (const { x, y } of things) {
    least.x = Math.min(least.x, x, 0);
    least.y = Math.min(least.y, y, 0);
    most.x = Math.max(most.x, x);
    most.y = Math.max(most.y, y);
  }
  const wide = Math.max(1e-9, most.x - least.x);
  const high = Math.max(1e-9, most.y - least.y);
  const unit = Math.min((box.width - 2 * MARGIN) / wide, (box.height - 2 * MARGIN) / high);
  const left = box.x + (box.width - unit * wide) / 2;
  const top = box.y + (box.height - unit * high) / 2;
  return (/** @type {number} */ x, /** @type {number} */ y) => ({
    x: left + (x - least.x) * unit,
    y: top + (y - least.y) * unit,
  });
}
