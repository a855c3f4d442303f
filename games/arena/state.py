"""The state of a fight: its mechs, what flies, what hangs in the air, and the score."""

from dataclasses import dataclass, field
from math import dist
from random import Random
from typing import Any

from games.arena.ground import Ground, Spot
from games.arena.mech import Mech
from games.arena.ways import Ways

SECONDS = 0.05  # of simulation, a tick
TICKS_A_FRAME = 5
TEAMS = ("blue", "red")
OTHER = {"blue": "red", "red": "blue"}


@dataclass(slots=True)
class Shot:
    """What flies: a bullet, a missile or a smoke shell."""

    weapon: str
    shooter: Mech
    target: Mech | None
    pos: Spot
    vel: Spot
    left: float  # seconds until it is spent
    aim: Spot = (0.0, 0.0, 0.0)
    far: float = 0.0  # voxels that a missile or shell had to go


@dataclass(slots=True)
class Cloud:
    pos: Spot
    radius: float
    left: float


@dataclass(slots=True)
class Pilot:
    """Who steers a mech: a manner, how bold it is, and what it is about."""

    manner: str
    nerve: float  # 0 careful … 1 reckless
    side: float  # which way round it prefers: -1 or 1
    goal: tuple[float, float] | None = None
    route: list[tuple[float, float]] = field(default_factory=list)
    target: Mech | None = None
    until: float = 0.0  # when it thinks of another goal
    hiding: bool = False
    flanked: bool = False
    stuck: float = 0.0
    wish: tuple[float, float] = (0.0, 0.0)  # voxels/s
    before: tuple[float, float] = (0.0, 0.0)


@dataclass(slots=True)
class Fight:
    seed: int
    world: dict[str, Any]
    ground: Ground
    ways: Ways
    rng: Random
    mechs: list[Mech]
    pilots: dict[str, Pilot]
    zone: tuple[float, float]
    radius: float
    score_to_win: float
    longest: float  # seconds until the higher score wins
    homes: dict[str, tuple[float, float]] = field(default_factory=dict)
    tick: int = 0
    score: dict[str, float] = field(default_factory=lambda: dict.fromkeys(TEAMS, 0.0))
    shots: list[Shot] = field(default_factory=list)
    clouds: list[Cloud] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    sees: dict[str, list[Mech]] = field(default_factory=dict)
    could_hit: dict[str, set[str]] = field(default_factory=dict)
    winner: str | None = None
    reason: str | None = None
    still: float = 0.0  # seconds since it was decided

    @property
    def now(self) -> float:
        return self.tick * SECONDS

    def team(self, name: str) -> list[Mech]:
        return [mech for mech in self.mechs if mech.team == name and mech.alive]

    def enemies(self, mech: Mech) -> list[Mech]:
        return self.team(OTHER[mech.team])

    def is_in_zone(self, mech: Mech) -> bool:
        return dist((mech.x, mech.y), self.zone) <= self.radius


def apart(one: Mech, other: Mech) -> float:
    """Return how far two mechs are from each other, on the ground."""
    return dist((one.x, one.y), (other.x, other.y))
