"""What the API's description says of frames, files and views, beside the views it is about."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema

from replays.api.parameters import LARGEST
from replays.api.schema import (
    MAY_READ,
    NOT_CHANGED,
    PROBLEM,
    in_path,
    many,
    or_null,
    problems,
    query,
    record,
    text,
    whole,
)

GAME_ID = in_path("shard_id", text(format="uuid"), "The game.")
PAGE = [
    query("start", whole(0, LARGEST, 0), "The index of the first frame wanted."),
    query("limit", whole(1, 5_000, 2_000), "How many frames at most."),
]
FRAME = record(
    {
        "index": whole(0),
        "event_type": text(),
        "timestamp": {"type": "number"},
        "player_id": or_null(text()),
        "event_data": {"type": "object"},
        "state": {"type": "object"},
    }
)
METADATA = record(
    {
        "players": many(text()),
        "winner": or_null(text()),
        "final_scores": {"type": "object", "additionalProperties": whole()},
        "duration": {"type": "number"},
        "total_rounds": or_null(whole(0)),
        "options": {"type": "object"},
    }
)
REPLAY = {
    "game_id": or_null(text(format="uuid")),
    "frames": many(FRAME),
    "metadata": METADATA,
    "total": whole(0),
    "next": or_null(text()),
}

frames = extend_schema(
    operation_id="read_game",
    tags=["games"],
    auth=MAY_READ,
    parameters=[GAME_ID, *PAGE],
    responses={200: record(REPLAY), 304: NOT_CHANGED, **problems(400, 401, 404, 410, 429)},
)
FILE = OpenApiResponse(OpenApiTypes.OBJECT, "The game's own kind of file, or the portable file.")
export = extend_schema(
    operation_id="export_game",
    tags=["games"],
    parameters=[
        GAME_ID,
        query(
            "format",
            text(enum=["own", "portable"], default="own"),
            "portable: the file that every game has; own: the game's own kind, where it has one.",
        ),
    ],
    responses={
        200: FILE,
        403: OpenApiResponse(PROBLEM, "Seen by you, but not yours to take away."),
        409: OpenApiResponse(PROBLEM, "It is still live, or holds nothing."),
        **problems(400, 401, 404, 410, 429),
    },
)
MADE = {
    "game_id": text(format="uuid"),
    "url": text(),
    "message": text(),
    "warnings": many(text()),
}
bring_in = extend_schema(
    operation_id="import_game",
    tags=["games"],
    parameters=[
        query(
            "visibility",
            text(enum=["private", "unlisted", "public"], default="private"),
            "Who sees it besides you.",
        )
    ],
    request={
        "application/json": OpenApiTypes.OBJECT,
        "multipart/form-data": record({"file": text(format="binary")}),
    },
    responses={
        201: record(MADE),
        409: OpenApiResponse(PROBLEM, "You have it already: `game_id` and `url` name it."),
        413: OpenApiResponse(PROBLEM, "Larger than is taken."),
        415: OpenApiResponse(PROBLEM, "Not JSON in UTF-8, or packed otherwise than we take."),
        503: OpenApiResponse(PROBLEM, "Others are being imported just now."),
        **problems(400, 401, 403, 429),
    },
)
watched = extend_schema(
    operation_id="tell_watched",
    tags=["links"],
    parameters=[in_path("code", text(), "The code of a link.")],
    request={"application/json": record({"seconds": whole(0, 3_600)}, {"tick": or_null(whole(0))})},
    responses={204: None, **problems(400, 404, 429)},
)
