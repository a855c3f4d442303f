/** The panels beside the board, from what the renderer says; on a phone, tabs. */

import { glyphElement } from './glyphs.js';
import { chartElement, drawChart } from './charts.js';
import { make, part, say } from './page.js';

/** @typedef {import('./types.js').Panel} Panel */
/** @typedef {import('./types.js').Row} Row */
/** @typedef {{follow: (subject: string) => void, seek: (tick: number) => void}} Listener */

const narrow = matchMedia('(max-width: 47.99em)');

export class Panels {
  /** @param {Listener} listener */
  constructor(listener) {
    this.listener = listener;
    this.root = part('panels');
    this.tabs = part('panel-tabs');
    /** @type {string | null} */
    this.chosen = null;
    /** @type {Panel[]} */
    this.shown = [];
    narrow.addEventListener('change', () => this.choose(this.chosen));
    this.tabs.addEventListener('keydown', (event) => this.move(event));
  }

  /**
   * @param {Panel[]} panels
   * @param {string | null} focus the subject that is followed
   * @param {import('./palette.js').Palette} palette
   */
  update(panels, focus, palette) {
    const ids = panels.map(({ id }) => id).join();
    if (ids !== this.shown.map(({ id }) => id).join()) this.build(panels);
    this.shown = panels;
    for (const panel of panels) {
      if (panel.element) continue;
      this.fill(panel, focus);
      this.plot(panel, palette);
    }
  }

  /**
   * @param {Panel} panel
   * @param {import('./palette.js').Palette} palette
   */
  plot({ id, chart }, palette) {
    const section = part(`panel-${id}`);
    const there = /** @type {HTMLCanvasElement | null} */ (section.querySelector('.chart'));
    if (!chart?.series.length) return there?.remove();
    const canvas = there ?? chartElement((tick) => this.listener.seek(tick));
    if (!there) section.firstElementChild?.after(canvas);
    return drawChart(canvas, chart, palette);
  }

  /** @param {Panel[]} panels */
  build(panels) {
    this.root.replaceChildren(...panels.map((panel) => panel.element ?? sectionOf(panel)));
    for (const { id, controls } of panels) if (controls) part(`panel-${id}`).append(controls);
    this.tabs.replaceChildren(
      ...panels.map(({ id, title }) => {
        const tab = make('button', 'panel-tab', title);
        tab.id = `tab-${id}`;
        tab.setAttribute('type', 'button');
        tab.setAttribute('role', 'tab');
        tab.setAttribute('aria-controls', `panel-${id}`);
        tab.addEventListener('click', () => this.choose(id));
        return tab;
      }),
    );
    const came = panels.find(
      ({ id, eager }) => eager && !this.shown.some((panel) => panel.id === id),
    );
    const known = panels.some(({ id }) => id === this.chosen);
    this.choose(came?.id ?? (known ? this.chosen : (panels[0]?.id ?? null)));
  }

  /** @param {string | null} id */
  choose(id) {
    this.chosen = id;
    for (const section of this.root.children) {
      const mine = section.id === `panel-${id}`;
      section.toggleAttribute('data-chosen', mine);
      if (narrow.matches) section.setAttribute('role', 'tabpanel');
      else section.removeAttribute('role');
    }
    for (const tab of this.tabs.children) {
      const mine = tab.id === `tab-${id}`;
      tab.setAttribute('aria-selected', String(mine));
      tab.setAttribute('tabindex', mine ? '0' : '-1');
    }
  }

  /**
   * Arrow keys go from tab to tab.
   * @param {KeyboardEvent} event
   */
  move(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const place = this.shown.findIndex(({ id }) => id === this.chosen);
    const next = this.shown[(place + step + this.shown.length) % this.shown.length];
    this.choose(next.id);
    part(`tab-${next.id}`).focus();
  }

  /**
   * @param {Panel} panel
   * @param {string | null} focus
   */
  fill(panel, focus) {
    const section = part(`panel-${panel.id}`);
    const [head, list, grid, empty] = /** @type {HTMLElement[]} */ (
      [...section.children].filter(({ className }) => className !== 'chart')
    );
    if (panel.controls && panel.controls.parentElement !== section) section.append(panel.controls);
    const note = /** @type {HTMLElement} */ (head.lastElementChild);
    say(note, panel.note ?? '');
    note.className = `panel-note tone-${panel.tone ?? 'quiet'}`;
    list.classList.toggle('rows-paired', Boolean(panel.paired));
    const nothing = !panel.rows.length && !panel.table && !panel.chart;
    say(empty, nothing ? (panel.empty ?? '') : (panel.table?.more ?? ''));
    this.writeTable(grid, panel);
    const before = new Map(
      [...list.children].map((row) => [/** @type {HTMLElement} */ (row).dataset.key, row]),
    );
    panel.rows.forEach((row, place) => {
      const element = before.get(row.key) ?? make('li', 'row');
      before.delete(row.key);
      this.write(/** @type {HTMLElement} */ (element), row, focus);
      if (list.children[place] !== element)
        list.insertBefore(element, list.children[place] ?? null);
    });
    for (const gone of before.values()) gone.remove();
  }

  /**
   * @param {HTMLElement} grid
   * @param {Panel} panel
   */
  writeTable(grid, { table }) {
    const signature = JSON.stringify(table ?? null);
    grid.hidden = !table;
    if (grid.dataset.signature === signature) return;
    const had = /** @type {HTMLElement | null} */ (grid.querySelector('button:focus'))?.dataset.tick;
    grid.dataset.signature = signature;
    grid.replaceChildren(...(table ? [tableOf(table, (tick) => this.listener.seek(tick))] : []));
    if (had) /** @type {HTMLElement | null} */ (grid.querySelector(`[data-tick="${had}"]`))?.focus();
  }

  /**
   * @param {HTMLElement} element
   * @param {Row} row
   * @param {string | null} focus
   */
  write(element, row, focus) {
    const followed = Boolean(row.subject) && row.subject === focus;
    const signature = JSON.stringify([row, followed]);
    if (element.dataset.signature === signature) return;
    const had = element.contains(document.activeElement);
    element.dataset.signature = signature;
    element.dataset.key = row.key;
    if (row.subject) element.dataset.subject = row.subject;
    element.className = `row tone-${row.tone ?? 'ink'}`;
    element.replaceChildren(this.content(row, followed));
    if (had) element.querySelector('button')?.focus();
  }

  /**
   * @param {Row} row
   * @param {boolean} followed
   */
  content(row, followed) {
    const { subject, tick } = row;
    const pressed = subject || tick !== undefined;
    const content = make(pressed ? 'button' : 'span', 'row-content');
    if (row.glyph) content.append(glyphElement(row.glyph));
    content.append(make('span', 'row-text', row.text));
    if (row.detail) content.append(make('span', 'row-detail', row.detail));
    if (row.meters) content.append(metersOf(row.meters));
    if (!pressed) return content;
    content.setAttribute('type', 'button');
    if (tick !== undefined) content.addEventListener('click', () => this.listener.seek(tick));
    else if (subject) {
      content.setAttribute('aria-pressed', String(followed));
      content.title = followed ? 'Stop following' : 'Follow';
      content.addEventListener('click', () => this.listener.follow(subject));
    }
    return content;
  }
}

/** @param {import('./types.js').Meter[]} meters */
function metersOf(meters) {
  const group = make('span', 'row-meters');
  for (const { name, part, tone } of meters) {
    const bar = make('span', `row-meter tone-${tone}`);
    const fill = make('span');
    fill.style.width = `${Math.round(100 * part)}%`;
    bar.append(fill);
    group.append(bar, make('span', 'visually-hidden', `${name} ${Math.round(100 * part)} %`));
  }
  return group;
}

/** @param {Panel} panel */
function sectionOf({ id, title }) {
  const section = make('section', 'panel');
  section.id = `panel-${id}`;
  section.dataset.panel = id;
  const head = make('header', 'panel-head');
  const heading = make('h2', '', title);
  heading.id = `panel-title-${id}`;
  section.setAttribute('aria-labelledby', heading.id);
  head.append(heading, make('span', 'panel-note'));
  section.append(head, make('ul', 'rows'), make('div', 'panel-grid'), make('p', 'panel-empty'));
  return section;
}

/**
 * @param {import('./types.js').Grid} grid
 * @param {(tick: number) => void} seek
 */
function tableOf({ head, rows }, seek) {
  const table = make('table', 'figures');
  const top = make('tr');
  top.append(...head.map((text) => cell(text ? 'th' : 'td', text, 'col')));
  const body = make('tbody');
  body.append(
    ...rows.map(({ cells: [first, ...rest], tone, tick, marked }) => {
      const row = make('tr', `tone-${tone ?? 'ink'}`);
      const name = cell('th', tick === undefined ? first : '', 'row');
      if (tick !== undefined) name.append(jump(first, tick, seek));
      row.append(name, ...rest.map((text) => cell('td', text)));
      for (const column of marked ?? []) row.children[column]?.classList.add('marked');
      return row;
    }),
  );
  const columns = make('thead');
  columns.append(top);
  table.append(columns, body);
  return table;
}

/**
 * @param {string} tag
 * @param {string} text
 * @param {string} [scope]
 */
function cell(tag, text, scope) {
  const element = make(tag, '', text);
  if (tag === 'th' && scope) element.setAttribute('scope', scope);
  if (scope === 'col') element.title = text;
  return element;
}

/**
 * @param {string} text
 * @param {number} tick
 * @param {(tick: number) => void} seek
 */
function jump(text, tick, seek) {
  const button = make('button', 'figures-jump', text);
  button.setAttribute('type', 'button');
  button.dataset.tick = String(tick);
  button.addEventListener('click', () => seek(tick));
  return button;
}
