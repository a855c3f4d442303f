/** Start a table on its page: the room, the cards, the keys and what comes after. */

import { part } from '../../viewer/page.js';
import { showReplay, wireAfter } from './after.js';
import { wireBoard } from './board.js';
import { wireKeys } from './keys.js';
import { wireRoom } from './room.js';
import { Table } from './table.js';
import { wireTerms } from './waiting.js';

const { code } = JSON.parse(part('golf-setup').textContent ?? '{}');
const table = new Table(code);
const hands = {
  press: (/** @type {number} */ position) => table.press(position),
  act: (/** @type {string} */ action) => table.act(action),
};
wireBoard(hands);
wireKeys(hands);
wireRoom(table);
wireTerms(table);
wireAfter(table);

part('join').addEventListener('click', async () => {
  if (await table.ask('join')) table.listen();
});
part('start').addEventListener('click', () => table.ask('start'));
part('computer-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const { value } = /** @type {HTMLSelectElement} */ (part('manner'));
  table.ask('computer', { profile: value });
});
part('leave').addEventListener('click', () =>
  /** @type {HTMLDialogElement} */ (part('leave-dialog')).showModal(),
);
part('leave-form').addEventListener('submit', async (event) => {
  event.preventDefault();
  table.line?.stop();
  if (await table.ask('leave')) location.assign('/golf');
  else table.line?.restart();
});
part('golf').hidden = false;
table.look().finally(() => table.room && showReplay(table.room));
