/** A view of the board as a short word of the address: names and rounded numbers, joined by `_`. */

const DIGITS = 4;
const NUMBER = /^-?\d{1,12}(\.\d{1,12})?(e-\d{1,2})?$/;

/**
 * What is null is left empty, and at the end left out.
 * @param {(string | number | null)[]} parts
 */
export function viewText(parts) {
  const words = parts.map((part) =>
    typeof part === 'number' ? String(Number(part.toPrecision(DIGITS)) + 0) : (part ?? ''),
  );
  return words.join('_').replace(/_+$/, '');
}

/**
 * A number of a view within its bounds; null where there is none.
 * @param {string | undefined} word
 * @param {number} least
 * @param {number} most
 */
export function viewNumber(word, least, most) {
  if (!word || !NUMBER.test(word)) return null;
  return Math.min(most, Math.max(least, Number(word)));
}
