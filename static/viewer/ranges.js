/** Runs of ticks: joined, missing, looked up. */

/** @typedef {[number, number]} Run  first and last tick */

/**
 * Runs in order, those that touch joined.
 * @param {Run[]} runs
 * @returns {Run[]}
 */
export function joined(runs) {
  /** @type {Run[]} */
  const result = [];
  for (const [first, last] of [...runs].sort((a, b) => a[0] - b[0])) {
    const before = result[result.length - 1];
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else result.push([first, last]);
  }
  return result;
}

/**
 * What is missing between runs that are in order.
 * @param {Run[]} runs
 * @returns {Run[]}
 */
export function between(runs) {
  /** @type {Run[]} */
  const gaps = [];
  for (let place = 1; place < runs.length; place += 1) {
    const before = runs[place - 1][1];
    if (runs[place][0] > before + 1) gaps.push([before + 1, runs[place][0] - 1]);
  }
  return gaps;
}

/**
 * The run that holds `tick`, or null.
 * @param {Run[]} runs
 * @param {number} tick
 */
export function runAt(runs, tick) {
  return runs.find(([first, last]) => first <= tick && tick <= last) ?? null;
}
