/** What keys, buttons and panels can ask for, each by name. */

import { copyLink } from './links.js';
import { nextMarked } from './marks.js';
import { part } from './page.js';
import { Turns } from './turns.js';

const NUDGE_SECONDS = 5;

/**
 * @param {import('./session.js').Session} session
 * @param {import('./screen.js').Screen} screen
 * @returns {import('./controls.js').Actions}
 */
export function actionsOf(session, screen) {
  const { player, times } = session;
  const turns = new Turns(session);
  screen.turns = turns;
  const length = () => player.last - player.first;
  const seek = (/** @type {number} */ tick) => {
    player.seek(tick);
    screen.wake();
  };
  const step = (/** @type {number} */ ticks) => {
    player.step(ticks);
    screen.wake();
  };
  const changed = (/** @type {() => void} */ change) => () => {
    change();
    screen.wake();
  };
  const marker = (/** @type {1 | -1} */ direction) => () => {
    const tick = nextMarked(session.markers, player.tick, direction);
    if (tick === null)
      screen.announcer.speak(direction > 0 ? 'No later event.' : 'No earlier event.');
    else seek(tick);
  };
  return {
    toggle: changed(() => player.toggle()),
    seek,
    step,
    back: () => step(-1),
    forward: () => step(1),
    nudge(/** @type {1 | -1} */ direction) {
      if (!player.playing) return step(direction);
      const there = times.tickAt(times.at(player.tick) + direction * NUDGE_SECONDS);
      return seek(there === player.tick ? player.tick + direction : there);
    },
    tenthBy: (/** @type {1 | -1} */ direction) =>
      seek(player.tick + direction * Math.max(1, length() / 10)),
    tenth: (/** @type {number} */ digit) => seek(player.first + (length() * digit) / 10),
    start: () => seek(player.first),
    end: changed(() => (player.live ? player.follow() : player.seek(player.last))),
    live: changed(() => player.follow()),
    previousMarker: marker(-1),
    nextMarker: marker(1),
    previousTurn: changed(() => turns.go(-1)),
    nextTurn: changed(() => turns.go(1)),
    slower: changed(() => player.changeSpeed(-1)),
    faster: changed(() => player.changeSpeed(1)),
    speed: (/** @type {number | 'whole'} */ speed) => changed(() => player.setSpeed(speed))(),
    pace: (/** @type {boolean} */ even) => changed(() => (session.even = even))(),
    togglePace: changed(() => (session.even = !session.even)),
    loop: changed(() => (player.loop = !player.loop)),
    skip: changed(() => (session.skipping = !session.skipping)),
    retry: changed(() => {
      if (session.refusal) session.open();
      else if (session.store.requests.trouble) session.store.requests.retry();
      else session.renderer?.trouble?.()?.retry();
    }),
    goTo: () => part('tick-input').focus(),
    copy: () => copyLink(session, screen),
    inspect: () => screen.inspector.toggle(),
    fullscreen: () => toggleFullscreen(),
    help: () => /** @type {HTMLDialogElement} */ (part('help-dialog')).showModal(),
    leave: () => screen.leave(),
    follow: (/** @type {string} */ subject) => screen.follow(subject),
  };
}

function toggleFullscreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else
    part('viewer')
      .requestFullscreen?.()
      .catch(() => {});
}
