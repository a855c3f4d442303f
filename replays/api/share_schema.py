"""What the API's description says of links and reports, beside the views that it is about."""

from drf_spectacular.utils import extend_schema

from replays.api.game_schema import PAGE, REPLAY
from replays.api.schema import (
    NOT_CHANGED,
    SHARD,
    in_path,
    or_null,
    problems,
    query,
    record,
    text,
    whole,
)

TICKS = {"tick": or_null(whole(0)), "end_tick": or_null(whole(0))}
TERMS = {
    "title": text(maxLength=100),
    "description": text(maxLength=2000),
    "expires_days": or_null(whole(1, 365)),
    **TICKS,
}
ADDRESSES = {name: text() for name in ("index_url", "ticks_url", "live_url", "page_url")}
BEHIND = record(SHARD["properties"] | ADDRESSES | REPLAY)
LINK = record(
    {
        **{name: text() for name in ("title", "description")},
        "view_count": whole(0),
        **TICKS,
        "expires_at": or_null(whole()),
        "replay": BEHIND,
    }
)
SHARD_ID = in_path("shard_id", text(format="uuid"), "The shard.")
CODE = in_path("code", text(), "The code of a link.")

share = extend_schema(
    operation_id="make_share",
    tags=["links"],
    parameters=[
        SHARD_ID,
        query("title", text(maxLength=100), "May also come in the body."),
        query("expires_days", whole(1, 365), "May also come in the body."),
    ],
    request={"application/json": record({}, TERMS)},
    responses={
        201: record(
            {"share_code": text(), "share_url": text(), "expires_days": or_null(whole(1, 365))}
        ),
        **problems(400, 401, 403, 404, 413, 415, 429),
    },
)
shared = extend_schema(
    operation_id="read_share",
    tags=["links"],
    methods=["GET"],
    parameters=[CODE, *PAGE],
    responses={200: LINK, 304: NOT_CHANGED, **problems(400, 404, 410, 429)},
)
revoke = extend_schema(
    operation_id="revoke_share",
    tags=["links"],
    methods=["DELETE"],
    parameters=[CODE],
    responses={204: None, **problems(401, 403, 404, 429)},
)
report = extend_schema(
    tags=["reports"],
    request={"application/json": record({"reason": text(maxLength=1000)})},
    responses={201: record({"detail": text()}), **problems(400, 401, 404, 413, 415, 429)},
)
