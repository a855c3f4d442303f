"""What one socket tells its process: each tick once and in order, and at last how it ended."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rest_framework.exceptions import APIException

from games.game import OMNISCIENT, Refused
from play import process, senses
from play.models import Seat
from replays import format, reading
from replays.api import errors
from replays.limits import spend
from replays.models import ReplayShard
from replays.policy import can

Message = dict[str, Any]
LEFT = (Seat.Outcome.DEAD, Seat.Outcome.ESCAPED)


class UnknownToken(Exception):
    """No process has this token, or none any more."""


@dataclass
class Telling:
    """How much one process has been told; its methods read the database, one at a time."""

    token: str
    seat: Seat
    heard: int
    """The last event that was told: what follows is told next, whatever is acknowledged."""
    tick: int = 0
    left: bool = False

    @classmethod
    def begin(cls, token: str, after: int) -> Telling:
        """Begin where the client left off; it has every event up to `after`."""
        seat = seat_of(token)
        if after <= senses.newest_event_id(seat):
            senses.acknowledge(seat, after)
        return cls(token, seat, seat.heard)

    @property
    def place(self) -> tuple[UUID, UUID]:
        return self.seat.pk, self.seat.shard_id

    def now(self) -> Message:
        """Return the state of the process as it stands, wherever it sits by now."""
        return self._told(seat_of(self.token), None)

    def at(self, line: bytes) -> Message:
        """Return its state at one tick, of which `line` is its own view."""
        entry = format.read_line(line)
        seat = self._seat_at(entry["tick"])
        if (seat.pk, seat.shard_id) != self.place:
            return self._told(seat, None)
        return self._told(seat, senses.past_at(seat, entry))

    def end(self) -> list[Message]:
        """Return the last that is to be told; of who has gone on to another shard, its state."""
        before, seat = self.place, seat_of(self.token)
        moved = (seat.pk, seat.shard_id) != before
        state = [] if self.left else [self._told(seat, None)]
        return state if moved else [*state, ending(seat)]

    def _seat_at(self, tick: int) -> Seat:
        """Return the seat as it was at a tick: what came after it is told after it."""
        seat = seat_of(self.token)
        if (seat.pk, seat.shard_id) != self.place:
            before = Seat.objects.select_related("shard__live_shard").get(pk=self.seat.pk)
            if before.shard_id == self.seat.shard_id and tick < last_tick(before):
                seat = before
        if seat.left and tick < last_tick(seat):
            seat.left_at, seat.last_tick, seat.outcome = None, None, ""
        return seat

    def _told(self, seat: Seat, past: senses.Past | None) -> Message:
        if past is None:
            past = senses.past_of(seat, getattr(seat.shard, "live_shard", None))
        self.seat = seat
        seat.heard = max(seat.heard, self.heard)
        state = senses.state(seat, past)
        last = state["events"][-1]["id"] if state["events"] else 0
        self.heard = max(self.heard, last, senses.event_id(seat.passages, 0, 0))
        self.tick = past.tick
        self.left = state["status"] in LEFT
        return state


def seat_of(token: str) -> Seat:
    seat = Seat.objects.of_token(token)
    if seat is None:
        raise UnknownToken
    return seat


def last_tick(seat: Seat) -> int:
    return senses.last_tick(seat, getattr(seat.shard, "live_shard", None))


# How it ended


def ending(seat: Seat) -> Message:
    """Return what may be told now that the shard is over, and where its replay shows it."""
    shard = ReplayShard.objects.get(pk=seat.shard_id)
    tick = last_tick(seat)
    may_see = bool(shard.total_ticks) and can(seat.user, "view", shard)
    place, reason = moment(seat, shard, tick) if may_see else (None, None)
    return {
        "type": "ended",
        "status": seat.outcome or str(Seat.Outcome.DEAD),
        "tick": tick,
        "replay": f"/replay?shard={shard.pk}&tick={tick}" if may_see else None,
        "place": place,
        "reason": reason,
    }


def moment(seat: Seat, shard: ReplayShard, tick: int) -> tuple[Any, Any]:
    """Return where a process was last, and for one that was killed what moved the killer."""
    try:
        snapshot = reading.snapshot(shard, tick, OMNISCIENT) or {}
    except reading.Damaged:
        return None, None
    who = str(seat.pk)
    known = [*snapshot.get("processes", ()), *snapshot.get("departed", ())]
    place = next((one["pos"] for one in known if one["id"] == who), None)
    killed = who in snapshot.get("events", {}).get("kills", ())
    return place, snapshot["defragger"]["target_reason"] if killed else None


# What is asked


def answer(token: str, body: Any) -> Message:
    """Do as POST /process/cmd does, and return its answer as a message."""
    try:
        return {"type": "answer", "status": "ok"} | asked(token, body)
    except (APIException, Refused) as error:
        response = errors.answer(error, {})
        if response is None:
            raise
        return {"type": "answer"} | json.loads(response.content)


def asked(token: str, body: Any) -> Message:
    seat = seat_of(token)
    spend("process_commands", str(seat.token_sha256))
    name, arg = process.command(body)
    process.give(seat, name, arg)
    return {"cmd": name, "arg": arg}
