/** The text grid, read: its cells with their places, what lies where, and all of it in words. */

/** @typedef {import('./types.js').State} State */
/** @typedef {import('./types.js').Place} Place */
/** @typedef {import('./types.js').Tile} Tile */

const CELL = 10;

/** The keypad: the step that each digit takes; north is up. @type {Record<string, Place>} */
export const KEYPAD = {
  7: [-1, -1], 8: [0, -1], 9: [1, -1],
  4: [-1, 0], 6: [1, 0],
  1: [-1, 1], 2: [0, 1], 3: [1, 1],
};
/** @type {Record<string, string>} */
export const DIRECTIONS = {
  7: 'north-west', 8: 'north', 9: 'north-east', 4: 'west', 6: 'east', 1: 'south-west', 2: 'south', 3: 'south-east',
};
/** @type {Record<string, string>} */
export const ARROWS = { 7: '↖', 8: '↑', 9: '↗', 4: '←', 6: '→', 1: '↙', 2: '↓', 3: '↘' };

/** @param {Place} place */
const key = ([x, y]) => `${x},${y}`;

/**
 * Cut the server's text into rows of cells; around a process alone in a corner there is fog, so that it stays
 * in the middle of its keypad.
 * @param {Pick<State, 'grid' | 'visible'>} state
 * @returns {Tile[][]}
 */
export function tiles({ grid, visible }) {
  if (!grid) return [];
  const left = Math.min(...visible.map(([x]) => x));
  const top = Math.min(...visible.map(([, y]) => y));
  const seen = new Set(visible.map(key));
  /** @type {Map<string, string>} */
  const texts = new Map();
  const lines = grid.split('\n');
  lines.forEach((line, row) => {
    for (let column = 0; column * CELL < line.length; column += 1) {
      texts.set(key([left + column, top + row]), line.slice(column * CELL, (column + 1) * CELL));
    }
  });
  const right = left + Math.max(...lines.map((line) => Math.ceil(line.length / CELL))) - 1;
  return range(Math.min(top, -1), Math.max(top + lines.length - 1, 1)).map((y) =>
    range(Math.min(left, -1), Math.max(right, 1)).map((x) => {
      const text = texts.get(key([x, y])) ?? ' '.repeat(CELL);
      return { place: [x, y], seen: seen.has(key([x, y])), text, digit: text[1].trim(), label: text.slice(3, 8).trim() };
    }),
  );
}

/**
 * @param {number} first
 * @param {number} last
 */
function range(first, last) {
  return Array.from({ length: last - first + 1 }, (_, place) => first + place);
}

/**
 * The walls as they are asked for: is there one between two neighbours?
 * @param {{a: Place, b: Place}[]} walls
 * @returns {(a: Place, b: Place) => boolean}
 */
export function between(walls) {
  const pairs = new Set(walls.flatMap(({ a, b }) => [`${key(a)}|${key(b)}`, `${key(b)}|${key(a)}`]));
  return (a, b) => pairs.has(`${key(a)}|${key(b)}`);
}

/**
 * The digits of the steps that are legal now: a straight one with no wall in its way, a diagonal one with one
 * of the two ways round its corner free.
 * @param {Pick<State, 'visible' | 'walls'>} state
 */
export function legal({ visible, walls }) {
  const seen = new Set(visible.map(key));
  const wall = between(walls);
  /** @param {Place[]} way */
  const free = (...way) => way.slice(1).every((place, step) => !wall(way[step], place));
  return new Set(
    Object.entries(KEYPAD)
      .filter(([, place]) => seen.has(key(place)))
      .filter(([, [x, y]]) =>
        x && y ? free([0, 0], [x, 0], [x, y]) || free([0, 0], [0, y], [x, y]) : free([0, 0], [x, y]),
      )
      .map(([digit]) => digit),
  );
}

/**
 * What is around, for those who do not see the board: one sentence each.
 * @param {State} state
 */
export function around(state) {
  if (!state.grid) return 'Nothing is seen.';
  const steps = legal(state);
  const blocked = [...'78946123'].filter((digit) => !steps.has(digit)).map((digit) => DIRECTIONS[digit]);
  return [
    state.defragger ? `The Defragmenter is ${whereTo(state.defragger)}.` : 'No Defragmenter in sight.',
    ...state.gates.map((gate) => `A gate is ${whereTo(gate)}.`),
    ...state.other_processes.map((other) => `A process is ${whereTo(other)}.`),
    ...state.echo_tiles.map(({ pos }) => `A process died ${whereTo(pos)}.`),
    blocked.length ? `Blocked: ${blocked.join(', ')}.` : 'Every way is free.',
  ].join(' ');
}

/**
 * @param {Place} place
 */
export function whereTo([x, y]) {
  if (!x && !y) return 'right here';
  const parts = [
    y ? `${Math.abs(y)} ${y < 0 ? 'north' : 'south'}` : '',
    x ? `${Math.abs(x)} ${x < 0 ? 'west' : 'east'}` : '',
  ];
  return parts.filter(Boolean).join(', ');
}
