"""Rarely, a fragment of what the crowd says reaches a live process: cut off, and nobody's."""

from random import SystemRandom
from typing import Any

from django.conf import settings

from play.models import PendingCommand, Seat
from spectate.models import ChatLine

FRAGMENT = 24
"""Characters; the rules cut there too."""

chance = SystemRandom()


def bleed(line: ChatLine, **_: Any) -> None:
    """Let one process of the shard, or of any where the line is of none, hear a part of a line."""
    if chance.random() >= settings.CHAT_BLEED_CHANCE:
        return
    seats = Seat.objects.present().filter(shard__game="segfault", shard__ended_at=None)
    if line.shard_id is not None:
        seats = seats.filter(shard=line.shard_id)
    hearer = seats.select_related("shard").order_by("?").first()
    if hearer is not None:
        PendingCommand.add(hearer, "BLEED", fragment(line.message))


def fragment(message: str) -> str:
    """Return a run of characters from anywhere in a message, never the whole of a long one."""
    length = min(FRAGMENT, max(1, len(message) * 2 // 3))
    start = chance.randrange(len(message) - length + 1)
    return message[start : start + length].strip() or message[:1]
