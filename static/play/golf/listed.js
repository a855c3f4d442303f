/** Names and choices in a row, as they are said. */

/**
 * "a", "a and b", "a, b and c"
 * @param {string[]} items
 * @param {string} [word]
 */
export function listed(items, word = 'and') {
  const last = items.at(-1) ?? '';
  return items.length > 1 ? `${items.slice(0, -1).join(', ')} ${word} ${last}` : last;
}
