/** Draw one SEGFAULT frame: walls on edges, gates, traces, processes and the Defragmenter. */

import { glyphOf, shortId } from '../../shapes.js';
import { centre, departed, geometry, hunter, placed } from './geometry.js';
import { echoes, floor, gates, path, walls } from './ground.js';
import { brackets, follow, line, rings, shape, strike, tag, trace, write } from './strokes.js';

/** @typedef {import('./geometry.js').Board} Board */
/** @typedef {import('../../types.js').Frame} Frame */
/** @typedef {import('../../palette.js').Palette} Palette */
/** @typedef {import('./strokes.js').Context} Context */

/** Short ids stand under the glyphs where a tile is at least this wide. */
const ROOM_FOR_IDS = 46;
/** Radii at which one letter, or two, can be read in a glyph. */
const ROOM_FOR_ONE = 6;
const ROOM_FOR_TWO = 9;

/**
 * @param {Context} context
 * @param {Frame} frame
 * @param {import('../../types.js').Box} box
 * @param {import('../../types.js').Options} options
 */
export function draw(context, frame, box, { palette, focus, hidden }) {
  const board = geometry(box, frame.snapshot.grid_size);
  const pen = { context, board, palette, focus, hidden };
  const seen = { processes: placed(frame), hunter: hunter(frame) };
  floor(pen);
  if (!hidden.has('echoes')) echoes(pen, frame);
  gates(pen, frame);
  if (!hidden.has('hunt')) path(pen, frame);
  walls(pen, frame);
  if (!hidden.has('talk')) talk(pen, frame, seen.processes);
  if (!hidden.has('hunt')) aim(pen, frame, seen);
  for (const process of seen.processes) participant(pen, process);
  departures(pen, frame);
  if (seen.hunter) defragmenter(pen, seen.hunter);
  if (!hidden.has('hunt')) reason(pen, frame, seen);
}

/**
 * @typedef {{context: Context, board: Board, palette: Palette, focus: string | null, hidden: ReadonlySet<string>}} Pen
 * @typedef {{processes: import('./geometry.js').Placed[], hunter: {x: number, y: number} | null}} Seen
 */

/**
 * @param {Pen} pen
 * @param {Frame} frame
 * @param {import('./geometry.js').Placed[]} processes
 */
function talk({ context, board, palette }, { snapshot, fraction }, processes) {
  context.lineWidth = Math.max(1, board.cell * 0.025);
  context.strokeStyle = palette.gate;
  context.fillStyle = palette.gate;
  for (const say of snapshot.say_events) {
    const age = Math.max(0, snapshot.tick - (say.tick ?? snapshot.tick));
    context.globalAlpha = Math.max(0.3, 1 - 0.3 * age);
    for (const { pos } of say.recipients ?? [])
      trace(context, centre(board, say.sender_pos), centre(board, pos), board.cell);
  }
  context.strokeStyle = palette.warning;
  for (const id of new Set(snapshot.broadcasts.map((/** @type {any} */ one) => one.process_id))) {
    const sender = processes.find((process) => process.id === id);
    if (sender) rings(context, centre(board, [sender.x, sender.y]), board.cell, fraction);
  }
  context.globalAlpha = 1;
}

/**
 * @param {Pen} pen
 * @param {Frame} frame
 * @param {Seen} seen
 */
function aim({ context, board, palette }, { snapshot }, { processes, hunter: from }) {
  const target = processes.find(({ id }) => id === snapshot.defragger?.target_id);
  if (!from || !target) return;
  context.strokeStyle = palette.danger;
  context.lineWidth = Math.max(1.5, board.cell * 0.035);
  context.setLineDash([board.cell * 0.16, board.cell * 0.1]);
  line(context, centre(board, [from.x, from.y]), centre(board, [target.x, target.y]));
  context.setLineDash([]);
}

/**
 * @param {Pen} pen
 * @param {import('./geometry.js').Placed} process
 */
function participant(
  { context, board, palette, focus, hidden },
  { id, x, y, scale, alpha, process },
) {
  const glyph = glyphOf(id);
  const middle = centre(board, [x, y]);
  const labelled = !hidden.has('ids') && board.cell >= ROOM_FOR_IDS;
  const radius = board.cell * (labelled ? 0.25 : 0.38) * scale;
  const level = palette.levels[glyph.level ?? 0];
  context.globalAlpha = alpha;
  if (labelled) middle.y -= board.cell * 0.1;
  shape(context, glyph.shape, middle.x, middle.y, radius, level.fill, palette.floor);
  const letters = (glyph.letters ?? '').slice(0, radius >= ROOM_FOR_TWO ? 2 : 1);
  if (radius >= ROOM_FOR_ONE) {
    const size = Math.round(radius * (letters.length > 1 ? 0.88 : 1.25));
    write(context, letters, middle.x, middle.y + 0.5, `700 ${size}px ${palette.font}`, level.ink);
  }
  const followed = focus === id;
  if (labelled || followed) {
    const below = middle.y + radius + Math.max(9, board.cell * 0.15);
    const size = Math.max(10, Math.round(board.cell * 0.17));
    tag(
      context,
      shortId(id),
      middle.x,
      below,
      `${followed ? 700 : 400} ${size}px ${palette.font}`,
      palette.ink,
      palette.floor,
    );
  }
  if (process.los_lock) brackets(context, centre(board, [x, y]), board.cell * 0.44, palette.danger);
  if (followed) follow(context, centre(board, [x, y]), board.cell * 0.5, palette.ink);
  context.globalAlpha = 1;
}

/**
 * @param {Pen} pen
 * @param {{x: number, y: number}} hunterAt
 */
function defragmenter({ context, board, palette, focus }, hunterAt) {
  const { x, y } = centre(board, [hunterAt.x, hunterAt.y]);
  const radius = board.cell * 0.36;
  shape(context, 'saw', x, y, radius, palette.danger, palette.floor);
  if (radius >= 7)
    write(
      context,
      'D',
      x,
      y + 0.5,
      `700 ${Math.round(radius * 0.95)}px ${palette.font}`,
      palette.on('danger'),
    );
  if (focus === 'defragger') follow(context, { x, y }, board.cell * 0.5, palette.ink);
}

/**
 * @param {Pen} pen
 * @param {Frame} frame
 */
function departures({ context, board, palette }, frame) {
  for (const { pos, how } of departed(frame)) {
    const { x, y } = centre(board, pos);
    if (how === 'kill') {
      strike(context, { x, y }, board.cell * (0.25 + 0.22 * frame.fraction), palette.danger);
    } else {
      const [kind, colour] =
        how === 'survival' ? ['arrow', palette.life] : ['hollow', palette.gate];
      context.globalAlpha = 1 - 0.35 * frame.fraction;
      shape(
        context,
        kind,
        x,
        y - board.cell * 0.12 * frame.fraction,
        board.cell * 0.26,
        colour,
        palette.floor,
      );
      context.globalAlpha = 1;
    }
  }
}

/**
 * Why the Defragmenter moves as it does, written beside it where it covers no process.
 * @param {Pen} pen
 * @param {Frame} frame
 * @param {Seen} seen
 */
function reason({ context, board, palette }, { snapshot }, { processes, hunter: from }) {
  const { target_id: target, target_reason: why } = snapshot.defragger ?? {};
  if (!from || !why) return;
  const words = target ? `${why} → ${shortId(target)}` : why;
  const size = Math.min(14, Math.max(10, Math.round(board.cell * 0.2)));
  const font = `700 ${size}px ${palette.font}`;
  context.font = font;
  const half = { x: context.measureText(words).width / 2 + 5, y: size / 2 + 3 };
  const others = processes.map(({ x, y }) => centre(board, [x, y]));
  const { x, y } = freePlace(board, centre(board, [from.x, from.y]), half, others);
  tag(context, words, x, y, font, palette.danger, palette.floor);
}

/**
 * Above, below or beside: the first place on the board where the words cover nobody, else above or below.
 * @param {Board} board
 * @param {{x: number, y: number}} from
 * @param {{x: number, y: number}} half of the words' size
 * @param {{x: number, y: number}[]} others
 */
function freePlace(board, from, half, others) {
  const { left, top, side, cell } = board;
  const [right, bottom] = [left + side, top + side];
  const across = Math.min(right - half.x - 2, Math.max(left + half.x + 2, from.x));
  const places = [
    { x: across, y: from.y - cell * 0.44 - half.y },
    { x: across, y: from.y + cell * 0.44 + half.y },
    { x: from.x + cell * 0.5 + half.x, y: from.y },
    { x: from.x - cell * 0.5 - half.x, y: from.y },
  ].filter(
    ({ x, y }) =>
      x - half.x > left && x + half.x < right && y - half.y > top && y + half.y < bottom,
  );
  const covers = (/** @type {{x: number, y: number}} */ place) =>
    others.some(
      ({ x, y }) =>
        Math.abs(x - place.x) < half.x + cell * 0.32 &&
        Math.abs(y - place.y) < half.y + cell * 0.36,
    );
  return places.find((place) => !covers(place)) ?? places[0] ?? from;
}
