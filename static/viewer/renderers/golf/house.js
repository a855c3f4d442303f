/** House rules in plain words: for the panel beside a replay, and for who opens a table. */

/** What each rule that is on or off changes, as a player would say it. @type {Record<string, string>} */
export const RULES = {
  use_jokers: 'Jokers, worth −2',
  lucky_swing: 'A single joker in all decks, worth −5',
  eagle_eye: 'Jokers count 2, a pair of them −4',
  super_kings: 'Kings count −2',
  ten_penny: 'Tens count 1',
  one_eyed_jacks: 'The jacks of hearts and spades count 0',
  negative_pairs_keep_value: 'Pairs of negative cards keep their value',
  four_of_a_kind: 'Two columns of one rank: −20',
  wolfpack: 'Two columns of jacks: −20',
  flip_as_action: 'A card may be turned up instead of drawing',
  knock_early: 'With one or two cards down, turn them up and end your turn',
  knock_penalty: 'Who goes out first pays 10, unless lowest',
  knock_bonus: 'Who goes out first is let off 5',
  underdog_bonus: 'The lowest score is let off 3',
  tied_shame: 'Who shares a score pays 5',
  blackjack: 'Exactly 21 counts 0',
};

/** @type {Record<string, string>} */
export const FLIP_MODES = {
  never: 'After a discard the turn is over',
  always: 'After a discard a card is turned up',
  endgame: 'After a discard a card may be turned up, near the end',
};

/**
 * The rules of a game as it is played, plain ones first.
 * @param {Record<string, any>} options
 */
export function inWords(options) {
  const flips = options.initial_flips;
  return [
    ...(typeof flips === 'number' ? [firstFlips(flips)] : []),
    ...(FLIP_MODES[options.flip_mode] ? [FLIP_MODES[options.flip_mode]] : []),
    ...Object.keys(RULES).flatMap((name) => (options[name] === true ? [RULES[name]] : [])),
  ];
}

/** @param {number} flips */
function firstFlips(flips) {
  if (!flips) return 'All cards lie face down at first';
  return flips === 1 ? 'One card is turned up at first' : `${flips} cards are turned up at first`;
}
