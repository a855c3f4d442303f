"""What flies: bullets go straight, missiles climb over the roofs and come down, smoke spreads."""

from math import ceil, dist, hypot

from games.arena.ground import Spot
from games.arena.harm import projectile_hit
from games.arena.mech import Mech, place
from games.arena.state import OTHER, SECONDS, Cloud, Fight, Shot
from games.arena.weapons import WEAPONS

STRIDE = 0.5  # voxels between two looks at what is in the way
LOFT, HIGHEST = 0.3, 16.0  # of the way to go, and voxels at the most
AMS_RANGE, AMS_CHANCE, AMS_SECONDS = 13.0, 0.55, 1.0
CLOUD_RADIUS, CLOUD_SECONDS = 4.0, 9.0


def fly(fight: Fight) -> None:
    """Move what flies for a tick, and let it strike."""
    flying = []
    for shot in fight.shots:
        if shot.weapon == "missile":
            steer(shot)
            if intercepted(fight, shot):
                continue
        if not advance(fight, shot):
            flying.append(shot)
    fight.shots = flying
    for cloud in fight.clouds:
        cloud.left -= SECONDS
    fight.clouds = [cloud for cloud in fight.clouds if cloud.left > 0]


def steer(shot: Shot) -> None:
    """Turn a missile towards its target: up over what lies between, then down on it."""
    target = shot.target
    if target is None:
        return
    dx, dy = target.x - shot.pos[0], target.y - shot.pos[1]
    to_go = max(hypot(dx, dy), 1e-6)
    speed = WEAPONS["missile"].speed
    ahead = min(speed * SECONDS, to_go)
    rise = height_of_course(shot, target, to_go - ahead) - shot.pos[2]
    length = max(hypot(ahead, rise), 1e-6)
    across = ahead / to_go / length * speed
    shot.vel = (dx * across, dy * across, rise / length * speed)


def height_of_course(shot: Shot, target: Mech, to_go: float) -> float:
    """Return how high a missile is to be when it has so far to go: on an arc to its target."""
    part = min(to_go / max(shot.far, 0.1), 1.0)
    end = target.middle[2]
    arc = min(LOFT * shot.far, HIGHEST) * 4 * part * (1 - part)
    return end + (shot.aim[2] - end) * part + arc


def intercepted(fight: Fight, shot: Shot) -> bool:
    """Let the first heavy near by that is ready shoot at a missile, and tell whether it got it."""
    for mech in fight.team(OTHER[shot.shooter.team]):
        if not mech.build.has_ams or not mech.can_act or mech.ams_cooldown > 0:
            continue
        if dist(mech.middle, shot.pos) > AMS_RANGE:
            continue
        mech.ams_cooldown = AMS_SECONDS
        if fight.rng.random() < AMS_CHANCE:
            target = shot.target.name if shot.target else mech.name
            fight.events.append(
                {"type": "ams_intercept", "weapon": "ams", "defender": mech.name,
                 "shooter": shot.shooter.name, "target": target, "pos": place(*shot.pos)}
            )  # fmt: skip
            return True
    return False


def advance(fight: Fight, shot: Shot) -> bool:
    """Move a shot on for a tick and tell whether it is spent."""
    speed = dist((0, 0, 0), shot.vel)
    strides = max(1, ceil(speed * SECONDS / STRIDE))
    stride = SECONDS / strides
    for _ in range(strides):
        before = shot.pos
        shot.pos = (
            before[0] + shot.vel[0] * stride,
            before[1] + shot.vel[1] * stride,
            before[2] + shot.vel[2] * stride,
        )
        struck = None if shot.weapon == "smoke" else at(fight, shot)
        if struck is not None:
            strike(fight, shot, struck)
            return True
        if fight.ground.stops_shot(*shot.pos):
            shot.pos = before
            burst(fight, shot)
            return True
    shot.left -= SECONDS
    if shot.left <= 0:
        if shot.weapon != "autocannon":
            burst(fight, shot)
        return True
    return False


def at(fight: Fight, shot: Shot) -> Mech | None:
    """Return the enemy whose body a shot is in; its own team it passes by."""
    x, y, z = shot.pos
    for mech in fight.mechs:
        if mech.team == shot.shooter.team or not mech.alive:
            continue
        half = mech.build.width / 2 + 0.1
        inside = mech.bottom <= z <= mech.bottom + mech.build.height
        if inside and abs(mech.x - x) <= half and abs(mech.y - y) <= half:
            return mech
    return None


def strike(fight: Fight, shot: Shot, target: Mech) -> None:
    weapon = WEAPONS[shot.weapon]
    projectile_hit(
        fight, shot.weapon, shot.shooter, target, shot.pos, weapon.damage, weapon.stability
    )
    burst(fight, shot, spared=target)


def burst(fight: Fight, shot: Shot, spared: Mech | None = None) -> None:
    """End a shot where it is: with a cloud, with a blast that reaches others, or with nothing."""
    if shot.weapon == "smoke":
        spread_smoke(fight, shot.pos)
        return
    weapon = WEAPONS[shot.weapon]
    if not weapon.blast:
        return
    fight.events.append(
        {"type": "explosion", "weapon": shot.weapon, "pos": place(*shot.pos),
         "radius": weapon.blast, "shooter": shot.shooter.name}
    )  # fmt: skip
    for mech in fight.enemies(shot.shooter):
        off = dist(mech.middle, shot.pos) - mech.build.width / 2
        if mech is not spared and off < weapon.blast:
            part = 0.6 * (1 - max(off, 0.0) / weapon.blast)
            damage, push = weapon.damage * part, round(weapon.stability * part, 2)
            if damage >= 1 and push > 0:
                projectile_hit(fight, shot.weapon, shot.shooter, mech, shot.pos, damage, push)


def spread_smoke(fight: Fight, pos: Spot) -> None:
    fight.clouds.append(Cloud(pos, CLOUD_RADIUS, CLOUD_SECONDS))
    fight.events.append({"type": "smoke_cloud", "pos": place(*pos), "radius": CLOUD_RADIUS})
