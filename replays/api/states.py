"""States of a run as JSON: who is drawn, where they stand, what the layers tell of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from games.society import columns, frames
from games.society.columns import NOTHING
from games.society.crowd import Crowd
from games.society.frames import Frame, Standing
from games.society.layouts import Layout
from games.society.sampling import sample
from replays import crowds, format
from replays.crowds import Kept, Town
from replays.models import ReplayShard

LAYERS = {"stance": "stance", "emotion": "emotion", "influence": "influence_score"}
"""Each layer that the document has, and the field of an agent that it brings."""
FIELDS = LAYERS | {"exposure": "exposure"}
"""These, and those that are told when they are named."""
SAMPLES = Kept(256)
STATES = Kept(48 * 2**20)


@dataclass(frozen=True)
class Sight:
    """How a session looks at a run: in which layout, at whom."""

    shard: ReplayShard
    town: Town
    layout: Layout
    strategy: str
    most: int

    @property
    def key(self) -> tuple[Any, ...]:
        return (*crowds.named(self.shard), self.layout.id, self.strategy, self.most)

    @property
    def first(self) -> int:
        return self.shard.first_tick or 0

    @property
    def total(self) -> int:
        """Return how many ticks the run has, with those that never came."""
        last = self.shard.last_tick
        return 0 if last is None else last + 1 - self.first

    @cached_property
    def sample(self) -> Any:
        """Return the places of those who are drawn, in the crowd's order."""
        key = (crowds.named(self.shard), self.strategy, self.most)
        found = SAMPLES.get(key)
        if found is None:
            crowd, first = self.town.crowd, self.town.first
            found = sample(self.strategy, crowd, first, str(self.shard.pk), self.most)
            SAMPLES.keep(key, found)
        return found

    @cached_property
    def drawn(self) -> set[int]:
        return set(self.sample.tolist())

    def frames(self, start: int, end: int) -> list[Frame]:
        """Return the frames of ticks as the API counts them: from 0."""
        return crowds.frames_of(self.shard, self.town, self.first + start, self.first + end)

    def stand(self, frame: Frame) -> Standing:
        return frames.stand(frame, self.town.crowd, self.layout, self.town.hashes)


# States


def state(sight: Sight, tick: int, layers: Iterable[str] = LAYERS, agents: bool = True) -> bytes:
    """Return one state; it is written once for all who look in the same way."""
    return states(sight, tick, tick, tuple(layers), agents)[0]


def states(
    sight: Sight, start: int, end: int, layers: tuple[str, ...] = (*LAYERS,), agents: bool = True
) -> list[bytes]:
    keys = [(*sight.key, tick, layers, agents) for tick in range(start, end + 1)]
    found = [STATES.get(key) for key in keys]
    missing = [place for place, body in enumerate(found) if body is None]
    if missing:
        read = sight.frames(start + missing[0], start + missing[-1])
        for place in missing:
            body = _state(sight, read[place - missing[0]], layers, agents)
            found[place] = STATES.keep(keys[place], body, len(body))
    return found


def _state(sight: Sight, frame: Frame, layers: tuple[str, ...], agents: bool) -> bytes:
    tick = frame.tick - sight.first
    stand = sight.stand(frame)
    here = stand.zone[sight.sample] != NOTHING
    drawn = sight.sample if here.all() else sight.sample[here]
    told: dict[str, Any] = {
        "tick": tick,
        "is_keyframe": tick % sight.town.crowd.keyframe_interval == 0,
        "global_metrics": frame.metrics,
        "metrics": frame.metrics,
        "zone_populations": frames.populations(stand.zone, sight.layout.zone_ids),
        "agents_total": int((stand.zone != NOTHING).sum()),
        "agents_returned": len(drawn) if agents else 0,
        "active_events": [_event(event) for event in frame.events],
    }
    head = format.write_json(told)
    if not agents:
        return head
    return head[:-1] + b',"agents":[' + _agents(sight, frame, stand, drawn, layers) + b"]}"


def _event(event: dict[str, Any]) -> dict[str, Any]:
    names = ("id", "type", "name", "intensity", "affected_zone")
    return {name: event[name] for name in names if name in event}


class Texts:
    """The text of a field for each number that a column holds, each written once."""

    def __init__(self, field: str, scale: int) -> None:
        self.field, self.scale = field, scale
        self.known = (0, self._written(0, 0))

    def of(self, numbers: Any) -> Any:
        """Return the texts of numbers, `null` for NOTHING."""
        known = numbers != NOTHING
        least, most = numbers.min(where=known, initial=0), numbers.max(where=known, initial=0)
        low, texts = self.known
        if least < low or most > low + len(texts) - 2:
            most = max(int(most), low + len(texts) - 2)
            low = min(low, int(least))
            texts = self._written(low, most)
            self.known = low, texts
        return texts[np.where(known, numbers - low, -1)]

    def _written(self, low: int, most: int) -> Any:
        """Return the texts from `low` to `most`, and last that of what is not known."""
        texts = [f"{self.field}{number / self.scale:g}" for number in range(low, most + 1)]
        return np.array([*texts, f"{self.field}null"], object)


X, Y = Texts(',"position":{"x":', 10), Texts(',"y":', 10)
NUMBERS = {name: Texts(f',"{field}":', columns.SCALES[name]) for name, field in FIELDS.items()}


def _agents(
    sight: Sight, frame: Frame, stand: Standing, drawn: Any, layers: tuple[str, ...]
) -> bytes:
    """Write the agents, one part of all of them after another: what does not change comes first."""
    crowd = sight.town.crowd
    shown = tuple(name for name in ("influence", "stance", "emotion", "exposure") if name in layers)
    changing = [name for name in ("segment", *shown) if name in frame.columns]
    heads = _heads(crowd, tuple(name for name in ("segment", *shown) if name not in changing))
    return _woven(
        heads[drawn],
        *(_field(frame.columns[name][drawn], name, crowd) for name in changing),
        _whereabouts(stand.zone[drawn], frame.column("action", crowd), drawn, sight),
        X.of(np.rint(stand.x[drawn] * 10).astype(int)),
        Y.of(np.rint(stand.y[drawn] * 10).astype(int)),
    )


def _woven(*parts: Any) -> bytes:
    """Return objects of which each array holds one part, in their order, with commas between."""
    count, width = len(parts[0]), len(parts) + 1
    whole = ["}},"] * (count * width)
    for place, part in enumerate(parts):
        whole[place::width] = part.tolist()
    return "".join(whole)[:-1].encode()


HEADS = Kept(crowds.MOST_CROWDS)


def _heads(crowd: Crowd, constant: tuple[str, ...]) -> Any:
    """Return how each agent begins, by its place: with its id, and with what stays the same."""
    found = HEADS.get((id(crowd), constant))
    if found is None or found[0] is not crowd:
        heads = np.array(['{"id":' + format.write_json(id).decode() for id in crowd.ids], object)
        for name in constant:
            heads = heads + _field(crowd.constant.get(name), name, crowd)
        found = HEADS.keep((id(crowd), constant), (crowd, heads))
    return found[1]


def _field(column: Any, name: str, crowd: Crowd) -> Any:
    """Return a field of all whom a column tells of; of everybody where nothing is known."""
    column = columns.nothing(len(crowd)) if column is None else column
    if name in NUMBERS:
        return NUMBERS[name].of(column.astype(int))
    return _spelt(f',"{name}":', crowd.words.get(name, []))[np.maximum(column, -1)]


def _spelt(field: str, words: list[str]) -> Any:
    """Return a field for each word; the last is for none."""
    return np.array([field + format.write_json(word).decode() for word in [*words, None]], object)


def _whereabouts(zone: Any, action: Any, drawn: Any, sight: Sight) -> Any:
    """Return in which zone each stands and what it did last: two fields that are told as one."""
    zones = _spelt(',"zone":', sight.layout.zone_ids)
    actions = _spelt(',"recent_action":', sight.town.crowd.words.get("action", []))
    done = np.full(len(drawn), -1) if action is None else np.maximum(action[drawn], -1)
    return np.add.outer(zones, actions)[np.maximum(zone, -1), done]


# What changes between states


@dataclass(frozen=True)
class Change:
    """An agent that went from one zone to another, with where it stood before and stands now."""

    tick: int
    agent_id: str
    zones: tuple[str, str]
    places: tuple[tuple[float, float], tuple[float, float]]
    reason: str | None

    def as_json(self) -> dict[str, Any]:
        before, after = self.places
        return {
            "tick": self.tick,
            "agent_id": self.agent_id,
            "from_zone": self.zones[0],
            "to_zone": self.zones[1],
            "from_position": {"x": before[0], "y": before[1]},
            "to_position": {"x": after[0], "y": after[1]},
            "reason": self.reason,
        }


def changes(sight: Sight, start: int, end: int) -> tuple[list[Change], int]:
    """Return the changes of zone of who is drawn from `start` to `end`, and how many in all."""
    read = sight.frames(max(0, start - 1), end)
    stands = ((frame, sight.stand(frame)) for frame in read)
    found: list[Change] = []
    total = 0
    for (_, before), (frame, after) in pairwise(stands):
        moved = frames.changed(before.zone, after.zone).tolist()
        total += len(moved)
        drawn = (place for place in moved if place in sight.drawn)
        found += [_change(sight, frame, before, after, place) for place in drawn]
    return found, total


def _change(sight: Sight, frame: Frame, before: Standing, after: Standing, place: int) -> Change:
    zones = sight.layout.zone_ids
    return Change(
        frame.tick - sight.first,
        sight.town.crowd.ids[place],
        (zones[before.zone[place]], zones[after.zone[place]]),
        tuple((float(s.x[place]), float(s.y[place])) for s in (before, after)),  # type: ignore[arg-type]
        frame.reasons.get(place),
    )


def events(sight: Sight, start: int, end: int) -> Iterator[dict[str, Any]]:
    """Yield the events that begin at ticks `start` to `end`."""
    for frame in sight.frames(start, end):
        for event in frame.events:
            if event["began"] == frame.tick:
                yield {"tick": frame.tick - sight.first} | _event(event)
