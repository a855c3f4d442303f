"""Recordings as files over HTTP: taken away by who may, brought in by who is signed in."""

import zlib
from collections import Counter
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager, suppress
from itertools import chain, islice
from threading import BoundedSemaphore, Lock
from typing import Any, BinaryIO, cast

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_vary_headers
from rest_framework.exceptions import NotAuthenticated, ParseError, PermissionDenied
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from games.game import Refused
from replays import crowds, exporting, format, importing, policy, reading
from replays.api import game_schema
from replays.api.encodings import GZIP_LEVEL, QUICK_LEVEL
from replays.api.errors import Problem
from replays.api.parameters import refused, shard_key
from replays.api.shards import AlwaysJSON, damaged, encoding
from replays.api.shares import require_user
from replays.inflate import TooLarge
from replays.limits import Limited, spend
from replays.models import ReplayShard
from replays.policy import can
from replays.portable import AlreadyHere

# Out


class AtOnce:
    """How many exports each user or address has running in this process."""

    def __init__(self) -> None:
        self.running: Counter[Any] = Counter()
        self.lock = Lock()

    def counted(
        self, who: Any, pieces: Iterator[bytes], at_once: int
    ) -> Generator[bytes, None, None]:
        """Yield the pieces, and count it from the first to the last, or to when it is given up."""
        with self.lock:
            if self.running[who] >= at_once:
                raise Limited(1, f"At most {at_once} may run at once: wait until one has ended.")
            self.running[who] += 1
        try:
            yield from pieces
        finally:
            with self.lock:
                self.running[who] -= 1
                self.running += Counter()  # which drops those who have none


EXPORTS = AtOnce()


class Export(APIView):
    """The file of a game, for who owns it, took part, or is signed in where it is public."""

    content_negotiation_class = AlwaysJSON

    def handle_exception(self, error: Exception) -> Response:
        return super().handle_exception(
            damaged(error) if isinstance(error, reading.Damaged) else error
        )

    @game_schema.export
    def get(self, request: Request, shard_id: str) -> HttpResponseBase:
        """Take a game away as a file"""
        require_user(request)
        kind = request.query_params.get("format", "own")
        if kind not in exporting.KINDS:
            raise refused("format must be own or portable.")
        shards = ReplayShard.objects.visible_to(request.user)
        shard = get_object_or_404(shards, pk=shard_key(shard_id))
        if not can(request.user, "export", shard):
            raise PermissionDenied
        if shard.veiled:
            raise Problem(409, "Somebody who was here still plays elsewhere; try again later.")
        try:
            late = policy.is_late(request.user, shard)
            file = exporting.file(reading.held_back(shard, late=late), kind)
            return attachment(request, file)
        except Refused as error:
            hint = {"hint": AS_IT_IS} if shard.ended and kind == "own" else {}
            raise Problem(409, str(error), **hint) from None


AS_IT_IS = "With ?format=portable it is taken away as it was recorded."


def attachment(request: Request, file: exporting.File) -> HttpResponseBase:
    """Answer with a file that is written while it is read, packed as the client takes it."""
    if request.method == "HEAD":
        unmeasured = StreamingHttpResponse(read_by(request, iter(())))
        return about(unmeasured, request, file)
    pieces = EXPORTS.counted(request.user.pk, file.pieces, settings.EXPORTS_AT_ONCE)
    begun = list(islice(pieces, 2))  # so that what cannot be written is said, not cut off
    made = packed(chain(begun, pieces), encoding(request))
    return about(Attachment(read_by(request, made), pieces), request, file)


def read_by(request: Request, pieces: Iterator[bytes]) -> Iterator[bytes] | AsyncIterator[bytes]:
    return stepwise(pieces) if isinstance(request._request, ASGIRequest) else pieces


class Attachment(StreamingHttpResponse):
    """A response that gives up its file when it is given up."""

    def __init__(self, content: Any, pieces: Generator[bytes, None, None]) -> None:
        super().__init__(content)
        self.pieces = pieces

    def close(self) -> None:
        super().close()
        with suppress(ValueError):  # a thread is at it still, and drops it afterwards
            self.pieces.close()


def about(response: HttpResponseBase, request: Request, file: exporting.File) -> HttpResponseBase:
    response["Content-Type"] = "application/json"
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response["Cache-Control"] = "private, no-store"
    if encoding(request) != "identity":
        response["Content-Encoding"] = encoding(request)
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


async def stepwise(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield piece by piece without holding up the event loop."""
    step = sync_to_async(lambda: next(pieces, None))
    while (piece := await step()) is not None:
        yield piece


def packed(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    if encoding == "identity":
        yield from pieces
        return
    packer: Any = (
        format.packer(QUICK_LEVEL) if encoding == "zstd" else zlib.compressobj(GZIP_LEVEL, wbits=31)
    )
    for piece in pieces:
        if made := packer.compress(piece):
            yield made
    yield packer.flush()


# In

KINDS = {
    "application/json", "application/octet-stream", "application/gzip", "application/x-gzip",
    "application/zstd", "multipart/form-data",
}  # fmt: skip
PACKINGS = {"": "", "identity": "identity", "gzip": "gzip", "x-gzip": "gzip", "zstd": "zstd"}
MOST_PACKED = 16 * 2**20
AT_ONCE = BoundedSemaphore(2)
WAIT_SECONDS = 10


class Unread(BaseParser):
    """Leave the body where it is: the view reads it piece by piece."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        return {}


class Import(APIView):
    """A game brought in as a file, checked, and stored as a private game of who brings it."""

    parser_classes = [MultiPartParser, Unread]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse before anything of the body is read what cannot be taken."""
        if request.method == "POST":
            signed = "Authorization" in request.headers
            if not signed and settings.SESSION_COOKIE_NAME not in request.COOKIES:
                raise NotAuthenticated
            demand_kind(request._request)
        super().initial(request, *args, **kwargs)

    def handle_exception(self, error: Exception) -> Response:
        if isinstance(error, (SuspiciousOperation, ParseError)):
            error = Problem(400, "The form cannot be read.")
        return super().handle_exception(error)

    @game_schema.bring_in
    def post(self, request: Request) -> Response:
        """Bring a game in as a file"""
        require_user(request)
        visibility = request.query_params.get("visibility", "private")
        if visibility not in ReplayShard.Visibility.values:
            raise refused("visibility must be private, unlisted or public.")
        for limit in ("imports", "imports_hour"):
            spend(limit, f"user {request.user.pk}")
        with one_of_few():
            shard = taken(request, visibility)
        made = {"game_id": str(shard.pk), "url": shard.get_absolute_url()}
        made["message"] = "Game imported successfully"
        return Response(made | {"warnings": crowds.notes(shard)}, status=201)


def taken(request: Request, visibility: str) -> ReplayShard:
    try:
        return importing.read(
            file_of(request),
            owner=request.user,
            visibility=visibility,
            packing=packing_of(request._request),
            most_packed=MOST_PACKED,
        )
    except TooLarge as error:
        raise Problem(413, str(error)) from None
    except AlreadyHere as here:
        address = {"game_id": str(here.shard.pk), "url": here.shard.get_absolute_url()}
        raise Problem(409, f"{here}.", **address) from None


@contextmanager
def one_of_few() -> Iterator[None]:
    """Keep memory bounded: so many imports run at once, others wait a while."""
    if not AT_ONCE.acquire(timeout=WAIT_SECONDS):
        raise Problem(503, "Other files are being imported just now; try again in a while.")
    try:
        yield
    finally:
        AT_ONCE.release()


def demand_kind(request: HttpRequest) -> None:
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    if request.content_type not in KINDS or charset not in ("utf-8", "utf8", "us-ascii"):
        hint = "Send the file itself as application/json, or as a file of multipart/form-data."
        raise Problem(415, "A recording is JSON in UTF-8, plain, gzip or zstd.", hint=hint)
    if packing_of(request) and request.content_type == "multipart/form-data":
        raise Problem(415, "Pack the file, not the form that it comes in.")
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_PACKED + A_FORM:
        raise Problem(413, f"More than {MOST_PACKED >> 20} MiB came.")


A_FORM = 64 * 1024
"""What the form around a file may take."""


def packing_of(request: HttpRequest) -> str:
    named = request.headers.get("Content-Encoding", "").strip().lower()
    if named not in PACKINGS:
        raise Problem(415, "A recording comes plain, or packed with gzip or zstd.")
    return PACKINGS[named]


def file_of(request: Request) -> BinaryIO:
    if request._request.content_type != "multipart/form-data":
        return cast(BinaryIO, request._request)
    files = list(request.FILES.values())
    if len(files) != 1:
        raise refused("file: the form must hold one file.", pointer="/file")
    return files[0].file
