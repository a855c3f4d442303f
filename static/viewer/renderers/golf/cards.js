/** Cards as everybody knows them: outlines of the suits, signs, and names for reading out. */

/** Each fits a square from -1 to 1. @type {Record<string, string>} */
export const SUITS = {
  hearts:
    'M0 .95C-.2 .68 -1 .2 -1 -.38C-1 -.74 -.76 -.95 -.5 -.95C-.26 -.95 -.08 -.8 0 -.58C.08 -.8 .26 -.95 .5 -.95C.76 -.95 1 -.74 1 -.38C1 .2 .2 .68 0 .95Z',
  diamonds: 'M0 -1.05L.78 0L0 1.05L-.78 0Z',
  clubs:
    'M.44 -.54A.44 .44 0 1 1 -.44 -.54A.44 .44 0 1 1 .44 -.54ZM-.08 .16A.44 .44 0 1 1 -.96 .16A.44 .44 0 1 1 -.08 .16ZM.96 .16A.44 .44 0 1 1 .08 .16A.44 .44 0 1 1 .96 .16ZM-.22 -.3H.22V.3H-.22ZM.1 .2C.1 .6 .18 .88 .36 1H-.36C-.18 .88 -.1 .6 -.1 .2Z',
  spades:
    'M0 -1C.2 -.7 .95 -.2 .95 .3C.95 .62 .72 .78 .5 .78C.32 .78 .18 .68 .1 .54C.12 .75 .2 .92 .36 1H-.36C-.2 .92 -.12 .75 -.1 .54C-.18 .68 -.32 .78 -.5 .78C-.72 .78 -.95 .62 -.95 .3C-.95 -.2 -.2 -.7 0 -1Z',
};
export const STAR = star(5, 0.42);
export const JOKER = '★';

/** @type {Record<string, string>} */
const SIGNS = { hearts: '♥', diamonds: '♦', clubs: '♣', spades: '♠' };
/** @type {Record<string, string>} */
const RANKS = { A: 'ace', J: 'jack', Q: 'queen', K: 'king' };

/** How the backs of a colour look; each has a pattern of its own. @type {Record<string, {tone: string, pattern: 'lattice' | 'dots' | 'waves' | 'lines'}>} */
const BACKS = {
  red: { tone: 'danger', pattern: 'lattice' },
  blue: { tone: 'gate', pattern: 'dots' },
  gold: { tone: 'warning', pattern: 'waves' },
  green: { tone: 'life', pattern: 'lines' },
};

/**
 * @typedef {{rank: string | null, suit: string | null, face_up: boolean}} Card  rank and suit are null where the card is not known
 */

/** @param {Card | null | undefined} card */
export function known(card) {
  return Boolean(card?.rank && card.suit);
}

/** @param {Card} card */
export function isRed({ suit }) {
  return suit === 'hearts' || suit === 'diamonds';
}

/**
 * "4♣", or "a card" where it is not known.
 * @param {Card | null | undefined} card
 */
export function sign(card) {
  return card && known(card) ? `${card.rank}${SIGNS[card.suit ?? ''] ?? ''}` : 'a card';
}

/**
 * "four of clubs" as it is said; figures stay figures.
 * @param {Card | null | undefined} card
 */
export function spoken(card) {
  if (!card || !known(card)) return 'face down';
  if (card.rank === JOKER) return isRed(card) ? 'red joker' : 'black joker';
  return `${RANKS[card.rank ?? ''] ?? card.rank} of ${card.suit}`;
}

/**
 * The back of all cards of a game: which deck a card came from is not recorded, so the first colour counts.
 * @param {Record<string, any>} options
 */
export function backOf(options) {
  const [colour] = Array.isArray(options?.deck_colors) ? options.deck_colors : [];
  return BACKS[colour] ?? { tone: 'wall', pattern: /** @type {const} */ ('lines') };
}

/**
 * @param {number} points
 * @param {number} inner
 */
function star(points, inner) {
  const corners = [];
  for (let corner = 0; corner < 2 * points; corner += 1) {
    const radius = corner % 2 ? inner : 1.08;
    const angle = (Math.PI * corner) / points - Math.PI / 2;
    corners.push(`${(radius * Math.cos(angle)).toFixed(3)} ${(radius * Math.sin(angle) + 0.06).toFixed(3)}`);
  }
  return `M${corners.join('L')}Z`;
}
