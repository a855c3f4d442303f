"""A game frame by frame over HTTP, as seed 003 has it: for every game, a page at a time."""

from typing import Any

import orjson
from django.http import HttpResponse
from rest_framework.request import Request

from games.game import OMNISCIENT, Perspective
from replays import format, frames
from replays.api import game_schema
from replays.api.answers import Reading, reading_of, send
from replays.api.encodings import Encoded, encode
from replays.api.kept import Kept
from replays.api.parameters import LARGEST, whole_number
from replays.api.shards import ReadingView, encoding
from replays.models import sees_everything

USUAL_FRAMES, MOST_FRAMES = 2_000, 5_000
KEPT = Kept(32 * 2**20)


class Frames(ReadingView):
    """A game as frames, with what is told of it as a whole."""

    @game_schema.frames
    def get(self, request: Request, shard_id: str) -> HttpResponse:
        """Read a game frame by frame"""
        start, limit = page_asked(request)
        asked = reading_of(request, shard_id)
        moderated = not asked.shard.ended and sees_everything(request.user)
        perspective = OMNISCIENT if moderated else asked.perspective
        who = f"/api/replay/game/{asked.shard.pk}"
        body = answer(asked, perspective, who, start, limit, encoding(request))
        return send(request, body, "private, no-store" if moderated else asked.cache_control())


def page_asked(request: Request) -> tuple[int, int]:
    start = whole_number(request, "start", 0, 0, LARGEST)
    return start, whole_number(request, "limit", USUAL_FRAMES, 1, MOST_FRAMES)


def answer(
    asked: Reading,
    perspective: Perspective,
    address: str,
    start: int,
    limit: int,
    encoding: str,
    around: dict[str, Any] | None = None,
) -> Encoded:
    """Return a page of frames encoded, once only for a shard of which everything is told.

    `around` is what stands about it in the answer of a link, whose own part is under `replay`.
    """
    shard = asked.shard
    lasts = shard.ended and perspective == OMNISCIENT
    told = format.write_json(around)
    key = ("frames", shard.pk, bytes(shard.chain), asked.shown_id, start, limit, encoding, told)
    if lasts and (kept := KEPT.get(key)):
        return kept
    page = told_of(asked, perspective, address, start, limit)
    if around is not None:
        page = around | {"replay": around["replay"] | page}
    encoded = encode(format.write_json(page), encoding)
    return KEPT.keep(key, encoded) if lasts else encoded


def told_of(
    asked: Reading, perspective: Perspective, address: str, start: int, limit: int
) -> dict[str, Any]:
    shard = asked.shard
    page = frames.page(shard, start, limit, perspective)
    following = None if page.next is None else f"{address}?start={page.next}&limit={limit}"
    return {
        "game_id": asked.shown_id,
        "frames": orjson.Fragment(page.frames),
        "metadata": frames.metadata(shard, perspective),
        "total": shard.total_ticks,
        "next": following,
    }
