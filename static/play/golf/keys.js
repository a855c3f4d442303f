/** The keys of the table: each does what a button does, and only where that is possible. */

import { fillHelp, lettersSwitch, showHelp } from '../../viewer/key_help.js';
import { part } from '../../viewer/page.js';

/** @type {Record<string, string>} */
const ACTIONS = { d: 'deck', p: 'pile', x: 'discard', c: 'cancel', s: 'skip', k: 'knock', '?': 'help' };

/** What is shown by `?`. @type {[string[], string][]} */
const HELP = [
  [['d'], 'draw from the deck'],
  [['p'], 'take the card on the pile'],
  [['1', '2', '3'], 'swap with, or turn up, a card of the upper row'],
  [['4', '5', '6'], 'the same in the lower row'],
  [['x'], 'discard the card in hand'],
  [['c'], 'put back the card that was taken from the pile'],
  [['s'], 'leave your cards as they are'],
  [['k'], 'knock'],
  [['?'], 'these keys'],
];

/**
 * What a key press asks for, or null.
 * @param {Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey' | 'metaKey'>} press
 * @param {{letters: boolean, typing: boolean}} place
 * @returns {{action: string, position?: number} | null}
 */
export function actionOf(press, { letters, typing }) {
  if (press.ctrlKey || press.altKey || press.metaKey || typing || !letters) return null;
  if (/^[1-6]$/.test(press.key)) return { action: 'card', position: Number(press.key) - 1 };
  const action = ACTIONS[press.key.toLowerCase()];
  return action ? { action } : null;
}

/** @param {{act: (action: string) => void, press: (position: number) => void}} table */
export function wireKeys(table) {
  const letters = lettersSwitch();
  fillHelp(HELP);
  part('help-open').addEventListener('click', showHelp);
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.repeat || document.querySelector('dialog[open]')) return;
    const target = event.target instanceof HTMLElement ? event.target : document.body;
    const typing = target.matches('input:not([type=checkbox]), textarea, select, [contenteditable]');
    const asked = actionOf(event, { letters: letters.checked, typing });
    if (!asked) return;
    event.preventDefault();
    if (asked.action === 'help') showHelp();
    else if (asked.position !== undefined) table.press(asked.position);
    else table.act(asked.action);
  });
}
