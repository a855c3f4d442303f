"""What the API's description says of playing, beside the views that it is about."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema

from replays.api.schema import PROBLEM, many, or_null, query, record, text, whole

WORDS = {
    400: "The command or parameter is bad; the sentence says why, and nothing has changed.",
    401: "No token of a process, or this site is played with its key.",
    403: "The token is for something else.",
    409: "The process is gone.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    429: "Too often; Retry-After says when again.",
    503: "No live shard has room; Retry-After says when to try again.",
}
PLACE = {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2,
         "description": "x grows east, y south; the process stands at [0, 0]."}  # fmt: skip
EVENT = record(
    {
        "kind": text(enum=["broadcast", "local", "noise", "static_burst", "system"]),
        "message": text(),
        "timestamp_ms": whole(0),
        "id": whole(0),
    }
)
COMMAND = record(
    {"cmd": text(enum=["MOVE", "BUFFER", "IDLE", "SAY", "BROADCAST"])}, {"arg": or_null(text())}
)
STATE = record(
    {
        "tick": or_null(whole(0)),
        "grid": text(),
        "events": many(EVENT),
        "center": PLACE,
        "visible": many(PLACE),
        "walls": many(record({"a": PLACE, "b": PLACE})),
        "grid_size": or_null(whole(0)),
        "defragger": or_null(PLACE),
        "gates": many(PLACE),
        "other_processes": many(PLACE),
        "echo_tiles": many(record({"pos": PLACE, "tick": whole(0)})),
        "status": or_null(text(enum=["escaped", "transferred", "dead"])),
        "next_tick_in_ms": or_null(whole(0)),
        "buffered": or_null(COMMAND),
    }
)
STANDING = record(
    {"call_sign": text()}
    | {name: whole(0) for name in ("survivals", "deaths", "ghosts", "streak", "best_streak")}
)
TOKEN: list[Any] = [{"process": []}]
"""The token that joining gave."""


def problems(*statuses: int) -> dict[int, OpenApiResponse]:
    return {status: OpenApiResponse(PROBLEM, WORDS[status]) for status in statuses}


def described(
    answer: dict[str, Any], *statuses: int, auth: list[Any] | None = None, **more: Any
) -> Any:
    responses = {200: answer, **problems(*statuses)}
    return extend_schema(tags=["play"], responses=responses, auth=auth or [], **more)


join = described(
    record({"token": text(), "process_id": text(format="uuid")}), 401, 403, 429, 503, request=None
)
state = described(
    STATE,
    400, 401, 429,
    auth=TOKEN,
    parameters=[
        query("after", whole(0), "The last event that has arrived; it and those before it go."),
    ],
)  # fmt: skip
cmd = described(
    record({"status": text(enum=["ok"])}),
    400, 401, 409, 413, 415, 429,
    auth=TOKEN,
    request={"application/json": COMMAND},
)  # fmt: skip
info = described(record({"title": text(), "lines": many(text())}), 401, 429)
leaderboard = described(
    record({"entries": many(STANDING)}),
    400, 401, 429,
    parameters=[query("limit", whole(1, 200, 50), "How many at most.")],
)  # fmt: skip
