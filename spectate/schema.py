"""What the API's description says of watching and chat, beside the views that it is about."""

from typing import Any

from drf_spectacular.utils import extend_schema

from replays.api.parameters import LARGEST
from replays.api.schema import (
    MAY_READ,
    NOT_CHANGED,
    PROBLEM,
    WORDS,
    Schema,
    in_path,
    many,
    or_null,
    problems,
    query,
    record,
    text,
    whole,
)

POS = many(whole())
SPECTATED = record(
    {
        "tick": whole(0),
        "grid": many(many(text(enum=[".", "S", "G", "P", "D", "E"]))),
        "defragger": or_null(POS),
        "defragger_target": or_null(record({"id": text(), "pos": POS})),
        "defragger_preview": many(POS),
        "walls": many(record({"a": POS, "b": POS})),
        "gates": many(record({"pos": POS, "type": text()})),
        "processes": many(record({"id": text(), "pos": POS})),
        "watchdog": {"type": "object"},
        "say_events": many({"type": "object"}),
        "broadcasts": many({"type": "object"}),
        "echo_tiles": many(record({"pos": POS, "tick": whole(0)})),
        "total_kills": whole(0),
    }
)
LINE = record(
    {
        "id": whole(1),
        "tick": or_null(whole(0)),
        "author": text(),
        "guest": {"type": "boolean"},
        "message": text(maxLength=256),
        "timestamp_ms": whole(0),
    }
)
LIVE_SHARD = record(
    {"shard_id": text(format="uuid"), "process_count": whole(0), "tick": or_null(whole(0))}
)
SHARD_ID = in_path("shard_id", text(format="uuid"), "The shard.")

shards = extend_schema(
    operation_id="list_live_shards",
    tags=["watching"],
    auth=MAY_READ,
    responses={200: many(LIVE_SHARD), 304: NOT_CHANGED, **problems(401, 429)},
)
shard = extend_schema(
    operation_id="spectate_shard",
    tags=["watching"],
    auth=MAY_READ,
    parameters=[SHARD_ID],
    responses={200: SPECTATED, 304: NOT_CHANGED, **problems(401, 404, 429)},
)
chat = extend_schema(
    tags=["chat"],
    auth=MAY_READ,
    parameters=[
        query("start_tick", whole(0, LARGEST, 0), "Lines from this tick on."),
        query("end_tick", whole(0, LARGEST), "Lines up to this tick; without it, to the newest."),
        query("after", whole(0), "Lines after the one of this id, to read on."),
    ],
    responses={
        200: record(
            {"shard_id": or_null(text(format="uuid")), "lines": many(LINE),
             "has_more": {"type": "boolean"}, "may_delete": {"type": "boolean"}}
        ),
        304: NOT_CHANGED,
        **problems(400, 401, 404, 429),
    },
)  # fmt: skip
delete_line = extend_schema(
    tags=["chat"],
    parameters=[SHARD_ID, in_path("line", whole(1), "The line.")],
    responses={204: None, **problems(401, 403, 404)},
)
guest = extend_schema(
    operation_id="make_guest",
    tags=["chat"],
    auth=[{}],  # type: ignore[list-item]
    request=None,
    responses={200: record({"name": text()}), **problems(429)},
)


# Streams of events are answered before Django, which has no views of them to describe.


def stream(name: str, words: str, parameters: list[Schema], *statuses: int) -> Schema:
    """Return what the description says of an address that tells events."""
    told = {"description": "Events.", "content": {"text/event-stream": {"schema": text()}}}
    answers: dict[str, Any] = {"200": told}
    for status in statuses:
        content = {"application/json": {"schema": PROBLEM}}
        answers[str(status)] = {"description": WORDS[status], "content": content}
    return {
        "operationId": name,
        "description": words,
        "tags": ["watching"],
        "security": MAY_READ,
        "parameters": parameters,
        "responses": answers,
    }


def parameter(place: str, name: str, schema: Schema, words: str) -> Schema:
    return {
        "in": place,
        "name": name,
        "schema": schema,
        "description": words,
        "required": place == "path",
    }


LAST_EVENT = parameter("header", "Last-Event-ID", text(), "The last event that a reader has.")
CURSOR = parameter("query", "cursor", whole(0, LARGEST), "The last tick that a reader has.")
LIVE = "Follow a live shard: hello, each tick with its number as the id, skipped, ended"
STREAMS: dict[str, Schema] = {
    "/events": {
        "get": stream(
            "events",
            "Follow pushed replays: world, replay_start, replay_chunk, replay_end",
            [
                parameter("query", "replay_id", text(maxLength=64), "Follow this one alone."),
                parameter("query", "worlds", text(enum=["0", "1"]), "No worlds, or each anew."),
                LAST_EVENT,
            ],
            400, 401, 404, 429, 503,
        )
    },
    "/replays/{shard_id}/live": {
        "get": stream(
            "follow_shard",
            LIVE,
            [parameter("path", "shard_id", text(format="uuid"), "The shard."), CURSOR, LAST_EVENT],
            404, 429, 503,
        )
    },
    "/replay/{code}/live": {
        "get": stream(
            "follow_link",
            LIVE,
            [parameter("path", "code", text(), "A link's code, or a room's."), CURSOR, LAST_EVENT],
            404, 429, 503,
        )
    },
}  # fmt: skip
