"""How many spectators a shard has, over all processes."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from replays.models import ReplayShard
from spectate.models import Watching

FRESH = dt.timedelta(seconds=15)
"""A row that is older is not counted: its process has died or lost the database."""
KEPT = dt.timedelta(seconds=60)


def spectators(shard: ReplayShard) -> int:
    """Return how many watch `shard` now; it may be a few seconds old."""
    return spectators_of([shard.pk]).get(shard.pk, 0)


def spectators_of(shard_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return how many watch each of these shards; those that nobody watches are left out."""
    return _sums(Watching.objects.filter(shard_id__in=list(shard_ids)))


def everybody() -> int:
    """Return how many watch anything live now."""
    return sum(_sums(Watching.objects.all()).values())


def elsewhere(process: str, shard_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return how many watch each shard from other processes than `process`."""
    rows = Watching.objects.filter(shard_id__in=list(shard_ids))
    return _sums(rows.exclude(process=process))


def tell(process: str, counts: dict[UUID, int]) -> None:
    """Write down how many watch from `process`, and clear away what is stale."""
    now = timezone.now()
    rows = [
        Watching(process=process, shard_id=shard_id, count=count, updated_at=now)
        for shard_id, count in counts.items()
    ]
    with transaction.atomic():
        Watching.objects.filter(updated_at__lt=now - KEPT).delete()
        Watching.objects.filter(process=process).exclude(shard_id__in=counts).delete()
        Watching.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["process", "shard_id"],
            update_fields=["count", "updated_at"],
        )


def _sums(rows: QuerySet[Watching]) -> dict[UUID, int]:
    fresh = rows.filter(updated_at__gte=timezone.now() - FRESH, count__gt=0)
    return dict(fresh.values_list("shard_id").annotate(Sum("count")))
