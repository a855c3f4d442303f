/** What moves between two events: cards that fly and cards that turn, and never across the end of a round. */

/** @typedef {import('./cards.js').Card} Card */
/** @typedef {import('../../types.js').Snapshot} Snapshot */
/** @typedef {{kind: 'deck' | 'pile' | 'hand'} | {kind: 'card', id: string, position: number}} Place */
/** @typedef {{card: Card, from: Place, to: Place, turns: boolean}} Flight  `turns`: the face comes up on the way */
/**
 * @typedef {object} Motion
 * @property {Flight[]} flights
 * @property {{id: string, position: number}[]} turned  cards that turn up where they lie
 */

/** @type {Motion} */
const STILL = { flights: [], turned: [] };
/** Events that change many things at once: a new deal is no motion. */
const CUTS = new Set(['round_started', 'round_ended', 'game_started', 'game_ended', 'player_left']);

/**
 * @param {Snapshot} snapshot
 * @param {Snapshot | null} previous
 * @returns {Motion}
 */
export function motionOf(snapshot, previous) {
  const { event } = snapshot;
  const follows = previous && event && event.sequence === (previous.event?.sequence ?? 0) + 1;
  if (!follows || CUTS.has(event.type) || snapshot.current_round !== previous.current_round)
    return STILL;
  const flights = (FLIGHTS[event.type] ?? none)(event, snapshot, previous);
  const landing = flights.flatMap(({ to }) => (to.kind === 'card' ? [`${to.id} ${to.position}`] : []));
  const turned = turnedUp(snapshot, previous).filter(
    ({ id, position }) => !landing.includes(`${id} ${position}`),
  );
  return { flights, turned };
}

/** @typedef {(event: any, snapshot: Snapshot, previous: Snapshot) => Flight[]} Flying */

/** @type {Record<string, Flying>} */
const FLIGHTS = {
  card_drawn: (event, snapshot) => {
    const from = event.data.source === 'discard' ? 'pile' : 'deck';
    const card = snapshot.drawn_card ?? { rank: null, suit: null, face_up: false };
    const turns = from === 'deck' && card.face_up;
    return [{ card, from: { kind: from }, to: { kind: 'hand' }, turns }];
  },
  card_swapped: ({ player_id: id, data }, snapshot, previous) => {
    const place = { kind: /** @type {const} */ ('card'), id, position: data.position };
    const was = cardAt(previous, id, data.position);
    return [
      { card: up(data.new_card), from: { kind: 'hand' }, to: place, turns: !previous.drawn_card?.face_up },
      { card: up(data.old_card), from: place, to: { kind: 'pile' }, turns: !was?.face_up },
    ];
  },
  card_discarded: ({ data }, snapshot, previous) => [
    { card: up(data.card), from: { kind: 'hand' }, to: { kind: 'pile' }, turns: !previous.drawn_card?.face_up },
  ],
  draw_cancelled: ({ data }) => [
    { card: up(data.card), from: { kind: 'hand' }, to: { kind: 'pile' }, turns: false },
  ],
};

/** @type {Flying} */
const none = () => [];

/**
 * @param {any} card
 * @returns {Card}
 */
function up({ rank, suit }) {
  return { rank, suit, face_up: true };
}

/**
 * @param {Snapshot} snapshot
 * @param {string} id
 * @param {number} position
 * @returns {Card | undefined}
 */
function cardAt({ players }, id, position) {
  return players.find((/** @type {any} */ player) => player.id === id)?.cards[position];
}

/**
 * Cards that lay face down and lie face up now.
 * @param {Snapshot} snapshot
 * @param {Snapshot} previous
 */
function turnedUp({ players }, previous) {
  /** @type {{id: string, position: number}[]} */
  const turned = [];
  for (const { id, cards } of players) {
    cards.forEach((/** @type {Card} */ card, /** @type {number} */ position) => {
      const was = cardAt(previous, id, position);
      if (card.face_up && was && !was.face_up) turned.push({ id, position });
    });
  }
  return turned;
}

/**
 * From 0 to 1, slow at both ends.
 * @param {number} part
 */
export function eased(part) {
  return part * part * (3 - 2 * part);
}
