"""The forms that the replay format asks for, read fast: a recording may have 100,000 ticks.

What a snapshot has besides, and what the format does not name, may be there and is left alone.
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from games.game import Refused
from games.segfault.grid import Grid

Place = tuple[int, int]
Edge = tuple[int, int, int, int]


class Form(msgspec.Struct, gc=False):
    """An object with these keys, each of exactly these types."""


class Gate(Form):
    pos: Place
    type: str


class Process(Form):
    id: str
    call_sign: str | None
    pos: Place
    alive: bool
    buffered_cmd: str | None
    buffered_arg: str | None
    los_lock: bool
    last_sprint_tick: int


class Defragmenter(Form):
    pos: Place
    target_id: str | None
    target_reason: str


class Watchdog(Form):
    quiet_ticks: int
    countdown: int
    active: bool
    bonus_step: int


class Broadcast(Form):
    process_id: str
    message: str
    timestamp_ms: int | float


class Recipient(Form):
    id: str
    pos: Place


class Say(Form):
    sender_id: str
    sender_pos: Place
    message: str
    recipients: list[Recipient]


class Echo(Form):
    pos: Place
    tick: int


class Events(Form):
    kills: list[str]
    survivals: list[str]
    ghosts: list[str]
    spawns: list[str]

    def of(self, kind: str) -> list[str]:
        found: list[str] = getattr(self, kind)
        return found


class Tick(Form):
    """A snapshot of which every part has been looked at."""

    shard_id: str
    tick: int
    grid_size: int
    walls: list[Edge]
    gates: list[Gate]
    processes: list[Process]
    defragger: Defragmenter
    watchdog: Watchdog
    broadcasts: list[Broadcast]
    say_events: list[Say]
    echo_tiles: list[Echo]
    events: Events

    def places(self) -> Iterator[Place]:
        """Yield every place that is named."""
        yield self.defragger.pos
        for listed in (self.gates, self.processes, self.echo_tiles):
            for item in listed:
                yield item.pos
        for say in self.say_events:
            yield say.sender_pos
            for recipient in say.recipients:
                yield recipient.pos


_FAULT = re.compile(r"(?P<fault>.*?)(?: - at `\$\.?(?P<place>.*)`)?", re.DOTALL)


def demand(fact: bool, otherwise: str) -> None:
    if not fact:
        raise Refused(otherwise)


def fit(snapshot: Any) -> Tick:
    """Return a snapshot read, or refuse one that lacks a key or has one of the wrong kind."""
    try:
        return msgspec.convert(snapshot, Tick)
    except msgspec.ValidationError as error:
        raise Refused(sentence(str(error))) from None
    except UnicodeEncodeError:
        raise Refused("A text holds half of a surrogate pair.") from None


def sentence(error: str) -> str:
    """Return what msgspec says of a fault with its place before it: `walls/3/0: Expected …`."""
    found = _FAULT.fullmatch(error)
    fault, place = (found["fault"], found["place"]) if found else (error, None)
    where = re.sub(r"\.|\[", "/", (place or "").replace("]", "")).strip("/") or "the snapshot"
    return f"{where}: {fault.replace('`', '')}."


def fit_places(tick: Tick, ground: Grid) -> None:
    demand(set(tick.places()) <= ground.places, "a place is not on the grid.")
