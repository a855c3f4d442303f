"""The weapons: what each one costs, when it may fire, and what it sends off."""

from dataclasses import dataclass
from math import atan2, dist, hypot

from games.arena.ground import Spot
from games.arena.harm import laser_hit
from games.arena.mech import Mech, place, turned
from games.arena.state import Fight, Shot, apart

AHEAD = 0.5  # radians off its front that a mech still shoots at
PAINT_SECONDS = 5.0
NEAREST_MISSILE = 9.0  # voxels
JAMMED_AROUND = 16.0  # voxels round a mech with its ECM on
HEARD_THROUGH = 24.0  # voxels round a mech with its ECCM on
SMOKE_RANGE = 20.0
SMOKE_SPEED = 18.0  # voxels/s
SMOKE_HEAT = 5.0
SMOKE_SECONDS = 9.0  # until the launcher is ready again


@dataclass(frozen=True, slots=True)
class Weapon:
    """Ranges in voxels, times in seconds, speeds in voxels/s; a laser needs no time to arrive."""

    range: float
    heat: float
    reload: float
    damage: float = 0.0
    stability: float = 0.0
    speed: float = 0.0
    spread: float = 0.0  # voxels off at 10 voxels, at the most
    blast: float = 0.0


WEAPONS = {
    "laser": Weapon(34, 17, 4.0, damage=14),
    "autocannon": Weapon(40, 4, 1.0, damage=8, stability=5, speed=60, spread=1.1),
    "gauss": Weapon(62, 27, 7.5, damage=25, stability=30, speed=90, spread=0.5, blast=1.5),
    "missile": Weapon(90, 22, 6.0, damage=20, stability=7.5, speed=26, blast=2.5),
    "painter": Weapon(40, 2, 2.5),
}


def shoot(fight: Fight, mech: Mech, target: Mech, boldness: float) -> None:
    """Fire whatever is ready and reaches the target, as far as the pilot dares to heat up."""
    for name in mech.build.weapons:
        weapon = WEAPONS[name]
        daring = mech.build.heat_cap * (1.0 if name == "painter" else boldness)
        if mech.reload.get(name, 0.0) > 0 or mech.heat + weapon.heat > daring:
            continue
        aim = missile_target(fight, mech) if name == "missile" else target
        if aim is None or not FIRE[name](fight, mech, aim):
            continue
        mech.heat += weapon.heat
        mech.reload[name] = weapon.reload


def fire_laser(fight: Fight, mech: Mech, target: Mech) -> bool:
    weapon = WEAPONS["laser"]
    if not sees(fight, mech, target, weapon) or not faces(mech, target):
        return False
    chance = 0.85 - 0.35 * apart(mech, target) / weapon.range
    chance -= 0.2 * hypot(target.vx, target.vy) / 8 + (0.15 if mech.suppressed else 0.0)
    if fight.rng.random() < chance:
        laser_hit(fight, mech, target, weapon.damage)
    return True


def fire_painter(fight: Fight, mech: Mech, target: Mech) -> bool:
    marked = target.painted > 1.0
    if marked or not sees(fight, mech, target, WEAPONS["painter"]) or jammed(fight, mech, target):
        return False
    target.painted, target.painter = PAINT_SECONDS, mech.name
    fight.events.append(
        {"type": "paint", "weapon": "painter", "shooter": mech.name, "target": target.name,
         "pos": place(*target.middle)}
    )  # fmt: skip
    return True


def fire_autocannon(fight: Fight, mech: Mech, target: Mech) -> bool:
    return fire_bullet(fight, "autocannon", mech, target)


def fire_gauss(fight: Fight, mech: Mech, target: Mech) -> bool:
    return fire_bullet(fight, "gauss", mech, target)


def fire_bullet(fight: Fight, name: str, mech: Mech, target: Mech) -> bool:
    """Shoot at where the target will be, more or less."""
    weapon = WEAPONS[name]
    free = target.name in fight.could_hit.get(mech.name, ())
    if not free or not sees(fight, mech, target, weapon) or not faces(mech, target):
        return False
    x, y, z = mech.eye
    seconds = dist(mech.eye, target.middle) / weapon.speed
    off = weapon.spread * apart(mech, target) / 10 * (2.0 if mech.suppressed else 1.0)
    aim = (
        target.x + target.vx * seconds + fight.rng.uniform(-off, off),
        target.y + target.vy * seconds + fight.rng.uniform(-off, off),
        target.middle[2] + fight.rng.uniform(-off, off) / 2,
    )
    vel = course((x, y, z), aim, weapon.speed)
    fight.shots.append(Shot(name, mech, target, (x, y, z), vel, 1.4 * weapon.range / weapon.speed))
    fight.events.append(
        {"type": "kinetic_fire", "weapon": name, "shooter": mech.name, "pos": place(x, y, z)}
    )
    return True


def fire_missile(fight: Fight, mech: Mech, target: Mech) -> bool:
    weapon = WEAPONS["missile"]
    start: Spot = (mech.x, mech.y, mech.bottom + mech.build.height + 0.5)
    far = apart(mech, target)
    fight.shots.append(
        Shot("missile", mech, target, start, (0.0, 0.0, 1.0), 1.8 * weapon.range / weapon.speed,
             aim=start, far=far)
    )  # fmt: skip
    lock = "paint" if target.painted > 0 else "los"
    fight.events.append(
        {"type": "missile_launch", "weapon": "missile", "lock": lock, "shooter": mech.name,
         "target": target.name, "pos": place(*start)}
    )  # fmt: skip
    return True


def missile_target(fight: Fight, mech: Mech) -> Mech | None:
    """Return the nearest enemy that the team has painted, or else in sight and not jammed."""
    weapon = WEAPONS["missile"]
    near = sorted(fight.enemies(mech), key=lambda enemy: (apart(mech, enemy), enemy.name))
    reached = [e for e in near if NEAREST_MISSILE <= apart(mech, e) <= weapon.range]
    for enemy in reached:
        if enemy.painted > 0:
            return enemy
    for enemy in reached:
        if enemy in fight.sees.get(mech.name, ()) and not jammed(fight, mech, enemy):
            return enemy
    return None


FIRE = {
    "laser": fire_laser,
    "painter": fire_painter,
    "autocannon": fire_autocannon,
    "gauss": fire_gauss,
    "missile": fire_missile,
}


def course(start: Spot, end: Spot, speed: float) -> Spot:
    """Return the velocity that leads from a place to another."""
    pace = speed / max(dist(start, end), 0.1)
    return (end[0] - start[0]) * pace, (end[1] - start[1]) * pace, (end[2] - start[2]) * pace


def sees(fight: Fight, mech: Mech, target: Mech, weapon: Weapon) -> bool:
    return apart(mech, target) <= weapon.range and target in fight.sees.get(mech.name, ())


def faces(mech: Mech, target: Mech) -> bool:
    bearing = atan2(target.y - mech.y, target.x - mech.x)
    return abs(turned(bearing - mech.yaw)) <= AHEAD


def jammed(fight: Fight, mech: Mech, target: Mech) -> bool:
    """Tell whether an ECM near the target hides it, and no ECCM near the shooter hears through."""
    hidden = any(m.ecm_on and apart(m, target) <= JAMMED_AROUND for m in fight.team(target.team))
    heard = any(m.eccm_on and apart(m, mech) <= HEARD_THROUGH for m in fight.team(mech.team))
    return hidden and not heard


def launch_smoke(fight: Fight, mech: Mech, towards: Mech) -> None:
    """Lob a shell between oneself and an enemy."""
    far = max(apart(mech, towards), 0.1)
    part = min(0.4 * far, SMOKE_RANGE) / far
    start: Spot = (mech.x, mech.y, mech.bottom + mech.build.height)
    aim = (mech.x + (towards.x - mech.x) * part, mech.y + (towards.y - mech.y) * part, start[2])
    length = max(part * far, 0.1)
    vel = course(start, aim, SMOKE_SPEED)
    fight.shots.append(
        Shot("smoke", mech, None, start, vel, length / SMOKE_SPEED, aim=aim, far=length)
    )
    mech.smoke_shells -= 1
    mech.smoke_cooldown = SMOKE_SECONDS
    mech.heat += SMOKE_HEAT
    fight.events.append(
        {"type": "smoke_launch", "weapon": "smoke", "shooter": mech.name, "pos": place(*start)}
    )
