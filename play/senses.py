"""What a process is told of its shard: what it sees, hears, and has asked for.

All of it follows from the recorded ticks by the game's own view, so that nothing of it is stored
twice; a seat keeps only which event was acknowledged last.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from games.game import OMNISCIENT, participant
from play.models import LiveShard, PendingCommand, Seat
from replays import format, reading

ACTIONS = ("MOVE", "BUFFER", "IDLE")
MOST_EVENTS = 300
"""How many events wait for a process that acknowledges none; of more, the newest are kept."""
MOST_TICKS = 100
"""How far back a process is told of what it has missed."""
MOST_PASSAGES = 4
TICK_BITS, PLACE_BITS = 24, 13
"""An event's id counts up: which passage, which tick, which place in it; in all below 2^53."""

Event = dict[str, Any]


def state(seat: Seat, past: Past | None = None) -> dict[str, Any]:
    """Return what a process is told now, or of a `past`, as the original's `/process/state`."""
    live = getattr(seat.shard, "live_shard", None)
    past = past or past_of(seat, live)
    return {
        "tick": past.tick if past.present or seat.left else None,
        **past.seen,
        "events": events(seat, past),
        "status": status(seat, past),
        "next_tick_in_ms": None if seat.left else next_tick_in_ms(seat, live),
        "buffered": buffered(seat),
    }


def status(seat: Seat, past: Past) -> str | None:
    """Return how a process ended; one that waits behind a ghost gate is still on its way."""
    if past.fate or seat.outcome:
        return past.fate or seat.outcome
    if seat.left:
        return str(Seat.Outcome.DEAD)
    on_its_way = seat.passages > 0 and not past.present
    return str(Seat.Outcome.TRANSFERRED) if on_its_way else None


def next_tick_in_ms(seat: Seat, live: LiveShard | None) -> int:
    """Return in how many milliseconds the next tick is due, as far as the last one tells."""
    shard = seat.shard
    recorded_at = shard.started_at if shard.last_tick is None else shard.changed_at
    stepped_at = live.latest_at if live and live.latest_at else recorded_at
    due = stepped_at + timedelta(seconds=shard.tick_seconds) - timezone.now()
    return max(0, int(due.total_seconds() * 1000))


def buffered(seat: Seat) -> dict[str, Any] | None:
    """Return the action that the next tick will take, None for none: the last valid one wins."""
    asked = PendingCommand.objects.filter(shard=seat.shard_id, who=str(seat.pk), name__in=ACTIONS)
    last = asked.order_by("id").last()
    return {"cmd": last.name, "arg": last.arg} if last else None


# What it has heard


def event_id(passages: int, tick: int, place: int) -> int:
    return (passages << TICK_BITS | tick) << PLACE_BITS | place


def newest_event_id(seat: Seat) -> int:
    """Return the highest id that an event of this process can have by now."""
    live = getattr(seat.shard, "live_shard", None)
    return event_id(seat.passages, last_tick(seat, live) + 1, 0) - 1


def acknowledge(seat: Seat, after: int) -> None:
    """Forget the events up to this one; an acknowledgement that comes late changes nothing."""
    if after > seat.heard:
        Seat.objects.filter(pk=seat.pk, heard__lt=after).update(heard=after)
        seat.heard = after


def events(seat: Seat, past: Past) -> list[Event]:
    """Return what was heard and not yet acknowledged, oldest first, in earlier shards too."""
    heard = list(past.events)
    for _ in range(MOST_PASSAGES):
        if seat.came_from_id is None or seat.heard >= event_id(seat.passages, 0, 0):
            break
        before = Seat.objects.select_related("shard__live_shard").get(pk=seat.came_from_id)
        before.heard = seat.heard
        seat = before
        heard[:0] = past_of(seat, getattr(seat.shard, "live_shard", None)).events
    return [event for event in heard if event["id"] > seat.heard][-MOST_EVENTS:]


# What it has seen


@dataclass(frozen=True)
class Past:
    """What a process has gone through in a shard, up to a tick."""

    tick: int
    seen: dict[str, Any]
    present: bool
    fate: str | None
    events: tuple[Event, ...]


def past_of(seat: Seat, live: LiveShard | None) -> Past:
    """Return what a process has seen and heard; each tick is looked at once in this process."""
    last = last_tick(seat, live)
    known = PASTS.get(seat) or nothing(seat)
    if known.tick >= last:
        return known
    heard = list(known.events)
    now = Past(last, nothing(seat).seen, False, known.fate, known.events)
    for entry in entries(seat, live, max(known.tick + 1, last - MOST_TICKS + 1), last):
        view = seat.shard.rules.view(entry["snapshot"], participant(str(seat.pk)))
        heard += told(seat, entry, view)
        if entry["tick"] == last:
            present = str(seat.pk) in seat.shard.rules.participants(entry["snapshot"])
            now = Past(last, sight(view), present, view["status"], ())
    now = Past(last, now.seen, now.present, now.fate, tuple(heard[-MOST_EVENTS:]))
    return PASTS.keep(seat, now)


def past_at(seat: Seat, entry: dict[str, Any]) -> Past:
    """Return the past of one tick alone, of which `entry` is the process's own view."""
    view = entry["snapshot"]
    present = bool(view["visible"])
    return Past(entry["tick"], sight(view), present, view["status"], tuple(told(seat, entry, view)))


def last_tick(seat: Seat, live: LiveShard | None) -> int:
    if seat.last_tick is not None:
        return seat.last_tick
    return live.tick if live else seat.shard.last_tick or 0


def entries(seat: Seat, live: LiveShard | None, first: int, last: int) -> Iterator[dict[str, Any]]:
    """Yield the ticks from `first` to `last` that can be read: of those not recorded, a few."""
    if live and live.latest:
        lines = live.lines
    else:
        try:
            lines = reading.lines(seat.shard, first, last - first + 1, OMNISCIENT)
        except reading.Damaged:
            lines = []
    for entry in map(format.read_line, lines):
        if first <= entry["tick"] <= last:
            yield entry


def told(seat: Seat, entry: dict[str, Any], view: dict[str, Any]) -> list[Event]:
    """Return the events of one tick with their ids; what has no time of its own has the tick's."""
    start = int(seat.shard.started_at.timestamp() * 1000)
    return [
        {
            "kind": event["kind"],
            "message": event["message"],
            "timestamp_ms": start + (event["timestamp_ms"] or int(entry["t"] * 1000)),
            "id": event_id(seat.passages, entry["tick"], place),
        }
        for place, event in enumerate(view["events"][: 1 << PLACE_BITS])
    ]


def sight(view: dict[str, Any]) -> dict[str, Any]:
    return {name: view[name] for name in SIGHT}


def nothing(seat: Seat) -> Past:
    """Return the past of one who has not entered yet."""
    view = seat.shard.rules.view({}, participant(str(seat.pk)))
    return Past(seat.since_tick, sight(view) | {"grid_size": None}, False, None, ())


SIGHT = (
    "grid", "center", "visible", "walls", "grid_size", "defragger", "gates", "other_processes",
    "echo_tiles",
)  # fmt: skip


class Pasts:
    """The pasts of the processes that asked last; safe to share among threads."""

    MOST = 1000

    def __init__(self) -> None:
        self._pasts: OrderedDict[tuple[UUID, UUID], Past] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, seat: Seat) -> Past | None:
        with self._lock:
            return self._pasts.get((seat.pk, seat.shard_id))

    def keep(self, seat: Seat, past: Past) -> Past:
        with self._lock:
            self._pasts[seat.pk, seat.shard_id] = past
            self._pasts.move_to_end((seat.pk, seat.shard_id))
            while len(self._pasts) > self.MOST:
                self._pasts.popitem(last=False)
        return past


PASTS = Pasts()
