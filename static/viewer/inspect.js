/** The inspector: what a thing or the whole tick is, what changed since the last tick, and its raw JSON. */

import { changes, leaves } from './facts.js';
import { make, part, say } from './page.js';

const MOST_CHANGES = 40;
const MOST_FACTS = 60;

/**
 * @typedef {{label: string, subject: string | null, value: any, before: any, hasBefore: boolean}} Inspected
 */

export class Inspector {
  /** @param {{follow: (subject: string) => void, closed: () => void}} listener */
  constructor({ follow, closed }) {
    this.root = part('inspector');
    /** @type {string | null} */
    this.subject = null;
    this.signature = '';
    part('inspector-close').addEventListener('click', closed);
    part('inspector-follow').addEventListener('click', () => this.subject && follow(this.subject));
    part('inspector-raw').addEventListener('toggle', () => {
      this.signature = '';
      if (this.last) this.show(this.last.inspected, this.last.focus);
    });
    /** @type {{inspected: Inspected, focus: string | null} | null} */
    this.last = null;
  }

  get open() {
    return !this.root.hidden;
  }

  hide() {
    this.root.hidden = true;
    this.signature = '';
  }

  /**
   * @param {Inspected} inspected
   * @param {string | null} focus
   */
  show(inspected, focus) {
    this.last = { inspected, focus };
    this.root.hidden = false;
    this.subject = inspected.subject;
    const follow = part('inspector-follow');
    follow.hidden = !inspected.subject;
    follow.setAttribute('aria-pressed', String(Boolean(inspected.subject) && inspected.subject === focus));
    say(follow, inspected.subject && inspected.subject === focus ? 'Following' : 'Follow');
    const raw = part('inspector-raw').hasAttribute('open');
    const signature = JSON.stringify([inspected.label, inspected.value, inspected.before, inspected.hasBefore, raw]);
    if (signature === this.signature) return;
    this.signature = signature;
    say(part('inspector-title'), inspected.label);
    part('inspector-changes').replaceChildren(...changeRows(inspected));
    part('inspector-facts').replaceChildren(...factRows(inspected.value));
    say(part('inspector-json'), raw ? JSON.stringify(inspected.value, null, 2) : '');
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
    row.append(make('span', 'quiet', change.path || 'value'), ' ', make('s', '', change.before ?? 'absent'));
    row.append(' → ', make('strong', '', change.after ?? 'gone'));
    return row;
  });
  if (found.length > MOST_CHANGES) rows.push(make('li', 'quiet', 'and more'));
  return rows;
}

/** @param {any} value */
function factRows(value) {
  const facts = leaves(value, MOST_FACTS + 1);
  const rows = facts.slice(0, MOST_FACTS).flatMap(({ path, text }) => [make('dt', '', path || 'value'), make('dd', '', text)]);
  if (facts.length > MOST_FACTS) rows.push(make('dt', '', '…'), make('dd', '', 'and more: see the raw JSON'));
  return rows;
}
