"""The pilots: each has a manner of its own, knows what its team sees, and wants the zone."""

from collections.abc import Callable
from math import atan2, cos, dist, hypot, pi, sin
from random import Random

from games.arena.mech import Mech
from games.arena.sight import spotted
from games.arena.state import OTHER, SECONDS, TICKS_A_FRAME, Fight, Pilot, apart
from games.arena.weapons import launch_smoke, shoot

Spot = tuple[float, float]

MANNERS = {
    "heavy": ("snipe", "snipe", "hold"),
    "medium": ("hold", "brawl", "flank"),
    "light": ("flank", "harry", "hold"),
    "scout": ("harry", "flank"),
}
THINKS_AFTER = {"hold": 7.0, "flank": 9.0, "snipe": 16.0, "brawl": 2.5, "harry": 5.0, "hide": 5.0}
FIGHTS_WITHIN = {"heavy": 34.0, "medium": 22.0, "light": 17.0, "scout": 24.0}  # voxels
HURT, HOT = 0.35, 0.85  # of its hp, and of its heat cap
NEAR = 45.0  # voxels, within which an enemy is a danger
ARRIVED = 1.5  # voxels
STUCK_SECONDS = 1.5
AHEAD = (14, 8, 4, 2, 1)  # places of the route that it tries to walk to without a turn


def pilot_of(build: str, number: int, rng: Random) -> Pilot:
    manners = MANNERS[build]
    manner = manners[(number + rng.randrange(len(manners))) % len(manners)]
    return Pilot(manner, round(rng.random(), 3), rng.choice((-1.0, 1.0)))


def think(fight: Fight) -> None:
    """Let every pilot look at the fight anew and say where it wishes to go."""
    known = {team: spotted(fight, team) for team in ("blue", "red")}
    for mech in fight.mechs:
        pilot = fight.pilots[mech.name]
        if not mech.can_act or fight.winner is not None:
            pilot.wish = (0.0, 0.0)
            pilot.target = None if fight.winner is not None else pilot.target
            continue
        danger = [enemy for enemy in fight.enemies(mech) if enemy.name in known[mech.team]]
        pilot.target = best_target(fight, mech, pilot)
        jam(mech, danger)
        take_cover(fight, mech, pilot, danger)
        if needs_goal(fight, mech, pilot):
            choose_goal(fight, mech, pilot, danger)
        pilot.wish = wish(fight, mech, pilot)


def fire(fight: Fight) -> None:
    """Let every pilot shoot that can and sees somebody."""
    if fight.winner is not None:
        return
    # Who shoots first alternates: a kill in the same tick silences the other.
    for mech in fight.mechs[:: 1 if fight.tick % 2 else -1]:
        pilot = fight.pilots[mech.name]
        if mech.can_act and pilot.target is not None and pilot.target.alive:
            shoot(fight, mech, pilot.target, 0.82 + 0.36 * pilot.nerve)


def best_target(fight: Fight, mech: Mech, pilot: Pilot) -> Mech | None:
    """Return the enemy in sight that is nearest, weakest, painted, or shot at already."""

    def worth(enemy: Mech) -> float:
        liked = 6.0 * (enemy.painted > 0) + 5.0 * (enemy is pilot.target)
        return apart(mech, enemy) + 12.0 * enemy.hp / enemy.build.hp - liked

    return min(fight.sees.get(mech.name, ()), key=worth, default=None)


def jam(mech: Mech, danger: list[Mech]) -> None:
    """Switch on what hides the team, or what hears through the enemy's hiding, near an enemy."""
    near = any(apart(mech, enemy) < NEAR for enemy in danger)
    cool = mech.heat < HOT * mech.build.heat_cap
    mech.ecm_on = mech.build.has_ecm and near and cool
    mech.eccm_on = mech.build.has_eccm and cool and any(enemy.ecm_on for enemy in danger)


# Where to go


def take_cover(fight: Fight, mech: Mech, pilot: Pilot, danger: list[Mech]) -> None:
    """Break off when hurt or hot and in danger, unless it is reckless; under smoke, if any."""
    near = [enemy for enemy in danger if apart(mech, enemy) < NEAR]
    weak = mech.hp < HURT * mech.build.hp or mech.heat > HOT * mech.build.heat_cap
    wants = weak and bool(near) and pilot.nerve < 0.7 and not pilot.hiding
    ready = mech.smoke_shells > 0 and not mech.smoke_cooldown and (wants or mech.suppressed)
    if near and ready and fight.rng.random() < (0.6 if wants else 0.06):
        launch_smoke(fight, mech, min(near, key=lambda enemy: apart(mech, enemy)))
    if wants and fight.rng.random() < 0.15:
        spot = hidden_spot(fight, mech, near)
        if spot is not None:
            pilot.hiding = True
            set_out(fight, mech, pilot, spot, THINKS_AFTER["hide"])


def hidden_spot(fight: Fight, mech: Mech, danger: list[Mech]) -> Spot | None:
    """Return the nearest of some places that none of these enemies sees."""
    eye = 0.9 * mech.build.height
    spots = [around(fight, mech, (mech.x, mech.y), 16.0) for _ in range(10)]
    found = sorted({spot for spot in spots if spot is not None})
    if not found:
        return None
    seen, _ = fight.ground.looks([(x, y, eye) for x, y in found], [e.eye for e in danger])
    unseen = [spot for spot, by in zip(found, seen.tolist(), strict=True) if not any(by)]
    return min(unseen, key=lambda spot: dist(spot, (mech.x, mech.y)), default=None)


def needs_goal(fight: Fight, mech: Mech, pilot: Pilot) -> bool:
    """Tell whether it is there, has thought long enough of it, or does not get on."""
    moved = dist((mech.x, mech.y), pilot.before)
    pilot.before = (mech.x, mech.y)
    wanted = hypot(*pilot.wish) * SECONDS * TICKS_A_FRAME
    pilot.stuck = pilot.stuck + SECONDS * TICKS_A_FRAME if moved < 0.2 * wanted else 0.0
    if pilot.goal is None or fight.now >= pilot.until or pilot.stuck > STUCK_SECONDS:
        return True
    there = dist((mech.x, mech.y), pilot.goal) < ARRIVED
    return there and pilot.manner in ("brawl", "harry", "flank") and not pilot.hiding


def choose_goal(fight: Fight, mech: Mech, pilot: Pilot, danger: list[Mech]) -> None:
    pilot.hiding = False
    manner = "hold" if must_hold(fight, mech, pilot) else pilot.manner
    if pilot.stuck > STUCK_SECONDS:
        pilot.stuck = 0.0
        spot = around(fight, mech, (mech.x, mech.y), 6.0)
        set_out(fight, mech, pilot, spot, 1.5)
        return
    spot = GOALS[manner](fight, mech, pilot, danger)
    set_out(fight, mech, pilot, spot, THINKS_AFTER[manner])


def must_hold(fight: Fight, mech: Mech, pilot: Pilot) -> bool:
    """Somebody has to stand in the zone, and all when it is nearly lost."""
    behind = fight.score[OTHER[mech.team]] - fight.score[mech.team]
    if behind > 0.2 * fight.score_to_win:
        return True
    held = any(fight.is_in_zone(friend) for friend in fight.team(mech.team) if friend is not mech)
    return not held and fight.now > 15 and fight.rng.random() < 0.5


def set_out(fight: Fight, mech: Mech, pilot: Pilot, spot: Spot | None, seconds: float) -> None:
    pilot.goal = spot
    pilot.until = fight.now + seconds
    pilot.route = []
    if spot is not None:
        pilot.route = fight.ways.path(mech.build.width, (mech.x, mech.y), spot)


def around(fight: Fight, mech: Mech, middle: Spot, far: float) -> Spot | None:
    return fight.ways.anywhere(mech.build.width, middle, far, fight.rng)


def hold(fight: Fight, mech: Mech, pilot: Pilot, danger: list[Mech]) -> Spot | None:
    """Some place in the zone."""
    return around(fight, mech, fight.zone, 0.6 * fight.radius)


def flank(fight: Fight, mech: Mech, pilot: Pilot, danger: list[Mech]) -> Spot | None:
    """First a place beside the zone, then one in it."""
    beside = by_angle(fight, approach(fight, mech) + pilot.side * 0.55 * pi, 1.0, 14.0)
    if dist((mech.x, mech.y), beside) < 10 or fight.is_in_zone(mech):
        pilot.flanked = True
    return hold(fight, mech, pilot, danger) if pilot.flanked else around(fight, mech, beside, 5.0)


def snipe(fight: Fight, mech: Mech, pilot: Pilot, danger: list[Mech]) -> Spot | None:
    """The place on one's own side, out of some, from which most of the zone is seen."""
    spots = []
    for _ in range(8):
        angle = approach(fight, mech) + fight.rng.uniform(-0.8, 0.8)
        spot = around(fight, mech, by_angle(fight, angle, 1.0, fight.rng.uniform(6, 26)), 3.0)
        if spot is not None:
            spots.append(spot)
    if not spots:
        return hold(fight, mech, pilot, danger)
    eye = 0.9 * mech.build.height
    corners = [by_angle(fight, quarter * pi / 4, 0.6, 0.0) for quarter in range(8)]
    seen, _ = fight.ground.looks([(x, y, eye) for x, y in spots], [(x, y, 2.0) for x, y in corners])
    best = int(seen.sum(axis=1).argmax())
    return spots[best]


def brawl(fight: Fight, mech: Mech, pilot: Pilot, danger: list[Mech]) -> Spot | None:
    """Up to the nearest enemy that anybody sees."""
    if not danger:
        return hold(fight, mech, pilot, danger)
    enemy = min(danger, key=lambda other: apart(mech, other))
    return around(fight, mech, (enemy.x, enemy.y), 5.0)


def harry(fight: Fight, mech: Mech, pilot: Pilot, danger: list[Mech]) -> Spot | None:
    """Round and round the zone, at a distance."""
    angle = atan2(mech.y - fight.zone[1], mech.x - fight.zone[0])
    angle += pilot.side * fight.rng.uniform(0.4, 0.9)
    return around(fight, mech, by_angle(fight, angle, 1.0, fight.rng.uniform(2, 14)), 3.0)


Goal = Callable[[Fight, Mech, Pilot, list[Mech]], Spot | None]
GOALS: dict[str, Goal] = {
    "hold": hold, "flank": flank, "snipe": snipe, "brawl": brawl, "harry": harry,
}  # fmt: skip


def approach(fight: Fight, mech: Mech) -> float:
    """Return from which side of the zone a mech's team comes, as an angle."""
    home = fight.homes[mech.team]
    return atan2(home[1] - fight.zone[1], home[0] - fight.zone[0])


def by_angle(fight: Fight, angle: float, part: float, beyond: float) -> Spot:
    """Return a place at an angle from the zone's middle: a part of its radius off, and beyond."""
    far = part * fight.radius + beyond
    return fight.zone[0] + far * cos(angle), fight.zone[1] + far * sin(angle)


# How to go there


def wish(fight: Fight, mech: Mech, pilot: Pilot) -> Spot:
    """Return which way and how fast a pilot wants to move: along its route, or round its target."""
    target = pilot.target
    fights = target is not None and apart(mech, target) < FIGHTS_WITHIN[mech.build.name]
    stands = fight.is_in_zone(mech) or pilot.manner in ("snipe", "brawl")
    if target is not None and fights and stands and not pilot.hiding and pilot.manner != "harry":
        return round_about(fight, mech, pilot, target)
    return along(fight, mech, pilot)


def round_about(fight: Fight, mech: Mech, pilot: Pilot, target: Mech) -> Spot:
    """Sidestep, nearer when it is far and away when it is near; the reckless do not look where."""
    if fight.rng.random() < 0.06:
        pilot.side = -pilot.side
    dx, dy = target.x - mech.x, target.y - mech.y
    away = max(hypot(dx, dy), 0.1)
    comfortable = 0.5 * FIGHTS_WITHIN[mech.build.name]
    nearer = min(max((away - comfortable) / comfortable, -0.6), 0.6)
    pace = (0.35 if pilot.manner == "snipe" else 0.6) * mech.speed
    for side in (pilot.side, -pilot.side):
        x = (nearer * dx - side * dy) / away * pace
        y = (nearer * dy + side * dx) / away * pace
        looks = pilot.nerve < 0.85
        if not looks or fight.ways.is_open(mech.build.width, mech.x + x / 2, mech.y + y / 2):
            pilot.side = side
            return x, y
    return along(fight, mech, pilot)


def along(fight: Fight, mech: Mech, pilot: Pilot) -> Spot:
    """Walk on along the route, straight to the farthest place of it that one can."""
    here, route = (mech.x, mech.y), pilot.route
    while route and dist(here, route[0]) < ARRIVED:
        route.pop(0)
    if not route:
        return 0.0, 0.0
    ahead = next((n for n in AHEAD if n < len(route) and straight(fight, mech, route[n])), 0)
    if ahead:
        del route[:ahead]
    dx, dy = route[0][0] - mech.x, route[0][1] - mech.y
    away = max(hypot(dx, dy), 0.01)
    pace = min(mech.speed, 4 * away)
    return dx / away * pace, dy / away * pace


def straight(fight: Fight, mech: Mech, spot: Spot) -> bool:
    return fight.ways.is_straight(mech.build.width, (mech.x, mech.y), spot)
