/** The controls over the plane: find an agent, layers, filters, how many are drawn, near and far. */

import { make, part, say } from '../../page.js';
import { grouped } from '../../times.js';
import { zoomButtons } from '../../zooming.js';
import { everybody, isOpen } from './filters.js';
import { figure, words } from './layouts.js';

/** @typedef {import('./town.js').Town} Town */

const NUMBERS = [250, 500, 1000, 2500, 5000, 10000];
const STANCE_STEP = 0.1;

export class Controls {
  /**
   * @param {Town} town
   * @param {HTMLElement} stage
   */
  constructor(town, stage) {
    this.town = town;
    this.root = make('div', 'society-controls');
    this.strip = make('div', 'society-strip');
    this.strip.setAttribute('role', 'group');
    this.strip.setAttribute('aria-label', 'What is shown');
    this.numbers = /** @type {HTMLSelectElement} */ (make('select'));
    this.numbers.id = 'society-most';
    this.of = make('span', 'quiet');
    this.of.id = 'society-of';
    this.filterWords = make('span', '', 'Filter');
    this.fields = make('div', 'society-fields');
    this.strip.append(this.search(), this.layers(), this.filters(), this.showing());
    const zoom = zoomButtons(
      'society-zoom',
      (factor) => town.zoom(factor),
      () => town.fit(),
    );
    this.root.append(this.strip, zoom);
    if (town.map) this.root.append(town.map.root);
    stage.append(this.root);
    new ResizeObserver(() => {
      this.measured = this.strip.offsetHeight;
      town.wake();
    }).observe(this.strip);
    this.measured = this.strip.offsetHeight;
    document.addEventListener('click', ({ target }) => {
      for (const menu of this.root.querySelectorAll('details')) {
        if (!menu.contains(/** @type {Node} */ (target))) menu.removeAttribute('open');
      }
    });
    this.root.addEventListener('keydown', (event) => this.close(event));
    if (town.crowd) this.fill();
  }

  get height() {
    return this.measured ?? 0;
  }

  /**
   * Escape closes the menu that has the focus, and goes no further.
   * @param {KeyboardEvent} event
   */
  close(event) {
    const menu = /** @type {Element} */ (event.target).closest('details[open]');
    if (event.key !== 'Escape' || !menu) return;
    menu.removeAttribute('open');
    menu.querySelector('summary')?.focus();
    event.preventDefault();
    event.stopPropagation();
  }

  search() {
    const form = make('form', 'society-find');
    form.setAttribute('role', 'search');
    const label = make('label', 'visually-hidden', 'Find an agent by id');
    label.setAttribute('for', 'society-id');
    const field = /** @type {HTMLInputElement} */ (make('input'));
    field.id = 'society-id';
    field.placeholder = 'Find by id';
    field.autocomplete = 'off';
    field.spellcheck = false;
    const answer = make('span', 'society-answer');
    answer.setAttribute('role', 'status');
    form.append(label, field, answer);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const id = this.idLike(field.value.trim());
      say(answer, id ? '' : `No agent ${field.value.trim()}.`);
      if (!id) return;
      field.value = id;
      this.town.host?.choose(id);
    });
    field.addEventListener('input', () => say(answer, ''));
    return form;
  }

  /**
   * The id itself, or the first that ends with what was written.
   * @param {string} text
   */
  idLike(text) {
    const { crowd } = this.town;
    if (!crowd || !text) return null;
    if (crowd.places.has(text)) return text;
    const small = text.toLowerCase();
    return crowd.ids.find((id) => id.toLowerCase().endsWith(small)) ?? null;
  }

  layers() {
    const menu = menuOf('Layers');
    const layers = part('layers');
    const line = layers.previousElementSibling;
    if (line?.tagName === 'HR') line.remove();
    menu.lastElementChild?.append(layers);
    return menu;
  }

  filters() {
    const menu = menuOf(this.filterWords);
    menu.lastElementChild?.append(this.most(), this.fields);
    menu.id = 'society-filter';
    return menu;
  }

  showing() {
    const line = make('p', 'society-showing');
    line.append(this.of);
    return line;
  }

  /** How many are drawn at most. */
  most() {
    const label = make('label', 'society-most', 'Draw at most');
    this.numbers.addEventListener('change', () => {
      this.town.most = Number(this.numbers.value);
      this.town.chosen();
    });
    label.append(this.numbers);
    return label;
  }

  /** Offer what this crowd has. */
  fill() {
    const { crowd, filter } = this.town;
    if (!crowd) return;
    const sizes = [...NUMBERS.filter((size) => size < crowd.count), crowd.count];
    const most = Math.min(this.town.most, crowd.count);
    if (!sizes.includes(most)) sizes.push(most);
    this.numbers.replaceChildren(...sizes.sort((a, b) => a - b).map((size) => choice(size)));
    this.numbers.value = String(most);
    this.town.most = most;
    this.fields.replaceChildren(
      this.boxes('Zones', crowd.zones.map(({ id, name }) => [id, name]), filter.zones),
      this.boxes('Segments', crowd.segments.map((id) => [id, words(id)]), filter.segments),
      this.stances(),
      this.everybody(),
    );
  }

  /**
   * @param {string} title
   * @param {string[][]} offered  ids and names
   * @param {string[]} closed  ids that are left out; changed here
   */
  boxes(title, offered, closed) {
    const set = make('fieldset');
    set.append(make('legend', '', title));
    set.hidden = offered.length < 2;
    for (const [id, name] of offered) {
      const box = /** @type {HTMLInputElement} */ (make('input'));
      box.type = 'checkbox';
      box.checked = !closed.includes(id);
      box.value = id;
      box.addEventListener('change', () => {
        const at = closed.indexOf(id);
        if (box.checked && at >= 0) closed.splice(at, 1);
        else if (!box.checked && at < 0) closed.push(id);
        this.town.chosen();
      });
      const label = make('label');
      label.append(box, name);
      set.append(label);
    }
    return set;
  }

  stances() {
    const set = make('fieldset', 'society-stances');
    set.append(make('legend', '', 'Stance'));
    const { filter } = this.town;
    const sliders = ['Least', 'Most'].map((name, end) => {
      const slider = /** @type {HTMLInputElement} */ (make('input'));
      slider.type = 'range';
      slider.min = '-1';
      slider.max = '1';
      slider.step = String(STANCE_STEP);
      slider.value = String(filter.stance[end]);
      const said = make('output', '', signed(filter.stance[end]));
      slider.addEventListener('input', () => {
        filter.stance[end] = Number(slider.value);
        const other = sliders[1 - end].slider;
        if (filter.stance[0] > filter.stance[1]) {
          filter.stance[1 - end] = filter.stance[end];
          other.value = slider.value;
        }
        sliders.forEach((one, place) => say(one.said, signed(filter.stance[place])));
        this.town.chosen();
      });
      const label = make('label');
      label.append(make('span', '', name), slider, said);
      set.append(label);
      return { slider, said };
    });
    return set;
  }

  everybody() {
    const button = make('button', 'society-clear', 'Show everybody');
    button.setAttribute('type', 'button');
    button.addEventListener('click', () => {
      this.town.filter = everybody();
      this.fill();
      this.town.chosen();
      this.fields.querySelector('button')?.focus();
    });
    return button;
  }

  /**
   * Say how many are drawn of how many.
   * @param {import('./scene.js').Scene} scene
   */
  show({ shown, present, passed }) {
    const open = isOpen(this.town.filter);
    say(this.of, showing(shown.length, open ? present : passed, open));
    say(this.filterWords, open ? 'Filter' : 'Filter: on');
    this.root.dataset.filtered = String(!open);
  }
}

/**
 * "Showing 1,000 of 10,000 (representative)": of those who pass the filter, where one is set.
 * @param {number} shown
 * @param {number} whole
 * @param {boolean} open  whether no filter is set
 */
export function showing(shown, whole, open) {
  const who = open ? '' : ' filtered';
  if (shown >= whole) return `Showing all ${grouped(whole)}${who}`;
  return `Showing ${grouped(shown)} of ${grouped(whole)}${who} (representative)`;
}

/** @param {string | HTMLElement} title */
function menuOf(title) {
  const menu = make('details', 'society-menu');
  const summary = make('summary', 'tool');
  summary.append(title);
  menu.append(summary, make('div', 'society-list'));
  return menu;
}

/** @param {number} size */
function choice(size) {
  const option = /** @type {HTMLOptionElement} */ (make('option', '', grouped(size)));
  option.value = String(size);
  return option;
}

/** @param {number} value */
function signed(value) {
  return (value > 0 ? '+' : '') + figure(value, 1);
}
