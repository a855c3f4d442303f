/** Teams: each has a tone and a shape, so that colour never tells alone. */

/** @typedef {import('../../types.js').Tone} Tone */
/** @typedef {{tone: Tone, shape: string, name: string}} Look */

/** @type {Record<string, Look>} */
const KNOWN = {
  blue: { tone: 'gate', shape: 'disc', name: 'Blue' },
  red: { tone: 'danger', shape: 'triangle', name: 'Red' },
};
/** @type {Look[]} */
const OTHERS = [
  { tone: 'warning', shape: 'diamond', name: '' },
  { tone: 'life', shape: 'square', name: '' },
];

/**
 * @param {string} team
 * @returns {Look}
 */
export function lookOf(team) {
  const other = OTHERS[[...team].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % OTHERS.length];
  return KNOWN[team] ?? { ...other, name: team || 'No team' };
}

/**
 * The teams of a frame, blue and red first.
 * @param {import('../../types.js').Snapshot} snapshot
 */
export function teamsOf({ mechs = {}, objective }) {
  const found = new Set(Object.keys(objective?.zone_score ?? {}));
  for (const state of Object.values(mechs)) found.add(String(state?.team ?? ''));
  return [...Object.keys(KNOWN).filter((team) => found.delete(team)), ...[...found].sort()];
}
