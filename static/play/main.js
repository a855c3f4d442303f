/** Start the terminal on its page: the door, the keypad, the keys and the two ways to speak. */

import { part, say } from '../viewer/page.js';
import { join } from './joining.js';
import { keptToken } from './kept.js';
import { wireKeys } from './keys.js';
import { wirePad } from './pad.js';
import { Terminal } from './terminal.js';

function start() {
  /** @type {import('./types.js').Setup} */
  const setup = JSON.parse(part('process-setup').textContent ?? '{}');
  const terminal = new Terminal(setup);
  const actions = {
    step: (/** @type {string} */ digit, /** @type {boolean} */ sprint) => terminal.step(digit, sprint),
    idle: () => terminal.idle(),
    say: () => part('say-text').focus(),
    broadcast: () => part('broadcast-text').focus(),
  };
  wirePad(actions);
  wireKeys(actions);
  wireSpeech(terminal, 'SAY', 'say');
  wireSpeech(terminal, 'BROADCAST', 'broadcast');
  part('join').hidden = false;
  part('join').addEventListener('click', () => enter(terminal));
  part('join-again').addEventListener('click', () => enter(terminal));
  const token = keptToken();
  if (token) terminal.open(token);
  else terminal.show('lobby');
}

/** @param {Terminal} terminal */
async function enter(terminal) {
  if (part('terminal').dataset.state === 'joining') return;
  const from = terminal.left ? 'after-problem' : 'lobby-problem';
  terminal.problem('', from);
  part('terminal').setAttribute('aria-busy', 'true');
  const buttons = [part('join'), part('join-again')].map((button) => /** @type {HTMLButtonElement} */ (button));
  buttons.forEach((button) => (button.disabled = true));
  const answer = await join();
  buttons.forEach((button) => (button.disabled = false));
  part('terminal').removeAttribute('aria-busy');
  if ('token' in answer) {
    terminal.open(answer.token);
    part('play').focus();
    return;
  }
  terminal.problem(answer.refused, from);
  part('watch').classList.toggle('asked', answer.full);
}

/**
 * @param {Terminal} terminal
 * @param {'SAY' | 'BROADCAST'} cmd
 * @param {string} name
 */
function wireSpeech(terminal, cmd, name) {
  const field = /** @type {HTMLInputElement} */ (part(`${name}-text`));
  const left = part(`${name}-left`);
  const count = () => say(left, field.value.length > field.maxLength - 56 ? String(field.maxLength - field.value.length) : '');
  field.addEventListener('input', count);
  part(`${name}-form`).addEventListener('submit', (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (!text || !terminal.put({ cmd, arg: text })) return;
    field.value = '';
    count();
    field.blur();
  });
}

start();
