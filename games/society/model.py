"""A town that makes up its mind: opinions with bounded confidence over a network of influence.

Two neighbours who talk come closer if they are not too far apart already (Deffuant, Neau, Amblard
and Weisbuch 2000); news, prices and campaigns push those whom they reach. Where an agent stands
follows its stance, so that the picture moves as minds do. The same seed makes the same run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from games.game import Refused
from games.society import columns
from games.society.crowd import Crowd
from games.society.frames import Frame, by_place
from games.society.layouts import LAYOUTS

LEAST_AGENTS, MOST_AGENTS = 100, 10_000
CONFIDENCE = 0.45  # how far apart two may be and still listen to each other
CONVERGENCE = 0.35  # the part of the way that each goes towards the other
TALKS = 0.25  # a tick and agent
FRIENDS = 6  # whom an agent follows, on the average twice as many for the best known
LOCAL = 0.7  # the part of friends who live in the same region
STRIDE = 0.3  # the part of the way to where its stance belongs that an agent goes in a tick
WANDER = 0.004  # of stance a tick, by itself
FORGETS = 0.9  # the part of a feeling that is left a tick later
REMEMBERS_TICKS = 4  # for how long a talk or an event is the reason of a change of zone

LAYOUT = LAYOUTS["default"]
REGIONS = {"urban": 0.5, "suburban": 0.3, "rural": 0.2}
SEGMENTS = {"early_adopter": (0.15, 0.45), "mainstream": (0.55, 0.0), "advocate": (0.1, 0.75),
            "skeptic": (0.2, -0.6)}  # fmt: skip
ACTIONS = ["talked", "adopted", "rejected", "shared"]
TALKED, ADOPTED, REJECTED, SHARED = range(len(ACTIONS))
PEERS, DRIFT = "peer_influence", "drift"


@dataclass(frozen=True)
class Happening:
    """What reaches a part of everybody, or of a segment, for some ticks, and pulls at stances."""

    at: float  # the part of the run after which it begins
    type: str
    name: str
    lasts: int
    reach: float
    pull: float
    segment: str | None = None
    zone: str | None = None


HAPPENINGS = (
    Happening(0.15, "media_event", "News Coverage", 5, 0.25, 0.18, zone="neutral"),
    Happening(0.4, "price_change", "Price Drop", 1, 0.6, 0.12, "mainstream"),
    Happening(0.65, "scandal", "Product Recall", 4, 0.3, -0.25),
    Happening(0.8, "influencer_campaign", "Influencer Push", 6, 0.4, 0.15, "early_adopter"),
)


@dataclass
class Town:
    """Everybody, as columns of measured values."""

    crowd: Crowd
    rng: np.random.Generator
    ticks: int
    segment: Any
    home: Any
    starts: Any
    ends: Any
    weight: Any
    stance: Any
    emotion: Any
    exposure: Any
    x: Any
    y: Any
    action: Any
    reason: Any  # per agent a place in `reasons`
    reason_until: Any
    reasons: list[str]
    tick: int = 0


def run(agents: int, ticks: int, seed: int) -> Iterator[tuple[Crowd, Frame]]:
    """Yield the crowd and each tick of a run, from tick 0 on."""
    if not LEAST_AGENTS <= agents <= MOST_AGENTS:
        raise Refused(f"A town has {LEAST_AGENTS} to {MOST_AGENTS} agents.")
    town = found(agents, ticks, seed)
    yield town.crowd, frame(town)
    for _ in range(ticks - 1):
        step(town)
        yield town.crowd, frame(town)


def found(agents: int, ticks: int, seed: int) -> Town:
    rng = np.random.default_rng(seed)
    region = rng.choice(len(REGIONS), agents, p=list(REGIONS.values()))
    segment = rng.choice(len(SEGMENTS), agents, p=[share for share, _ in SEGMENTS.values()])
    leaning = np.array([stance for _, stance in SEGMENTS.values()])[segment]
    stance = np.clip(rng.normal(leaning, 0.28), -1, 1)
    fame = rng.pareto(2.2, agents)
    influence = np.clip(0.02 + fame / 12, 0, 1)
    starts, ends = friendships(rng, region, influence)
    home = (region + rng.random(agents)) / len(REGIONS) * 0.92 + 0.04
    crowd = Crowd(
        ids=[f"agent-{number}" for number in range(1, agents + 1)],
        words={
            "zone": LAYOUT.zone_ids,
            "segment": list(SEGMENTS),
            "region": list(REGIONS),
            "action": ACTIONS,
        },
        constant={
            "segment": segment.astype("<i2"),
            "region": region.astype("<i2"),
            "influence": columns.scaled(influence, "influence"),
        },
        edges=(starts.astype("<i2"), ends.astype("<i2"), np.round(influence[starts], 3)),
        source={"model": "bounded confidence", "seed": seed, "agents": agents, "ticks": ticks},
    )
    return Town(
        crowd, rng, ticks, segment, home, starts, ends, influence[starts], stance,
        emotion=np.full(agents, 0.2), exposure=np.zeros(agents),
        x=belongs(stance), y=home * LAYOUT.height,
        action=columns.nothing(agents), reason=np.full(agents, 1), reason_until=np.zeros(agents),
        reasons=[PEERS, DRIFT],
    )  # fmt: skip


def friendships(rng: np.random.Generator, region: Any, influence: Any) -> tuple[Any, Any]:
    """Return who is listened to by whom: the best known by the most, most of them near by."""
    agents = len(region)
    listener = np.repeat(np.arange(agents), FRIENDS)
    anybody = rng.choice(agents, len(listener), p=influence / influence.sum())
    nearby = np.empty(len(listener), int)
    for place in range(len(REGIONS)):
        here = np.flatnonzero(region == place)
        ours = region[listener] == place
        chance = influence[here] / influence[here].sum() if len(here) else None
        nearby[ours] = rng.choice(here, ours.sum(), p=chance) if len(here) else 0
    friend = np.where(rng.random(len(listener)) < LOCAL, nearby, anybody)
    pairs = np.unique(np.stack([friend, listener]), axis=1)
    starts, ends = pairs[:, pairs[0] != pairs[1]]
    return starts, ends


def belongs(stance: Any) -> Any:
    """Return how far to the right a stance belongs: supporters left, skeptics right."""
    return np.clip(LAYOUT.width / 2 * (1 - stance), 0, LAYOUT.width)


# A tick


def step(town: Town) -> None:
    town.tick += 1
    town.action[:] = columns.NOTHING
    town.emotion = np.maximum(0.02, town.emotion * FORGETS)
    talk(town)
    wander(town)
    for happening in HAPPENINGS:
        if is_on(town, happening):
            reach(town, happening)
    decide(town)
    walk(town)


def talk(town: Town) -> None:
    """Let some pairs of friends talk, each agent once at most."""
    agents = len(town.crowd)
    chosen = town.rng.integers(0, len(town.starts), int(agents * TALKS))
    speaker, listener = town.starts[chosen], town.ends[chosen]
    both = np.stack([speaker, listener], axis=1).ravel()
    first = np.full(agents, len(both))
    np.minimum.at(first, both, np.arange(len(both)))
    turn = np.arange(len(chosen)) * 2
    alone = (first[speaker] == turn) & (first[listener] == turn + 1)
    near = np.abs(town.stance[speaker] - town.stance[listener]) < CONFIDENCE
    speaker, listener = speaker[alone & near], listener[alone & near]
    between = town.stance[speaker] - town.stance[listener]
    deaf = 1 - town.weight[chosen][alone & near]
    town.stance[listener] += CONVERGENCE * between
    town.stance[speaker] -= CONVERGENCE * between * deaf
    for who in (speaker, listener):
        town.action[who] = TALKED
        town.emotion[who] = np.minimum(1, town.emotion[who] + 0.5 * np.abs(between))
        because(town, who, PEERS)


def wander(town: Town) -> None:
    town.stance = np.clip(town.stance + town.rng.normal(0, WANDER, len(town.crowd)), -1, 1)


def is_on(town: Town, happening: Happening) -> bool:
    began = round(happening.at * town.ticks)
    return began <= town.tick < began + happening.lasts


def reach(town: Town, happening: Happening) -> None:
    """Pull at those whom a happening reaches in this tick."""
    reached = town.rng.random(len(town.crowd)) < happening.reach / happening.lasts
    if happening.segment:
        reached &= town.segment == list(SEGMENTS).index(happening.segment)
    who = np.flatnonzero(reached)
    town.stance[who] = np.clip(town.stance[who] + happening.pull, -1, 1)
    town.exposure[who] = np.minimum(1, town.exposure[who] + 0.3)
    town.emotion[who] = np.minimum(1, town.emotion[who] + 0.4)
    because(town, who, happening.type)


def because(town: Town, who: Any, reason: str) -> None:
    if reason not in town.reasons:
        town.reasons.append(reason)
    town.reason[who] = town.reasons.index(reason)
    town.reason_until[who] = town.tick + REMEMBERS_TICKS


def decide(town: Town) -> None:
    """Let those who are sure of it act."""
    sure = town.rng.random(len(town.crowd)) < 0.02
    town.action[sure & (town.stance > 0.6)] = ADOPTED
    town.action[sure & (town.stance < -0.6)] = REJECTED
    town.action[sure & (town.emotion > 0.6)] = SHARED


def walk(town: Town) -> None:
    town.x += STRIDE * (belongs(town.stance) - town.x)
    drawn = LAYOUT.height * np.clip(town.home + 0.05 * (town.emotion - 0.2), 0, 1)
    town.y += STRIDE * (drawn - town.y)


# As it is recorded


def frame(town: Town) -> Frame:
    x = columns.scaled(town.x, "x")
    zone = by_place(x, None, len(town.crowd), LAYOUT)
    fresh = town.reason_until >= town.tick
    reason = np.where(fresh, town.reason, town.reasons.index(DRIFT))
    return Frame(
        tick=town.tick,
        columns={
            "x": x,
            "y": columns.scaled(town.y, "y"),
            "zone": zone,
            "stance": columns.scaled(town.stance, "stance"),
            "emotion": columns.scaled(town.emotion, "emotion"),
            "exposure": columns.scaled(town.exposure, "exposure"),
            "action": town.action.copy(),
        },
        metrics={
            "adoption_rate": round(float((zone == 0).mean()), 4),
            "avg_sentiment": round(float(town.stance.mean()), 4),
            "active_agents": int((town.action >= 0).sum()),
            "avg_emotion": round(float(town.emotion.mean()), 4),
        },
        events=[told(town, happening) for happening in HAPPENINGS if is_on(town, happening)],
        reasons={place: town.reasons[number] for place, number in enumerate(reason.tolist())},
    )


def told(town: Town, happening: Happening) -> dict[str, Any]:
    number = HAPPENINGS.index(happening) + 1
    began = round(happening.at * town.ticks)
    fading = 1 - (town.tick - began) / happening.lasts
    return {
        "id": f"event-{number}",
        "type": happening.type,
        "name": happening.name,
        "began": began,
        "duration": happening.lasts,
        "intensity": round(0.5 + 0.5 * fading, 2),
        "affected_zone": happening.zone,
    }
