/** Buttons, the tick field and the speed below the bar, and the light that says LIVE. */

import { make, part, say } from './page.js';
import { SPEEDS, WHOLE_SECONDS } from './player.js';
import { clock, grouped, span } from './times.js';

/** Nearer to the newest tick than this many ticks is at the edge. */
const EDGE_TICKS = 1;

/** @typedef {Record<string, (...given: any[]) => void>} Actions */

/**
 * Buttons by id and what each does. @type {[string, string][]}
 */
const BUTTONS = [
  ['play', 'toggle'],
  ['step-back', 'back'],
  ['step-forward', 'forward'],
  ['marker-previous', 'previousMarker'],
  ['marker-next', 'nextMarker'],
  ['turn-previous', 'previousTurn'],
  ['turn-next', 'nextTurn'],
  ['loop', 'loop'],
  ['skip', 'skip'],
  ['fullscreen', 'fullscreen'],
  ['live-light', 'live'],
  ['retry', 'retry'],
  ['inspect-open', 'inspect'],
  ['help-open', 'help'],
];

/**
 * @param {Actions} actions
 * @param {{turns: boolean, page: boolean}} has  what this game, or this page, has that not all have
 */
export function wireControls(actions, has) {
  part('turn-previous').hidden = part('turn-next').hidden = !has.turns;
  part('skip').hidden = has.turns; // in a game of turns nothing is quiet
  const pace = /** @type {HTMLSelectElement} */ (part('pace'));
  pace.addEventListener('change', () => actions.pace(pace.value === 'even'));
  for (const [id, action] of BUTTONS) {
    if (id === 'inspect-open' && !has.page) continue;
    part(id).addEventListener('click', () => {
      closeMenu();
      actions[action]();
    });
  }
  const speed = /** @type {HTMLSelectElement} */ (part('speed'));
  for (const value of SPEEDS) speed.append(option(String(value), `${value}×`));
  speed.value = '1';
  speed.append(option('whole', `whole in ${WHOLE_SECONDS} s`));
  speed.addEventListener('change', () =>
    actions.speed(speed.value === 'whole' ? 'whole' : Number(speed.value)),
  );

  const field = /** @type {HTMLInputElement} */ (part('tick-input'));
  part('tick-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const tick = parseInt(field.value.replace(/[^\d]/g, ''), 10);
    if (Number.isFinite(tick)) actions.seek(tick);
    field.blur();
  });
  field.addEventListener('focus', () => field.select());
  document.addEventListener('click', (event) => {
    if (!part('more').contains(/** @type {Node} */ (event.target))) closeMenu();
  });
}

function closeMenu() {
  part('more').removeAttribute('open');
}

/**
 * @param {string} value
 * @param {string} words
 */
function option(value, words) {
  const element = /** @type {HTMLOptionElement} */ (make('option', '', words));
  element.value = value;
  return element;
}

/**
 * @param {import('./session.js').Session} session
 */
export function showControls(session) {
  const { player } = session;
  const play = part('play');
  say(part('tick-last'), `/ ${grouped(player.last)}`);
  play.setAttribute('aria-label', player.playing ? 'Pause' : 'Play');
  play.title = player.playing ? 'Pause  Space' : 'Play  Space';
  part('play-icon').setAttribute('href', player.playing ? '#icon-pause' : '#icon-play');
  part('loop').setAttribute('aria-pressed', String(player.loop));
  part('skip').setAttribute('aria-pressed', String(session.skipping));
  /** @type {HTMLSelectElement} */ (part('speed')).value = String(player.speed);
  /** @type {HTMLSelectElement} */ (part('pace')).value = session.even ? 'even' : 'real';
  disable('step-back', player.tick <= player.first);
  disable('step-forward', player.tick >= player.last);

  const field = /** @type {HTMLInputElement} */ (part('tick-input'));
  if (document.activeElement !== field) field.value = String(player.tick);
  field.size = Math.max(3, String(player.last).length);
  say(part('clock-now'), clock(session.elapsed(player.tick)));
  say(part('clock-whole'), ` / ${clock(session.elapsed(player.last))}`);
  showLight(session);
}

/**
 * A button that has the focus keeps it: it is said to be disabled rather than made so.
 * @param {string} id
 * @param {boolean} disabled
 */
function disable(id, disabled) {
  part(id).setAttribute('aria-disabled', String(disabled));
}

/**
 * @param {import('./session.js').Session} session
 */
export function showLight(session) {
  const { player } = session;
  const light = part('live-light');
  light.hidden = !player.live;
  const atEdge = player.following || player.last - player.tick <= EDGE_TICKS;
  light.dataset.atEdge = String(atEdge);
  const behind = span(session.behind());
  say(part('live-words'), atEdge ? 'LIVE' : `${behind} behind`);
  light.setAttribute('aria-label', atEdge ? 'Live' : `${behind} behind. Back to live`);
}
