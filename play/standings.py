"""Count how processes fared, once their shard names them: each seat once, whatever crashes when."""

from uuid import UUID

from django.db import transaction

from play import veils
from play.models import CallSign, Seat

Outcome = Seat.Outcome


def update() -> int:
    """Add the outcomes of all shards that have ended since; return how many shards there were."""
    veils.lift()
    ended = Seat.objects.filter(counted=False, shard__ended_at__isnull=False)
    waiting = ended.filter(shard__veiled=False)
    shards = sorted(set(waiting.values_list("shard", flat=True)))
    for shard in shards:
        count(shard)
    return len(shards)


@transaction.atomic
def count(shard: UUID) -> None:
    """Add the outcomes of one shard and mark its seats, in one commit: twice is once."""
    seats = Seat.objects.select_for_update().filter(shard=shard, counted=False)
    rows = list(seats.order_by("last_tick", "joined_at"))
    known = sorted({seat.call_sign_id for seat in rows if seat.call_sign_id is not None})
    signs = CallSign.objects.select_for_update().order_by("pk").in_bulk(known)
    for seat in rows:
        if seat.call_sign_id is not None:
            add(signs[seat.call_sign_id], seat.outcome)
    CallSign.objects.bulk_update(
        signs.values(), ["survivals", "deaths", "ghosts", "streak", "best_streak"]
    )
    Seat.objects.filter(pk__in=[seat.pk for seat in rows]).update(counted=True)


def add(sign: CallSign, outcome: str) -> None:
    """Count one outcome; a shard that ended around a process counts for nothing."""
    if outcome == Outcome.ESCAPED:
        sign.survivals += 1
        sign.streak += 1
        sign.best_streak = max(sign.best_streak, sign.streak)
    elif outcome == Outcome.DEAD:
        sign.deaths += 1
        sign.streak = 0
    elif outcome == Outcome.TRANSFERRED:
        sign.ghosts += 1
