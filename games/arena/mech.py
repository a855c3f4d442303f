"""The mechs of a fight: four classes, and what is to be known of each one."""

from dataclasses import dataclass, field
from math import pi
from typing import Any

STABILITY = 100.0
DECIMALS = 3


@dataclass(frozen=True, slots=True)
class Build:
    """What all mechs of a class have in common; lengths in voxels, times in seconds."""

    name: str
    width: float
    height: float
    speed: float
    turn: float  # radians/s
    hp: float
    heat_cap: float
    cooling: float  # heat/s
    weapons: tuple[str, ...]
    has_ams: bool = False
    has_ecm: bool = False
    has_eccm: bool = False


HEAVY = ("gauss", "missile", "laser")
BUILDS = {
    build.name: build
    for build in (
        Build("scout", 1.2, 1.8, 6.9, 4.5, 90, 75, 9, ("painter", "laser"), has_ecm=True),
        Build("light", 1.5, 2.0, 6.2, 4.0, 125, 80, 9, ("painter", "laser"), has_eccm=True),
        Build("medium", 2.5, 3.0, 4.8, 3.0, 230, 100, 8, ("autocannon", "laser", "painter")),
        Build("heavy", 3.5, 4.0, 3.4, 2.0, 310, 130, 8, HEAVY, has_ams=True),
    )
}  # fmt: skip
LINE_UP = ("heavy", "medium", "medium", "light", "scout")


@dataclass(slots=True)
class Mech:
    """One mech; `x`, `y` is its middle and `bottom` where its feet are."""

    name: str
    team: str
    build: Build
    x: float
    y: float
    yaw: float
    bottom: float = 0.0
    vx: float = 0.0
    vy: float = 0.0
    vz: float = 0.0
    hp: float = 0.0
    heat: float = 0.0
    stability: float = STABILITY
    down: float = 0.0  # seconds until it stands up
    leg_damage: float = 0.0
    suppressed: float = 0.0
    ams_cooldown: float = 0.0
    ecm_on: bool = False
    eccm_on: bool = False
    painted: float = 0.0  # seconds for which its enemies have it marked
    painter: str | None = None
    smoke_shells: int = 2
    smoke_cooldown: float = 0.0
    reload: dict[str, float] = field(default_factory=dict)

    @property
    def alive(self) -> bool:
        return self.hp > 0

    @property
    def fallen(self) -> bool:
        return self.down > 0

    @property
    def legged(self) -> bool:
        return self.leg_damage > 0.4 * self.build.hp

    @property
    def shut_down(self) -> bool:
        return self.heat > self.build.heat_cap

    @property
    def can_act(self) -> bool:
        return self.alive and not self.fallen and not self.shut_down

    @property
    def middle(self) -> tuple[float, float, float]:
        return self.x, self.y, self.bottom + self.build.height / 2

    @property
    def eye(self) -> tuple[float, float, float]:
        """Where it looks and shoots from."""
        return self.x, self.y, self.bottom + 0.9 * self.build.height

    @property
    def speed(self) -> float:
        return self.build.speed * (0.45 if self.legged else 1.0)

    def as_json(self) -> dict[str, Any]:
        return {
            "team": self.team,
            "class": self.build.name,
            "pos": place(*self.middle),
            "vel": place(self.vx, self.vy, self.vz),
            "yaw": round(self.yaw, DECIMALS),
            "hp": round(float(self.hp), DECIMALS),
            "hp_max": float(self.build.hp),
            "heat": round(self.heat, DECIMALS),
            "heat_cap": float(self.build.heat_cap),
            "stability": round(self.stability, DECIMALS),
            "stability_max": STABILITY,
            "alive": self.alive,
            "fallen": self.alive and self.fallen,
            "legged": self.legged,
            "suppressed_time": round(self.suppressed, DECIMALS),
            "ams_cooldown": round(self.ams_cooldown, DECIMALS),
            "ecm_on": self.ecm_on,
            "eccm_on": self.eccm_on,
        }


def place(x: float, y: float, z: float) -> list[float]:
    """Return a place or a speed as it is recorded; never minus nothing."""
    return [round(x, DECIMALS) + 0.0, round(y, DECIMALS) + 0.0, round(z, DECIMALS) + 0.0]


def turned(angle: float) -> float:
    """Return an angle within half a turn of nothing."""
    return (angle + pi) % (2 * pi) - pi
