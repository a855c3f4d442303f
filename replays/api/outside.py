"""What a link opens, for other sites and programs: as JSON, as lines, as a picture.

No cookie is read and nothing may be kept without asking again, so that a link that is taken back is
gone from every address at once, and from an answer that is still being sent.
"""

from collections.abc import Iterator
from hashlib import sha256
from itertools import chain, islice
from typing import Any, NamedTuple, TypeVar

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe
from rest_framework.request import Request

from replays import format, policy, portable, reading, sharing
from replays.api import outside_schema, pictures
from replays.api.answers import Reading
from replays.api.chunks import CONTENT_TYPE
from replays.api.encodings import etag
from replays.api.files import EXPORTS, Attachment, packed, stepwise
from replays.api.rows import shard_row
from replays.api.shards import ReadingView, encoding
from replays.limits import address
from replays.models import ShareCode

Response = TypeVar("Response", bound=HttpResponseBase)

AT_A_TIME = 100
COUNTED_WITH_RULES = ("total_processes", "total_kills", "total_survivals", "total_ghosts")


class TakenBack(Exception):
    """The link was open when its answer began, and is no more."""


class Shared(NamedTuple):
    """What a link opens: `ticks` are those from its first to its last, if it names both."""

    link: ShareCode
    asked: Reading
    ticks: range

    @property
    def is_whole(self) -> bool:
        return len(self.ticks) == self.asked.shard.total_ticks


def shared(request: Request, code: str) -> Shared:
    link = sharing.open_share(code, request._request)
    shard = reading.held_back(link.shard, late=policy.is_late(None, link.shard))
    return Shared(link, Reading(shard, through_link=True), ticks_of(link, shard))


def ticks_of(link: ShareCode, shard: Any) -> range:
    """Return the ticks that a link shares: of a link to a moment, all that its page shows."""
    if shard.first_tick is None or shard.last_tick is None:
        return range(0)
    if link.end_tick is None:
        return range(shard.first_tick, shard.last_tick + 1)
    first = shard.first_tick if link.tick is None else link.tick
    return range(first, min(link.end_tick, shard.last_tick) + 1)


class SharedJSON(ReadingView):
    """The shared ticks in one JSON object, which can be imported where it is of a whole game."""

    @outside_schema.as_json
    def get(self, request: Request, code: str) -> HttpResponseBase:
        """Read what a link opens, as JSON"""
        found = shared(request, code)
        told = head(found)
        return streamed(request, found, json_pieces(found, told), told, "application/json")


class SharedLines(ReadingView):
    """The shared ticks, a line each."""

    @outside_schema.as_lines
    def get(self, request: Request, code: str) -> HttpResponseBase:
        """Read what a link opens, as lines of JSON"""
        found = shared(request, code)
        pieces = (b"\n".join([*lines, b""]) for lines in lines_of(found))
        return streamed(request, found, pieces, head(found), CONTENT_TYPE)


@require_safe
def picture(request: HttpRequest, code: str) -> HttpResponse:
    """Answer with the card of a link: the board at its tick, what it is of, and where in it."""
    response = pictures.of_link(request, code)
    response["Cache-Control"] = "private, no-cache"
    return for_anyone(response)


def head(found: Shared) -> dict[str, Any]:
    """Return what stands about the ticks; of a part, only those totals that are true of it."""
    link, asked, ticks = found
    row = shard_row(asked.shard) | {"shard_id": asked.shown_id}
    if not found.is_whole:
        row = {name: value for name, value in row.items() if name not in COUNTED_WITH_RULES}
        row |= {"first_tick": ticks.start, "last_tick": ticks.stop - 1, "total_ticks": len(ticks)}
    share = {name: getattr(link, name) for name in ("title", "description", "tick", "end_tick")}
    return {"format": portable.FORMAT, "version": portable.VERSION, "share": share, "shard": row}


def json_pieces(found: Shared, told: dict[str, Any]) -> Iterator[bytes]:
    yield format.write_json(told)[:-1] + b',"ticks":[\n'
    before = b""
    for lines in lines_of(found):
        yield before + b",\n".join(lines)
        before = b",\n"
    yield b"\n]}\n"


def lines_of(found: Shared) -> Iterator[list[bytes]]:
    """Yield the shared lines, some at a time, for as long as the link is open."""
    link, asked, ticks = found
    for start in range(ticks.start, ticks.stop, AT_A_TIME):
        if sharing.opened_by(link.code) is None:
            raise TakenBack(link.code)
        count = min(AT_A_TIME, ticks.stop - start)
        if lines := reading.lines(asked.shard, start, count, asked.perspective):
            yield lines


def streamed(
    request: Request,
    found: Shared,
    pieces: Iterator[bytes],
    told: dict[str, Any],
    content_type: str,
) -> HttpResponseBase:
    """Answer with pieces as they are read, or with 304 where the client has them already."""
    wire = encoding(request)
    chained = format.write_json(told) + bytes(found.asked.shard.chain)
    named = etag(sha256(chained).hexdigest()[:32], wire)
    empty: Any = StreamingHttpResponse(())  # which states no length, as the whole answer does not
    unchanged = get_conditional_response(request._request, etag=named, response=empty)
    response: HttpResponseBase = empty
    if unchanged is not None and unchanged.status_code != 200:
        response = unchanged
    elif request.method != "HEAD":
        response = begun(request, pieces, wire)
    if response.status_code == 200:
        response["Content-Type"] = content_type
        if wire != "identity":
            response["Content-Encoding"] = wire
    response["ETag"] = named
    response["Cache-Control"] = found.asked.cache_control()
    patch_vary_headers(response, ["Accept-Encoding"])
    return for_anyone(response)


def begun(request: Request, pieces: Iterator[bytes], wire: str) -> HttpResponseBase:
    """Return a stream whose beginning has been read, so that what cannot be read is said."""
    who = f"address {address(request)}"
    counted = EXPORTS.counted(who, pieces, settings.EXPORTS_AN_ADDRESS)
    first = list(islice(counted, 2))
    made = packed(chain(first, counted), wire)
    content = stepwise(made) if isinstance(request._request, ASGIRequest) else made
    return Attachment(content, counted)


def for_anyone(response: Response) -> Response:
    """Let the scripts of any page read it: it hangs on no cookie, and the code opens it anyway."""
    response["Access-Control-Allow-Origin"] = "*"
    return response
