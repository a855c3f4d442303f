"""The arena's push server: worlds by hash, chunks of a replay, and whether it is up (seed 002)."""

import asyncio
import re
import time
from concurrent.futures import Future
from typing import Any

from django.db import connection
from django.http import Http404

from games.game import Refused
from replays import audience, pushed_chunk, pushes, worlds
from replays.api.doors import (
    Answer,
    Asked,
    answer_json,
    check_token,
    known_at_once,
    plain_body,
    pusher,
)
from replays.api.encodings import chosen, encode, etag
from replays.api.errors import Problem
from replays.group_commit import GroupCommit
from replays.limits import counts_here_alone, spend
from replays.measures import PUSH_SECONDS
from replays.models import World
from replays.push_rows import Arrival
from replays.pushed_chunk import Chunk, Conflicts, NotPushed
from replays.pushes import Outcome

NAME = re.compile(r"[0-9a-f]{16}")
CACHED = "max-age=31536000, immutable"
STARTED = time.monotonic()
QUICK_BYTES = 32 * 1024

writer: GroupCommit[Arrival, Outcome] = GroupCommit(pushes.take, "push-writer", PUSH_SECONDS)


# Chunks


def push(asked: Asked) -> Answer:
    """Take a chunk, and answer when it is on disk."""
    arrival = arrived(asked)
    if connection.in_atomic_block:
        return received(pushes.take([arrival])[0], arrival.chunk, asked)
    return received(handed_in(arrival, len(asked.body)).result(), arrival.chunk, asked)


def arrived(asked: Asked) -> Arrival:
    """Return the chunk that came and who sent it, or raise why it is not taken."""
    owner = pusher(asked)
    spend("pushes", asked.address)
    try:
        return Arrival(owner, pushed_chunk.read(plain_body(asked)))
    except Refused as refusal:
        raise problem_of(refusal) from None


def is_quick(asked: Asked) -> bool:
    """Tell whether `arrived` takes less time than to hand it to a thread, and waits for nothing."""
    small = len(asked.body) <= QUICK_BYTES and "content-encoding" not in asked.headers
    return small and counts_here_alone() and known_at_once(asked)


def handed_in(arrival: Arrival, size: int) -> "Future[Outcome]":
    return writer.hand_in(arrival, size)


def handed_in_from_loop(arrival: Arrival, size: int) -> "asyncio.Future[Outcome]":
    return writer.hand_in_from_loop(arrival, size)


def received(outcome: Outcome, chunk: Chunk, asked: Asked) -> Answer:
    """Answer as the arena's own push server does; who knows this site is told where to watch."""
    if isinstance(outcome, Refused):
        raise problem_of(outcome)
    told: dict[str, Any] = {
        "status": "ok",
        "replay_id": chunk.replay_id,
        "chunk_index": chunk.index,
        "clients_notified": audience.of(chunk.replay_id),
    }
    if outcome.shard_id is not None and (chunk.knows_us or "authorization" in asked.headers):
        told["shard_id"] = str(outcome.shard_id)
        told["url"] = f"{asked.site}/spectate/{outcome.shard_id}"
    return answer_json(told)


def problem_of(refusal: Refused) -> Problem:
    more = {"pointer": f"/{refusal.field}"} if isinstance(refusal, NotPushed) else {}
    if isinstance(refusal, Conflicts):
        return Problem(409, str(refusal), **more)
    return Problem(400, str(refusal), "INVALID_CHUNK", **more)


def push_standing(asked: Asked) -> Answer:
    """Tell the sender what has come and what is missing."""
    owner = pusher(asked)
    spend("pushes", asked.address)
    told = pushes.standing(owner, asked.names["replay_id"])
    if told is None:
        raise Http404
    return answer_json(told, cache_control="no-store")


# Worlds


def has_world(asked: Asked) -> Answer:
    check_token(asked)
    spend("pushes", asked.address)
    name = asked.names["name"]
    there = NAME.fullmatch(name) and World.objects.filter(name=name).exists()
    return Answer(200 if there else 404, content_type="")


def world(asked: Asked) -> Answer:
    check_token(asked)
    spend("reads", asked.address)
    name = asked.names["name"]
    found = World.objects.filter(name=name).first() if NAME.fullmatch(name) else None
    if found is None:
        raise Http404
    encoding = chosen(asked.headers.get("accept-encoding", ""))
    headers = {"Cache-Control": f"public, {CACHED}", "Vary": "Accept-Encoding"}
    headers["ETag"] = etag(name, encoding)
    if asked.headers.get("if-none-match") == headers["ETag"]:
        return Answer(304, headers=headers, content_type="")
    if encoding != "identity":
        headers["Content-Encoding"] = encoding
    if encoding == "zstd":
        return Answer(200, bytes(found.body), headers=headers)
    return Answer(200, encode(worlds.text_of(found), encoding).body, headers=headers)


def keep_world(asked: Asked) -> Answer:
    pusher(asked)
    spend("pushes", asked.address)
    name = asked.names["name"]
    try:
        worlds.keep(name, plain_body(asked))
    except worlds.OtherWorld as refusal:
        raise Problem(409, str(refusal)) from None
    except Refused as refusal:
        raise Problem(400, str(refusal), "INVALID_WORLD") from None
    return answer_json({"status": "ok", "world_hash": name})


def health(asked: Asked) -> Answer:
    check_token(asked)
    up = round(time.monotonic() - STARTED, 3)
    told = {"status": "ok", "clients": audience.size(), "uptime_s": up}
    return answer_json(told, cache_control="no-store")
