/** The map: a plane with axes or a grid with cells, its board, the things on it, and who they are. */

import { outline } from '../../shapes.js';
import { drawTiles } from './tiles.js';
import { niceStep, numberText } from './numbers.js';

/** @typedef {import('../../types.js').Box} Box */
/** @typedef {import('../../types.js').Options} Options */
/** @typedef {import('./places.js').Thing} Thing */
/** @typedef {import('./places.js').Found} Found */
/** @typedef {import('./extent.js').Plane} Plane */
/** @typedef {import('./looks.js').Looks} Looks */
/** @typedef {Thing & {px: number, py: number, radius: number}} Placed  in CSS pixels */

const ROOM = { left: 46, top: 34, right: 16, bottom: 26 };
const TIGHT = { left: 14, top: 34, right: 14, bottom: 14 };
const TIGHT_WIDTH = 480;
/** So many things are drawn with shapes; more are drawn as dots, which is quicker. */
const MOST_SHAPED = 1500;
const MOST_LABELLED = 80;
const LEAST_CELL = 7;
const LONGEST_LABEL = 20;
/** What moved farther than this part of the plane was put there; so many cells on a grid. */
const FARTHEST_WALK = 0.25;
const MOST_CELLS_WALKED = 2.6;

/**
 * Where the plane lies in the box, with room for its words.
 * @param {Box} box
 * @param {boolean} grid
 * @returns {Box}
 */
export function inner(box, grid) {
  const room = grid || box.width < TIGHT_WIDTH ? TIGHT : ROOM;
  return {
    x: box.x + room.left,
    y: box.y + room.top,
    width: Math.max(1, box.width - room.left - room.right),
    height: Math.max(1, box.height - room.top - room.bottom),
  };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{found: Found, before: Map<string, Thing> | null, fraction: number, plane: Plane, looks: Looks, box: Box}} scene
 * @param {Options} options
 */
export function drawMap(context, { found, before, fraction, plane, looks, box }, options) {
  const { palette, focus } = options;
  const { frame } = plane;
  context.fillStyle = palette.floor;
  context.fillRect(frame.x, frame.y, frame.width, frame.height);
  if (found.boards.length) {
    const corner = plane.place(-0.5, plane.up ? found.boards[0].height - 0.5 : -0.5);
    drawTiles(context, found.boards[0], { ...corner, size: plane.unit }, options, plane.up);
  }
  if (plane.grid) gridLines(context, plane, palette);
  else axes(context, plane, palette, box);
  context.strokeStyle = palette.edge;
  context.lineWidth = 1;
  context.strokeRect(frame.x, frame.y, frame.width, frame.height);
  const placed = placedThings(found.things, before, fraction, plane);
  if (placed.length > MOST_SHAPED) dots(context, placed, looks, palette);
  else shapes(context, placed, looks, palette);
  if (placed.length <= MOST_LABELLED) labels(context, placed, palette, frame);
  const followed = focus ? placed.find(({ key }) => key === focus) : undefined;
  if (followed) ring(context, followed, palette);
  legend(context, found.things, looks, palette, box);
}

/**
 * Things in pixels: on their way from where they were, and beside each other where they share a cell.
 * @param {Thing[]} things
 * @param {Map<string, Thing> | null} before
 * @param {number} fraction
 * @param {Plane} plane
 * @returns {Placed[]}
 */
export function placedThings(things, before, fraction, plane) {
  const { extent, unit, grid } = plane;
  const far = grid
    ? MOST_CELLS_WALKED
    : FARTHEST_WALK * Math.max(extent.right - extent.left, extent.high - extent.low);
  const area = plane.frame.width * plane.frame.height;
  const usual = grid
    ? Math.max(1.5, Math.min(unit * 0.34, 26))
    : Math.max(2, Math.min(10, Math.sqrt(area / Math.max(1, things.length)) / 6));
  const largest = Math.min(plane.frame.width, plane.frame.height) / 3;
  const shared = grid && things.length <= MOST_SHAPED ? crowds(things) : null;
  return things.map((thing) => {
    const from = before && fraction < 1 ? before.get(thing.key) : undefined;
    const walks = from && Math.hypot(from.x - thing.x, from.y - thing.y) <= far;
    const x = walks ? from.x + (thing.x - from.x) * fraction : thing.x;
    const y = walks ? from.y + (thing.y - from.y) * fraction : thing.y;
    const spot = plane.place(x, y);
    let radius = thing.size > 0 ? Math.min(largest, Math.max(2, thing.size * unit)) : usual;
    const crowd = shared?.get(thing);
    if (crowd) {
      const side = Math.ceil(Math.sqrt(crowd.count));
      const step = unit / side;
      spot.x += ((crowd.place % side) - (side - 1) / 2) * step;
      spot.y += (Math.floor(crowd.place / side) - (Math.ceil(crowd.count / side) - 1) / 2) * step;
      radius = Math.max(1.5, Math.min(radius, step * 0.46));
    }
    return { ...thing, px: spot.x, py: spot.y, radius };
  });
}

/**
 * Those who share a cell: their places in it, and how many they are.
 * @param {Thing[]} things
 */
function crowds(things) {
  /** @type {Map<string, Thing[]>} */
  const cells = new Map();
  for (const thing of things) {
    const cell = `${thing.x} ${thing.y}`;
    const there = cells.get(cell);
    if (there) there.push(thing);
    else cells.set(cell, [thing]);
  }
  /** @type {Map<Thing, {place: number, count: number}>} */
  const crowded = new Map();
  for (const there of cells.values()) {
    if (there.length > 1)
      there.forEach((thing, place) => crowded.set(thing, { place, count: there.length }));
  }
  return crowded;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Plane} plane
 * @param {import('../../palette.js').Palette} palette
 */
function gridLines(context, { extent, unit, frame }, palette) {
  if (unit < LEAST_CELL) return;
  context.strokeStyle = palette.rule;
  context.lineWidth = 1;
  context.beginPath();
  for (let x = frame.x + unit; x < frame.x + frame.width - 1; x += unit) {
    context.moveTo(Math.round(x) + 0.5, frame.y);
    context.lineTo(Math.round(x) + 0.5, frame.y + frame.height);
  }
  for (let y = frame.y + unit; y < frame.y + frame.height - 1; y += unit) {
    context.moveTo(frame.x, Math.round(y) + 0.5);
    context.lineTo(frame.x + frame.width, Math.round(y) + 0.5);
  }
  if ((extent.right - extent.left) * (extent.high - extent.low) < 40_000) context.stroke();
}

/**
 * Round numbers along the left and the lower edge, with fine lines across.
 * @param {CanvasRenderingContext2D} context
 * @param {Plane} plane
 * @param {import('../../palette.js').Palette} palette
 * @param {Box} box
 */
function axes(context, plane, palette, box) {
  const { extent, frame } = plane;
  const told = box.width >= TIGHT_WIDTH;
  context.strokeStyle = palette.rule;
  context.fillStyle = palette.quiet;
  context.font = `12px ${palette.font}`;
  context.lineWidth = 1;
  context.beginPath();
  const stepX = niceStep(extent.right - extent.left, Math.max(2, frame.width / 110));
  for (const value of between(extent.left, extent.right, stepX)) {
    const { x } = plane.place(value, 0);
    context.moveTo(Math.round(x) + 0.5, frame.y);
    context.lineTo(Math.round(x) + 0.5, frame.y + frame.height);
    context.textAlign = 'center';
    context.textBaseline = 'top';
    if (told) context.fillText(numberText(value), x, frame.y + frame.height + 6);
  }
  const stepY = niceStep(extent.high - extent.low, Math.max(2, frame.height / 80));
  for (const value of between(extent.low, extent.high, stepY)) {
    const { y } = plane.place(0, value);
    context.moveTo(frame.x, Math.round(y) + 0.5);
    context.lineTo(frame.x + frame.width, Math.round(y) + 0.5);
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    if (told) context.fillText(numberText(value), frame.x - 6, y, frame.x - box.x - 8);
  }
  context.stroke();
}

/**
 * The round numbers from `low` to `high`.
 * @param {number} low
 * @param {number} high
 * @param {number} step
 */
function between(low, high, step) {
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.min(60, Math.max(0, Math.floor(high / step + 1e-9) - first + 1));
  return Array.from({ length: count }, (_, place) =>
    Number(((first + place) * step).toPrecision(12)),
  );
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Placed[]} placed
 * @param {Looks} looks
 * @param {import('../../palette.js').Palette} palette
 */
function dots(context, placed, looks, palette) {
  const sorted = new Map();
  for (const one of placed) {
    const { tone } = looks.of(one.team, one.colour);
    const there = sorted.get(tone);
    if (there) there.push(one);
    else sorted.set(tone, [one]);
  }
  for (const [tone, things] of sorted) {
    context.fillStyle = palette[/** @type {import('../../types.js').Tone} */ (tone)];
    for (const { px, py, radius } of things) {
      const side = Math.max(2, radius * 1.7);
      context.fillRect(px - side / 2, py - side / 2, side, side);
    }
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Placed[]} placed
 * @param {Looks} looks
 * @param {import('../../palette.js').Palette} palette
 */
function shapes(context, placed, looks, palette) {
  const largestFirst = [...placed].sort((a, b) => b.radius - a.radius);
  for (const { px, py, radius, team, colour } of largestFirst) {
    const { tone, shape } = looks.of(team, colour);
    symbol(context, px, py, radius, shape, palette[tone], palette.ground);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {string} shape
 * @param {string} fill
 * @param {string} edge
 */
function symbol(context, x, y, radius, shape, fill, edge) {
  context.save();
  context.translate(x, y);
  context.scale(radius, radius);
  context.fillStyle = fill;
  context.fill(outline(shape));
  if (radius > 4) {
    context.strokeStyle = edge;
    context.lineWidth = 1 / radius;
    context.stroke(outline(shape));
  }
  context.restore();
}

/**
 * Names beside things, to the right or to the left, as far as they cover nothing.
 * @param {CanvasRenderingContext2D} context
 * @param {Placed[]} placed
 * @param {import('../../palette.js').Palette} palette
 * @param {Box} frame
 */
function labels(context, placed, palette, frame) {
  /** @type {[number, number, number, number][]} */
  const taken = placed.map(({ px, py, radius }) => [px - radius, py - radius, px + radius, py + radius]);
  context.font = `12px ${palette.font}`;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.lineJoin = 'round';
  for (const { label, px, py, radius } of placed) {
    if (!label) continue;
    const text = label.length > LONGEST_LABEL ? `${label.slice(0, LONGEST_LABEL - 1)}…` : label;
    const width = context.measureText(text).width;
    const sides = [px + radius + 4, px - radius - 4 - width];
    const x = sides.find(
      (x) =>
        x >= frame.x &&
        x + width <= frame.x + frame.width &&
        !taken.some(([left, top, right, low]) => x < right && x + width > left && py - 6 < low && py + 6 > top),
    );
    if (x === undefined) continue;
    taken.push([x, py - 6, x + width, py + 6]);
    context.strokeStyle = palette.floor;
    context.lineWidth = 3;
    context.strokeText(text, x, py);
    context.fillStyle = palette.ink;
    context.fillText(text, x, py);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Placed} placed
 * @param {import('../../palette.js').Palette} palette
 */
function ring(context, { px, py, radius }, palette) {
  context.strokeStyle = palette.ink;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(px, py, radius + 5, 0, 2 * Math.PI);
  context.stroke();
}

/**
 * Who is who: shape, colour, name and how many, as far as there is room.
 * @param {CanvasRenderingContext2D} context
 * @param {Thing[]} things
 * @param {Looks} looks
 * @param {import('../../palette.js').Palette} palette
 * @param {Box} box
 */
function legend(context, things, looks, palette, box) {
  const teams = teamsOf(things);
  context.font = `13px ${palette.font}`;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  let x = box.x + TIGHT.left;
  const y = box.y + 18;
  let shown = 0;
  for (const [team, { count, colour }] of teams) {
    const text = `${team.length > 24 ? `${team.slice(0, 23)}…` : team} ${numberText(count)}`;
    const width = 18 + context.measureText(text).width;
    const rest = teams.size - shown;
    if (x + width > box.x + box.width - (rest > 1 ? 70 : 8)) {
      context.fillStyle = palette.quiet;
      context.fillText(`… ${rest} more`, x, y);
      return;
    }
    const { tone, shape } = looks.of(team, colour);
    symbol(context, x + 6, y, 6, shape, palette[tone], palette.ground);
    context.fillStyle = palette.ink;
    context.fillText(text, x + 18, y);
    x += width + 18;
    shown += 1;
  }
}

/**
 * Teams with how many they are, in the order in which they come.
 * @param {Thing[]} things
 */
export function teamsOf(things) {
  /** @type {Map<string, {count: number, colour: string | number}>} */
  const teams = new Map();
  for (const { team, colour } of things) {
    const known = teams.get(team);
    if (known) known.count += 1;
    else teams.set(team, { count: 1, colour });
  }
  return teams;
}
