"""How far shards have come, as their writer needs it: read and written without the whole row."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import lru_cache
from uuid import UUID

from django.utils import timezone

from games import Game, all_games, get_game
from replays.models import ReplayShard
from replays.rows import read_rows, update_rows


@dataclass(slots=True)
class Standing:
    """What changes of a shard as ticks come, and what their writer has to know besides."""

    pk: UUID
    game: str
    tick_seconds: float
    visibility: str
    hidden_at: dt.datetime | None
    first_tick: int | None
    last_tick: int | None
    total_ticks: int
    total_processes: int
    total_kills: int
    total_survivals: int
    total_ghosts: int
    plain_bytes: int
    tail_ticks: int
    tail_bytes: int
    chunks_sealed: int
    chain: bytes
    ended_at: dt.datetime | None
    changed_at: dt.datetime

    @property
    def rules(self) -> Game:
        return get_game(self.game) if self.game in all_games() else _hinted(self.pk)

    @property
    def ended(self) -> bool:
        return self.ended_at is not None

    @property
    def next_tick(self) -> int | None:
        """Return the only tick that continues this shard; None when any may begin it."""
        return None if self.last_tick is None else self.last_tick + 1


COLUMNS = tuple(field.name for field in fields(Standing))
KEPT = ("pk", "game", "tick_seconds", "visibility", "hidden_at")
CHANGING = tuple(name for name in COLUMNS if name not in KEPT)


def locked(pks: Iterable[UUID]) -> dict[UUID, Standing]:
    """Return where these shards stand, those that are here; nobody changes them meanwhile."""
    found = [Standing(*row) for row in read_rows(ReplayShard, COLUMNS, {"pk": sorted(pks)})]
    return {standing.pk: standing for standing in found}


def of(shard: ReplayShard) -> Standing:
    """Return where a shard stands that was opened just now."""
    return Standing(*(getattr(shard, name) for name in COLUMNS))


def save(standings: Iterable[Standing]) -> None:
    now = timezone.now()
    listed = list(standings)
    for standing in listed:
        standing.changed_at = now
    update_rows(ReplayShard, listed, CHANGING)


@lru_cache(maxsize=1024)
def _hinted(pk: UUID) -> Game:
    """Return the game of a shard without rules here; its hints never change."""
    return ReplayShard.objects.only("game", "options").get(pk=pk).rules
