"""Pushes that fell silent: closed after a day, what came after a gap placed where it must stand."""

import datetime as dt
import logging
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from replays import format, push_rows, recording, standing
from replays.models import Push, PushedChunk
from replays.push_rows import COLUMNS, Coming
from replays.push_shard import open_shard, ticks
from replays.pushes import kept_frames, take_turns
from replays.standing import Standing

log = logging.getLogger(__name__)

SILENT_SECONDS = 24 * 3600.0
"""How long a push may be silent before what is missing of it is given up."""


def give_up_silent(seconds: float = SILENT_SECONDS) -> int:
    """Close the pushes that have been silent for so long; return how many."""
    before = timezone.now() - dt.timedelta(seconds=seconds)
    silent = Push.objects.filter(Q(closed_at=None), changed_at__lt=before)
    return sum(_give_up(pk) for pk in list(silent.values_list("pk", flat=True)))


@transaction.atomic
def _give_up(pk: int) -> bool:
    """Place what came after a gap where it must have stood, and end the recording."""
    take_turns()
    push = Coming(*Push.objects.select_for_update().values_list(*COLUMNS).get(pk=pk))
    if push.closed_at is not None:
        return False
    if push.shard_id is None:
        open_shard(push, Push.objects.get(pk=pk).owner, None)
    position, expected = push_rows.last_position(), push.placed
    for row in push_rows.waiting_after(pk, push.placed).values():
        frames = _frames(push, row)
        if frames is None:
            continue
        position += 1
        _place_after_gap(push, row, frames, row.index - expected, position)
        expected = row.index + 1
    push.waiting, push.closed_at = 0, timezone.now()
    push_rows.save([push])
    Push.objects.filter(pk=pk).update(closed_position=position + 1)
    recording.end(_shard(push), push.changed_at)
    return True


def _frames(push: Coming, row: PushedChunk) -> list[dict[str, Any]] | None:
    """Return the frames of a chunk that waited; None where they are damaged, as if it never came.

    Whoever gives up pushes steps live shards too, and goes on.
    """
    try:
        return kept_frames(row)
    except (format.DamagedError, ValueError) as error:
        log.error("chunk %d of the push %s is damaged: %s", row.index, push.pk, error)
        return None


def _place_after_gap(
    push: Coming, row: PushedChunk, frames: list[dict[str, Any]], missing: int, position: int
) -> None:
    """Place a chunk as if those that are missing before it were each as long as the longest."""
    push.shard = shard = _shard(push)
    usual = PushedChunk.objects.filter(push=push.pk).aggregate(most=Max("ticks"))["most"] or 0
    next_tick = shard.next_tick or 0
    first = next_tick + missing * usual
    if shard.next_tick is not None and first > next_tick:
        recording.leave_out(shard, first)
        push.shard = shard = _shard(push)
    made = ticks(push, first, frames, list(map(format.write_json, frames)))
    if made:
        recording.add({shard.pk: shard}, {shard.pk: made})
    row.position, row.first_tick, row.body = position, first, None
    push_rows.save_placed([row])


def _shard(push: Coming) -> Standing:
    """Return where the shard of a push stands now."""
    assert push.shard_id is not None  # noqa: S101 – it was opened before
    return standing.locked([push.shard_id])[push.shard_id]
