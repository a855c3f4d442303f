/** What all pages with keys share: the switch that turns single keys off, and the table shown by `?`. */

import { make, part } from './page.js';

const STORED_AS = 'viewer-letters';

/** The switch in the help, as it was left. */
export function lettersSwitch() {
  const letters = /** @type {HTMLInputElement} */ (part('letters'));
  letters.checked = stored() !== 'off';
  letters.addEventListener('change', () => store(letters.checked ? 'on' : 'off'));
  return letters;
}

/**
 * Fill the help: which keys, and what they do; a dash between keys is no key.
 * @param {[string[], string][]} rows
 */
export function fillHelp(rows) {
  part('help-keys').replaceChildren(
    ...rows.map(([keys, does]) => {
      const row = make('tr');
      const cell = make('th');
      cell.setAttribute('scope', 'row');
      cell.append(...keys.flatMap((key) => [key === '–' ? '–' : make('kbd', '', key), ' ']));
      row.append(cell, make('td', '', does));
      return row;
    }),
  );
}

export function showHelp() {
  /** @type {HTMLDialogElement} */ (part('help-dialog')).showModal();
}

function stored() {
  try {
    return localStorage.getItem(STORED_AS);
  } catch {
    return null;
  }
}

/** @param {string} value */
function store(value) {
  try {
    localStorage.setItem(STORED_AS, value);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}
