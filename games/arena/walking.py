"""How mechs move: towards what their pilots wish, never into anything solid, up a step or down."""

from math import atan2, ceil, floor, hypot

from games.arena.mech import Mech, turned
from games.arena.state import SECONDS, Fight, Pilot
from games.arena.voxels import WATER

GAINS = 5.0  # its own speed, a second
STEP = 1.0  # voxels that a mech climbs
CLIMBS, FALLS = 4.0, 8.0  # voxels/s
WADES = 0.6  # of its speed, in water
ROOM = 0.6  # voxels that mechs leave between each other


def walk(fight: Fight) -> None:
    for mech in fight.mechs:
        if mech.alive:
            move(fight, mech, fight.pilots[mech.name])


def move(fight: Fight, mech: Mech, pilot: Pilot) -> None:
    """Move a mech for a tick, and turn it towards its target, or else where it goes."""
    wish = make_room(fight, mech, pilot.wish) if mech.can_act else (0.0, 0.0)
    under = fight.ground.underfoot(mech.x, mech.y, mech.bottom, mech.build.width)
    speed = mech.speed * (WADES if WATER in under else 1.0)
    vx, vy = approach((mech.vx, mech.vy), limited(wish, speed), GAINS * mech.build.speed * SECONDS)
    start = (mech.x, mech.y, mech.bottom)
    climbed = [go(fight, mech, vx * SECONDS, 0.0), go(fight, mech, 0.0, vy * SECONDS)]
    if not any(climbed):
        fall(fight, mech)
    mech.vx, mech.vy, mech.vz = (
        (now - before) / SECONDS
        for now, before in zip((mech.x, mech.y, mech.bottom), start, strict=True)
    )
    if mech.can_act:
        turn(mech, pilot)


def make_room(fight: Fight, mech: Mech, wish: tuple[float, float]) -> tuple[float, float]:
    """Lean a wish away from those who are too near."""
    x, y = wish
    for other in fight.mechs:
        if other is mech or not other.alive:
            continue
        dx, dy = mech.x - other.x, mech.y - other.y
        near = (mech.build.width + other.build.width) / 2 + ROOM
        away = hypot(dx, dy)
        if away < near:
            push = 2.0 * mech.build.speed * (1 - away / near)
            # Who stands on the very same spot goes aside by the order of names.
            dx, dy = (dx, dy) if away > 0.01 else (0.01 if mech.name < other.name else -0.01, 0.0)
            away = max(away, 0.01)
            # A little to the right as well, so that two who meet pass each other.
            x += push * (dx + 0.4 * dy) / away
            y += push * (dy - 0.4 * dx) / away
    return x, y


def limited(wish: tuple[float, float], speed: float) -> tuple[float, float]:
    length = hypot(*wish)
    return wish if length <= speed else (wish[0] / length * speed, wish[1] / length * speed)


def approach(
    velocity: tuple[float, float], wish: tuple[float, float], most: float
) -> tuple[float, float]:
    """Change a velocity towards another, by at most so much."""
    dx, dy = limited((wish[0] - velocity[0], wish[1] - velocity[1]), most)
    return velocity[0] + dx, velocity[1] + dy


def go(fight: Fight, mech: Mech, dx: float, dy: float) -> bool:
    """Take a step along one axis, or rise in front of a low one; tell whether it climbed."""
    if not dx and not dy:
        return False
    x, y, width, height = mech.x + dx, mech.y + dy, mech.build.width, mech.build.height
    if fight.ground.free(x, y, mech.bottom, width, height):
        mech.x, mech.y = x, y
        return False
    rise = CLIMBS * SECONDS
    top = floor(mech.bottom + 1e-6) + STEP
    higher = min(mech.bottom + rise, top)
    can_rise = fight.ground.free(mech.x, mech.y, higher, width, height)
    if can_rise and fight.ground.free(x, y, top, width, height):
        mech.bottom = higher
        return True
    return False


def fall(fight: Fight, mech: Mech) -> None:
    """Let a mech sink to what bears it."""
    if mech.bottom <= 0:
        return
    lower = max(mech.bottom - FALLS * SECONDS, 0.0)
    ledge = float(ceil(mech.bottom - 1e-6) - 1)
    for bottom in (lower, max(lower, ledge + 1.0)):
        if bottom <= mech.bottom and fight.ground.free(
            mech.x, mech.y, bottom, mech.build.width, mech.build.height
        ):
            mech.bottom = bottom
            return


def turn(mech: Mech, pilot: Pilot) -> None:
    target = pilot.target
    if target is not None and target.alive:
        wanted = atan2(target.y - mech.y, target.x - mech.x)
    elif hypot(mech.vx, mech.vy) > 0.3:
        wanted = atan2(mech.vy, mech.vx)
    else:
        return
    most = mech.build.turn * SECONDS
    mech.yaw = turned(mech.yaw + min(max(turned(wanted - mech.yaw), -most), most))
