/** How a round, and the game, came out: every hand with its score line by line. */

import { make, part, say } from '../../viewer/page.js';
import { backOf, sign } from '../../viewer/renderers/golf/cards.js';
import { columnPoints, pairs, signed } from '../../viewer/renderers/golf/said.js';
import { showCard } from './cards.js';
import { outcome } from './words.js';

/** @typedef {import('./types.js').View} View */
/** @typedef {import('./types.js').Player} Player */

/**
 * The end of a round, over the table until it is put away.
 * @param {View} view at its round_ended
 */
export function showRound(view) {
  say(part('round-title'), `Round ${view.current_round} of ${view.total_rounds}`);
  say(part('round-words'), `${view.words}.`);
  part('round-hands').replaceChildren(...ranked(view.players, 'score').map((player) => handElement(view, player)));
  const dialog = /** @type {HTMLDialogElement} */ (part('round-dialog'));
  if (!dialog.open) dialog.showModal();
  part('round-on').focus();
}

/**
 * @param {View} view at its end
 * @param {View | null} last  the view at the end of the last round, if it was seen
 */
export function showEnd(view, last) {
  say(part('over-title'), outcome(view));
  say(part('over-words'), `${view.words}.`);
  part('over-standing').replaceChildren(
    ...ranked(view.players, 'total_score').map((player, _, all) => {
      const place = all.findIndex((other) => other.total_score === player.total_score);
      const row = make('tr', player.id === view.you ? 'is-you' : '');
      const name = make('th', '', player.name);
      name.setAttribute('scope', 'row');
      row.append(
        make('td', 'number quiet', String(place + 1)),
        name,
        make('td', 'number', signed(player.total_score)),
        make('td', 'number quiet', String(player.rounds_won)),
      );
      return row;
    }),
  );
  part('over-round').hidden = !last;
  if (last) part('over-hands').replaceChildren(...ranked(last.players, 'score').map((player) => handElement(last, player)));
}

/**
 * @param {Player[]} players
 * @param {'score' | 'total_score'} by
 */
function ranked(players, by) {
  return [...players].sort((a, b) => a[by] - b[by]);
}

/**
 * @param {View} view
 * @param {Player} player
 */
function handElement(view, player) {
  const lines = view.explained?.[player.id] ?? [];
  const item = make('li', `result${player.id === view.you ? ' is-you' : ''}`);
  const head = make('h3', 'result-head');
  const sum = player.total_score === player.score ? '' : `, ${signed(player.total_score)} in all`;
  head.append(make('span', '', player.name), make('span', 'result-score', `${signed(player.score)}${sum}`));
  const hand = make('div', 'small-hand');
  hand.setAttribute('role', 'img');
  hand.setAttribute('aria-label', player.cards.map(sign).join(', '));
  const equal = new Set(pairs(player.cards));
  hand.append(
    ...player.cards.map((card, position) => {
      const place = make('span', 'small-card');
      showCard(place, card, backOf(view.options));
      place.dataset.pair = String(equal.has(position % 3));
      return place;
    }),
    ...columnPoints(lines).map((points) => make('span', 'column-points', points === null ? '' : signed(points))),
  );
  item.append(head, hand, reasons(lines));
  return item;
}

/** @param {string[]} lines */
function reasons(lines) {
  const list = make('ul', 'reasons');
  list.append(
    ...lines.map((line) => {
      const [, why, points] = /^(.*): (-?\d+)$/.exec(line) ?? [line, line, ''];
      const item = make('li');
      item.append(make('span', '', why), make('span', 'number', signed(Number(points))));
      return item;
    }),
  );
  return list;
}
