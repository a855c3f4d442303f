/** The terms of a table as a form states them: seats, rounds, house rules, who may watch. */

/** @typedef {import('./types.js').Room} Room */
/** @typedef {Pick<Room, 'options' | 'open_to_spectators' | 'delay_seconds'>} Terms */

const NUMBERS = /** @type {const} */ (['seats', 'num_rounds', 'num_decks']);
const USUAL_BACK = 'red';

/**
 * The terms that a form states, each house rule by name; the backs of cards only where they change.
 * @param {HTMLFormElement} form
 * @param {string} [back] the backs so far
 * @returns {Terms}
 */
export function termsOf(form, back = USUAL_BACK) {
  const given = new FormData(form);
  /** @type {Record<string, any>} */
  const rules = { initial_flips: Number(given.get('initial_flips')), flip_mode: given.get('flip_mode') };
  const chosen = given.get('deck_color');
  if (chosen !== back) rules.deck_colors = [chosen];
  for (const box of boxes(form)) rules[box.value] = box.checked;
  const [seats, num_rounds, num_decks] = NUMBERS.map((name) => Number(given.get(name)));
  return {
    options: { seats, num_rounds, num_decks, rules },
    open_to_spectators: given.get('open_to_spectators') !== null,
    delay_seconds: Number(given.get('delay_seconds')),
  };
}

/**
 * Show the terms of a room in a form, all but the field that somebody is at.
 * @param {HTMLFormElement} form
 * @param {Terms} terms
 */
export function fillTerms(form, { options, open_to_spectators: open, delay_seconds: delay }) {
  const { rules } = options;
  for (const name of NUMBERS) write(form, name, options[name]);
  write(form, 'initial_flips', rules.initial_flips);
  write(form, 'flip_mode', rules.flip_mode);
  write(form, 'deck_color', backOf({ options }));
  write(form, 'delay_seconds', delay);
  for (const box of boxes(form)) box.checked = rules[box.value] === true;
  const watched = form.elements.namedItem('open_to_spectators');
  if (watched instanceof HTMLInputElement) watched.checked = open;
}

/** @param {Pick<Room, 'options'>} room */
export function backOf({ options }) {
  return options.rules.deck_colors?.[0] ?? USUAL_BACK;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {string | number} value
 */
function write(form, name, value) {
  const field = form.elements.namedItem(name);
  const writable = field instanceof HTMLInputElement || field instanceof HTMLSelectElement;
  if (writable && field !== document.activeElement) field.value = String(value);
}

/** @param {HTMLFormElement} form */
function boxes(form) {
  return /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll('input[name=rules]'));
}
