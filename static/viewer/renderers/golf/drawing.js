/** One card on a canvas: its face with pips, its back with the pattern of its deck. */

import { isRed, JOKER, known, STAR, SUITS } from './cards.js';
import { RATIO } from './layout.js';

/** @typedef {import('./cards.js').Card} Card */
/** @typedef {import('../../palette.js').Palette} Palette */
/** @typedef {CanvasRenderingContext2D} Context */
/** @typedef {ReturnType<typeof import('./cards.js').backOf>} Back */

/** A card at least this wide shows its pips, a smaller one its rank and suit alone. */
const ROOM_FOR_PIPS = 66;

const [LEFT, MIDDLE, RIGHT] = [-1, 0, 1];
/** Where pips stand, each axis from -1 to 1. @type {Record<string, [number, number][]>} */
const PIPS = {
  A: [[MIDDLE, 0]],
  2: column(MIDDLE, [-1, 1]),
  3: column(MIDDLE, [-1, 0, 1]),
  4: [...column(LEFT, [-1, 1]), ...column(RIGHT, [-1, 1])],
  5: [...column(LEFT, [-1, 1]), [MIDDLE, 0], ...column(RIGHT, [-1, 1])],
  6: [...column(LEFT, [-1, 0, 1]), ...column(RIGHT, [-1, 0, 1])],
  7: [...column(LEFT, [-1, 0, 1]), [MIDDLE, -0.5], ...column(RIGHT, [-1, 0, 1])],
  8: [...column(LEFT, [-1, 0, 1]), ...column(MIDDLE, [-0.5, 0.5]), ...column(RIGHT, [-1, 0, 1])],
  9: [...column(LEFT, [-1, -0.34, 0.34, 1]), [MIDDLE, 0], ...column(RIGHT, [-1, -0.34, 0.34, 1])],
  10: [
    ...column(LEFT, [-1, -0.34, 0.34, 1]),
    ...column(MIDDLE, [-0.67, 0.67]),
    ...column(RIGHT, [-1, -0.34, 0.34, 1]),
  ],
};

/**
 * @param {number} x
 * @param {number[]} heights
 * @returns {[number, number][]}
 */
function column(x, heights) {
  return heights.map((y) => [x, y]);
}

/** @type {Map<string, Path2D>} */
const paths = new Map();

/** @param {string} text */
function path(text) {
  let made = paths.get(text);
  if (!made) paths.set(text, (made = new Path2D(text)));
  return made;
}

/**
 * A card as it lies, or on its way round: `turned` runs from 0, the back, to 1, the face.
 * @param {Context} context
 * @param {{card: Card, x: number, y: number, width: number, turned: number, back: Back, peek?: boolean, palette: Palette}} drawn
 */
export function drawCard(context, { card, x, y, width, turned, back, peek = false, palette }) {
  const height = width * RATIO;
  const narrow = Math.abs(Math.cos(Math.PI * turned));
  context.save();
  context.translate(x + width / 2, y);
  context.scale(Math.max(0.02, narrow), 1);
  context.translate(-width / 2, 0);
  if (turned > 0.5) face(context, card, width, height, palette);
  else {
    backside(context, width, height, back, palette);
    if (peek && known(card)) seenThrough(context, card, width, height, palette);
  }
  context.restore();
}

/**
 * @param {Context} context
 * @param {number} width
 * @param {number} height
 * @param {number} [inset]
 */
function sheet(context, width, height, inset = 0) {
  context.beginPath();
  context.roundRect(inset, inset, width - 2 * inset, height - 2 * inset, Math.max(1, width * 0.085 - inset));
}

/**
 * @param {Context} context
 * @param {Card} card
 * @param {number} width
 * @param {number} height
 * @param {Palette} palette
 */
function face(context, card, width, height, palette) {
  sheet(context, width, height, 0.5);
  context.fillStyle = paper(palette);
  context.fill();
  context.strokeStyle = palette.wall;
  context.lineWidth = Math.max(1, width / 90);
  context.stroke();
  if (!known(card)) return;
  context.fillStyle = isRed(card) ? palette.danger : palette.ink;
  if (width < ROOM_FOR_PIPS) small(context, card, width, height, palette);
  else large(context, card, width, height, palette);
}

/**
 * @param {Context} context
 * @param {Card} card
 * @param {number} width
 * @param {number} height
 * @param {Palette} palette
 */
function small(context, card, width, height, palette) {
  if (card.rank === JOKER) return pip(context, STAR, width / 2, height / 2, width * 0.3);
  const size = width * (card.rank === '10' ? 0.5 : 0.58);
  write(context, card.rank ?? '', width / 2, height * 0.34, size, palette);
  return pip(context, SUITS[card.suit ?? ''], width / 2, height * 0.72, width * 0.2);
}

/**
 * @param {Context} context
 * @param {Card} card
 * @param {number} width
 * @param {number} height
 * @param {Palette} palette
 */
function large(context, card, width, height, palette) {
  const shape = card.rank === JOKER ? STAR : SUITS[card.suit ?? ''];
  for (const upside of [false, true]) {
    context.save();
    if (upside) {
      context.translate(width, height);
      context.rotate(Math.PI);
    }
    if (card.rank === JOKER) pip(context, STAR, width * 0.14, height * 0.1, width * 0.08);
    else {
      const size = width * (card.rank === '10' ? 0.17 : 0.22);
      write(context, card.rank ?? '', width * 0.13, height * 0.09, size, palette);
      pip(context, shape, width * 0.13, height * 0.19, width * 0.055);
    }
    context.restore();
  }
  const places = PIPS[card.rank ?? ''];
  if (places) return pips(context, shape, places, width, height);
  if (card.rank === JOKER) return pip(context, STAR, width / 2, height / 2, width * 0.26);
  return court(context, card, width, height, palette);
}

/**
 * @param {Context} context
 * @param {string} shape
 * @param {[number, number][]} places
 * @param {number} width
 * @param {number} height
 */
function pips(context, shape, places, width, height) {
  const radius = width * (places.length === 1 ? 0.2 : places.length > 8 ? 0.075 : 0.088);
  for (const [x, y] of places) {
    context.save();
    context.translate(width * (0.5 + 0.17 * x), height * (0.5 + 0.3 * y));
    if (y > 0) context.rotate(Math.PI);
    pip(context, shape, 0, 0, radius);
    context.restore();
  }
}

/**
 * @param {Context} context
 * @param {Card} card
 * @param {number} width
 * @param {number} height
 * @param {Palette} palette
 */
function court(context, card, width, height, palette) {
  const shape = SUITS[card.suit ?? ''];
  context.save();
  context.strokeStyle = context.fillStyle;
  context.globalAlpha = 0.45;
  context.lineWidth = Math.max(1, width / 80);
  context.strokeRect(width * 0.28, height * 0.16, width * 0.44, height * 0.68);
  context.restore();
  pip(context, shape, width * 0.37, height * 0.235, width * 0.055);
  pip(context, shape, width * 0.63, height * 0.765, width * 0.055, true);
  write(context, card.rank ?? '', width / 2, height * 0.505, width * 0.42, palette);
}

/**
 * @param {Context} context
 * @param {number} width
 * @param {number} height
 * @param {Back} back
 * @param {Palette} palette
 */
function backside(context, width, height, back, palette) {
  const colour = /** @type {any} */ (palette)[back.tone];
  sheet(context, width, height, 0.5);
  context.fillStyle = palette.raised;
  context.fill();
  context.strokeStyle = colour;
  context.lineWidth = Math.max(1, width / 70);
  context.stroke();
  context.save();
  sheet(context, width, height, width * 0.09);
  context.clip();
  context.globalAlpha = 0.75;
  context.fillStyle = colour;
  context.lineWidth = Math.max(0.75, width / 90);
  PATTERNS[back.pattern](context, width, height, Math.max(4, width / 9));
  context.restore();
}

/** @type {Record<string, (context: Context, width: number, height: number, step: number) => void>} */
const PATTERNS = {
  lattice(context, width, height, step) {
    context.beginPath();
    for (let x = -height; x < width + height; x += step) {
      context.moveTo(x, 0);
      context.lineTo(x + height, height);
      context.moveTo(x, 0);
      context.lineTo(x - height, height);
    }
    context.stroke();
  },
  dots(context, width, height, step) {
    context.beginPath();
    for (let row = 0; row * step * 0.75 < height + step; row += 1) {
      for (let x = row % 2 ? step / 2 : 0; x < width + step; x += step) {
        context.moveTo(x + step * 0.22, row * step * 0.75);
        context.arc(x, row * step * 0.75, step * 0.22, 0, 2 * Math.PI);
      }
    }
    context.fill();
  },
  waves(context, width, height, step) {
    context.beginPath();
    for (let y = -step; y < height + step; y += step * 0.8) {
      context.moveTo(-step, y);
      for (let x = -step; x < width + step; x += step) {
        context.quadraticCurveTo(x + step / 4, y - step / 2, x + step / 2, y);
        context.quadraticCurveTo(x + (3 * step) / 4, y + step / 2, x + step, y);
      }
    }
    context.stroke();
  },
  lines(context, width, height, step) {
    context.beginPath();
    for (let x = -height; x < width; x += step * 0.7) {
      context.moveTo(x, height);
      context.lineTo(x + height, 0);
    }
    context.stroke();
  },
};

/**
 * What lies under a back, for those who may know: a small plate on it, so that it still is a back.
 * @param {Context} context
 * @param {Card} card
 * @param {number} width
 * @param {number} height
 * @param {Palette} palette
 */
function seenThrough(context, card, width, height, palette) {
  const [wide, high] = [width * 0.68, Math.max(13, height * 0.3)];
  context.fillStyle = palette.raised;
  context.beginPath();
  context.roundRect((width - wide) / 2, (height - high) / 2, wide, high, 3);
  context.fill();
  context.fillStyle = isRed(card) ? palette.danger : palette.ink;
  if (card.rank === JOKER) return pip(context, STAR, width / 2, height / 2, high * 0.36);
  const size = Math.min(high * 0.86, width * 0.36);
  write(context, card.rank ?? '', width * 0.38, height / 2, size, palette, '500');
  return pip(context, SUITS[card.suit ?? ''], width * 0.66, height / 2, Math.min(high * 0.3, width * 0.12));
}

/**
 * @param {Context} context
 * @param {string} shape
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {boolean} [upside]
 */
export function pip(context, shape, x, y, radius, upside = false) {
  context.save();
  context.translate(x, y);
  if (upside) context.rotate(Math.PI);
  context.scale(radius, radius);
  context.fill(path(shape));
  context.restore();
}

/**
 * @param {Context} context
 * @param {string} words
 * @param {number} x
 * @param {number} y
 * @param {number} size
 * @param {Palette} palette
 * @param {string} [weight]
 */
function write(context, words, x, y, size, palette, weight = '700') {
  context.font = `${weight} ${Math.round(size)}px ${palette.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(words, x, y + size * 0.04);
}

/**
 * Paper is the lighter of the two grounds, by day and by night.
 * @param {Palette} palette
 */
function paper({ floor, raised }) {
  const light = (/** @type {string} */ colour) =>
    (colour.match(/[\d.]+/g) ?? []).slice(0, 3).reduce((sum, part) => sum + Number(part), 0);
  return light(floor) > light(raised) ? floor : raised;
}
