"""Sessions of the 2D replay API: one row each, which opens a run to whoever opened it."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.utils import timezone

from replays.models import ReplaySession, ReplayShard
from replays.policy import can, known

IDLE = dt.timedelta(minutes=30)
RENEWED = dt.timedelta(seconds=60)
"""How old a use must be before the next one is noted: not every request writes."""


def open_session(shard: ReplayShard, user: Any, **terms: Any) -> ReplaySession:
    """Open a session, and forget those that have expired."""
    ReplaySession.objects.filter(used_at__lt=timezone.now() - IDLE).delete()
    return ReplaySession.objects.create(shard=shard, user=user if known(user) else None, **terms)


def find_session(key: UUID, request: Any) -> ReplaySession | None:
    """Return a session that is open to who asks, and renew it; None for any other.

    Who asks is looked at only where the run is not public: public answers hang on no cookie.
    """
    fresh = ReplaySession.objects.filter(used_at__gte=timezone.now() - IDLE)
    rows = fresh.select_related("shard").defer("shard__options", "shard__verdict")
    session = rows.filter(pk=key).first()
    if session is None or not opens(session, request):
        return None
    renew(session)
    return session


def opens(session: ReplaySession, request: Any) -> bool:
    shard = session.shard
    if shard.visibility == ReplayShard.Visibility.PUBLIC and not shard.hidden:
        return True
    user = request.user
    asks = user.pk if known(user) else None
    return session.user_id == asks and can(user, "view", shard)


def renew(session: ReplaySession) -> None:
    if timezone.now() - session.used_at > RENEWED:
        session.used_at = timezone.now()
        ReplaySession.objects.filter(pk=session.pk).update(used_at=session.used_at)


def close(session: ReplaySession) -> None:
    ReplaySession.objects.filter(pk=session.pk).delete()
