/** Who holds the zone, who leads, and who has won. */

import { isPlace } from './mechs.js';
import { lookOf, teamsOf } from './teams.js';

/** @typedef {import('../../types.js').Snapshot} Snapshot */

/**
 * @typedef {object} Score
 * @property {{team: string, seconds: number, part: number, alive: number, all: number, inside: number}[]} teams
 * @property {number} toWin
 * @property {string | null} leader
 * @property {string | null} winner
 * @property {string} words  "Blue leads", "Red wins"
 */

/**
 * @param {Snapshot} snapshot
 * @returns {Score}
 */
export function scoreOf(snapshot) {
  const { objective = {}, mechs = {} } = snapshot;
  const toWin = Number(objective.zone_score_to_win) || 0;
  const states = Object.values(mechs);
  const teams = teamsOf(snapshot).map((team) => {
    const own = states.filter((state) => state.team === team);
    const alive = own.filter((state) => state.alive !== false);
    const seconds = Number(objective.zone_score?.[team]) || 0;
    return {
      team,
      seconds,
      part: toWin ? Math.min(1, seconds / toWin) : 0,
      alive: alive.length,
      all: own.length,
      inside: alive.filter((state) => isInside(state, objective)).length,
    };
  });
  const leader = leaderOf(teams);
  const winner = winnerOf(teams, toWin);
  return { teams, toWin, leader, winner, words: wordsOf(teams, leader, winner) };
}

/**
 * @param {any} state
 * @param {any} objective
 */
function isInside({ pos }, { zone_center: centre, zone_radius: radius }) {
  return isPlace(pos) && Array.isArray(centre) && Math.hypot(pos[0] - centre[0], pos[1] - centre[1]) <= radius;
}

/** @param {Score['teams']} teams */
function leaderOf(teams) {
  const [first, second] = [...teams].sort((a, b) => b.seconds - a.seconds);
  return first && first.seconds > (second?.seconds ?? 0) ? first.team : null;
}

/**
 * The zone is won by its seconds, the fight by being the last that stands.
 * @param {Score['teams']} teams
 * @param {number} toWin
 */
function winnerOf(teams, toWin) {
  const scored = toWin ? teams.filter(({ seconds }) => seconds >= toWin) : [];
  if (scored.length) return leaderOf(scored);
  const standing = teams.filter(({ alive }) => alive > 0);
  const fought = teams.filter(({ all }) => all > 0).length > 1;
  return fought && standing.length === 1 ? standing[0].team : null;
}

/**
 * @param {Score['teams']} teams
 * @param {string | null} leader
 * @param {string | null} winner
 */
function wordsOf(teams, leader, winner) {
  if (winner !== null) return `${lookOf(winner).name} wins`;
  if (teams.length > 1 && teams.every(({ all, alive }) => all > 0 && alive === 0)) return 'Nobody is left';
  return leader === null ? 'Even' : `${lookOf(leader).name} leads`;
}
