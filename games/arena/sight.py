"""Who sees whom: nothing opaque between their eyes, and no smoke."""

import numpy as np

from games.arena.state import OTHER, TEAMS, Fight

FARTHEST = 90.0  # voxels


def look_around(fight: Fight) -> None:
    """Note for each mech which enemies it sees, and which it has a free line of fire to."""
    fight.sees = {mech.name: [] for mech in fight.mechs}
    fight.could_hit = {mech.name: set() for mech in fight.mechs}
    ours, theirs = (fight.team(team) for team in TEAMS)
    if not ours or not theirs:
        return
    starts, ends = [mech.eye for mech in ours], [mech.eye for mech in theirs]
    seen, free = fight.ground.looks(starts, ends)
    first, last = np.array(starts)[:, None], np.array(ends)[None]
    seen &= np.linalg.norm(first - last, axis=2) <= FARTHEST
    for cloud in fight.clouds:
        seen &= away_from(np.array(cloud.pos), first, last) > cloud.radius
    for row, column in np.argwhere(seen).tolist():
        fight.sees[ours[row].name].append(theirs[column])
        fight.sees[theirs[column].name].append(ours[row])
    for row, column in np.argwhere(free).tolist():
        fight.could_hit[ours[row].name].add(theirs[column].name)
        fight.could_hit[theirs[column].name].add(ours[row].name)


def away_from(place: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Return how near each line from a first to a last point comes to a place."""
    along = last - first
    length = np.maximum((along**2).sum(axis=2), 1e-9)
    part = np.clip(((place - first) * along).sum(axis=2) / length, 0.0, 1.0)
    return np.linalg.norm(first + along * part[..., None] - place, axis=2)


def spotted(fight: Fight, team: str) -> list[str]:
    """Return the names of those whom somebody of a team sees."""
    seen = {enemy.name for mech in fight.team(team) for enemy in fight.sees.get(mech.name, ())}
    return [mech.name for mech in fight.team(OTHER[team]) if mech.name in seen]
