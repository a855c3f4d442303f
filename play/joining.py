"""The doors of a live shard: a process joins and is given its token, and asks for things."""

import secrets
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from play import call_signs
from play.models import CallSign, LiveShard, PendingCommand, Seat, token_hash

GAME = "segfault"


class NoRoom(Exception):
    """No live shard can take another process now."""


def join(request: HttpRequest, user: Any) -> tuple[Seat, str]:
    """Seat whoever asks in the shard with most room; return the seat and its token, shown once."""
    with transaction.atomic():
        sign = call_signs.call_sign_for(request, user)
        hold(sign)
        live = LiveShard.objects.stepped().without(sign).with_room(GAME)
        if live is None:
            raise NoRoom
        token = secrets.token_urlsafe(32)
        seat = Seat(name=sign.name, call_sign=sign, token_sha256=token_hash(token))
        seat.user = user if user.is_authenticated else None
        seat.enter(live)
    call_signs.remember(request, sign)
    return seat, token


def hold(sign: CallSign) -> None:
    """Let a second join of the same name wait for this one, and find it seated."""
    # A host that seats the name elsewhere meanwhile refers to its row, and need not wait.
    CallSign.objects.select_for_update(no_key=True).get(pk=sign.pk)


@transaction.atomic
def ask(seat: Seat, name: str, arg: Any) -> bool:
    """Store a command for the next tick; tell whether the process was there to give it."""
    live = LiveShard.objects.held(seat.shard_id)
    if live is None or not Seat.objects.present().filter(pk=seat.pk).exists():
        return False
    PendingCommand.add(seat, name, arg)
    return True
