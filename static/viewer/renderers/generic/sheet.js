/** A snapshot without places: its figures large, its boards as boards, its lists as tables. */

import { drawTiles } from './tiles.js';
import { difference, numberText, valueText } from './numbers.js';
import { tablesOf } from './tables.js';
import { at, isObject, pathWords, writtenKey } from './paths.js';

/** @typedef {import('../../types.js').Snapshot} Snapshot */
/** @typedef {import('../../types.js').Box} Box */
/** @typedef {import('../../types.js').Options} Options */
/** @typedef {import('./boards.js').Board} Board */
/** @typedef {{path: string, value: any, before: any}} Figure */

const MARGIN = 20;
const GAP = 12;
const LEAST_CARD = { width: 150, height: 76 };
const LEAST_CARD_NARROW = { width: 104, height: 56 };
const NARROW = 480;
const LARGEST_CARD = { width: 460, height: 240 };
const MOST_FIGURES = 48;
const DEEPEST = 3;
const ROW = 24;
const LETTER = 8.2;
const MOST_COLUMNS = 9;
const LONGEST_CELL = 22;
const BETWEEN = 22;
const HEADING = 26;
const LARGEST_SCALE = 1.7;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{snapshot: Snapshot, previous: Snapshot | null, boards: Board[], boardsBefore: Board[]}} scene
 * @param {Box} box
 * @param {Options} options
 */
export function drawSheet(context, { snapshot, previous, boards, boardsBefore }, box, options) {
  const figures = figuresOf(snapshot, previous, boards);
  const tables = tablesOf(snapshot).filter(
    ({ path }) => !boards.some((board) => board.path === path),
  );
  const whole = inset(box, MARGIN);
  if (!figures.length && !tables.length && !boards.length) {
    words(context, 'Nothing is in the snapshot of this tick.', whole, options);
    return;
  }
  const parts = Math.min(3, tables.length) + Math.min(2, boards.length) * 2;
  const [top, rest] =
    parts && figures.length ? cut(whole, figures, parts) : parts ? [null, whole] : [whole, null];
  if (top) cards(context, figures, top, options);
  if (!rest) return;
  const shown = [...boards.slice(0, 4), ...tables.slice(0, boards.length ? 2 : 4)];
  columns(rest, shown.length).forEach((place, index) => {
    const one = shown[index];
    if ('tile' in one)
      board(
        context,
        one,
        boardsBefore.find(({ path }) => path === one.path) ?? null,
        place,
        options,
      );
    else table(context, one, place, options);
  });
}

/**
 * @param {Box} box
 * @param {number} by
 */
function inset({ x, y, width, height }, by) {
  return {
    x: x + by,
    y: y + by,
    width: Math.max(1, width - 2 * by),
    height: Math.max(1, height - 2 * by),
  };
}

/**
 * The upper part for figures, the rest for what is larger.
 * @param {Box} box
 * @param {Figure[]} figures
 * @param {number} parts
 * @returns {[Box, Box]}
 */
function cut({ x, y, width, height }, figures, parts) {
  const least = width < NARROW ? LEAST_CARD_NARROW : LEAST_CARD;
  const across = Math.max(1, Math.floor((width + GAP) / (least.width + GAP)));
  const rows = Math.ceil(figures.length / across);
  const wanted = rows * (least.height + GAP);
  const upper = Math.min(wanted, height * (parts > 1 ? 0.34 : 0.45));
  return [
    { x, y, width, height: Math.max(least.height, upper) },
    { x, y: y + upper + GAP, width, height: Math.max(1, height - upper - GAP) },
  ];
}

/**
 * Side by side where that is wide enough, else one above the other.
 * @param {Box} box
 * @param {number} count
 * @returns {Box[]}
 */
function columns({ x, y, width, height }, count) {
  const beside = Math.max(1, Math.min(count, Math.floor(width / 280)));
  const rows = Math.ceil(count / beside);
  const [wide, high] = [
    (width - (beside - 1) * GAP * 2) / beside,
    (height - (rows - 1) * GAP) / rows,
  ];
  return Array.from({ length: count }, (_, place) => ({
    x: x + (place % beside) * (wide + GAP * 2),
    y: y + Math.floor(place / beside) * (high + GAP),
    width: wide,
    height: high,
  }));
}

/**
 * The single values of a snapshot that no board and no table shows, numbers before words.
 * @param {Snapshot} snapshot
 * @param {Snapshot | null} previous
 * @param {Board[]} boards
 * @returns {Figure[]}
 */
export function figuresOf(snapshot, previous, boards) {
  const shown = new Set(boards.map(({ path }) => path));
  /** @type {Figure[]} */
  const figures = [];
  /** @type {(value: any, path: string, depth: number) => void} */
  const gather = (value, path, depth) => {
    for (const key of Object.keys(value)) {
      if (figures.length >= 4 * MOST_FIGURES) return;
      const inner = path ? `${path}/${writtenKey(key)}` : writtenKey(key);
      const entry = value[key];
      if (shown.has(inner)) continue;
      if (!isObject(entry) || isShortList(entry))
        figures.push({
          path: inner,
          value: entry,
          before: previous ? at(previous, inner) : undefined,
        });
      else if (!Array.isArray(entry) && depth < DEEPEST) gather(entry, inner, depth + 1);
    }
  };
  gather(snapshot, '', 0);
  const rank = (/** @type {Figure} */ { value }) => (typeof value === 'number' ? 0 : 1);
  return figures.sort((a, b) => rank(a) - rank(b)).slice(0, MOST_FIGURES);
}

/** @param {any} value */
function isShortList(value) {
  return Array.isArray(value) && value.length <= 8 && value.every((entry) => !isObject(entry));
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Figure[]} figures
 * @param {Box} box
 * @param {Options} options
 */
function cards(context, figures, box, options) {
  const { across, rows } = layout(figures.length, box);
  const fits = across * rows;
  const wide = Math.min(LARGEST_CARD.width, (box.width - (across - 1) * GAP) / across);
  const high = Math.min(LARGEST_CARD.height, (box.height - (rows - 1) * GAP) / rows);
  const more = figures.length > fits ? figures.length - fits + 1 : 0;
  const left = box.x + Math.max(0, (box.width - across * wide - (across - 1) * GAP) / 2);
  const used = Math.ceil(Math.min(figures.length, fits) / across);
  const top = box.y + Math.max(0, (box.height - used * high - (used - 1) * GAP) / 2);
  figures.slice(0, fits).forEach((figure, place) => {
    const spot = {
      x: left + (place % across) * (wide + GAP),
      y: top + Math.floor(place / across) * (high + GAP),
      width: wide,
      height: high,
    };
    if (more && place === fits - 1)
      words(context, `… and ${numberText(more)} more beside`, spot, options);
    else card(context, figure, spot, options, figures.length > 1 ? 56 : 120);
  });
}

/**
 * As many columns as make the largest cards.
 * @param {number} count
 * @param {Box} box
 */
function layout(count, box) {
  const least = box.width < NARROW && box.height < 140 ? LEAST_CARD_NARROW : LEAST_CARD;
  const most = Math.max(1, Math.floor((box.width + GAP) / (least.width + GAP)));
  const lowest = Math.max(1, Math.floor((box.height + GAP) / (least.height + GAP)));
  let best = { across: most, rows: Math.min(lowest, Math.ceil(count / most)), size: 0 };
  for (let across = 1; across <= most; across += 1) {
    const rows = Math.ceil(count / across);
    if (rows > lowest) continue;
    const size = Math.min(box.width / across / 2.2, box.height / rows);
    if (size > best.size) best = { across, rows, size };
  }
  return best;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Figure} figure
 * @param {Box} box
 * @param {Options} options
 * @param {number} largest  pixels of its letters
 */
function card(context, { path, value, before }, { x, y, width, height }, { palette }, largest) {
  const changed = before !== undefined && JSON.stringify(before) !== JSON.stringify(value);
  context.fillStyle = palette.floor;
  context.fillRect(x, y, width, height);
  context.fillStyle = changed ? palette.warning : palette.edge;
  context.fillRect(x, y, changed ? 3 : 2, height);
  const [left, room] = [x + 14, width - 26];
  context.textAlign = 'left';
  context.textBaseline = 'top';
  context.font = `13px ${palette.font}`;
  context.fillStyle = palette.quiet;
  context.fillText(shortened(context, pathWords(path), room), left, y + 10);
  const text = typeof value === 'number' ? numberText(value) : valueText(value);
  const size = fitting(context, text, room, Math.min(height * 0.42, largest), palette.font);
  context.fillStyle = palette.ink;
  context.textBaseline = 'middle';
  if (size >= 15) context.fillText(text, left, y + 14 + (height - 6) / 2);
  else paragraph(context, text, left, y + 34, room, height - 40, palette.font);
  const by = difference(before, value);
  if (!by || height < 96 || width < LEAST_CARD.width) return;
  context.font = `14px ${palette.font}`;
  context.textBaseline = 'bottom';
  context.fillStyle = palette.warning;
  context.fillText(`${by} since the tick before`, left, y + height - 8, room);
}

/**
 * The size of letters with which a text fits a width.
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} room
 * @param {number} largest
 * @param {string} font
 */
function fitting(context, text, room, largest, font) {
  context.font = `500 ${largest}px ${font}`;
  const width = context.measureText(text).width;
  const size = width > room ? (largest * room) / width : largest;
  context.font = `500 ${size}px ${font}`;
  return size;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 * @param {string} font
 */
function paragraph(context, text, x, y, width, height, font) {
  context.font = `15px ${font}`;
  context.textBaseline = 'top';
  const letters = Math.max(4, Math.floor(width / 9.1));
  const most = Math.max(1, Math.floor(height / 20));
  for (let line = 0; line < most && line * letters < text.length; line += 1)
    context.fillText(text.slice(line * letters, (line + 1) * letters), x, y + line * 20, width);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} room
 */
function shortened(context, text, room) {
  if (context.measureText(text).width <= room) return text;
  const fits = Math.max(3, Math.floor((text.length * room) / context.measureText(text).width) - 1);
  return `…${text.slice(-fits)}`;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {Box} box
 * @param {Options} options
 */
function words(context, text, { x, y, width, height }, { palette }) {
  context.font = `15px ${palette.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = palette.quiet;
  context.fillText(text, x + width / 2, y + height / 2, width);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Board} board
 * @param {Board | null} before
 * @param {Box} box
 * @param {Options} options
 */
function board(context, board, before, { x, y, width, height }, options) {
  const { palette } = options;
  const size = Math.max(1, Math.min(64, width / board.width, (height - 26) / board.height));
  const left = x + (width - size * board.width) / 2;
  const top = y + 24 + Math.max(0, (height - 26 - size * board.height) / 2);
  heading(context, board.path, left, top - 8, width, palette);
  context.fillStyle = palette.floor;
  context.fillRect(left, top, size * board.width, size * board.height);
  drawTiles(context, board, { x: left, y: top, size }, options, false, before);
  context.strokeStyle = palette.rule;
  context.lineWidth = 1;
  context.beginPath();
  for (let column = 0; size >= 7 && column <= board.width; column += 1) {
    context.moveTo(left + column * size, top);
    context.lineTo(left + column * size, top + board.height * size);
  }
  for (let row = 0; size >= 7 && row <= board.height; row += 1) {
    context.moveTo(left, top + row * size);
    context.lineTo(left + board.width * size, top + row * size);
  }
  context.stroke();
  context.strokeStyle = palette.edge;
  context.strokeRect(left, top, size * board.width, size * board.height);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {number} room
 * @param {import('../../palette.js').Palette} palette
 */
function heading(context, text, x, y, room, palette) {
  context.font = `13px ${palette.font}`;
  context.textAlign = 'left';
  context.textBaseline = 'bottom';
  context.fillStyle = palette.quiet;
  context.fillText(shortened(context, pathWords(text), room), x, y);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import('./tables.js').Table} table
 * @param {Box} box
 * @param {Options} options
 */
function table(context, { path, head, rows, total }, { x, y, width, height }, { palette }) {
  heading(context, path, x, y + 18, width, palette);
  const most = Math.max(1, Math.floor((height - HEADING - ROW) / ROW));
  const shown = rows.slice(0, total > most ? Math.max(1, most - 1) : most);
  const widths = columnWidths(head, shown, width);
  const whole = widths.reduce((sum, wide) => sum + wide, 0);
  const roomy = (height - HEADING) / (ROW * (shown.length + 1));
  const scale = Math.max(1, Math.min(LARGEST_SCALE, roomy, width / whole));
  context.save();
  context.translate(x, y + HEADING);
  context.scale(scale, scale);
  context.font = `14px ${palette.font}`;
  context.textBaseline = 'middle';
  line(context, head, widths, ROW / 2, palette.quiet);
  context.fillStyle = palette.rule;
  context.fillRect(0, ROW - 1, Math.min(width / scale, whole), 1);
  shown.forEach(({ cells }, place) => {
    line(context, cells, widths, ROW * (place + 1.5), palette.ink);
  });
  if (total > shown.length) {
    const more = `… and ${numberText(total - shown.length)} more`;
    line(context, [more], [width / scale], ROW * (shown.length + 1.5), palette.quiet);
  }
  context.restore();
}

/**
 * As wide as what is in them, and as many columns as fit.
 * @param {string[]} head
 * @param {import('./tables.js').Line[]} rows
 * @param {number} width
 */
function columnWidths(head, rows, width) {
  /** @type {number[]} */
  const widths = [];
  let whole = 0;
  head.slice(0, MOST_COLUMNS).forEach((name, column) => {
    const lengths = rows.map(({ cells }) => (cells[column] ?? '').length);
    const wide = Math.min(LONGEST_CELL, Math.max(name.length, ...lengths)) * LETTER + BETWEEN;
    whole += wide;
    if (!column || whole <= width + BETWEEN) widths.push(wide);
  });
  return widths;
}

/**
 * The first cell stands left, the others right, as figures do.
 * @param {CanvasRenderingContext2D} context
 * @param {string[]} cells
 * @param {number[]} widths
 * @param {number} y
 * @param {string} colour
 */
function line(context, cells, widths, y, colour) {
  let left = 0;
  context.fillStyle = colour;
  widths.forEach((wide, column) => {
    const text = cells[column] ?? '';
    const short =
      text.length > LONGEST_CELL && column ? `${text.slice(0, LONGEST_CELL - 1)}…` : text;
    context.textAlign = column ? 'right' : 'left';
    context.fillText(short, column ? left + wide - BETWEEN : left, y, wide - 8);
    left += wide;
  });
}
