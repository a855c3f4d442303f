"""SEGFAULT's own spectate addresses: which shards are live, one shard now, and each tick of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from rest_framework.request import Request

from games.game import SPECTATOR
from games.segfault.original import spectated
from games.segfault.reading import participants
from replays import format, reading
from replays.api.answers import reading_of, send
from replays.api.encodings import encode
from replays.api.keys import let_viewer_read
from replays.api.shards import ReadingView, encoding, prefers_page
from replays.models import ReplayShard
from replays.sharing import ROOM_CODE_LETTERS
from spectate import schema
from spectate.admission import Way
from spectate.consumers import LiveConsumer
from spectate.spectator import NOT_HERE
from spectate.watching import spectators_of
from spectate.wires import Wire

SLUG = "segfault"
MOST_SHARDS = 200


class Shards(ReadingView):
    """What is live: JSON as the original told it, or the crowd's page for a browser."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        page = request.method in ("GET", "HEAD") and prefers_page(request)
        response: HttpResponseBase = (
            crowd(request) if page else super().dispatch(request, *args, **kwargs)
        )
        patch_vary_headers(response, ["Accept"])
        return response

    @schema.shards
    def get(self, request: Request) -> HttpResponse:
        """List the live shards of SEGFAULT"""
        found = live_shards(request.user).filter(game=SLUG)[:MOST_SHARDS]
        body = [
            {"shard_id": str(shard.pk), "process_count": present(shard), "tick": shard.last_tick}
            for shard in found
        ]
        encoded = encode(format.write_json(body), encoding(request))
        return send(request, encoded, "private, no-cache")


class Shard(ReadingView):
    @schema.shard
    def get(self, request: Request, shard_id: str) -> HttpResponse:
        """Read the newest tick of a live shard"""
        asked = reading_of(request, shard_id)
        if asked.shard.game != SLUG or asked.shard.ended or asked.shard.last_tick is None:
            raise Http404
        snapshot = newest(asked.shard)
        body = format.write_json(spectated(snapshot))
        return send(request, encode(body, encoding(request)), asked.cache_control())


def live_shards(user: Any) -> Any:
    return ReplayShard.objects.listed_for(user).live().recorded().newest()


def present(shard: ReplayShard) -> int:
    return len(participants(newest(shard)))


def newest(shard: ReplayShard) -> dict[str, Any]:
    """Return the newest snapshot as spectators see it; an empty one where it is damaged."""
    try:
        return reading.snapshot(shard, shard.last_tick or 0, SPECTATOR) or {}
    except reading.Damaged:
        return {}


# Each tick


class OriginalWire(Wire):
    """The original's words: its object once a tick, and nothing else."""

    def tick(self, line: bytes) -> str:
        return format.write_json(spectated(format.read_line(line)["snapshot"])).decode()


ORIGINAL = OriginalWire()


class OriginalConsumer(LiveConsumer):
    """`WS /spectate/ws/{id}`: the newest tick at once, then each; 4004 for what is not live."""

    wire = ORIGINAL

    async def _enter(self) -> tuple[Way, ReplayShard] | None:
        entered = await super()._enter()
        return entered if entered and entered[1].game == SLUG else None

    async def _tell_that_it_has_ended(self, way: Way, shard: ReplayShard) -> int:
        return NOT_HERE


# The crowd's page


def crowd(request: HttpRequest) -> HttpResponse:
    """Show what is live, of every game, and who watches; or go to the room whose code is given."""
    code = request.GET.get("room", "").strip()
    if code.isascii() and code.isalnum() and len(code) <= ROOM_CODE_LETTERS:
        return redirect("spectate_room", code.upper())
    shards = list(live_shards(request.user)[:MOST_SHARDS])
    counts = spectators_of([shard.pk for shard in shards])
    live = [(shard, counts.get(shard.pk, 0)) for shard in shards]
    signed_in = request.user.is_authenticated
    context = {
        "live": live,
        "watching": sum(counts.values()),
        "code": code,
        "setup": {"signed_in": signed_in, "may_speak": signed_in or settings.CHAT_GUESTS},
        "login_url": f"{settings.LOGIN_URL}?{urlencode({'next': request.path})}",
    }
    return let_viewer_read(render(request, "pages/crowd.html", context))
