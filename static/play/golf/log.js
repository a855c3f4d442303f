/** What has happened since the page was opened, and the scores so far. */

import { make, part, say } from '../../viewer/page.js';
import { signed } from '../../viewer/renderers/golf/said.js';

const MOST_LINES = 60;

/** @param {import('./types.js').View} view */
export function addToLog({ words, event }) {
  const list = part('log');
  const line = make('li', event?.type === 'round_started' ? 'log-round' : '', words);
  list.prepend(line);
  while (list.children.length > MOST_LINES) list.lastElementChild?.remove();
}

/** @param {import('./types.js').View} view */
export function drawScores({ players, you, current_round: round, total_rounds: rounds }) {
  say(part('scores-note'), `round ${round} of ${rounds}`);
  const rows = [...players].sort((a, b) => a.total_score - b.total_score);
  const list = part('scores');
  const signature = JSON.stringify(rows.map(({ id, total_score: total }) => [id, total]));
  if (list.dataset.signature === signature) return;
  list.dataset.signature = signature;
  list.replaceChildren(
    ...rows.map(({ id, name, total_score: total, rounds_won: won }) => {
      const row = make('tr', id === you ? 'is-you' : '');
      const head = make('th', '', name);
      head.setAttribute('scope', 'row');
      row.append(head, make('td', 'number', signed(total)), make('td', 'number quiet', won ? String(won) : ''));
      return row;
    }),
  );
}
