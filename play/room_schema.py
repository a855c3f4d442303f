"""What the API's description says of rooms, beside the views that it is about."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema

from games import get_game
from replays.api.schema import PROBLEM, in_path, many, or_null, record, text, whole
from replays.models import MOST_DELAY_SECONDS

YES_OR_NO = {"type": "boolean"}
OPTIONS = record(
    {},
    {
        "seats": whole(2, 6, 4),
        "num_decks": whole(1, 3, 1),
        "num_rounds": whole(1, 18, 9),
        "rules": {"type": "object", "description": "House rules that differ from the plain game."},
    },
)
TERMS = record(
    {},
    {
        "options": OPTIONS,
        "delay_seconds": whole(0, MOST_DELAY_SECONDS, 0),
        "open_to_spectators": YES_OR_NO | {"default": True},
    },
)
SEAT = record(
    {
        "id": text(format="uuid"),
        "name": text(),
        "is_cpu": YES_OR_NO,
        "profile": or_null(text()),
        "connected": YES_OR_NO,
        "maker": YES_OR_NO,
        "you": YES_OR_NO,
    }
)
NEXT = record({"code": text(), "url": text(), "maker": or_null(text())})
PHASES = [
    "waiting", "initial_flip", "playing", "final_turn", "round_over", "game_over", "closed",
]  # fmt: skip
ROOM = record(
    {
        "code": text(),
        "shard_id": text(format="uuid"),
        "url": text(),
        "maker": or_null(text()),
        "phase": text(enum=PHASES),
        "seats": many(SEAT),
        "options": OPTIONS,
        "delay_seconds": whole(0, MOST_DELAY_SECONDS),
        "open_to_spectators": YES_OR_NO,
        "spectators": whole(0),
        "next": or_null(NEXT),
    }
)
WORDS = {
    400: "A field is bad; the sentence names it, and nothing has changed.",
    401: "Sign in first.",
    403: "The token is for something else, or only who opened the room may do that.",
    404: "There is no such room for you.",
    409: "The table is full, the game has begun or is over, or the rules are against it.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    429: "Too often; Retry-After says when again.",
}
NAMED = [in_path("room", text(), "The code of the room.")]


def described(answers: dict[int, Any], *statuses: int, body: Any = None, **more: Any) -> Any:
    request = None if body is None else {"application/json": body}
    statuses += () if body is None else (413, 415)
    faults = {status: OpenApiResponse(PROBLEM, WORDS[status]) for status in statuses}
    return extend_schema(tags=["golf"], request=request, responses=answers | faults, **more)


own = described({200: record({"rooms": many(ROOM)})}, 401, 403, 429, operation_id="list_golf_rooms")
opened = described(
    {201: record({"code": text(), "shard_id": text(format="uuid"), "url": text()})},
    400, 401, 403, 429,
    body=TERMS,
)  # fmt: skip
room = described({200: ROOM}, 401, 403, 404, 429, parameters=NAMED)
changed = described({200: ROOM}, 400, 401, 403, 404, 409, 429, parameters=NAMED)
left = described(
    {200: ROOM, 204: OpenApiResponse(description="You have left.")},
    400, 401, 403, 404, 409, 429,
    parameters=NAMED,
    body=record({}, {"seat": text(format="uuid")}),
)  # fmt: skip
MANNER = {"profile": text(enum=sorted(get_game("golf").bots))}
computer = described(
    {200: ROOM},
    400, 401, 403, 404, 409, 429,
    parameters=NAMED,
    body=record(MANNER, {"seat": text(format="uuid")}),
)  # fmt: skip
settings = described({200: ROOM}, 400, 401, 403, 404, 409, 429, parameters=NAMED, body=TERMS)
cmd = described(
    {200: record({"type": text(enum=["ok"])})},
    400, 401, 403, 404, 409, 429,
    parameters=NAMED,
    body=record({"cmd": text()}, {"arg": {}}),
)  # fmt: skip
