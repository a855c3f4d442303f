"""Who sits at tables by a socket of this process: vouched for, told what changes around them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import DatabaseError
from django.utils import timezone

from play import rooms
from play.models import Room, Seat
from replays.models import AccessToken
from spectate import watching
from spectate.loops import ByLoop
from spectate.spectator import NOT_HERE
from spectate.threads import in_thread

if TYPE_CHECKING:
    from play.table_live import Player

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.25
VOUCH_SECONDS = 4.0
VOUCHED_SECONDS = 12.0
"""How long a player counts as connected after a process has died that held the socket."""
AWAY_SECONDS = 1.0


class Presence:
    """The players of this process; a few queries look after all of their tables."""

    def __init__(self) -> None:
        self.players: set[Player] = set()
        self._task: asyncio.Task[None] | None = None
        self._goodbyes: set[asyncio.Task[None]] = set()

    def come(self, player: Player) -> None:
        self.players.add(player)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look_after())

    def go(self, player: Player) -> None:
        """Forget a socket; the seat is empty at once where it was the last one."""
        self.players.discard(player)
        if not any(other.seat_id == player.seat_id for other in self.players):
            goodbye = asyncio.ensure_future(in_thread(empty, player.seat_id))
            self._goodbyes.add(goodbye)
            goodbye.add_done_callback(self._forget)

    def _forget(self, goodbye: asyncio.Task[None]) -> None:
        self._goodbyes.discard(goodbye)
        if not goodbye.cancelled() and (fault := goodbye.exception()):
            log.warning("a seat counts as taken for %s s more: %s", VOUCHED_SECONDS, fault)

    async def _look_after(self) -> None:
        vouch_at = time.monotonic() + VOUCH_SECONDS  # who has just come is vouched for
        while self.players:
            try:
                if time.monotonic() >= vouch_at:
                    vouch_at = time.monotonic() + VOUCH_SECONDS
                    await self._vouch()
                await self._look()
            except DatabaseError as error:
                log.warning("the database does not answer those at tables: %s", error)
                await asyncio.sleep(AWAY_SECONDS)
            await asyncio.sleep(LOOK_SECONDS)

    async def _vouch(self) -> None:
        seats = [player.seat_id for player in self.players]
        tokens = {player.token for player in self.players if player.token is not None}
        good = await in_thread(vouch, seats, tokens)
        for player in tuple(self.players):
            if player.token is not None and player.token in tokens - good:
                player.close(NOT_HERE)
        for left in set(seats) - {player.seat_id for player in self.players}:
            await in_thread(empty, left)

    async def _look(self) -> None:
        found = await in_thread(look, {player.shard_id for player in self.players})
        for player in tuple(self.players):
            facts = found.get(player.shard_id)
            if facts is None or player.seat_id not in {seat["id"] for seat in facts["seats"]}:
                player.close(NOT_HERE)
            else:
                player.see_room(facts)


def vouch(seats: list[str], tokens: set[int]) -> set[int]:
    """Vouch for players for a while; return those of `tokens` that are still good."""
    rooms.vouch(seats, until())
    good = AccessToken.objects.filter(pk__in=tokens, revoked_at=None)
    return set(good.values_list("pk", flat=True)) if tokens else set()


def until() -> datetime:
    return timezone.now() + timedelta(seconds=VOUCHED_SECONDS)


def empty(seat_id: str) -> None:
    """Note that nobody is there any more; who is, on another process, is vouched for again."""
    Seat.objects.filter(pk=seat_id).update(there_until=timezone.now())


def look(shard_ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return the facts of rooms as they are now; of none that is hidden, of no banned player."""
    wanted = list(shard_ids)
    found = Room.objects.select_related("shard", "maker").filter(shard__hidden_at=None)
    taken: dict[UUID, list[Seat]] = {pk: [] for pk in wanted}
    sitting = Seat.objects.present().filter(shard__in=wanted).exclude(user__is_active=False)
    for seat in sitting.order_by("joined_at"):
        taken[seat.shard_id].append(seat)
    watched = watching.spectators_of(wanted)
    return {
        room.shard_id: rooms.facts_of(room, taken[room.shard_id], watched.get(room.shard_id, 0))
        for room in found.filter(shard__in=wanted)
    }


_all = ByLoop(Presence)


def here() -> Presence:
    """Return the presence of the running event loop."""
    return _all.here()
