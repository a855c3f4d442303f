"""Runs of societies as numbers: the crowd of a shard, read once, and its frames, kept while hot."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from games.game import Refused
from games.society import checking, columns, frames
from games.society.columns import Column
from games.society.crowd import Crowd
from games.society.frames import Frame
from replays import format, policy, reading
from replays.models import ReplayShard
from replays.verify import has_gaps

MOST_CROWDS = 16
MOST_FRAME_BYTES = 64 * 2**20
AT_A_TIME = 100


class NoCrowd(Exception):
    """This shard tells of no agents on a plane."""


class Unreadable(Exception):
    """A tick was recorded that is none of a run."""


@dataclass(frozen=True)
class Town:
    """What of a run holds for all its ticks."""

    crowd: Crowd
    first: dict[str, Column]
    hashes: Any


class Kept:
    """Things by key up to a total weight, the least used going first; safe among threads."""

    def __init__(self, most: int) -> None:
        self.most, self.weight = most, 0
        self._things: OrderedDict[Any, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Any) -> Any:
        with self._lock:
            if key not in self._things:
                return None
            self._things.move_to_end(key)
            return self._things[key][0]

    def keep(self, key: Any, thing: Any, weight: int = 1) -> Any:
        with self._lock:
            self.weight += weight - self._things.pop(key, (None, 0))[1]
            self._things[key] = (thing, weight)
            while self.weight > self.most:
                self.weight -= self._things.popitem(last=False)[1][1]
        return thing

    def clear(self) -> None:
        with self._lock:
            self._things.clear()
            self.weight = 0


TOWNS = Kept(MOST_CROWDS)
FRAMES = Kept(MOST_FRAME_BYTES)


def town_of(shard: ReplayShard) -> Town:
    """Return what is known of a run as a whole, or raise NoCrowd."""
    return TOWNS.get(named(shard)) or TOWNS.keep(named(shard), _read_town(shard))


def notes(shard: ReplayShard) -> list[str]:
    """Return what is odd about a run, in sentences; nothing for a recording that is no run."""
    try:
        return town_of(shard).crowd.notes
    except NoCrowd:
        return []


def named(shard: ReplayShard) -> tuple[UUID, Any]:
    """Return what names the content of a shard, also where another took its id later."""
    return shard.pk, shard.started_at


def _read_town(shard: ReplayShard) -> Town:
    if shard.game != "society" or shard.first_tick is None:
        raise NoCrowd
    snapshot = reading.snapshot(shard, shard.first_tick, policy.perspective(shard))
    try:
        crowd = checking.read_crowd(snapshot or {})
        checking.check_tick(snapshot or {}, crowd)
        first = frames.read(snapshot or {}, len(crowd)).columns
    except Refused as reason:
        raise NoCrowd from reason
    return Town(crowd, first, crowd.hashes(str(shard.pk)))


def frames_of(shard: ReplayShard, town: Town, start: int, end: int) -> list[Frame]:
    """Return the frames of ticks `start` to `end`, both of them within the run.

    At a tick that never came all stand as at the last one that did.
    """
    found = {tick: FRAMES.get((named(shard), tick)) for tick in range(start, end + 1)}
    missing = [tick for tick, frame in found.items() if frame is None]
    if missing:
        for frame in _read(shard, town, missing[0], missing[-1] + 1 - missing[0]):
            found[frame.tick] = frame
            weight = sum(column.nbytes for column in frame.columns.values()) + 1000
            FRAMES.keep((named(shard), frame.tick), frame, weight)
    for tick, frame in found.items():
        if frame is None:
            before = found.get(tick - 1) or _last_before(shard, town, tick)
            found[tick] = replace(before, tick=tick, events=[], reasons={}, reasoning={})
    return list(found.values())


def _last_before(shard: ReplayShard, town: Town, tick: int) -> Frame:
    """Return the frame before a gap that holds `tick`."""
    chunk = shard.chunks.filter(last_tick__lt=tick).last() if has_gaps(shard) else None
    if chunk is None:
        raise Unreadable
    return next(_read(shard, town, chunk.last_tick, 1))


def _read(shard: ReplayShard, town: Town, start: int, count: int) -> Iterator[Frame]:
    for snapshot in _snapshots(shard, start, count):
        try:
            if shard.origin == ReplayShard.Origin.PUSH:  # which nobody has checked as a whole
                checking.check_tick(snapshot, town.crowd)
            yield frames.read(snapshot, len(town.crowd))
        except Refused as reason:
            raise Unreadable from reason


def _snapshots(shard: ReplayShard, start: int, count: int) -> Iterator[dict[str, Any]]:
    for line in reading.lines(shard, start, count, policy.perspective(shard)):
        entry = format.read_line(line)
        yield entry["snapshot"] | {"tick": entry["tick"]}  # of a push, the place in it


@dataclass(frozen=True)
class Moment:
    """One agent at one tick, as its state tells it."""

    tick: int
    values: dict[str, int]
    reason: str | None
    reasoning: str | None


def history(shard: ReplayShard, town: Town, place: int) -> list[Moment]:
    """Return every tick of one agent, of whose columns no other number is unpacked.

    Ticks of a push that are no state of a run are left out, as those that never came.
    """
    first, last = shard.first_tick or 0, shard.last_tick or 0
    return [
        _moment(snapshot, town.crowd, place)
        for start in range(first, last + 1, AT_A_TIME)
        for snapshot in _snapshots(shard, start, min(AT_A_TIME, last + 1 - start))
        if shard.origin != ReplayShard.Origin.PUSH or _is_tick(snapshot, town.crowd)
    ]


def _is_tick(snapshot: dict[str, Any], crowd: Crowd) -> bool:
    try:
        checking.check_tick(snapshot, crowd)
    except Refused:
        return False
    return True


def _moment(snapshot: dict[str, Any], crowd: Crowd, place: int) -> Moment:
    told = snapshot["agents"]
    values = {name: int(column[place]) for name, column in crowd.constant.items()}
    values |= {name: columns.one(told[name], place) for name in columns.NAMES if name in told}
    changes, words = snapshot.get("transitions", ()), snapshot.get("reasoning", ())
    reason = next((change[3] for change in changes if change[0] == place), None)
    reasoning = next((text for who, text in words if who == place), None)
    return Moment(snapshot["tick"], values, reason, reasoning)


def one_at(moment: Moment, crowd: Crowd) -> tuple[Frame, Crowd]:
    """Return a moment as the frame of a crowd of one, so that it is read by the same rules."""
    import numpy as np

    packed = {name: np.array([value], "<i2") for name, value in moment.values.items()}
    alone = Crowd(ids=["one"], layout=crowd.layout, words=crowd.words)
    return Frame(moment.tick, packed), alone
