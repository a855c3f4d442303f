/** The keypad under the thumb: steps, sprint and idle, with what is blocked and what is asked for already. */

import { part, say } from '../viewer/page.js';
import { DIRECTIONS, legal } from './grid.js';

/** @typedef {import('./types.js').State} State */

/** @returns {HTMLButtonElement[]} */
function keys() {
  return [...part('pad').querySelectorAll('button')];
}

/** @param {{step: (digit: string, sprint: boolean) => void, idle: () => void}} actions */
export function wirePad({ step, idle }) {
  const sprint = part('sprint');
  sprint.addEventListener('click', () => arm(!armed()));
  const press = (/** @type {string} */ digit) => (digit === '5' ? idle() : step(digit, armed()));
  for (const button of keys()) {
    button.addEventListener('click', () => press(button.value));
  }
  part('board').addEventListener('click', (event) => {
    const tile = event.target instanceof Element ? event.target.closest('[data-digit]') : null;
    if (tile instanceof HTMLElement) press(tile.dataset.digit ?? '');
  });
}

function armed() {
  return part('sprint').getAttribute('aria-pressed') === 'true';
}

/** @param {boolean} on */
export function arm(on) {
  part('sprint').setAttribute('aria-pressed', String(on));
}

/**
 * @param {State} state
 * @param {boolean} cooling
 */
export function drawPad(state, cooling) {
  const steps = legal(state);
  const { cmd, arg } = state.buffered ?? { cmd: '', arg: '' };
  const chosen = cmd === 'IDLE' ? '5' : arg;
  for (const button of keys()) {
    const digit = button.value;
    const blocked = digit !== '5' && !steps.has(digit);
    button.setAttribute('aria-pressed', String(digit === chosen));
    button.classList.toggle('blocked', blocked);
    button.classList.toggle('sprinting', digit === chosen && cmd === 'BUFFER');
    const name = digit === '5' ? 'idle' : `move ${DIRECTIONS[digit]}`;
    button.setAttribute('aria-label', `${digit} ${name}${blocked ? ', blocked' : ''}`);
  }
  part('sprint').classList.toggle('cooling', cooling);
  say(part('sprint-words'), cooling ? 'cools down this tick' : 'ready');
}
