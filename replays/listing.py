"""Which shards a list shows: filtered, newest first, a page at a time."""

import datetime as dt
import re
from typing import Any
from uuid import UUID

from django.db.models import Q

from games.game import Refused
from replays.models import ReplayShard, ReplayShardQuerySet

_CURSOR = re.compile(r"([0-9]{1,17})-([0-9a-f]{32})")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_LATEST = int(dt.datetime.max.replace(tzinfo=dt.UTC).timestamp()) * 1_000_000


def filtered(
    user: Any, *, game: str = "", live: bool | None = None, words: str = ""
) -> ReplayShardQuerySet:
    """Return the shards that stand in the list of `user`, newest first."""
    shards = ReplayShard.objects.listed_for(user).search(words)
    if game:
        shards = shards.filter(game=game)
    if live is not None:
        shards = shards.live() if live else shards.ended()
    return shards.newest()


def page(shards: ReplayShardQuerySet, limit: int) -> tuple[list[ReplayShard], str | None]:
    """Return the first `limit` shards, and the cursor of the page that follows if there is one."""
    found = list(shards[: limit + 1])
    return found[:limit], cursor(found[limit - 1]) if len(found) > limit else None


def cursor(shard: ReplayShard) -> str:
    """Return what names a place in the list, whatever begins, ends or goes meanwhile."""
    return f"{(shard.started_at - _EPOCH) // dt.timedelta(microseconds=1)}-{shard.pk.hex}"


def after(shards: ReplayShardQuerySet, cursor: str) -> ReplayShardQuerySet:
    """Return what follows a cursor in the list; raise Refused for one that we did not give."""
    parts = _CURSOR.fullmatch(cursor)
    if parts is None or int(parts[1]) > _LATEST:
        raise Refused("before must be taken from the address under next.")
    started_at = _EPOCH + dt.timedelta(microseconds=int(parts[1]))
    older = Q(started_at__lt=started_at)
    return shards.filter(older | Q(started_at=started_at, pk__lt=UUID(parts[2])))
