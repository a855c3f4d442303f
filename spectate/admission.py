"""Who may watch: by a shard's id or through a link, asked anew every few seconds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user, get_user_model
from django.contrib.auth.models import AnonymousUser
from django.http import parse_cookie

from replays.models import ReplayShard, ShareCode
from replays.policy import can
from replays.tokens import find_token

NOBODY = AnonymousUser()


@dataclass(frozen=True, slots=True)
class Way:
    """How somebody came in; the user is named only where nobody else would be let in."""

    shard_id: UUID | None = None
    code: str | None = None
    user_id: int | None = None

    @property
    def is_open_to_all(self) -> bool:
        return self.code is None and self.user_id is None


def admit(way: Way, headers: Iterable[tuple[bytes, bytes]]) -> tuple[Way, ReplayShard] | None:
    """Return the shard behind `way` for whoever sent `headers`; None where none is for them."""
    if way.code is not None:
        share = ShareCode.objects.open().select_related("shard").filter(pk=way.code).first()
        return (way, share.shard) if share else None
    shard = _shard(way)
    if shard is None:
        return None
    if can(NOBODY, "view", shard):
        return way, shard
    user = _signed_in(dict(headers))
    return (replace(way, user_id=user.pk), shard) if can(user, "view", shard) else None


def still_open(ways: Iterable[Way]) -> set[Way]:
    """Return those of `ways`, through links or by users, that still lead in."""
    through = {way.code: way for way in ways if way.code is not None}
    found = ShareCode.objects.open().filter(pk__in=through).values_list("pk", flat=True)
    kept = {through[code] for code in found}
    return kept | {way for way in ways if way.user_id is not None and _may_still_view(way)}


def _may_still_view(way: Way) -> bool:
    user = get_user_model().objects.filter(pk=way.user_id or 0, is_active=True).first()
    shard = _shard(way)
    return shard is not None and can(user, "view", shard)


def _shard(way: Way) -> ReplayShard | None:
    return ReplayShard.objects.filter(pk=way.shard_id).first() if way.shard_id else None


def _signed_in(headers: dict[bytes, bytes]) -> Any:
    """Return the user of a session or token. Only asked where it matters: it costs two queries."""
    scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if scheme.lower() == "bearer":
        found = find_token(token.strip())
        return found.user if found else NOBODY
    cookies = parse_cookie(headers.get(b"cookie", b"").decode("latin-1"))
    key = cookies.get(settings.SESSION_COOKIE_NAME)
    if not key:
        return NOBODY
    session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return get_user(SimpleNamespace(session=session))  # type: ignore[arg-type]
