"""Recordings over HTTP (seed 000): the list, ticks, the timeline and sealed chunks of a shard."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from games.game import Refused
from replays import format, listing, pushes, reading
from replays.api import chunks, schema
from replays.api.answers import Reading, reading_of, send
from replays.api.encodings import Encoded, chosen, encode
from replays.api.errors import Problem
from replays.api.kept import Kept
from replays.api.keys import MayRead
from replays.api.parameters import LARGEST, chunk_number, refused, whole_number, words, yes_or_no
from replays.api.rows import shard_row
from replays.limits import Limit

KEPT = Kept(32 * 2**20)


class AlwaysJSON(BaseContentNegotiation):
    """Answer JSON whatever the client says it likes."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class ReadingView(APIView):
    """What every address of the reading API shares: the site's key, a limit, JSON."""

    permission_classes = [MayRead]
    throttle_classes = [Limit]
    content_negotiation_class = AlwaysJSON
    limit = "reads"

    def perform_authentication(self, request: Request) -> None:
        """Leave it until somebody's own shards are asked for: public answers hang on no cookie."""

    def handle_exception(self, error: Exception) -> Response:
        if isinstance(error, reading.Damaged):
            error = damaged(error)
        return super().handle_exception(error)


def damaged(error: reading.Damaged) -> Problem:
    lost = {"min": error.first, "max": error.last}
    hint = "The other ticks of this shard can still be read."
    return Problem(410, str(error), "DAMAGED", hint=hint, valid_range=lost)


class Shards(ReadingView):
    """The list of recorded shards: JSON, or the gallery for a browser."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        page = request.method in ("GET", "HEAD") and prefers_page(request)
        response: HttpResponseBase = (
            gallery(request) if page else super().dispatch(request, *args, **kwargs)
        )
        patch_vary_headers(response, ["Accept"])
        return response

    @schema.shards
    def get(self, request: Request) -> HttpResponse:
        """List recorded shards, newest first"""
        limit = whole_number(request, "limit", 50, 1, 200)
        asked = {"game": words(request, "game", 32), "q": words(request, "q", 100)}
        live = yes_or_no(request, "live")
        shards = listing.filtered(request.user, game=asked["game"], live=live, words=asked["q"])
        if before := request.query_params.get("before"):
            try:
                shards = listing.after(shards, before)
            except Refused as error:
                raise refused(str(error)) from None
        found, cursor = listing.page(shards, limit)
        asked |= {"live": "" if live is None else str(live).lower(), "before": cursor or ""}
        query = {"limit": limit} | {name: value for name, value in asked.items() if value}
        body = {
            "shards": [shard_row(shard) for shard in found],
            "next": f"/replays?{urlencode(query)}" if cursor else None,
        }
        return send(
            request, encode(format.write_json(body), encoding(request)), "private, no-cache"
        )


def prefers_page(request: HttpRequest) -> bool:
    return request.get_preferred_type(["application/json", "text/html"]) == "text/html"


def gallery(request: HttpRequest) -> HttpResponse:
    from replays import pages  # which reads from here

    return pages.gallery(request)


def encoding(request: Request) -> str:
    return chosen(request.headers.get("Accept-Encoding", ""))


class Ticks(ReadingView):
    """Ticks of a shard, a range at a time."""

    @schema.ticks
    def get(self, request: Request, **named: str) -> HttpResponse:
        """Read a range of ticks"""
        start = whole_number(request, "start_tick", 0, 0, LARGEST)
        limit = whole_number(request, "limit", 100, 1, 500)
        asked = reading_of(request, **named)
        return send(request, ticks(asked, start, limit, encoding(request)), asked.cache_control())


def ticks(asked: Reading, start: int, limit: int, encoding: str) -> Encoded:
    """Return `limit` ticks from `start` on, encoded; once only where they are sealed."""
    shard = asked.shard
    start = max(start, shard.first_tick or 0)
    last = -1 if shard.last_tick is None else shard.last_tick
    cut = shard.seen_until is not None
    if cut or (not shard.ended and start + limit > last + 1 - shard.tail_ticks):
        return encode(ticks_body(asked, start, limit), encoding)
    seen = (asked.perspective, asked.shown_id, start + limit <= last, encoding)
    key = ("ticks", shard.pk, bytes(shard.chain), start, limit, *seen)
    return KEPT.get(key) or KEPT.keep(key, encode(ticks_body(asked, start, limit), encoding))


def ticks_body(asked: Reading, start: int, limit: int) -> bytes:
    """Return the answer of seed 000 out of stored lines, joined and never parsed."""
    lines = reading.following(asked.shard, start, limit, asked.perspective)
    head = format.write_json({"shard_id": asked.shown_id})[:-1]
    has_more = bool(lines) and reading.tick_of(lines[-1]) < (asked.shard.last_tick or 0)
    more = b"true" if has_more else b"false"
    return b'%b,"ticks":[%b],"has_more":%b}' % (head, b",".join(lines), more)


class Index(ReadingView):
    """What a viewer needs of a whole shard before it reads ticks."""

    @schema.index
    def get(self, request: Request, **named: str) -> HttpResponse:
        """Read chunks, markers and metrics of a shard"""
        asked = reading_of(request, **named)
        return send(request, index(asked, encoding(request)), asked.cache_control())


def index(asked: Reading, encoding: str) -> Encoded:
    shard = asked.shard
    row = shard_row(shard) | {"shard_id": asked.shown_id}
    if not shard.ended:
        return encode(format.write_json(index_body(asked, row)), encoding)
    key = ("index", shard.pk, bytes(shard.chain), format.write_json(row), encoding)
    return KEPT.get(key) or KEPT.keep(
        key, encode(format.write_json(index_body(asked, row)), encoding)
    )


def index_body(asked: Reading, row: dict[str, Any]) -> dict[str, Any]:
    line = reading.timeline(asked.shard)
    first = line.chunks[-1]["last_tick"] + 1 if line.chunks else row["first_tick"]
    last = row["last_tick"]
    stands = first is not None and last is not None and first <= last
    return {
        "shard": row,
        "chunks": line.chunks,
        "tail": {"first_tick": first, "last_tick": last} if stands else None,
        "markers": line.markers,
        "markers_cut": line.markers_cut,
        "metrics": line.metrics,
        "world": asked.shard.world,
        "hints": asked.shard.hints,
        "push": pushes.progress(asked.shard),
    }


class Chunk(ReadingView):
    """A sealed chunk as it is stored."""

    limit = "chunks"

    @schema.chunk
    def get(self, request: Request, number: str, **named: str) -> HttpResponse:
        """Read a sealed chunk as lines of JSON"""
        asked = reading_of(request, **named)
        chunk = chunks.find_chunk(asked.shard, chunk_number(number))
        encoded = chunks.encoded(chunk, asked.perspective, encoding(request))
        return send(request, encoded, asked.cache_control(sealed=True), chunks.CONTENT_TYPE)
