"""Who may watch: by a shard's id or through a link, asked anew every few seconds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user, get_user_model
from django.contrib.auth.models import AnonymousUser
from django.http import parse_cookie
from django.utils.datastructures import CaseInsensitiveMapping

from replays.api.keys import lets_in
from replays.api.rows import shard_row
from replays.models import AccessToken, ReplayShard, ShareCode
from replays.policy import can, is_late
from replays.sharing import opened_by
from replays.tokens import find_token

NOBODY = AnonymousUser()


@dataclass(frozen=True, slots=True)
class Way:
    """How somebody came in; the user is named only where nobody else would be let in."""

    shard_id: UUID | None = None
    code: str | None = None
    user_id: int | None = None
    late: bool = False

    def row(self, shard: ReplayShard) -> dict[str, Any]:
        """Return the row of `shard`; a link to what is not public does not give its id away."""
        unnamed = self.code is not None and shard.visibility != "public"
        return shard_row(shard) | ({"shard_id": None} if unnamed else {})

    @property
    def is_open_to_all(self) -> bool:
        return self.code is None and self.user_id is None


def admit(way: Way, headers: Iterable[tuple[bytes, bytes]]) -> tuple[Way, ReplayShard] | None:
    """Return the shard behind `way` for whoever sent `headers`; None where none is for them."""
    if way.code is not None:
        share = opened_by(way.code)
        return (replace(way, late=is_late(None, share.shard)), share.shard) if share else None
    shard = _shard(way)
    if shard is None:
        return None
    visitor = Visitor(headers)
    if not lets_in(visitor):
        return None
    if can(NOBODY, "view", shard) and shard.room_code is None:
        return way, shard
    user = visitor.user
    if not can(user, "view", shard):
        return None
    return replace(way, user_id=user.pk, late=is_late(user, shard)), shard


def still_open(ways: Iterable[Way]) -> set[Way]:
    """Return those of `ways`, through links or by users, that still lead in."""
    codes = {way.code for way in ways if way.code is not None}
    opened = set(ShareCode.objects.open().filter(pk__in=codes).values_list("pk", flat=True))
    opened |= {code for code in codes - opened if opened_by(code)}
    return {
        way for way in ways if way.code in opened or (way.code is None and _may_still_view(way))
    }


def _may_still_view(way: Way) -> bool:
    user = get_user_model().objects.filter(pk=way.user_id or 0, is_active=True).first()
    shard = _shard(way)
    return shard is not None and can(user, "view", shard) and is_late(user, shard) == way.late


def _shard(way: Way) -> ReplayShard | None:
    return ReplayShard.objects.filter(pk=way.shard_id).first() if way.shard_id else None


class Visitor:
    """Who opens a socket, as far as anybody asks; `user` is only asked where it matters."""

    def __init__(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        lines = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
        self.headers = CaseInsensitiveMapping(lines)
        self.token: AccessToken | None = None
        self.session: Any = None
        self.COOKIES = parse_cookie(self.headers.get("Cookie", ""))

    @cached_property
    def user(self) -> Any:
        """Return the user of the session or token: it costs two queries."""
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            self.token = find_token(token.strip())
            return self.token.user if self.token else NOBODY
        key = self.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if not key:
            return NOBODY
        self.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
        return get_user(self)  # type: ignore[arg-type]
