/** Draw one Golf frame: hands, piles, the card in hand, whose turn it is, and what moves. */

import { backOf } from './cards.js';
import { drawCard } from './drawing.js';
import { layout } from './layout.js';
import { eased, motionOf } from './motion.js';
import { columnPoints, inTurn, next, pairs, signed, stage } from './said.js';

/** @typedef {import('../../types.js').Frame} Frame */
/** @typedef {import('./layout.js').Layout} Layout */
/** @typedef {import('./layout.js').Point} Point */
/** @typedef {import('./motion.js').Place} Place */
/** @typedef {CanvasRenderingContext2D} Context */

/** In a low frame the tools lie over the board, at its upper right. */
const TOOLS = 130;

/**
 * @typedef {object} Pen
 * @property {Context} context
 * @property {Layout} board
 * @property {import('../../palette.js').Palette} palette
 * @property {ReturnType<typeof backOf>} back
 * @property {boolean} peek  whether known cards are shown through their backs
 * @property {string | null} focus
 */

/**
 * @param {Context} context
 * @param {Frame} frame
 * @param {import('../../types.js').Box} box
 * @param {import('../../types.js').Options} options
 */
export function draw(context, frame, box, { palette, focus, hidden }) {
  const { snapshot } = frame;
  const board = layout(box, snapshot.players);
  const back = backOf(snapshot.options);
  const pen = { context, board, palette, back, peek: !hidden.has('cards'), focus };
  const motion = frame.fraction < 1 ? motionOf(snapshot, frame.previous) : { flights: [], turned: [] };
  const on = new Set(motion.flights.map(({ to }) => keyOf(to)));
  head(pen, snapshot);
  piles(pen, frame, on);
  for (const [number, player] of snapshot.players.entries()) seat(pen, frame, player, board.seats[number], on, motion.turned);
  const part = eased(frame.fraction);
  for (const flight of motion.flights) fly(pen, flight, part);
  if (!hidden.has('words')) caption(pen, snapshot);
}

/** @param {Place} place */
function keyOf(place) {
  return place.kind === 'card' ? `${place.id} ${place.position}` : place.kind;
}

/**
 * @param {Pen} pen
 * @param {import('../../types.js').Snapshot} snapshot
 */
function head({ context, board, palette }, snapshot) {
  const { x, y, width, height } = board.head;
  const font = `600 ${board.low ? 12 : 14}px ${palette.font}`;
  const words = fitted(context, stage(snapshot), board.low ? width - TOOLS : width - 16, font);
  const colour = snapshot.phase === 'final_turn' ? palette.warning : palette.quiet;
  const left = board.low ? x + 8 : x + width / 2;
  write(context, words, left, y + height / 2, { font, colour, align: board.low ? 'left' : 'center' });
}

/**
 * @param {Pen} pen
 * @param {Frame} frame
 * @param {Set<string>} on places that a card is on its way to
 */
function piles(pen, { snapshot, previous }, on) {
  const { context, board, palette } = pen;
  if (snapshot.phase === 'waiting') return;
  const { deck, pile, hand, width, height } = board;
  const top = on.has('pile') ? previous?.discard_top : snapshot.discard_top;
  const held = on.has('hand') ? null : snapshot.drawn_card;
  const left = snapshot.deck_remaining;
  const layers = Math.min(3, Math.ceil(left / 18));
  if (!left) slot(pen, deck);
  for (let layer = layers - 1; layer >= 0; layer -= 1) {
    const off = layer * Math.max(1.5, width * 0.03);
    card(pen, { rank: null, suit: null, face_up: false }, { x: deck.x - off, y: deck.y - off }, 0);
  }
  if (top) card(pen, top, pile, 1);
  else slot(pen, pile);
  if (held) {
    glow(context, hand, width, height, palette.life);
    card(pen, held, hand, held.face_up ? 1 : 0);
  }
  if (board.low) return;
  const under = { font: `${fine(width)}px ${palette.font}`, colour: palette.quiet };
  const middle = (/** @type {Point} */ at) => at.x + width / 2;
  const below = deck.y + height + 13;
  write(context, width < 44 ? String(left) : `deck ${left}`, middle(deck), below, under);
  write(context, 'pile', middle(pile), pile.y + height + 13, under);
  if (held) write(context, 'in hand', middle(hand), hand.y + height + 13, { ...under, colour: palette.life });
}

/**
 * @param {Pen} pen
 * @param {Frame} frame
 * @param {any} player
 * @param {import('./layout.js').Seat} place
 * @param {Set<string>} on
 * @param {import('./motion.js').Motion['turned']} turned
 */
function seat(pen, { snapshot, fraction }, player, place, on, turned) {
  const { context, board, palette, focus } = pen;
  const atTurn = inTurn(snapshot) && snapshot.current_player_id === player.id;
  name(pen, snapshot, player, place.box, atTurn);
  if (focus === player.id) frameOf(context, place.box, palette.ink);
  /** @type {Set<number>} columns in which a card is on its way */
  const moving = new Set();
  place.cards.forEach((at, position) => {
    const lying = player.cards[position];
    if (!lying || on.has(`${player.id} ${position}`)) {
      moving.add(position % 3);
      return slot(pen, at);
    }
    const turning = turned.some((one) => one.id === player.id && one.position === position);
    if (turning) moving.add(position % 3);
    return card(pen, lying, at, turning ? eased(fraction) : lying.face_up ? 1 : 0);
  });
  const event = snapshot.event;
  if (event?.player_id === player.id && fraction >= 1) touched(pen, event, place);
  for (const column of pairs(player.cards)) if (!moving.has(column)) paired(pen, place, column);
  const lines = snapshot.explained?.[player.id];
  if (lines && !board.low) points(pen, place, columnPoints(lines));
}

/**
 * Who sits here, with the total, and a mark at whose turn it is.
 * @param {Pen} pen
 * @param {import('../../types.js').Snapshot} snapshot
 * @param {any} player
 * @param {import('../../types.js').Box} box
 * @param {boolean} atTurn
 */
function name({ context, palette, board }, snapshot, player, box, atTurn) {
  const y = box.y + 12;
  const size = board.width < 34 ? 12 : 14;
  const font = `${atTurn ? 700 : 500} ${size}px ${palette.font}`;
  const total = totalOf(snapshot, player);
  write(context, total, box.x + box.width, y, { font, colour: palette.quiet, align: 'right' });
  context.font = font;
  const taken = context.measureText(total).width;
  const mark = atTurn ? size : 0;
  if (atTurn) arrow(context, box.x, y, size * 0.42, palette.life);
  const out = snapshot.finisher_id === player.id ? ' out' : '';
  const room = box.width - taken - mark - 8 - (out ? context.measureText(out).width : 0);
  const words = fitted(context, player.name, room, font);
  write(context, words, box.x + mark, y, { font, colour: atTurn ? palette.life : palette.ink, align: 'left' });
  if (!out) return;
  const x = box.x + mark + context.measureText(words).width;
  write(context, out, x, y, { font, colour: palette.warning, align: 'left' });
}

/**
 * The total, and at the end of a round what it came from.
 * @param {import('../../types.js').Snapshot} snapshot
 * @param {any} player
 */
function totalOf(snapshot, player) {
  if (snapshot.phase === 'waiting') return '';
  const total = signed(player.total_score);
  if (!snapshot.explained) return total;
  return `${player.score < 0 ? signed(player.score) : `+${player.score}`} = ${total}`;
}

/**
 * A bracket around two equal cards: they count nothing.
 * @param {Pen} pen
 * @param {import('./layout.js').Seat} place
 * @param {number} column
 */
function paired({ context, board, palette }, place, column) {
  const [over, under] = [place.cards[column], place.cards[column + 3]];
  const inset = board.width * 0.5;
  context.save();
  context.globalAlpha = 0.6;
  context.strokeStyle = palette.life;
  context.lineWidth = Math.max(2, board.width * 0.05);
  context.beginPath();
  context.moveTo(over.x + inset, over.y + board.height - board.width * 0.06);
  context.lineTo(under.x + inset, under.y + board.width * 0.06);
  context.stroke();
  context.lineWidth = Math.max(1.5, board.width * 0.02);
  context.beginPath();
  const corner = board.width * 0.085;
  context.roundRect(over.x, over.y, board.width, under.y + board.height - over.y, corner);
  context.stroke();
  context.restore();
}

/**
 * @param {Pen} pen
 * @param {import('./layout.js').Seat} place
 * @param {(number | null)[]} columns
 */
function points({ context, board, palette }, place, columns) {
  columns.forEach((count, column) => {
    if (count === null) return;
    const at = place.cards[column + 3];
    write(context, signed(count), at.x + board.width / 2, at.y + board.height + 10, {
      font: `600 ${fine(board.width)}px ${palette.font}`,
      colour: count > 0 ? palette.ink : palette.life,
    });
  });
}

/**
 * The cards that the event was about, once they rest.
 * @param {Pen} pen
 * @param {any} event
 * @param {import('./layout.js').Seat} place
 */
function touched({ context, board, palette }, { data }, place) {
  const positions = data.positions ?? (typeof data.position === 'number' ? [data.position] : []);
  for (const position of positions) {
    const at = place.cards[position];
    if (at) glow(context, at, board.width, board.height, palette.gate);
  }
}

/**
 * @param {Pen} pen
 * @param {import('./motion.js').Flight} flight
 * @param {number} part
 */
function fly(pen, { card: flying, from, to, turns }, part) {
  const [start, end] = [pointOf(pen.board, from), pointOf(pen.board, to)];
  if (!start || !end) return;
  const at = { x: start.x + (end.x - start.x) * part, y: start.y + (end.y - start.y) * part };
  const turned = turns ? part : flying.face_up ? 1 : 0;
  card(pen, flying, at, turned);
}

/**
 * @param {Layout} board
 * @param {Place} place
 */
function pointOf(board, place) {
  if (place.kind !== 'card') return board[place.kind];
  return board.seats.find(({ id }) => id === place.id)?.cards[place.position] ?? null;
}

/**
 * @param {Pen} pen
 * @param {import('../../types.js').Snapshot} snapshot
 */
function caption({ context, board, palette }, snapshot) {
  const { x, y, width, height } = board.caption;
  const size = board.low ? 11 : width < 520 ? 13 : 15;
  const font = `500 ${size}px ${palette.font}`;
  const lines = wrapped(context, snapshot.words ?? '', width, font).slice(0, 2);
  const more = lines.length < 2 && !board.low ? next(snapshot) : '';
  if (more) lines.push(fitted(context, more, width, font));
  lines.forEach((line, number) => {
    const middle = y + height / 2 + (number - (lines.length - 1) / 2) * (size + (board.low ? 2 : 4));
    const colour = more && number === lines.length - 1 ? palette.quiet : palette.ink;
    write(context, line, x + width / 2, middle, { font, colour });
  });
}

/**
 * @param {Pen} pen
 * @param {any} lying
 * @param {Point} at
 * @param {number} turned
 */
function card({ context, board, palette, back, peek }, lying, at, turned) {
  drawCard(context, { card: lying, ...at, width: board.width, turned, back, peek, palette });
}

/**
 * @param {Pen} pen
 * @param {Point} at
 */
function slot({ context, board, palette }, { x, y }) {
  context.strokeStyle = palette.rule;
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(x + 0.5, y + 0.5, board.width - 1, board.height - 1, board.width * 0.085);
  context.stroke();
}

/**
 * @param {Context} context
 * @param {Point} at
 * @param {number} width
 * @param {number} height
 * @param {string} colour
 */
function glow(context, { x, y }, width, height, colour) {
  const out = Math.max(2, width * 0.035);
  context.strokeStyle = colour;
  context.lineWidth = out;
  context.beginPath();
  context.roundRect(x - out / 2, y - out / 2, width + out, height + out, width * 0.085 + out / 2);
  context.stroke();
}

/**
 * @param {Context} context
 * @param {import('../../types.js').Box} box
 * @param {string} colour
 */
function frameOf(context, { x, y, width, height }, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.setLineDash([4, 4]);
  context.strokeRect(x - 7.5, y - 3.5, width + 15, height - 3);
  context.setLineDash([]);
}

/**
 * @param {Context} context
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {string} colour
 */
function arrow(context, x, y, radius, colour) {
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(x, y - radius);
  context.lineTo(x + radius * 1.5, y);
  context.lineTo(x, y + radius);
  context.fill();
}

/** @param {number} width of a card */
function fine(width) {
  return Math.round(Math.max(11, Math.min(14, width * 0.22)));
}

/**
 * @param {Context} context
 * @param {string} words
 * @param {number} x
 * @param {number} y
 * @param {{font: string, colour: string, align?: CanvasTextAlign}} look
 */
function write(context, words, x, y, { font, colour, align = 'center' }) {
  context.font = font;
  context.fillStyle = colour;
  context.textAlign = align;
  context.textBaseline = 'middle';
  context.fillText(words, x, y);
}

/**
 * As much of the words as there is room for.
 * @param {Context} context
 * @param {string} words
 * @param {number} room
 * @param {string} font
 */
function fitted(context, words, room, font) {
  context.font = font;
  if (context.measureText(words).width <= room) return words;
  let end = words.length;
  while (end > 1 && context.measureText(`${words.slice(0, end)}…`).width > room) end -= 1;
  return `${words.slice(0, end)}…`;
}

/**
 * @param {Context} context
 * @param {string} words
 * @param {number} room
 * @param {string} font
 */
function wrapped(context, words, room, font) {
  context.font = font;
  /** @type {string[]} */
  const lines = [];
  for (const word of words.split(' ')) {
    const longer = lines.length ? `${lines[lines.length - 1]} ${word}` : word;
    if (lines.length && context.measureText(longer).width <= room) lines[lines.length - 1] = longer;
    else lines.push(fitted(context, word, room, font));
  }
  return lines;
}
