import assert from 'node:assert/strict';
import { test } from 'node:test';
import { events, find, hit, markers, panels, turnOf } from '../../static/viewer/renderers/golf.js';
import { backOf, sign, spoken } from '../../static/viewer/renderers/golf/cards.js';
import { inWords } from '../../static/viewer/renderers/golf/house.js';
import { layout, placeAt, RATIO } from '../../static/viewer/renderers/golf/layout.js';
import { motionOf } from '../../static/viewer/renderers/golf/motion.js';
import { roundsUntil } from '../../static/viewer/renderers/golf/rounds.js';
import { columnPoints, describe, pairs, stage } from '../../static/viewer/renderers/golf/said.js';

const DOWN = { rank: null, suit: null, face_up: false };
const up = (rank, suit = 'clubs') => ({ rank, suit, face_up: true });
const hand = (...cards) => [...cards, ...Array(6).fill(DOWN)].slice(0, 6);
const player = (id, cards, more = {}) => ({
  id,
  name: id.toUpperCase(),
  cards,
  score: 0,
  total_score: 0,
  rounds_won: 0,
  is_cpu: false,
  all_face_up: false,
  ...more,
});

function snapshot(event, more = {}) {
  return {
    phase: 'playing',
    players: [player('ada', hand()), player('bob', hand())],
    current_player_id: 'ada',
    deck_remaining: 39,
    discard_top: up('9', 'hearts'),
    drawn_card: null,
    drawn_from: null,
    current_round: 1,
    total_rounds: 3,
    finisher_id: null,
    turn: 'draw',
    host_id: 'ada',
    options: { flip_mode: 'never', initial_flips: 2, deck_colors: ['blue'] },
    event: event && { player_id: 'ada', data: {}, sequence: 10, ...event },
    words: 'ADA did something',
    ...more,
  };
}

const BOXES = [
  { x: 0, y: 0, width: 1000, height: 660 },
  { x: 0, y: 0, width: 390, height: 390 },
  { x: 0, y: 0, width: 320, height: 300 },
  { x: 0, y: 0, width: 700, height: 240 },
  { x: 0, y: 0, width: 300, height: 900 },
  { x: 0, y: 0, width: 320, height: 165 },
];

test('all cards of two to six players fit into any box, none over another', () => {
  for (const box of BOXES) {
    for (let count = 1; count <= 6; count += 1) {
      const seats = Array.from({ length: count }, (_, place) => ({ id: `p${place}` }));
      const board = layout(box, seats);
      const cards = [board.deck, board.pile, board.hand, ...board.seats.flatMap((seat) => seat.cards)];
      const where = `${count} in ${box.width} × ${box.height}`;
      assert.equal(cards.length, 3 + 6 * count);
      assert.ok(Math.abs(board.height - board.width * RATIO) < 1e-9);
      const { caption, head } = board;
      for (const { x, y } of cards) {
        assert.ok(y >= head.y + head.height - 12 && y + board.height <= caption.y, `words in ${where}`);
        assert.ok(x >= 0 && x + board.width <= box.width, where);
        assert.ok(y >= 0 && y + board.height <= box.height, where);
      }
      for (const [place, a] of cards.entries())
        for (const b of cards.slice(place + 1))
          assert.ok(
            Math.abs(a.x - b.x) >= board.width - 1e-6 || Math.abs(a.y - b.y) >= board.height - 1e-6,
            where,
          );
    }
  }
});

test('what lies at a point is found, card by card', () => {
  const [box] = BOXES;
  const board = layout(box, [{ id: 'ada' }, { id: 'bob' }]);
  const inside = ({ x, y }) => placeAt(board, x + 3, y + 3);
  assert.deepEqual(inside(board.seats[1].cards[4]), { kind: 'card', id: 'bob', position: 4 });
  assert.deepEqual(inside(board.deck), { kind: 'deck' });
  assert.equal(placeAt(board, -5, -5), null);
  const now = snapshot(null, { players: [player('ada', hand(up('4'))), player('bob', hand())] });
  const at = board.seats[0].cards;
  assert.equal(hit(now, box, at[0].x + 2, at[0].y + 2).label, 'ADA, column 1, upper row: 4 of clubs');
  assert.deepEqual(hit(now, box, at[5].x + 2, at[5].y + 2).value, { place: 'column 3, lower row', face_up: false });
  assert.equal(find(now, 'nobody'), null);
});

test('a swap is two flights, and the old card turns on the way to the pile', () => {
  const previous = snapshot({ type: 'card_drawn', sequence: 9 }, { drawn_card: up('K') });
  const data = { position: 2, new_card: { rank: 'K', suit: 'clubs' }, old_card: { rank: '7', suit: 'spades' } };
  const now = snapshot(
    { type: 'card_swapped', data },
    { players: [player('ada', [DOWN, DOWN, up('K'), DOWN, DOWN, DOWN]), player('bob', hand())] },
  );
  const { flights, turned } = motionOf(now, previous);
  assert.deepEqual(
    flights.map(({ from, to, turns }) => [from.kind, to.kind, turns]),
    [
      ['hand', 'card', false],
      ['card', 'pile', true],
    ],
  );
  assert.deepEqual(turned, [], 'the place that is flown to does not turn as well');
});

test('cards that come up are turned where they lie', () => {
  const previous = snapshot({ type: 'round_started', sequence: 9 });
  const now = snapshot(
    { type: 'initial_flip', data: { positions: [0, 5] } },
    { players: [player('ada', [up('4'), DOWN, DOWN, DOWN, DOWN, up('9')]), player('bob', hand())] },
  );
  assert.deepEqual(motionOf(now, previous), {
    flights: [],
    turned: [
      { id: 'ada', position: 0 },
      { id: 'ada', position: 5 },
    ],
  });
});

test('nothing moves across the end of a round, a jump, or to who is not there', () => {
  const before = snapshot({ type: 'card_discarded', sequence: 9, data: { card: up('4') } });
  const still = { flights: [], turned: [] };
  for (const type of ['round_ended', 'round_started', 'game_ended', 'player_left'])
    assert.deepEqual(motionOf(snapshot({ type }), before), still);
  const drawn = { type: 'card_drawn', data: { source: 'deck', card: null } };
  assert.deepEqual(motionOf(snapshot({ ...drawn, sequence: 14 }), before), still, 'a jump');
  assert.deepEqual(motionOf(snapshot(drawn), null), still);
  assert.deepEqual(motionOf(snapshot(drawn, { current_round: 2 }), before), still);
  const [flight] = motionOf(snapshot(drawn, { drawn_card: DOWN }), before).flights;
  assert.deepEqual([flight.from.kind, flight.turns], ['deck', false], 'a hidden card stays hidden');
});

test('cards have signs, names and backs', () => {
  assert.deepEqual(
    [up('10', 'diamonds'), up('★', 'spades'), DOWN, null].map((card) => [sign(card), spoken(card)]),
    [
      ['10♦', '10 of diamonds'],
      ['★♠', 'black joker'],
      ['a card', 'face down'],
      ['a card', 'face down'],
    ],
  );
  assert.equal(backOf({ deck_colors: ['blue'] }).pattern, 'dots');
  assert.ok(backOf({ deck_colors: ['#c0ffee'] }).pattern);
  assert.ok(backOf({}).pattern);
});

test('the table is said in words', () => {
  const now = snapshot({ type: 'card_drawn' }, { phase: 'final_turn', finisher_id: 'bob' });
  assert.equal(stage(now), 'Round 1 of 3 · last turns: BOB is out');
  assert.match(describe(now), /ADA did something.*ADA draws a card.*9 of hearts on the pile/);
  assert.deepEqual(pairs([up('4'), up('4'), DOWN, up('4', 'hearts'), DOWN, DOWN]), [0]);
  assert.deepEqual(columnPoints(['column 1 pairs: 0', 'column 2, 4♣ and K♦: 4', 'wolfpack: -20']), [0, 4, null]);
  assert.deepEqual(inWords({ initial_flips: 1, flip_mode: 'never', use_jokers: true, wolfpack: false }), [
    'One card is turned up at first',
    'After a discard the turn is over',
    'Jokers, worth −2',
  ]);
  assert.equal(turnOf(now), '1 ada');
  assert.equal(turnOf({ ...now, phase: 'round_over' }), null);
});

test('live events are marked like those of the index', () => {
  const ended = snapshot({ type: 'round_ended', player_id: null }, { words: 'Round 1 went to ADA: ADA 3, BOB 9' });
  assert.deepEqual(markers(ended), [
    { kind: 'round_ended', label: 'Round 1 went to ADA: ADA 3, BOB 9', subject: null },
  ]);
  const out = snapshot({ type: 'card_swapped' }, { phase: 'final_turn', finisher_id: 'ada' });
  assert.deepEqual(
    events(out).map(({ kind }) => kind),
    ['card_swapped', 'finisher'],
  );
  assert.deepEqual(markers(snapshot({ type: 'card_drawn' })), []);
  assert.deepEqual(events(snapshot(null)), []);
});

test('scores by round come from the markers, and only where they add up', () => {
  const seats = [
    { id: 'a', name: 'River, 12', total_score: 2 },
    { id: 'b', name: 'River, 12', total_score: 14 },
    { id: 'c', name: 'Sage', total_score: 99 },
  ];
  const label = (round, ...scores) =>
    `Round ${round} went to Sage: ${scores.map((score, place) => `${seats[place].name} ${score}`).join(', ')}`;
  const marked = [
    { tick: 5, kind: 'round_started', label: 'Round 1 was dealt' },
    { tick: 20, kind: 'round_ended', label: label(1, -3, 10, 7) },
    { tick: 44, kind: 'round_ended', label: label(2, 5, 4, 1) },
    { tick: 60, kind: 'round_ended', label: label(3, 1, 1, 1) },
  ];
  assert.deepEqual(roundsUntil(marked, 50, seats), [
    { tick: 20, round: 1, scores: [-3, 10, null] },
    { tick: 44, round: 2, scores: [5, 4, null] },
  ]);
});

test('panels tell scores as a table, and why a hand scored at the end of its round', () => {
  const now = snapshot(
    { type: 'round_ended', player_id: null },
    {
      phase: 'round_over',
      players: [player('ada', hand(), { score: 4, total_score: 4 }), player('bob', hand(), { score: -2, total_score: -2 })],
      explained: { ada: ['column 1 pairs: 0', 'column 2, 4♣ and K♦: 4'], bob: ['column 1, 2♣ and K♦: -2'] },
    },
  );
  const marked = [{ tick: 30, kind: 'round_ended', label: 'Round 1 went to BOB: ADA 4, BOB -2' }];
  const found = Object.fromEntries(panels(now, null, { tick: 30, markers: marked }).map((panel) => [panel.id, panel]));
  assert.deepEqual(found.scores.table.head, ['Round', 'ADA', 'BOB']);
  assert.deepEqual(
    found.scores.table.rows.map(({ cells, tick }) => [...cells, tick]),
    [
      ['1', '4', '−2', 30],
      ['Total', '4', '−2', undefined],
    ],
  );
  assert.deepEqual(
    found.explained.rows.map(({ text, detail }) => `${text.trim()} ${detail}`),
    ['ADA 4', 'column 1 pairs 0', 'column 2, 4♣ and K♦ 4', 'BOB −2', 'column 1, 2♣ and K♦ −2'],
  );
  const waiting = panels(snapshot(null, { phase: 'waiting', options: {}, turn: null, players: [] }), null);
  assert.ok(waiting.every(({ rows, empty }) => rows.length || empty));
});
