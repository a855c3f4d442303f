"""What the API's description says of the reading API, beside the views that it is about."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from replays.api.parameters import LARGEST

Schema = dict[str, Any]


def whole(least: int | None = None, most: int | None = None, default: int | None = None) -> Schema:
    bounds = {"minimum": least, "maximum": most, "default": default}
    return {"type": "integer"} | {
        name: value for name, value in bounds.items() if value is not None
    }


def text(**more: Any) -> Schema:
    return {"type": "string", **more}


def or_null(schema: Schema) -> Schema:
    return {"oneOf": [schema, {"type": "null"}]}


def record(fields: Schema, optional: Schema | None = None) -> Schema:
    properties = fields | (optional or {})
    return {"type": "object", "properties": properties, "required": list(fields)}


def many(item: Schema) -> Schema:
    return {"type": "array", "items": item}


TOTALS = ("ticks", "processes", "kills", "survivals", "ghosts")
SHARD = record(
    {
        "shard_id": or_null(text(format="uuid")),
        "game": text(),
        "title": text(),
        "rules_version": text(),
        "tick_seconds": {"type": "number"},
        "started_at": whole(),
        "ended_at": or_null(whole()),
        "first_tick": or_null(whole(0)),
        "last_tick": or_null(whole(0)),
        **{f"total_{name}": whole(0) for name in TOTALS},
        "visibility": text(enum=["public", "unlisted", "private"]),
        "live": {"type": "boolean"},
        "stale": {"type": "boolean"},
        "verdict": or_null(record({"state": text(), "sentence": text(), "verified_at": whole()})),
    }
)
TICK = record(
    {"tick": whole(0), "t": {"type": "number"}, "snapshot": {"type": "object"}},
    {"commands": many({"type": "array"})},
)
CHUNK = record(
    {
        **{name: whole(0) for name in ("number", "first_tick", "last_tick", "bytes", "stored")},
        "sha256": text(pattern="^[0-9a-f]{64}$"),
        "t": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
    }
)
MARKER = record({"tick": whole(0), "kind": text(), "label": text(), "subject": or_null(text())})
SERIES = {"type": "object", "additionalProperties": many(or_null({"type": "number"}))}
INDEX = record(
    {
        "shard": SHARD,
        "chunks": many(CHUNK),
        "tail": or_null(record({"first_tick": whole(0), "last_tick": whole(0)})),
        "markers": many(MARKER),
        "markers_cut": {"type": "boolean"},
        "metrics": record({"step": whole(1), "first_tick": whole(0), "series": SERIES}),
        "world": or_null(text()),
        "hints": or_null({"type": "object", "additionalProperties": True}),
        "push": or_null(
            record({"placed": whole(0), "chunk_count": or_null(whole(1)), "waiting": whole(0)})
        ),
    }
)
PROBLEM = record(
    {"detail": text(), "status_code": whole(400, 599), "error_code": text()},
    {"hint": text(), "valid_range": {"type": ["object", "array"]}, "pointer": text(),
     "request_id": text()},
)  # fmt: skip
WORDS = {
    400: "A parameter is bad; the sentence names it.",
    401: "This site is read with its key, or signed in.",
    403: "You may see it and not do that, or the token is for something else.",
    404: "Not there, or not for you.",
    410: "These ticks are damaged; `valid_range` holds the first and last of them.",
    413: "The body is too large.",
    415: "The body is of a kind that is not taken here.",
    429: "Too often; Retry-After says when again.",
    503: "Not now: too many watch, or the database is away.",
}


def problems(*statuses: int) -> dict[int, OpenApiResponse]:
    return {status: OpenApiResponse(PROBLEM, WORDS[status]) for status in statuses}


def query(name: str, schema: Schema, words: str) -> OpenApiParameter:
    return OpenApiParameter(name, schema, description=words)


def in_path(name: str, schema: Schema, words: str) -> OpenApiParameter:
    return OpenApiParameter(name, schema, OpenApiParameter.PATH, description=words, required=True)


NOT_CHANGED = OpenApiResponse(description="The client has it already (If-None-Match).")


class TokenScheme(OpenApiAuthenticationExtension):
    """How a description names the tokens of users; drf-spectacular finds it by itself."""

    target_class = "replays.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> Schema:
        return {"type": "http", "scheme": "bearer"}


MAY_READ: Any = [
    {},
    {"key": []},
    {"token": []},
    {"cookieAuth": []},
]


shards = extend_schema(
    operation_id="list_shards",
    tags=["recordings"],
    auth=MAY_READ,
    parameters=[
        query("limit", whole(1, 200, 50), "How many at most."),
        query("game", text(maxLength=32), "Only shards of this game."),
        query("live", {"type": "boolean"}, "Only shards that are live, or that have ended."),
        query("q", text(maxLength=100), "Words of the title or game, or the beginning of the id."),
        query("before", text(), "From the address under `next`."),
    ],
    responses={
        200: record({"shards": many(SHARD), "next": or_null(text())}),
        **problems(400, 401, 429),
    },
)
ticks = extend_schema(
    tags=["recordings"],
    auth=MAY_READ,
    parameters=[
        query("start_tick", whole(0, LARGEST, 0), "The first tick wanted."),
        query("limit", whole(1, 500, 100), "How many ticks at most."),
    ],
    responses={
        200: record(
            {"shard_id": or_null(text(format="uuid")), "ticks": many(TICK),
             "has_more": {"type": "boolean"}}
        ),
        304: NOT_CHANGED,
        **problems(400, 401, 404, 410, 429),
    },
)  # fmt: skip
index = extend_schema(
    tags=["recordings"],
    auth=MAY_READ,
    responses={200: INDEX, 304: NOT_CHANGED, **problems(401, 404, 429)},
)
chunk = extend_schema(
    tags=["recordings"],
    auth=MAY_READ,
    parameters=[in_path("number", whole(0, LARGEST), "Which chunk, from 0 on.")],
    responses={
        (200, "application/x-ndjson"): OpenApiTypes.STR,
        304: NOT_CHANGED,
        **problems(401, 404, 410, 429),
    },
)
