"""The forms that the replay format asks for, read fast: a recording may have 100,000 ticks."""

from collections.abc import Iterable, Iterator
from itertools import chain, product
from operator import itemgetter
from typing import Any

from games.game import Refused
from games.segfault.grid import Grid

TEXT: tuple[type, ...] = (str,)
NAME: tuple[type, ...] = (str, type(None))
WHOLE: tuple[type, ...] = (int,)
NUMBER: tuple[type, ...] = (int, float)
TRUTH: tuple[type, ...] = (bool,)
LIST: tuple[type, ...] = (list,)
OBJECT: tuple[type, ...] = (dict,)


def demand(fact: bool, otherwise: str) -> None:
    if not fact:
        raise Refused(otherwise)


class Form:
    """The keys an object must have and the types each may have; other keys may be there too.

    All combinations of types are laid out beforehand, so that fitting is one look into a set.
    """

    def __init__(self, what: str, **kinds: tuple[type, ...]) -> None:
        self.what = what
        self.kinds = kinds
        self.read = itemgetter(*kinds)
        self.fitting = set(product(*kinds.values()))

    def fit(self, items: Iterable[Any]) -> None:
        for item in items:
            if type(item) is not dict:  # words cost more than the look
                raise Refused(f"{self.what} is not an object.")
            try:
                values = self.read(item)
            except KeyError as missing:
                raise Refused(f"{self.what} lacks {missing.args[0]}.") from None
            if tuple(map(type, values)) not in self.fitting:
                raise Refused(f"{self.what} has {self.fault(item)} of the wrong kind.")

    def fault(self, item: dict[str, Any]) -> str:
        return next(key for key, kinds in self.kinds.items() if type(item[key]) not in kinds)


SNAPSHOT = Form(
    "the snapshot",
    shard_id=TEXT,
    tick=WHOLE,
    grid_size=WHOLE,
    walls=LIST,
    gates=LIST,
    processes=LIST,
    defragger=OBJECT,
    watchdog=OBJECT,
    broadcasts=LIST,
    say_events=LIST,
    echo_tiles=LIST,
    events=OBJECT,
)
GATE = Form("a gate", pos=LIST, type=TEXT)
PROCESS = Form(
    "a process",
    id=TEXT,
    call_sign=NAME,
    pos=LIST,
    alive=TRUTH,
    buffered_cmd=NAME,
    buffered_arg=NAME,
    los_lock=TRUTH,
    last_sprint_tick=WHOLE,
)
DEFRAGGER = Form("the Defragmenter", pos=LIST, target_id=NAME, target_reason=TEXT)
WATCHDOG = Form("the watchdog", quiet_ticks=WHOLE, countdown=WHOLE, active=TRUTH, bonus_step=WHOLE)
BROADCAST = Form("a broadcast", process_id=TEXT, message=TEXT, timestamp_ms=NUMBER)
SAY = Form("a SAY", sender_id=TEXT, sender_pos=LIST, message=TEXT, recipients=LIST)
RECIPIENT = Form("a recipient", id=TEXT, pos=LIST)
ECHO = Form("an echo tile", pos=LIST, tick=WHOLE)
EVENTS = Form("the events", kills=LIST, survivals=LIST, ghosts=LIST, spawns=LIST)


def fit_forms(snapshot: Any, ground: Grid) -> None:
    """Refuse a snapshot that lacks a key, or has one of the wrong kind, or a place off the grid."""
    SNAPSHOT.fit([snapshot])
    GATE.fit(snapshot["gates"])
    PROCESS.fit(snapshot["processes"])
    DEFRAGGER.fit([snapshot["defragger"]])
    WATCHDOG.fit([snapshot["watchdog"]])
    BROADCAST.fit(snapshot["broadcasts"])
    SAY.fit(snapshot["say_events"])
    RECIPIENT.fit(recipients(snapshot))
    ECHO.fit(snapshot["echo_tiles"])
    EVENTS.fit([snapshot["events"]])
    who = chain.from_iterable(EVENTS.read(snapshot["events"]))
    demand(set(map(type, who)) <= {str}, "an event names no process.")
    fit_places(list(places(snapshot)), ground)


def recipients(snapshot: dict[str, Any]) -> Iterator[Any]:
    return chain.from_iterable(say["recipients"] for say in snapshot["say_events"])


def places(snapshot: dict[str, Any]) -> Iterator[list[Any]]:
    yield snapshot["defragger"]["pos"]
    for name in ("gates", "processes", "echo_tiles"):
        for item in snapshot[name]:
            yield item["pos"]
    for say in snapshot["say_events"]:
        yield say["sender_pos"]
        for recipient in say["recipients"]:
            yield recipient["pos"]


def fit_places(found: list[list[Any]], ground: Grid) -> None:
    whole = set(map(type, chain.from_iterable(found))) <= {int}
    demand(whole and set(map(tuple, found)) <= ground.places, "a place is not on the grid.")
