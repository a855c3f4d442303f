/** The inspector: what a thing or the whole tick is, what changed since the last tick, and its raw JSON. */

import { changes, leaves } from './facts.js';
import { make, part, say } from './page.js';

const MOST_CHANGES = 40;
const MOST_FACTS = 60;

/** @typedef {import('./types.js').Found} Found */
/** @typedef {import('./types.js').Frame} Frame */
/** @typedef {Found & {before: any, hasBefore: boolean}} Inspected */

export class Inspector {
  /** @param {import('./screen.js').Screen} screen */
  constructor(screen) {
    this.screen = screen;
    this.root = part('inspector');
    this.raw = part('inspector-raw');
    /** @type {Found | null} what it is on, beside a whole tick */
    this.on = null;
    this.signature = '';
    part('inspector-close').addEventListener('click', () => screen.leave());
    part('inspector-follow').addEventListener(
      'click',
      () => this.on?.subject && screen.follow(this.on.subject),
    );
    this.raw.addEventListener('toggle', () => screen.wake());
  }

  get open() {
    return !this.root.hidden;
  }

  /**
   * Look at something, or with nothing given at the whole tick.
   * @param {Found | null} found
   */
  inspect(found) {
    this.on = found;
    this.root.hidden = false;
    this.screen.wake();
  }

  toggle() {
    if (this.open) return this.hide();
    this.inspect(null);
    return this.root.focus();
  }

  hide() {
    this.root.hidden = true;
    this.signature = '';
    this.screen.wake();
  }

  /** @param {Frame} frame */
  update(frame) {
    if (!this.open) return;
    const inspected = this.at(frame);
    const followed = Boolean(inspected.subject) && inspected.subject === this.screen.focus;
    const follow = part('inspector-follow');
    follow.hidden = !inspected.subject;
    follow.setAttribute('aria-pressed', String(followed));
    say(follow, followed ? 'Following' : 'Follow');
    const raw = this.raw.hasAttribute('open');
    const signature = JSON.stringify([inspected, raw]);
    if (signature === this.signature) return;
    this.signature = signature;
    say(part('inspector-title'), inspected.label);
    part('inspector-changes').replaceChildren(...changeRows(inspected));
    part('inspector-facts').replaceChildren(...factRows(inspected.value));
    say(part('inspector-json'), raw ? JSON.stringify(inspected.value, null, 2) : '');
  }

  /**
   * What it is on, as it is in this frame and was in the one before.
   * @param {Frame} frame
   * @returns {Inspected}
   */
  at({ tick, snapshot, previous }) {
    const hasBefore = previous !== null;
    if (!this.on)
      return { label: `Tick ${tick}`, subject: null, value: snapshot, before: previous, hasBefore };
    const { subject, label, value } = this.on;
    if (!subject) return { label, subject, value, before: value, hasBefore };
    const find = this.screen.renderer.find;
    const found = find?.(snapshot, subject);
    const before = previous ? find?.(previous, subject)?.value : undefined;
    return {
      label: found?.label ?? label,
      subject,
      value: found?.value ?? null,
      before,
      hasBefore,
    };
  }
}

/** @param {Inspected} inspected */
function changeRows({ value, before, hasBefore }) {
  if (!hasBefore) return [make('li', 'quiet', 'The tick before this one is not here.')];
  if (before === undefined) return [make('li', 'quiet', 'It was not there at the last tick.')];
  const found = changes(before, value, MOST_CHANGES + 1);
  if (!found.length) return [make('li', 'quiet', 'Nothing.')];
  const rows = found.slice(0, MOST_CHANGES).map((change) => {
    const row = make('li');
    row.append(
      make('span', 'quiet', change.path || 'value'),
      ' ',
      make('s', '', change.before ?? 'absent'),
    );
    row.append(' → ', make('strong', '', change.after ?? 'gone'));
    return row;
  });
  if (found.length > MOST_CHANGES) rows.push(make('li', 'quiet', 'and more'));
  return rows;
}

/** @param {any} value */
function factRows(value) {
  const facts = leaves(value, MOST_FACTS + 1);
  const rows = facts
    .slice(0, MOST_FACTS)
    .flatMap(({ path, text }) => [make('dt', '', path || 'value'), make('dd', '', text)]);
  if (facts.length > MOST_FACTS)
    rows.push(make('dt', '', '…'), make('dd', '', 'and more: see the raw JSON'));
  return rows;
}
