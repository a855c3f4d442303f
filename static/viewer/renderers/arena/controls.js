/** The controls over the arena: how it is seen, what lies on it; the score of the zone, and who fell last. */

import { glyphElement } from '../../glyphs.js';
import { make, part, say } from '../../page.js';
import { zoomButtons } from '../../zooming.js';
import { isLed } from './camera.js';
import { lookOf } from './teams.js';

/** @typedef {import('./theatre.js').Theatre} Theatre */
/** @typedef {import('./picture.js').Picture} Picture */
/** @typedef {import('./camera.js').Mode} Mode */
/** @typedef {import('../../types.js').Marker} Marker */

/** A kill stays on the board for so many ticks, and no more than so many do. */
const FED_TICKS = 48;
const MOST_FED = 5;

/** @type {[Mode, string, string][]} */
const MODES = [
  ['orbit', 'Orbit', 'o'],
  ['follow', 'Follow', 'v'],
  ['top', 'Top', 't'],
];

export class Controls {
  /**
   * @param {Theatre} theatre
   * @param {HTMLElement} stage
   */
  constructor(theatre, stage) {
    this.theatre = theatre;
    this.root = make('div', 'arena-strip');
    this.root.setAttribute('role', 'group');
    this.root.setAttribute('aria-label', 'Camera and layers');
    /** @type {Map<Mode, HTMLElement>} */
    this.modes = new Map();
    this.graph = toggle('Nav graph', () => layerBox('graph')?.click());
    this.way = toggle('Paths', () => theatre.toggleWay());
    this.words = make('p', 'arena-words');
    this.words.setAttribute('role', 'status');
    this.score = make('div', 'arena-score');
    this.score.setAttribute('aria-hidden', 'true'); // the panel of the zone says the same
    this.feed = make('ul', 'arena-feed');
    this.feed.setAttribute('aria-hidden', 'true'); // as the list of events does of kills
    const zoom = zoomButtons(
      'arena-group arena-zoom',
      (factor) => theatre.nudge({ factor }),
      () => theatre.fit(),
    );
    this.root.append(this.cameras(), zoom, this.layers(), this.graph, this.way);
    const over = make('div', 'arena-over');
    over.append(this.root, this.score, this.words, this.feed);
    stage.append(over);
    wearStyle();
    this.show();
  }

  cameras() {
    const group = make('div', 'arena-group');
    group.setAttribute('role', 'group');
    group.setAttribute('aria-label', 'Camera');
    for (const [mode, name, key] of MODES) {
      const button = toggle(name, () => this.theatre.see(mode));
      button.title = `Camera: ${name.toLowerCase()}  ${key}`;
      this.modes.set(mode, button);
      group.append(button);
    }
    return group;
  }

  /** The layers that are on or off, from the menu of the page to where they are wanted. */
  layers() {
    const menu = make('details', 'arena-menu');
    const list = make('div', 'arena-list');
    const layers = part('layers');
    const line = layers.previousElementSibling;
    if (line?.tagName === 'HR') line.remove();
    list.append(layers);
    menu.append(make('summary', 'tool', 'Layers'), list);
    layers.addEventListener('change', () => this.show());
    document.addEventListener('click', ({ target }) => {
      if (!menu.contains(/** @type {Node} */ (target))) menu.removeAttribute('open');
    });
    menu.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !menu.hasAttribute('open')) return;
      menu.removeAttribute('open');
      menu.querySelector('summary')?.focus();
      event.preventDefault();
      event.stopPropagation();
    });
    return menu;
  }

  /** Say which are pressed, and what came of a way. */
  show() {
    const { theatre } = this;
    const view = theatre.host?.view();
    const led = view ? isLed(/** @type {import('./camera.js').View} */ (view), theatre.host?.focus() ?? null) : false;
    const mode = theatre.flat ? 'top' : led && view?.mode === 'orbit' ? 'follow' : view?.mode;
    for (const [name, button] of this.modes) {
      button.setAttribute('aria-pressed', String(name === mode));
      button.hidden = theatre.flat && name === 'orbit';
    }
    this.graph.setAttribute('aria-pressed', String(Boolean(layerBox('graph')?.checked)));
    this.way.setAttribute('aria-pressed', String(theatre.choosing));
    this.graph.hidden = this.way.hidden = !theatre.name;
    const asked = theatre.ends.length === 1 ? 'Choose where to.' : theatre.ends.length ? '' : 'Choose where from: a mech, or a place.';
    say(this.words, theatre.choosing ? theatre.wayWords || asked : '');
  }

  /** @param {Picture} picture */
  draw({ score, palette }) {
    const signature = JSON.stringify([score, palette.ground]);
    if (signature === this.score.dataset.signature) return;
    this.score.dataset.signature = signature;
    const sides = score.teams.slice(0, 2).map((team, place) => sideOf(team, place, score));
    const [first, second] = sides;
    const middle = make('span', 'arena-goal', score.winner === null ? `of ${score.toWin} s` : score.words);
    if (score.winner !== null) middle.classList.add(`tone-${lookOf(score.winner).tone}`);
    this.score.replaceChildren(...[first, middle, second].filter(Boolean));
  }

  /**
   * @param {Marker[]} markers
   * @param {number} tick
   * @param {(id: string) => string} teamOf
   */
  tell(markers, tick, teamOf) {
    const kills = markers.filter((marker) => marker.kind === 'kill' && marker.tick <= tick && marker.tick > tick - FED_TICKS).slice(-MOST_FED);
    const signature = JSON.stringify(kills);
    if (signature === this.feed.dataset.signature) return;
    this.feed.dataset.signature = signature;
    this.feed.replaceChildren(
      ...kills.reverse().map(({ label, subject }) => {
        const { tone } = lookOf(teamOf(String(subject)));
        const row = make('li');
        row.append(glyphElement({ shape: 'cross', tone }), make('span', '', label));
        return row;
      }),
    );
  }
}

/**
 * @param {import('./score.js').Score['teams'][number]} team
 * @param {number} place
 * @param {import('./score.js').Score} score
 */
function sideOf({ team, seconds, part: done, alive, all }, place, { leader }) {
  const { tone, shape, name } = lookOf(team);
  const side = make('span', `arena-side tone-${tone}`);
  if (leader === team) side.classList.add('arena-leads');
  const bar = make('span', 'arena-bar');
  const fill = make('span');
  fill.style.width = `${(100 * done).toFixed(1)}%`;
  bar.append(fill);
  const head = make('span', 'arena-name', `${name} ${alive}/${all}`);
  const figure = make('b', '', seconds.toFixed(1));
  const parts = [glyphElement({ shape, tone }), head, figure, bar];
  side.append(...parts);
  side.dataset.place = String(place);
  return side;
}

/** @param {string} id */
function layerBox(id) {
  return /** @type {HTMLInputElement | null} */ (part('layers').querySelector(`[data-layer="${id}"]`));
}

/**
 * @param {string} name
 * @param {() => void} act
 */
function toggle(name, act) {
  const button = make('button', 'tool', name);
  button.setAttribute('type', 'button');
  button.setAttribute('aria-pressed', 'false');
  button.addEventListener('click', act);
  return button;
}

/** The styles of these controls, which no other page needs. */
function wearStyle() {
  const link = /** @type {HTMLLinkElement} */ (make('link'));
  link.rel = 'stylesheet';
  link.href = new URL('./arena.css', import.meta.url).href;
  document.head.append(link);
}
