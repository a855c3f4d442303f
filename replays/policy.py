"""Who may do what: allows first, the last line denies."""

from typing import Any

from games.game import OMNISCIENT, SPECTATOR, Perspective
from replays.models import ReplayShard, ShareCode, sees_everything


def can(user: Any, action: str, thing: Any) -> bool:
    """Tell whether `user` may do `action` (view, share, revoke, report, export) to `thing`."""
    signed_in = bool(user is not None and user.is_authenticated)
    moderator = sees_everything(user)
    if isinstance(thing, ReplayShard):
        shown = thing.hidden_at is None
        owner = signed_in and thing.owner_id == user.pk
        public = thing.visibility == "public"
        if action == "view" and (moderator or shown and (owner or thing.visibility != "private")):
            return True
        if action in ("share", "export") and signed_in and shown and (owner or public):
            return True
        if action == "report" and shown and thing.visibility != "private":
            return True
    if isinstance(thing, ShareCode):
        if action == "revoke" and signed_in and (thing.created_by_id == user.pk or moderator):
            return True
    return False


def perspective(shard: ReplayShard) -> Perspective:
    """Return how a shard is shown: to spectators while it is live, whole once it has ended."""
    return OMNISCIENT if shard.ended else SPECTATOR
