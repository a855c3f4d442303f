/** Where everything lies: the largest cards for which all hands and the piles fit into the box. */

/** @typedef {import('../../types.js').Box} Box */
/** @typedef {{x: number, y: number}} Point  the upper left corner of a card */
/**
 * @typedef {object} Seat
 * @property {string} id
 * @property {Box} box  the hand and all that is written around it
 * @property {Point[]} cards  positions 0 1 2 over 3 4 5
 */
/**
 * @typedef {object} Layout
 * @property {number} width  of a card
 * @property {number} height
 * @property {Point} deck
 * @property {Point} pile
 * @property {Point} hand  of the card that was drawn
 * @property {Seat[]} seats
 * @property {Box} head  a line for the round
 * @property {Box} caption  a line for what happened
 * @property {boolean} low  whether there is no room for more words than those
 */

/** Height of a card, in widths. */
export const RATIO = 1.4;
/** Between the cards of a hand, and between the piles, in card widths. */
const GAP = 0.1;
const PILE_GAP = 0.42;
const LARGEST = 148;
const SMALLEST = 12;
/** Written lines around a hand and the piles, in pixels. */
const LINES = { head: 28, caption: 42, name: 26, points: 20, under: 26 };
/** The same in a frame so low that cards would be too small to read. */
const FEW_LINES = { head: 28, caption: 30, name: 20, points: 0, under: 5 };
const LOW = 230;
const MARGIN = 10;
/** Between two seats. */
const WIDEST_AISLE = 22;
/** Piles stand beside the hands where that makes cards so much larger. */
const WORTH_IT = 1.08;

const HAND = { wide: 3 + 2 * GAP, high: 2 * RATIO + GAP };
const PILES = 3;

/**
 * @param {Box} box
 * @param {{id: string}[]} players
 * @returns {Layout}
 */
export function layout(box, players) {
  const low = box.height < LOW;
  const lines = low ? FEW_LINES : LINES;
  const { columns, beside, width } = best(box, Math.max(1, players.length), lines);
  const aisle = aisleOf(box);
  const rows = Math.ceil(players.length / columns);
  const height = width * RATIO;
  const seat = { width: HAND.wide * width, height: HAND.high * width + lines.name + lines.points };
  const strip = piles(width, beside, lines.under);
  const wide = columns * seat.width + (columns - 1) * aisle + (beside ? strip.width + aisle : 0);
  const high = Math.max(rows * seat.height, beside ? strip.height : 0) + (beside ? 0 : strip.height);
  const left = box.x + (box.width - wide) / 2;
  const top = box.y + lines.head + Math.max(0, box.height - lines.head - lines.caption - high) / 2;
  const before = beside && columns % 2 === 0 ? columns / 2 : 0;

  const stripLeft = beside ? left + before * (seat.width + aisle) : box.x + (box.width - strip.width) / 2;
  const stripTop = beside ? top + (high - strip.height) / 2 : top;
  const place = (/** @type {number} */ number) => ({
    x: stripLeft + (beside ? 0 : number * width * (1 + PILE_GAP)),
    y: stripTop + (beside ? number * (height + lines.under) : 0),
  });
  const seatsTop = beside ? top + (high - rows * seat.height) / 2 : top + strip.height;
  return {
    width,
    height,
    low,
    deck: place(0),
    hand: place(1),
    pile: place(2),
    head: { x: box.x, y: box.y, width: box.width, height: lines.head },
    caption: {
      x: box.x + MARGIN,
      y: box.y + box.height - lines.caption,
      width: box.width - 2 * MARGIN,
      height: lines.caption,
    },
    seats: players.map(({ id }, number) => {
      const [row, column] = [Math.floor(number / columns), number % columns];
      const here = Math.min(columns, players.length - row * columns);
      const centred = ((columns - here) * (seat.width + aisle)) / 2;
      const aside = beside && column >= before ? strip.width + aisle : 0;
      const x = left + column * (seat.width + aisle) + (beside ? 0 : centred) + aside;
      const y = seatsTop + row * seat.height;
      return { id, box: { x, y, ...seat }, cards: hand(x, y + lines.name, width) };
    }),
  };
}

/** @param {Box} box */
function aisleOf({ width }) {
  return Math.min(WIDEST_AISLE, width * 0.032);
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @returns {Point[]}
 */
function hand(x, y, width) {
  return Array.from({ length: 6 }, (_, position) => ({
    x: x + (position % 3) * width * (1 + GAP),
    y: y + Math.floor(position / 3) * width * (RATIO + GAP),
  }));
}

/**
 * @param {number} width
 * @param {boolean} beside
 * @param {number} under  what is written below a pile
 */
function piles(width, beside, under) {
  return beside
    ? { width, height: PILES * (width * RATIO + under) }
    : {
        width: (PILES + (PILES - 1) * PILE_GAP) * width,
        height: width * RATIO + under,
      };
}

/**
 * The number of columns, and the place of the piles, that leave room for the largest cards.
 * @param {Box} box
 * @param {number} count of seats
 * @param {typeof LINES} lines
 */
function best(box, count, lines) {
  let chosen = { columns: 1, beside: false, width: 0 };
  for (const beside of [false, true]) {
    for (let columns = 1; columns <= count; columns += 1) {
      const width = widest(box, count, columns, beside, lines);
      const worth = beside && !chosen.beside ? WORTH_IT * chosen.width : chosen.width + 0.5;
      if (width > worth) chosen = { columns, beside, width };
    }
  }
  return { ...chosen, width: Math.max(SMALLEST, Math.min(LARGEST, chosen.width)) };
}

/**
 * @param {Box} box
 * @param {number} count
 * @param {number} columns
 * @param {boolean} beside
 * @param {typeof LINES} lines
 */
function widest(box, count, columns, beside, lines) {
  const rows = Math.ceil(count / columns);
  const wide = box.width - 2 * MARGIN - (columns - 1 + Number(beside)) * aisleOf(box);
  const high = box.height - lines.head - lines.caption;
  const seats = high - rows * (lines.name + lines.points);
  if (beside) {
    return Math.min(
      wide / (columns * HAND.wide + 1),
      seats / (rows * HAND.high),
      (high - PILES * lines.under) / (PILES * RATIO),
    );
  }
  return Math.min(
    wide / Math.max(columns * HAND.wide, PILES + (PILES - 1) * PILE_GAP),
    (seats - lines.under) / (rows * HAND.high + RATIO),
  );
}

/**
 * What lies at a point of the box.
 * @param {Layout} board
 * @param {number} x
 * @param {number} y
 * @returns {{kind: 'card', id: string, position: number} | {kind: 'seat', id: string} | {kind: 'deck' | 'pile' | 'hand'} | null}
 */
export function placeAt(board, x, y) {
  const over = (/** @type {Point} */ at) =>
    x >= at.x && x <= at.x + board.width && y >= at.y && y <= at.y + board.height;
  for (const { id, box, cards } of board.seats) {
    const position = cards.findIndex(over);
    if (position >= 0) return { kind: 'card', id, position };
    const inside = x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
    if (inside) return { kind: 'seat', id };
  }
  const pile = /** @type {const} */ (['deck', 'pile', 'hand']).find((name) => over(board[name]));
  return pile ? { kind: pile } : null;
}
