/** What a player may do now, from the moves that the server lists: nothing here knows the rules. */

/** @typedef {import('./types.js').Command} Command */
/**
 * @typedef {object} Possible
 * @property {boolean} deck
 * @property {boolean} pile
 * @property {boolean} discard
 * @property {boolean} cancel
 * @property {boolean} skip
 * @property {boolean} knock
 * @property {ReadonlySet<number>} swap  positions
 * @property {ReadonlySet<number>} flip  positions
 * @property {number} together  how many first cards are turned up at once; else 0
 */

/**
 * @param {import('./types.js').View | null} view
 * @returns {Possible}
 */
export function possible(view) {
  const moves = view?.moves ?? [];
  const may = (/** @type {string} */ name, /** @type {any} */ arg = null) =>
    moves.some(([cmd, given]) => cmd === name && (arg === null || given === arg));
  const flips = moves.filter(([cmd]) => cmd === 'FLIP').map(([, arg]) => [arg].flat());
  return {
    deck: may('DRAW', 'deck'),
    pile: may('DRAW', 'discard'),
    discard: may('DISCARD'),
    cancel: may('CANCEL'),
    skip: may('SKIP'),
    knock: may('KNOCK'),
    swap: new Set(moves.filter(([cmd]) => cmd === 'SWAP').map(([, arg]) => arg)),
    flip: new Set(flips.flat()),
    together: view?.phase === 'initial_flip' && flips.length ? flips[0].length : 0,
  };
}

/**
 * What a press on one of the own cards means: a command, another choice of first cards, or nothing.
 * @param {Possible} may
 * @param {ReadonlySet<number>} chosen
 * @param {number} position
 * @returns {{command?: Command, chosen?: Set<number>}}
 */
export function press(may, chosen, position) {
  if (may.swap.has(position)) return { command: { cmd: 'SWAP', arg: position } };
  if (!may.flip.has(position)) return {};
  if (!may.together) return { command: { cmd: 'FLIP', arg: [position] } };
  const next = new Set(chosen);
  if (!next.delete(position)) next.add(position);
  if (next.size < may.together) return { chosen: next };
  return { command: { cmd: 'FLIP', arg: [...next].sort((a, b) => a - b) }, chosen: new Set() };
}

/**
 * What a named action means now, or null where it cannot be done.
 * @param {Possible} may
 * @param {string} action
 * @returns {Command | null}
 */
export function commandOf(may, action) {
  const [cmd, arg] = COMMANDS[action] ?? [];
  if (!cmd || !may[/** @type {'deck'} */ (action)]) return null;
  return arg ? { cmd, arg } : { cmd };
}

/** @type {Record<string, [string, string?]>} */
const COMMANDS = {
  deck: ['DRAW', 'deck'],
  pile: ['DRAW', 'discard'],
  discard: ['DISCARD'],
  cancel: ['CANCEL'],
  skip: ['SKIP'],
  knock: ['KNOCK'],
};

/** @param {Possible} may */
export function mayAct(may) {
  return Object.keys(COMMANDS).some((action) => may[/** @type {'deck'} */ (action)]) || may.swap.size + may.flip.size > 0;
}
