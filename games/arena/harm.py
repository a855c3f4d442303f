"""What a hit does: damage, a stumble, a fall, a leg lost, an end."""

from games.arena.mech import STABILITY, Mech, place
from games.arena.state import SECONDS, Fight
from games.arena.voxels import DEBRIS, LAVA, WATER

CRIT_CHANCE, CRIT = 0.06, 1.5
LEG_CHANCE = 0.14
PAINTED = 0.1  # more damage to who is painted
DOWN_SECONDS = 2.5
STANDS_UP_WITH = 60.0  # stability
SUPPRESSED_SECONDS = 1.2
STEADIES = 9.0  # stability/s
FLOOR_DAMAGE = {LAVA: 14.0, DEBRIS: 4.0}  # hp/s
HAZARDS = {LAVA: "lava", DEBRIS: "debris"}
LAVA_HEAT = 20.0  # heat/s
WATER_COOLS = 2.0  # times as well
ECM_HEAT = 2.0  # heat/s

Spot = tuple[float, float, float]


def laser_hit(fight: Fight, shooter: Mech, target: Mech, damage: float) -> None:
    hit(fight, "laser_hit", "laser", shooter, target, target.middle, damage, 0.0, aimed=True)


def projectile_hit(
    fight: Fight, weapon: str, shooter: Mech, target: Mech, pos: Spot, damage: float, push: float
) -> None:
    aimed = weapon == "autocannon"
    hit(fight, "projectile_hit", weapon, shooter, target, pos, damage, push, aimed=aimed)


def hit(
    fight: Fight, kind: str, weapon: str, shooter: Mech, target: Mech, pos: Spot,
    damage: float, push: float, *, aimed: bool,
) -> None:  # fmt: skip
    """Tell of a hit and do what it does; an aimed one may strike a leg."""
    painted = target.painted > 0
    crit = fight.rng.random() < CRIT_CHANCE
    leg = aimed and fight.rng.random() < LEG_CHANCE
    bonus = PAINTED * damage if painted else 0.0
    dealt = round((damage + bonus) * (CRIT if crit else 1.0), 2)
    event = {
        "type": kind, "weapon": weapon, "shooter": shooter.name, "target": target.name,
        "pos": place(*pos), "damage": dealt,
    }  # fmt: skip
    if push:
        event["stability"] = push
    event["is_crit"] = crit
    if aimed:
        event |= {"is_leg_hit": leg, "is_painted": painted}
    fight.events.append(event)
    if bonus and target.painter not in (None, shooter.name):
        fight.events.append(
            {"type": "assist", "painter": target.painter, "shooter": shooter.name,
             "damage": round(bonus, 2)}
        )  # fmt: skip
    if leg:
        target.leg_damage += dealt
    shake(target, push)
    hurt(fight, target, dealt, shooter.name)


def shake(target: Mech, push: float) -> None:
    """Take stability; who has none left falls."""
    if not push:
        return
    target.suppressed = SUPPRESSED_SECONDS
    if target.fallen:
        return
    target.stability = max(0.0, target.stability - push)
    if target.stability == 0:
        target.down = DOWN_SECONDS


def hurt(fight: Fight, target: Mech, damage: float, killer: str) -> None:
    if not target.alive:
        return
    target.hp -= damage
    if target.hp <= 0:
        target.vx = target.vy = target.vz = 0.0
        target.ecm_on = target.eccm_on = False
        target.painted = target.down = 0.0
        fight.events.append({"type": "kill", "shooter": killer, "target": target.name})


def feel_the_ground(fight: Fight) -> None:
    """Burn who stands in lava, scratch who stands on debris, and let heat go."""
    for mech in fight.mechs:
        if not mech.alive:
            continue
        under = fight.ground.underfoot(mech.x, mech.y, mech.bottom, mech.build.width)
        heat = -mech.build.cooling * (WATER_COOLS if WATER in under else 1.0)
        heat += ECM_HEAT * (mech.ecm_on + mech.eccm_on)
        heat += LAVA_HEAT if LAVA in under else 0.0
        mech.heat = max(0.0, mech.heat + heat * SECONDS)
        for material in sorted(under & HAZARDS.keys()):
            hurt(fight, mech, FLOOR_DAMAGE[material] * SECONDS, HAZARDS[material])


def recover(fight: Fight) -> None:
    """Count down what passes, and let the fallen stand up."""
    for mech in fight.mechs:
        if not mech.alive:
            continue
        for name in ("suppressed", "ams_cooldown", "painted", "smoke_cooldown"):
            setattr(mech, name, max(0.0, round(getattr(mech, name) - SECONDS, 6)))
        mech.reload = {name: max(0.0, left - SECONDS) for name, left in mech.reload.items()}
        if mech.fallen:
            mech.down = max(0.0, round(mech.down - SECONDS, 6))
            mech.stability = 0.0 if mech.down else STANDS_UP_WITH
        elif not mech.suppressed:
            mech.stability = min(STABILITY, mech.stability + STEADIES * SECONDS)
