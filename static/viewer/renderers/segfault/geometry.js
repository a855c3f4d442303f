/** Where things of a SEGFAULT board stand, at rest and between two ticks. */

/** @typedef {import('../../types.js').Snapshot} Snapshot */
/** @typedef {import('../../types.js').Frame} Frame */
/** @typedef {{left: number, top: number, cell: number, size: number, side: number, margin: number}} Board */
/** @typedef {{id: string, x: number, y: number, scale: number, alpha: number, process: any}} Placed */

/** A sprint takes at most this many steps; anything farther was no walk. */
const FARTHEST_WALK = 3;

/**
 * The largest board of whole pixels in the middle of the box, x east and y south.
 * @param {import('../../types.js').Box} box
 * @param {number} size tiles a side
 * @returns {Board}
 */
export function geometry(box, size) {
  const room = Math.min(box.width, box.height);
  const margin = room >= 420 ? 18 : 0;
  const cell = Math.max(1, Math.floor((room - margin - 6) / size));
  const side = cell * size;
  return {
    left: Math.round(box.x + (box.width - side - margin) / 2) + margin,
    top: Math.round(box.y + (box.height - side - margin) / 2) + margin,
    cell,
    size,
    side,
    margin,
  };
}

/**
 * @param {Board} board
 * @param {number} x
 * @param {number} y
 */
export function tileAt(board, x, y) {
  const column = Math.floor((x - board.left) / board.cell);
  const row = Math.floor((y - board.top) / board.cell);
  const inside = column >= 0 && row >= 0 && column < board.size && row < board.size;
  return inside ? [column, row] : null;
}

/**
 * The middle of a tile, in pixels.
 * @param {Board} board
 * @param {number[]} pos
 */
export function centre(board, [x, y]) {
  return { x: board.left + (x + 0.5) * board.cell, y: board.top + (y + 0.5) * board.cell };
}

/** @param {number[]} pos */
export function at(pos) {
  return `(${pos[0]}, ${pos[1]})`;
}

/**
 * @param {Snapshot} snapshot
 * @returns {{id: string, pos: number[]}[]}
 */
export function livePositions(snapshot) {
  return snapshot.processes.filter((/** @type {any} */ one) => one.alive && one.pos);
}

/**
 * Every living process where it is to be drawn: walking from its last tile, or growing where it came in.
 * @param {Frame} frame
 * @returns {Placed[]}
 */
export function placed({ snapshot, previous, fraction }) {
  const before = byId(previous);
  const eased = ease(fraction);
  return livePositions(snapshot).map((process) => {
    const from = before.get(process.id);
    const base = { id: process.id, process, alpha: 1, scale: 1 };
    if (previous && (!from || !from.alive)) {
      return {
        ...base,
        x: process.pos[0],
        y: process.pos[1],
        scale: 0.4 + 0.6 * eased,
        alpha: eased,
      };
    }
    if (!from || !walked(from.pos, process.pos))
      return { ...base, x: process.pos[0], y: process.pos[1] };
    return { ...base, ...between(from.pos, process.pos, eased) };
  });
}

/**
 * Those who left at this tick, where they were last seen and how they went.
 * @param {Frame} frame
 * @returns {{id: string, pos: number[], how: 'kill' | 'survival' | 'ghost'}[]}
 */
export function departed({ snapshot, previous }) {
  const before = byId(previous);
  const gates = new Map(
    (snapshot.departed ?? []).map((/** @type {any} */ one) => [one.id, one.pos]),
  );
  const last = (/** @type {string} */ id) => gates.get(id) ?? before.get(id)?.pos;
  const left = (
    /** @type {string[]} */ ids,
    /** @type {any} */ how,
    /** @type {(id: string) => any} */ where,
  ) => (ids ?? []).map((id) => ({ id, how, pos: where(id) })).filter(({ pos }) => pos);
  const { kills, survivals, ghosts } = snapshot.events ?? {};
  return [
    ...left(kills, 'kill', (id) => killedAt(snapshot, id)),
    ...left(survivals, 'survival', last),
    ...left(ghosts, 'ghost', last),
  ];
}

/**
 * Where a process died: its own place, or in a recording that no longer lists the killed the new echo tile of the
 * same rank, or the Defragmenter's tile, as a kill ends its move.
 * @param {Snapshot} snapshot
 * @param {string} id
 * @returns {number[] | undefined}
 */
export function killedAt(snapshot, id) {
  const listed = byId(snapshot).get(id)?.pos;
  const fresh = snapshot.echo_tiles.filter(
    (/** @type {any} */ echo) => echo.tick === snapshot.tick,
  );
  return listed ?? fresh[snapshot.events.kills.indexOf(id)]?.pos ?? snapshot.defragger?.pos;
}

/**
 * The Defragmenter walks every step it takes, however many.
 * @param {Frame} frame
 */
export function hunter({ snapshot, previous, fraction }) {
  const to = snapshot.defragger?.pos;
  if (!to) return null;
  const from = previous?.defragger?.pos ?? to;
  return between(from, to, ease(fraction));
}

/**
 * Walls that stayed, came and went.
 * @param {Frame} frame
 */
export function drifted({ snapshot, previous, fraction }) {
  const now = new Map(snapshot.walls.map((/** @type {number[]} */ wall) => [wall.join(), wall]));
  if (!previous || fraction >= 1) return { stayed: [...now.values()], came: [], went: [] };
  const before = new Map(previous.walls.map((/** @type {number[]} */ wall) => [wall.join(), wall]));
  return {
    stayed: [...now].filter(([key]) => before.has(key)).map(([, wall]) => wall),
    came: [...now].filter(([key]) => !before.has(key)).map(([, wall]) => wall),
    went: [...before].filter(([key]) => !now.has(key)).map(([, wall]) => wall),
  };
}

/**
 * @param {number[]} from
 * @param {number[]} to
 */
function walked(from, to) {
  return Math.max(Math.abs(from[0] - to[0]), Math.abs(from[1] - to[1])) <= FARTHEST_WALK;
}

/**
 * @param {number[]} from
 * @param {number[]} to
 * @param {number} part
 */
function between(from, to, part) {
  return { x: from[0] + (to[0] - from[0]) * part, y: from[1] + (to[1] - from[1]) * part };
}

/** @param {number} part */
function ease(part) {
  return part < 0.5 ? 2 * part * part : 1 - (2 - 2 * part) ** 2 / 2;
}

/**
 * @param {Snapshot | null} snapshot
 * @returns {Map<string, any>}
 */
function byId(snapshot) {
  return new Map((snapshot?.processes ?? []).map((/** @type {any} */ one) => [one.id, one]));
}
