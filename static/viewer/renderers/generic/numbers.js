/** Numbers and values as short words, however large. */

import { plainText } from '../../facts.js';
import { grouped } from '../../times.js';

/**
 * @param {number} value
 */
export function numberText(value) {
  const size = Math.abs(value);
  if (size >= 1e15 || (size < 1e-4 && size > 0)) return value.toExponential(3);
  if (Number.isInteger(value)) return grouped(value);
  return String(Number(value.toPrecision(size >= 1000 ? 7 : 5)));
}

/**
 * @param {any} value
 */
export function valueText(value) {
  if (value === undefined) return '';
  return typeof value === 'number' ? numberText(value) : plainText(value);
}

/**
 * By how much a number has changed, with its sign; nothing where it has not.
 * @param {any} before
 * @param {any} after
 */
export function difference(before, after) {
  if (!Number.isFinite(before) || !Number.isFinite(after) || before === after) return '';
  const by = after - before;
  return `${by > 0 ? '+' : '−'}${numberText(Math.abs(Number(by.toPrecision(6))))}`;
}

/**
 * The size of a step that reads well, so that about `count` of them make `span`.
 * @param {number} span
 * @param {number} count
 */
export function niceStep(span, count) {
  const rough = Math.max(span, 1e-9) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((one) => one * power >= rough * 0.999) ?? 10;
  return factor * power;
}
