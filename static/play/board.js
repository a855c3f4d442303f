/** Draw the text grid: a tile for each cell, walls on its edges, a shape beside each word. */

import { glyphElement } from '../viewer/glyphs.js';
import { make, part, say } from '../viewer/page.js';
import { around, between, tiles, whereTo } from './grid.js';

/** @typedef {import('./types.js').State} State */
/** @typedef {import('./types.js').Tile} Tile */
/** @typedef {import('./types.js').Place} Place */

/** @typedef {import('../viewer/types.js').Tone} Tone */

/** @type {Record<string, {kind: string, shape: string, tone: Tone}>} */
const LABELS = {
  SELF: { kind: 'self', shape: 'disc', tone: 'life' },
  PROC: { kind: 'process', shape: 'square', tone: 'ink' },
  DEFRG: { kind: 'danger', shape: 'saw', tone: 'danger' },
  GATE: { kind: 'gate', shape: 'house', tone: 'gate' },
};
/** @type {[string, Place][]} */
const SIDES = [['n', [0, -1]], ['e', [1, 0]], ['s', [0, 1]], ['w', [-1, 0]]];

/** @param {State} state */
export function drawBoard(state) {
  const rows = tiles(state);
  const board = part('board');
  board.style.setProperty('--columns', String(rows[0]?.length ?? 3));
  board.style.setProperty('--rows', String(rows.length || 3));
  const wall = between(state.walls);
  const echoes = new Set(state.echo_tiles.map(({ pos }) => pos.join()));
  board.replaceChildren(...rows.flat().map((tile) => tileElement(tile, wall, echoes)));
  say(part('around'), around(state));
}

/**
 * @param {Tile} tile
 * @param {(a: Place, b: Place) => boolean} wall
 * @param {Set<string>} echoes
 */
function tileElement({ place, seen, text, digit, label }, wall, echoes) {
  const element = make('div', seen ? 'tile' : 'tile fog');
  if (!seen) return element;
  const [x, y] = place;
  for (const [side, [dx, dy]] of SIDES) {
    if (wall(place, [x + dx, y + dy])) element.classList.add(`wall-${side}`);
  }
  if (digit && digit !== '5') element.dataset.digit = digit;
  const thing = LABELS[label];
  if (thing) {
    element.classList.add(`is-${thing.kind}`);
    element.append(glyphElement(thing));
  } else if (echoes.has(place.join())) {
    element.classList.add('is-echo');
    element.append(glyphElement({ shape: 'cross', tone: 'quiet' }));
    element.title = `A process died ${whereTo(place)}`;
  }
  element.append(cellElement(text));
  return element;
}

/**
 * The server's own text, in parts that a small tile can leave out.
 * @param {string} text
 */
function cellElement(text) {
  const cell = make('span', 'cell');
  cell.append(
    make('span', 'cell-bracket', text[0]),
    make('span', 'cell-digit', text[1]),
    make('span', 'cell-bracket', ' '),
    make('span', 'cell-label', text.slice(3, 8)),
    make('span', 'cell-bracket', text[8]),
  );
  return cell;
}
