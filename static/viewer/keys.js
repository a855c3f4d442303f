/** The keys of the viewer: one table for what they do, for the help and for the switch that turns letters off. */

import { fillHelp, lettersSwitch } from './key_help.js';

/**
 * @typedef {{keys: string[], action: string, given?: any[], shift?: {action: string, given?: any[]}, shown?: string[], does: string, needs?: 'turns' | 'page'}} Key
 */

/** @type {Key[]} */
export const KEYS = [
  { keys: [' ', 'k'], shown: ['Space', 'k'], action: 'toggle', does: 'play, pause' },
  {
    keys: ['ArrowLeft'],
    shown: ['←'],
    action: 'nudge',
    given: [-1],
    shift: { action: 'tenthBy', given: [-1] },
    does: 'one tick back when paused, 5 s when playing; with Shift a tenth of the recording',
  },
  {
    keys: ['ArrowRight'],
    shown: ['→'],
    action: 'nudge',
    given: [1],
    shift: { action: 'tenthBy', given: [1] },
    does: 'the same forward',
  },
  { keys: [','], action: 'back', does: 'one tick back, always' },
  { keys: ['.'], action: 'forward', does: 'one tick forward, always' },
  { keys: ['j', 'PageDown'], shown: ['j'], action: 'step', given: [-10], does: 'ten ticks back' },
  { keys: ['l', 'PageUp'], shown: ['l'], action: 'step', given: [10], does: 'ten ticks forward' },
  { keys: ['['], action: 'previousMarker', does: 'previous event' },
  { keys: [']'], action: 'nextMarker', does: 'next event' },
  { keys: ['n'], action: 'nextTurn', does: 'next turn', needs: 'turns' },
  { keys: ['b'], action: 'previousTurn', does: 'previous turn', needs: 'turns' },
  { keys: ['<'], action: 'slower', does: 'slower' },
  { keys: ['>'], action: 'faster', does: 'faster' },
  { keys: ['e'], action: 'togglePace', does: 'even pace, one second a tick; again for real time' },
  { keys: ['Home'], action: 'start', does: 'first tick' },
  { keys: ['End'], action: 'end', does: 'last tick, or live' },
  {
    keys: [...'0123456789'],
    shown: ['0', '–', '9'],
    action: 'tenth',
    does: 'that tenth of the recording',
  },
  { keys: ['g'], action: 'goTo', does: 'go to a tick' },
  { keys: ['c'], action: 'copy', does: 'copy a link to this moment', needs: 'page' },
  { keys: ['i'], action: 'inspect', does: 'inspect', needs: 'page' },
  { keys: ['f'], action: 'fullscreen', does: 'full screen' },
  { keys: ['r'], action: 'loop', does: 'loop' },
  { keys: ['Escape'], shown: ['Esc'], action: 'leave', does: 'back' },
  { keys: ['?'], action: 'help', does: 'these keys' },
];

/** Keys that a slider answers to everywhere; they stay when single keys are switched off. */
const SLIDER_KEYS = new Set(['ArrowLeft', 'ArrowRight', 'PageUp', 'PageDown', 'Home', 'End']);

/**
 * What a key press asks for, or null.
 * @param {{key: string, shiftKey: boolean, ctrlKey: boolean, altKey: boolean, metaKey: boolean}} event
 * @param {{letters: boolean, onSlider: boolean, typing: boolean, onButton: boolean}} place
 * @param {Key[]} [all]
 * @returns {{action: string, given: any[]} | null}
 */
export function actionOf(event, { letters, onSlider, typing, onButton }, all = KEYS) {
  if (event.ctrlKey || event.altKey || event.metaKey || typing) return null;
  if (onButton && (event.key === ' ' || event.key === 'Enter')) return null;
  if (onSlider && event.key === 'ArrowUp') return { action: 'nudge', given: [1] };
  if (onSlider && event.key === 'ArrowDown') return { action: 'nudge', given: [-1] };
  const key = all.find(({ keys }) => keys.includes(event.key));
  if (!key) return null;
  if (event.key.startsWith('Page') && !onSlider) return null;
  const always = event.key === 'Escape' || (onSlider && SLIDER_KEYS.has(event.key));
  if (!letters && !always) return null;
  const { action, given = [] } = (event.shiftKey && key.shift) || key;
  return { action, given: action === 'tenth' ? [Number(event.key)] : given };
}

/**
 * @param {import('./controls.js').Actions} actions
 * @param {{turns: boolean, page: boolean}} has  what this game, or this page, has that not all have
 * @param {Key[]} [own]  the renderer's
 */
export function wireKeys(actions, has, own = []) {
  const letters = lettersSwitch();
  const keys = [...KEYS.filter(({ needs }) => !needs || has[needs]), ...own];
  fillHelp(keys.map(({ keys, shown = keys, does }) => [shown, does]));
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || document.querySelector('dialog[open]')) return;
    const target = event.target instanceof Element ? event.target : document.body;
    const place = {
      letters: letters.checked,
      onSlider: target.id === 'timeline',
      typing: target.matches(
        'input:not([type=checkbox]), textarea, select, [contenteditable], pre, [role=tab]',
      ),
      onButton: target.matches('button, a, summary, input[type=checkbox]'),
    };
    const asked = actionOf(event, place, keys);
    if (!asked || !keys.some(({ action, shift }) => [action, shift?.action].includes(asked.action)))
      return;
    event.preventDefault();
    actions[asked.action](...asked.given);
  });
}
