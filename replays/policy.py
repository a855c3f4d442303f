"""Who may do what: allows first, the last line denies."""

from typing import Any

from games.game import OMNISCIENT, SPECTATOR, Perspective
from replays.models import Participant, ReplayShard, ShareCode, sees_everything


def can(user: Any, action: str, thing: ReplayShard | ShareCode) -> bool:
    """Tell whether `user` (or None) may do `action` to `thing`.

    Actions are view, share, export and report on a shard, revoke on a share.
    """
    if isinstance(thing, ShareCode):
        return action == "revoke" and (is_user(user, thing.created_by_id) or sees_everything(user))
    owns = is_user(user, thing.owner_id)
    if action == "view" and sees_everything(user):
        return True
    if thing.hidden:
        return False
    if action in ("view", "report") and (owns or thing.visibility != "private"):
        return True
    taken_out = action in ("share", "export")
    if taken_out and (owns or (thing.visibility == "public" and known(user))):
        return True
    played = took_part(user, thing)
    return played and (action in ("view", "report") or (taken_out and thing.ended))


def is_late(user: Any, shard: ReplayShard) -> bool:
    """Tell whether `user` sees a shard as late as its room says: all do who take no part in it."""
    if shard.room_code is None or sees_everything(user):
        return False
    return not (is_user(user, shard.owner_id) or took_part(user, shard))


def took_part(user: Any, shard: ReplayShard) -> bool:
    return known(user) and Participant.objects.filter(shard=shard.pk, user=user.pk).exists()


def known(user: Any) -> bool:
    return bool(user is not None and user.is_authenticated)


def is_user(user: Any, pk: int | None) -> bool:
    return known(user) and user.pk == pk


def perspective(shard: ReplayShard) -> Perspective:
    """Return how a shard is shown: to spectators while it is live or veiled, whole after that."""
    return OMNISCIENT if shard.ended and not shard.veiled else SPECTATOR
