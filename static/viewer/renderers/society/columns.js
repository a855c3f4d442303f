/** Columns of a crowd: base64 of 16-bit little-endian numbers, one for each agent in the order of the ids. */

/** Stands for a value that is not known. */
export const NOTHING = -32768;

/**
 * The numbers of a column.
 * @param {string} text
 * @returns {Int16Array}
 */
export function unpack(text) {
  const bytes = atob(text);
  const numbers = new Int16Array(bytes.length >> 1);
  for (let place = 0; place < numbers.length; place += 1) {
    numbers[place] = bytes.charCodeAt(2 * place) | (bytes.charCodeAt(2 * place + 1) << 8);
  }
  return numbers;
}

/**
 * One number of a column, without unpacking the others.
 * @param {string} text
 * @param {number} place
 */
export function one(text, place) {
  const first = Math.floor((2 * place) / 3) * 4;
  const bytes = atob(text.slice(first, first + 8));
  const start = (2 * place) % 3;
  return ((bytes.charCodeAt(start) | (bytes.charCodeAt(start + 1) << 8)) << 16) >> 16;
}
