"""A shard as somebody may read it, and the answer that carries a body of it."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from rest_framework.request import Request

from games.game import OMNISCIENT, Perspective
from replays import policy, reading
from replays.api.encodings import Encoded
from replays.api.parameters import shard_key
from replays.models import ReplayShard
from replays.sharing import open_share

A_YEAR = "max-age=31536000, immutable"


@dataclass(frozen=True)
class Reading:
    """A shard that somebody may read, by its id or through a link."""

    shard: ReplayShard
    through_link: bool

    @property
    def perspective(self) -> Perspective:
        return policy.perspective(self.shard)

    @property
    def shown_id(self) -> str | None:
        """Return the shard's id; a link to what is not public does not give it away."""
        unnamed = self.through_link and self.shard.visibility != "public"
        return None if unnamed else str(self.shard.pk)

    def cache_control(self, *, sealed: bool = False) -> str:
        """Return who may keep an answer; for ever only what is sealed of a shard that ended."""
        shard = self.shard
        if shard.hidden or (shard.visibility == "private" and self.through_link):
            return "private, no-store"
        open_to_all = shard.visibility == "public" and not settings.SEGFAULT_API_KEY
        whole = sealed and self.perspective == OMNISCIENT
        kept = A_YEAR if whole and shard.visibility != "private" else "no-cache"
        if open_to_all:
            return kept if kept == "no-cache" else f"public, {kept}"
        return f"private, {kept}"


def reading_of(request: Request, shard_id: str = "", code: str = "") -> Reading:
    """Return what an address names, or raise Http404; whoever may read it needs not sign in."""
    if code:
        shard = open_share(code, request._request).shard
        return Reading(reading.held_back(shard, late=policy.is_late(None, shard)), True)
    key = shard_key(shard_id)
    shard = _visible(key, None) or _visible(key, request.user) or _nothing()
    late = shard.room_code is not None and policy.is_late(request.user, shard)
    return Reading(reading.held_back(shard, late=late), False)


def _visible(key: UUID, user: object) -> ReplayShard | None:
    return ReplayShard.objects.visible_to(user).filter(pk=key).first()


def _nothing() -> ReplayShard:
    raise Http404


def send(
    request: Request, encoded: Encoded, cache_control: str, content_type: str = "application/json"
) -> HttpResponse:
    """Answer with a body, or with 304 where the client has it already."""
    response = HttpResponse(encoded.body, content_type=content_type)
    response["Cache-Control"] = cache_control
    response["ETag"] = encoded.etag
    if encoded.encoding != "identity":
        response["Content-Encoding"] = encoded.encoding
    patch_vary_headers(response, ["Accept-Encoding"])
    unchanged = get_conditional_response(request._request, etag=encoded.etag, response=response)
    return cast(HttpResponse, unchanged)
