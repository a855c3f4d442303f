"""What the API's description says of the push server."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema

from replays.api.ingest_doors import Place
from replays.api.schema import PROBLEM, WORDS, many, or_null, record, text, whole

JSON = "application/json"
FREE = {"type": "object", "additionalProperties": True}
NODE = {"type": "array", "items": whole(), "minItems": 3, "maxItems": 3}
POINT = {"type": "array", "items": {"type": "number"}, "minItems": 3, "maxItems": 3}

CHUNK = record(
    {
        "replay_id": text(maxLength=64),
        "chunk_index": whole(0),
        "frames": many(FREE),
    },
    {
        "chunk_count": or_null(whole(1)),
        "world_ref": or_null(text(pattern="^[0-9a-f]{16}$")),
        "meta": FREE,
        "run": {},
        "game": text(maxLength=32),
        "visibility": text(enum=["public", "unlisted", "private"]),
        "hints": FREE,
    },
)
TAKEN = record(
    {
        "status": text(),
        "replay_id": text(),
        "chunk_index": whole(0),
        "clients_notified": whole(0),
    },
    {"shard_id": text(format="uuid"), "url": text(format="uri")},
)
STANDING = record(
    {
        "replay_id": text(),
        "shard_id": or_null(text(format="uuid")),
        "world_ref": or_null(text()),
        "chunk_count": or_null(whole(1)),
        "arrived": many(whole(0)),
        "missing": many(whole(0)),
        "ticks": whole(0),
        "complete": {"type": "boolean"},
        "closed": {"type": "boolean"},
    }
)
GRAPH = record(
    {
        "voxel_size": {"type": "number"},
        "clearance_z": whole(1),
        "nodes": many(record({"id": NODE, "pos": POINT, "edges": many(NODE)})),
    }
)
STATS = record({"length": whole(0), "cost": {"type": "number"}, "visited": whole(0)})
PATH = record(
    {"found": {"type": "boolean"}},
    {"path": many(POINT), "node_ids": many(NODE), "stats": STATS, "error": text()},
)
HEALTH = record({"status": text(), "clients": whole(0), "uptime_s": {"type": "number"}})
WORLD_KEPT = record({"status": text(), "world_hash": text()})
ASKED_GRAPH = record({"world_hash": text()})
ASKED_PATH = record({"world_hash": text(), "start_pos": POINT, "goal_pos": POINT})

# A row an address and method: what is sent, what is answered, which errors there are.
TOLD: dict[tuple[str, str], tuple[Any, Any, tuple[int, ...]]] = {
    ("push", "POST"): (CHUNK, TAKEN, (400, 401, 403, 409, 413, 415, 429, 503, 507)),
    ("push_standing", "GET"): (None, STANDING, (401, 403, 404, 429)),
    ("world", "GET"): (None, FREE, (401, 404, 429)),
    ("world", "PUT"): (FREE, WORLD_KEPT, (400, 401, 403, 409, 413, 415, 429)),
    ("health", "GET"): (None, HEALTH, (401,)),
    ("nav_graph", "POST"): (ASKED_GRAPH, GRAPH, (400, 401, 404, 413, 429)),
    ("nav_path", "POST"): (ASKED_PATH, PATH, (400, 401, 404, 413, 429)),
}


def described(place: Place, view: Callable[..., Any]) -> Callable[..., Any]:
    """Return the view with the description of each of its methods."""
    for method in place.doors:
        if method != "HEAD":
            asked, told, problems = TOLD[place.name, method]
            answers: dict[Any, Any] = {200: told}
            for code in problems:
                answers[code] = OpenApiResponse(PROBLEM, WORDS.get(code, "Refused."))
            view = extend_schema(
                methods=[method],
                summary=(place.doors[method].__doc__ or place.name).split("\n")[0].rstrip("."),
                request={JSON: asked} if asked else None,
                responses=answers,
                auth=[{"process": []}, {}],  # type: ignore[list-item]
            )(view)
    return view
