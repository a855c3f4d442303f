"""Keep the call signs of an ended shard from view while somebody who left it plays elsewhere.

Whoever leaves by a ghost gate arrives in another shard at that moment: who knew their name in the
first could follow them into the second, where nobody may tie a lasting name to a process in play.
"""

from uuid import UUID

from play.models import Seat
from replays.models import ReplayShard


def is_followed(shard: UUID) -> bool:
    """Tell whether a person who has sat in a shard plays on, in another or one beyond it."""
    known: set[UUID] = set()
    left = set(Seat.objects.filter(shard=shard, bot="").values_list("pk", flat=True))
    while left - known:
        known |= left
        onward = Seat.objects.filter(came_from__in=left, bot="")
        if onward.present().exists():
            return True
        left = set(onward.values_list("pk", flat=True))
    return False


def draw(shard: ReplayShard) -> None:
    """Veil a shard that is about to end, if somebody who was there plays on."""
    if is_followed(shard.pk):
        ReplayShard.objects.filter(pk=shard.pk).update(veiled=True)


def lift() -> None:
    """Lift the veil of the shards that nobody plays on from any more."""
    veiled = ReplayShard.objects.filter(veiled=True, ended_at__isnull=False)
    seen = [pk for pk in veiled.values_list("pk", flat=True) if not is_followed(pk)]
    if seen:
        ReplayShard.objects.filter(pk__in=seen).update(veiled=False)
