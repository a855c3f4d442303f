/** Scores round by round: a snapshot holds the totals alone, the rest is read from the markers. */

/** @typedef {{id: string, name: string, total_score: number}} Player */
/** @typedef {{tick: number, round: number, scores: (number | null)[]}} Round  scores in the order of the players */

/**
 * The rounds that have ended up to a tick.
 * @param {import('../../types.js').Marker[]} markers
 * @param {number} tick
 * @param {Player[]} players
 * @returns {Round[]}
 */
export function roundsUntil(markers, tick, players) {
  const ended = markers.filter((marker) => marker.kind === 'round_ended' && marker.tick <= tick);
  const rounds = ended.map((marker) => ({
    tick: marker.tick,
    round: Number(/^Round (\d+) /.exec(marker.label)?.[1] ?? 0),
    scores: scoresIn(marker.label, players),
  }));
  return players.reduce((told, player, place) => trusted(told, player, place), rounds);
}

/**
 * "Round 2 went to Sage: River 4, Sage -1": the scores of those who play now, in their order.
 * @param {string} label
 * @param {Player[]} players
 * @returns {(number | null)[]}
 */
function scoresIn(label, players) {
  let from = 0;
  return players.map(({ name }) => {
    for (const before of [': ', ', ']) {
      const start = label.indexOf(`${before}${name} `, from);
      const found = start < 0 ? null : /^-?\d+(?=,|$)/.exec(label.slice(start + before.length + name.length + 1));
      if (!found) continue;
      from = start + before.length + name.length;
      return Number(found[0]);
    }
    return null;
  });
}

/**
 * A player's scores are told only if they add up: a name may hold anything, and a label may be cut.
 * @param {Round[]} rounds
 * @param {Player} player
 * @param {number} place
 */
function trusted(rounds, player, place) {
  const sum = rounds.reduce((total, { scores }) => total + (scores[place] ?? NaN), 0);
  if (sum === player.total_score) return rounds;
  return rounds.map((round) => ({
    ...round,
    scores: round.scores.map((score, here) => (here === place ? null : score)),
  }));
}
