/** The keys of the terminal: numpad, digit row, arrows and the letters around S are one keypad. */

import { fillHelp, lettersSwitch, showHelp } from '../viewer/key_help.js';
import { part } from '../viewer/page.js';

/** Where a key lies on the keyboard, whatever is printed on it. @type {Record<string, string>} */
const STEPS = {
  ArrowUp: '8', ArrowDown: '2', ArrowLeft: '4', ArrowRight: '6',
  KeyQ: '7', KeyW: '8', KeyE: '9', KeyA: '4', KeyS: '5', KeyD: '6', KeyZ: '1', KeyX: '2', KeyC: '3',
};
/** @type {Record<string, string>} */
const ACTIONS = { '/': 'say', t: 'say', b: 'broadcast', '?': 'help' };

/** What is shown by `?`. @type {[string[], string][]} */
const HELP = [
  [['1', '–', '9'], 'move: the keypad as it lies on the board, 7 8 9 north; the row of digits too'],
  [['q w e', 'a d', 'z x c'], 'the same, around s'],
  [['←', '↑', '→', '↓'], 'move straight'],
  [['Shift'], 'with any of these: sprint, up to three steps'],
  [['5', 's'], 'idle'],
  [['/', 't'], 'write to those who are near'],
  [['b'], 'write to everybody, the Defragmenter too'],
  [['Esc'], 'leave the field'],
  [['?'], 'these keys'],
];

/**
 * @typedef {Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey' | 'ctrlKey' | 'altKey' | 'metaKey'> & {numLock: boolean}} Press
 */

/**
 * What a key press asks for, or null. With NumLock on, Shift and a numpad digit arrive as the key's other
 * meaning and without Shift: that is a sprint too.
 * @param {Press} press
 * @param {{letters: boolean, typing: boolean}} place
 * @returns {{action: string, digit?: string, sprint?: boolean} | null}
 */
export function actionOf(press, { letters, typing }) {
  if (press.ctrlKey || press.altKey || press.metaKey || typing || !letters) return null;
  const [, row, digit] = /^(Digit|Numpad)([1-9])$/.exec(press.code) ?? [];
  if (digit) {
    const lifted = row === 'Numpad' && press.numLock && press.key.length > 1;
    return step(digit, press.shiftKey || lifted);
  }
  if (STEPS[press.code]) return step(STEPS[press.code], press.shiftKey);
  const action = ACTIONS[press.key] ?? ACTIONS[press.key.toLowerCase()];
  return action ? { action } : null;
}

/**
 * @param {string} digit
 * @param {boolean} sprint
 */
function step(digit, sprint) {
  return digit === '5' ? { action: 'idle' } : { action: 'step', digit, sprint };
}

/**
 * @param {{step: (digit: string, sprint: boolean) => void, idle: () => void, say: () => void, broadcast: () => void}} actions
 */
export function wireKeys(actions) {
  const letters = lettersSwitch();
  fillHelp(HELP);
  part('help-open').addEventListener('click', showHelp);
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || document.querySelector('dialog[open]')) return;
    const target = event.target instanceof HTMLElement ? event.target : document.body;
    const typing = target.matches('input:not([type=checkbox]), textarea, select, [contenteditable], [role=log]');
    if (event.key === 'Escape' && typing) return target.blur();
    const { key, code, shiftKey, ctrlKey, altKey, metaKey } = event;
    const numLock = event.getModifierState('NumLock');
    const asked = actionOf(
      { key, code, shiftKey, ctrlKey, altKey, metaKey, numLock },
      { letters: letters.checked, typing },
    );
    if (!asked) return;
    if (asked.action === 'help') {
      event.preventDefault();
      return showHelp();
    }
    if (part('terminal').dataset.state !== 'playing') return;
    event.preventDefault();
    if (event.repeat) return;
    if (asked.action === 'step') actions.step(asked.digit ?? '', asked.sprint ?? false);
    else actions[/** @type {'idle' | 'say' | 'broadcast'} */ (asked.action)]();
  });
}
