"""What the API's description says of what other sites and programs read through a link."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema

from replays.api.schema import (
    NOT_CHANGED,
    PROBLEM,
    SHARD,
    TICK,
    many,
    problems,
    query,
    record,
    text,
    whole,
)
from replays.api.share_schema import CODE, TICKS

FOR_ANYBODY: Any = [{}]
SHARE = record({"title": text(), "description": text(), **TICKS})
# Of a part of a recording only the number of ticks is told, not what rules count over all of it.
PART = SHARD | {
    "required": [name for name in SHARD["required"] if not name.startswith("total_")]
    + ["total_ticks"]
}
SHARED = record({"format": text(), "version": whole(1), "share": SHARE, "shard": PART,
                 "ticks": many(TICK)})  # fmt: skip
OEMBED = record(
    {
        "version": text(),
        "type": text(enum=["rich"]),
        **{name: text() for name in ("provider_name", "provider_url", "title", "html")},
        **{name: whole(0) for name in ("cache_age", "width", "height")},
    },
    {"thumbnail_url": text(), "thumbnail_width": whole(1), "thumbnail_height": whole(1)},
)

as_json = extend_schema(
    operation_id="read_shared_json",
    tags=["links"],
    auth=FOR_ANYBODY,
    parameters=[CODE],
    responses={200: SHARED, 304: NOT_CHANGED, **problems(404, 410, 429)},
)
as_lines = extend_schema(
    operation_id="read_shared_lines",
    tags=["links"],
    auth=FOR_ANYBODY,
    parameters=[CODE],
    responses={
        (200, "application/x-ndjson"): OpenApiTypes.STR,
        304: NOT_CHANGED,
        **problems(404, 410, 429),
    },
)
oembed = extend_schema(
    operation_id="oembed",
    tags=["links"],
    auth=FOR_ANYBODY,
    parameters=[
        query("url", text(maxLength=2000), "The address of a link's page."),
        query("maxwidth", whole(1, 10_000), "Pixels at most."),
        query("maxheight", whole(1, 10_000), "Pixels at most."),
        query("format", text(enum=["json"]), "Only JSON is spoken."),
    ],
    responses={
        200: OEMBED,
        304: NOT_CHANGED,
        501: OpenApiResponse(PROBLEM, "Another format than JSON was asked for."),
        **problems(400, 404, 429),
    },
)
