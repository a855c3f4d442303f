"""The arena: mechs fight over a zone in a world of voxels; recorded by a trainer, read here."""

import math
from collections.abc import Iterable, Iterator
from typing import Any

from games.game import Game, Marker, Refused, Shape, Snapshot

TEAMS = ("blue", "red")
COLOURS = {"blue": "gate", "red": "danger"}
MECH_RADIUS = 0.014  # of the picture's side
AROUND = 4.0  # voxels shown beside the outermost mech where no world is known
FARTHEST_REACH = 1e4  # voxels: of a zone that is drawn
HAZARDS = ("lava", "debris")


class Arena(Game):
    title = "Arena"
    who_plays = ("mech", "mechs")
    version = "1.0"
    tick_seconds = 0.25
    first_tick = 0
    counts_own_ticks = True

    def participants(self, snapshot: Snapshot) -> list[str]:
        return [name for name, mech in mechs(snapshot) if mech.get("alive") is True]

    def markers(self, snapshot: Snapshot) -> list[Marker]:
        return [kill(event) for event in events(snapshot) if event.get("type") == "kill"]

    def metrics(self, snapshot: Snapshot) -> dict[str, float]:
        """Return how many of each team are alive, and what each has scored in the zone."""
        stated = record(snapshot.get("mechs")).values()
        standing = [mech for mech in stated if type(mech) is dict and mech.get("alive") is True]
        teams = [mech.get("team") for mech in standing]
        alive = {f"{team} alive": teams.count(team) for team in TEAMS}
        return alive | {f"{team} score": score for team, score in scores(snapshot).items()}

    def tallies(self, snapshot: Snapshot) -> dict[str, int]:
        return {"kills": len(self.markers(snapshot))}

    def metadata(self, snapshot: Snapshot, seconds: float) -> dict[str, Any]:
        """Return all who fought, what each team scored, and which one has won."""
        return super().metadata(snapshot, seconds) | {
            "players": [name for name, _ in mechs(snapshot)],
            "winner": winner(snapshot),
            "final_scores": scores(snapshot),
        }

    def picture(self, snapshot: Snapshot) -> list[Shape]:
        """Return the arena from above: the zone, and each mech that is alive in its colour."""
        placed = [
            (place, mech.get("team"))
            for _, mech in mechs(snapshot)
            if mech.get("alive") is True and (place := point(mech.get("pos"))) is not None
        ]
        zone = point(record(snapshot.get("objective")).get("zone_center"))
        reach = min(number(record(snapshot.get("objective")).get("zone_radius")), FARTHEST_REACH)
        rim = (
            [(zone[0] - reach, zone[1] - reach), (zone[0] + reach, zone[1] + reach)] if zone else []
        )
        seen = [place for place, _ in placed] + rim
        if not seen:
            return []
        left, top, side = frame(seen)
        shapes = [Shape("rect", (0.0, 0.0, 1.0, 1.0), "ground")]
        if zone is not None:
            middle = ((zone[0] - left) / side, (zone[1] - top) / side)
            shapes.append(
                Shape("disc", (*middle, min(max(reach / side, MECH_RADIUS), 0.5)), "rule")
            )
        for (x, y), team in placed:
            spot = ((x - left) / side, (y - top) / side, MECH_RADIUS)
            colour = COLOURS.get(team, "life") if isinstance(team, str) else "life"
            shapes.append(Shape("disc", spot, colour))
        return shapes

    def check(self, header: dict[str, Any], ticks: Iterable[Snapshot]) -> None:
        """Refuse what is no frame, and a simulation that runs backwards."""
        before = -math.inf
        for position, snapshot in enumerate(ticks):
            if not isinstance(snapshot.get("mechs"), dict):
                raise Refused(f"ticks/{position}/snapshot/mechs: it must be an object.")
            now = number(snapshot.get("tick"))
            if now < before:
                raise Refused(f"ticks/{position}/snapshot/tick: it runs backwards.")
            before = now


def mechs(snapshot: Snapshot) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, mech in record(snapshot.get("mechs")).items():
        if isinstance(mech, dict):
            yield name, mech


def events(snapshot: Snapshot) -> list[dict[str, Any]]:
    stated = snapshot.get("events")
    listed = stated if isinstance(stated, list) else []
    return [event for event in listed if isinstance(event, dict)]


def kill(event: dict[str, Any]) -> Marker:
    """Return the mark of a kill: by a mech, or by what the ground is made of."""
    target, shooter = name(event.get("target")), name(event.get("shooter"))
    if shooter in HAZARDS:
        return Marker("kill", f"{target} died of {shooter}", target)
    return Marker("kill", f"{shooter} destroyed {target}", target)


def scores(snapshot: Snapshot) -> dict[str, float]:
    """Return the seconds that each team has held the zone."""
    score = record(record(snapshot.get("objective")).get("zone_score"))
    return {team: number(score.get(team)) for team in TEAMS}


def winner(snapshot: Snapshot) -> str | None:
    """Return the team that has held the zone long enough, or is left alone; None before that."""
    score = scores(snapshot)
    enough = number(record(snapshot.get("objective")).get("zone_score_to_win"))
    ahead = max(TEAMS, key=lambda team: score[team])
    if 0 < enough <= score[ahead]:
        return ahead
    left = [mech.get("team") for _, mech in mechs(snapshot) if mech.get("alive") is True]
    alone = [team for team in TEAMS if left and all(one == team for one in left)]
    return alone[0] if alone else None


def frame(places: list[tuple[float, float]]) -> tuple[float, float, float]:
    """Return the corner and side of the square that holds all these places."""
    xs, ys = zip(*places, strict=True)
    left, top = min(xs) - AROUND, min(ys) - AROUND
    return left, top, max(max(xs) - left, max(ys) - top) + AROUND


# What a snapshot holds, however it came


def record(stated: Any) -> dict[str, Any]:
    return stated if isinstance(stated, dict) else {}


def name(stated: Any) -> str:
    return stated[:40] if isinstance(stated, str) and stated else "somebody"


def number(stated: Any) -> float:
    plain = type(stated) in (int, float) and math.isfinite(stated)
    return float(stated) if plain else 0.0


def point(stated: Any) -> tuple[float, float] | None:
    """Return the first two coordinates of a place, if it is one within reason."""
    if not isinstance(stated, list) or len(stated) < 2:
        return None
    x, y = stated[:2]
    if any(type(side) not in (int, float) or not abs(side) < 1e6 for side in (x, y)):
        return None
    return float(x), float(y)


GAME = Arena("arena")
