/** Cards as elements of the page: SVG made without markup, coloured by the stylesheet. */

import { isRed, JOKER, known, STAR, SUITS } from '../../viewer/renderers/golf/cards.js';

/** @typedef {import('./types.js').Card} Card */

const SVG = 'http://www.w3.org/2000/svg';
/** The lattice of a back, and the other patterns, in a card of 100 × 140. @type {Record<string, string>} */
const PATTERNS = { lattice: lattice(12), dots: dots(12), waves: waves(13), lines: slants(9) };

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {...(Node | string)} children
 */
function svg(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/**
 * @param {Card | null} card  null for an empty place
 * @param {{tone: string, pattern: string}} back
 */
function cardElement(card, back) {
  const frame = { viewBox: '0 0 100 140', 'aria-hidden': 'true', focusable: 'false' };
  if (!card) return svg('svg', { ...frame, class: 'playing-card is-empty' }, paper());
  if (!card.face_up || !known(card)) {
    const pattern = svg('path', { d: PATTERNS[back.pattern], class: `card-pattern is-${back.pattern}` });
    const window = svg('svg', { x: 9, y: 9, width: 82, height: 122, viewBox: '9 9 82 122' }, pattern);
    return svg('svg', { ...frame, class: `playing-card is-back tone-${back.tone}` }, paper(), window);
  }
  const look = { ...frame, class: `playing-card is-face ${isRed(card) ? 'is-red' : 'is-black'}` };
  if (card.rank === JOKER) return svg('svg', look, paper(), pip(STAR, 50, 70, 30));
  const rank = svg('text', { x: 50, y: 66, 'text-anchor': 'middle', class: card.rank === '10' ? 'is-wide' : '' }, card.rank ?? '');
  return svg('svg', look, paper(), rank, pip(SUITS[card.suit ?? ''], 50, 104, 19));
}

function paper() {
  return svg('rect', { x: 1, y: 1, width: 98, height: 138, rx: 8.5, class: 'card-paper' });
}

/**
 * @param {string} shape
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 */
function pip(shape, x, y, radius) {
  return svg('path', { d: shape, transform: `translate(${x} ${y}) scale(${radius})`, class: 'card-pip' });
}

/**
 * Change an element only where its card has.
 * @param {HTMLElement} holder
 * @param {Card | null} card
 * @param {{tone: string, pattern: string}} back
 */
export function showCard(holder, card, back) {
  const signature = JSON.stringify([card, back]);
  if (holder.dataset.card === signature) return;
  holder.dataset.card = signature;
  holder.querySelector('.playing-card')?.remove();
  holder.prepend(cardElement(card, back));
}

/** @param {number} step */
function lattice(step) {
  let path = '';
  for (let x = -140; x < 240; x += step) path += `M${x} 0l140 140M${x} 0l-140 140`;
  return path;
}

/** @param {number} step */
function slants(step) {
  let path = '';
  for (let x = -140; x < 100; x += step) path += `M${x} 140l140 -140`;
  return path;
}

/** @param {number} step */
function dots(step) {
  let path = '';
  for (let row = 0; row * step * 0.75 < 150; row += 1) {
    for (let x = row % 2 ? step / 2 : 0; x < 106; x += step)
      path += `M${x + 2.6} ${row * step * 0.75}a2.6 2.6 0 1 1 -5.2 0a2.6 2.6 0 1 1 5.2 0Z`;
  }
  return path;
}

/** @param {number} step */
function waves(step) {
  let path = '';
  for (let y = 0; y < 150; y += step * 0.8) {
    path += `M0 ${y}`;
    for (let x = 0; x < 100; x += step) path += `q${step / 4} -${step / 2} ${step / 2} 0q${step / 4} ${step / 2} ${step / 2} 0`;
  }
  return path;
}
