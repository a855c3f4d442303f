"""A fight over the zone: begin one by its seed, step it, and take its frames.

The same seed, mechs and side give the same fight to the byte.
"""

from collections.abc import Iterator
from math import atan2, dist
from random import Random
from typing import Any

from games.arena.flights import fly
from games.arena.ground import Ground
from games.arena.harm import feel_the_ground, recover
from games.arena.mech import BUILDS, LINE_UP, Mech
from games.arena.mech import place as recorded
from games.arena.pilots import fire, pilot_of, think
from games.arena.sight import look_around
from games.arena.state import OTHER, SECONDS, TEAMS, TICKS_A_FRAME, Fight
from games.arena.terrain import SIDE, spawn_center, world
from games.arena.walking import walk
from games.arena.ways import Ways
from games.game import Refused

MECHS, MOST_MECHS = 10, 60
LONGEST = 180.0  # seconds
AFTERMATH = 3.0  # seconds that are shown after it was decided
SPACING = 4.5  # voxels between those who start side by side

Frame = dict[str, Any]


def frames(fight: Fight) -> Iterator[Frame]:
    """Yield a frame every quarter of a second of simulation, until the fight is over."""
    while not is_over(fight):
        for _ in range(TICKS_A_FRAME):
            step(fight)
        yield frame(fight)


def begin(seed: int, mechs: int = MECHS, side: int = SIDE, seconds: float = LONGEST) -> Fight:
    """Return a fight before its first tick."""
    if mechs % 2 or not 2 <= mechs <= MOST_MECHS:
        raise Refused(f"A fight has an even number of mechs, from 2 to {MOST_MECHS}.")
    if not 1 <= seconds <= 3600:
        raise Refused("A fight lasts from 1 to 3600 seconds.")
    place = world(seed, side)
    ground = Ground(place)
    zone = place["meta"]["capture_zone"]
    center = (zone["center"][0], zone["center"][1])
    rng = Random(f"fight:{seed}:{mechs}:{side}")
    fight = Fight(
        seed=seed, world=place, ground=ground, ways=Ways(place, ground, center), rng=rng,
        mechs=[], pilots={}, zone=center, radius=zone["radius"],
        score_to_win=30.0 if side < 100 else 40.0, longest=seconds,
    )  # fmt: skip
    for team in TEAMS:
        muster(fight, team, mechs // 2)
    return fight


def muster(fight: Fight, team: str, count: int) -> None:
    """Line a team up in its corner, with a pilot in each mech."""
    meta = fight.world["meta"]
    corner = meta["spawn_corners"][team]
    home = spawn_center(fight.world["size"][0], meta["spawn_clear"], corner)
    fight.homes[team] = home
    yaw = round(atan2(fight.zone[1] - home[1], fight.zone[0] - home[0]), 3)
    for number, (x, y) in enumerate(places(fight, home, count)):
        build = BUILDS[LINE_UP[number % len(LINE_UP)]]
        name = f"{team}_{number}"
        fight.mechs.append(Mech(name, team, build, x, y, yaw, hp=build.hp))
        fight.pilots[name] = pilot_of(build.name, number, fight.rng)


def places(fight: Fight, home: tuple[float, float], count: int) -> list[tuple[float, float]]:
    """Return the places nearest to a team's home where its mechs have room beside each other."""
    spread = int(MOST_MECHS**0.5) + 2
    grid = [
        (home[0] + SPACING * column, home[1] + SPACING * row)
        for row in range(-spread, spread + 1)
        for column in range(-spread, spread + 1)
    ]
    found = [spot for spot in grid if fight.ways.is_open(4.0, *spot)]
    return sorted(found, key=lambda spot: (round(dist(spot, home), 6), spot))[:count]


def step(fight: Fight) -> None:
    """Play one tick, a twentieth of a second."""
    if fight.tick % TICKS_A_FRAME == 0:
        fight.events = []
    look_around(fight)
    if fight.tick % TICKS_A_FRAME == 0:
        think(fight)
    fire(fight)
    fly(fight)
    walk(fight)
    feel_the_ground(fight)
    recover(fight)
    hold_the_zone(fight)
    fight.tick += 1
    decide(fight)


def hold_the_zone(fight: Fight) -> None:
    """Share the seconds of the zone among those who stand in it."""
    if fight.winner is not None:
        return
    inside = [mech.team for mech in fight.mechs if mech.alive and fight.is_in_zone(mech)]
    for team in TEAMS:
        if inside:
            fight.score[team] += SECONDS * inside.count(team) / len(inside)


def decide(fight: Fight) -> None:
    """See whether somebody has won: by the zone, by being left alone, or when time is up."""
    if fight.winner is not None:
        fight.still += SECONDS
        return
    for team in TEAMS:
        if not fight.team(OTHER[team]):
            fight.winner, fight.reason = team, "elimination"
            return
    ahead = max(TEAMS, key=lambda team: (fight.score[team], strength(fight, team)))
    if fight.score[ahead] >= fight.score_to_win:
        fight.winner, fight.reason = ahead, "zone"
    elif fight.now >= fight.longest:
        fight.winner, fight.reason = ahead, "time"


def strength(fight: Fight, team: str) -> float:
    """Return what a team has left in all: who is level in the zone is told apart by it."""
    return sum(mech.hp for mech in fight.team(team))


def is_over(fight: Fight) -> bool:
    return fight.winner is not None and fight.still >= AFTERMATH


def frame(fight: Fight) -> Frame:
    """Return what is recorded of a fight as it stands."""
    return {
        "t": round(fight.now, 2),
        "tick": fight.tick,
        "objective": {
            "zone_center": list(fight.zone),
            "zone_radius": fight.radius,
            "zone_score": {team: round(fight.score[team], 3) for team in TEAMS},
            "zone_score_to_win": fight.score_to_win,
        },
        "mechs": {mech.name: mech.as_json() for mech in fight.mechs},
        "smoke_clouds": [
            {"pos": recorded(*cloud.pos), "radius": cloud.radius} for cloud in fight.clouds
        ],
        "events": fight.events,
    }
