"""What the API's description says of the 2D replay API, beside the views that it is about."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema

from games.society.columns import MOST_AGENTS
from games.society.layouts import LAYOUTS
from games.society.sampling import STRATEGIES
from replays.api.schema import (
    MAY_READ,
    NOT_CHANGED,
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

TAGS = ["2D Replay"]
NUMBER: Schema = {"type": "number"}
POINT = record({"x": NUMBER, "y": NUMBER})
METRICS: Schema = {"type": "object", "additionalProperties": NUMBER}
POPULATIONS: Schema = {"type": "object", "additionalProperties": whole(0)}
RANGE = record({"start": whole(0), "end": whole(0)})
AGENT = record(
    {"id": text(), "position": POINT, "zone": text()},
    {
        "stance": or_null(NUMBER),
        "emotion": or_null(NUMBER),
        "influence_score": or_null(NUMBER),
        "exposure": or_null(NUMBER),
        "segment": or_null(text()),
        "recent_action": or_null(text()),
    },
)
EVENT = record(
    {"id": text(), "type": text()},
    {"tick": whole(0), "name": text(), "intensity": NUMBER, "affected_zone": or_null(text())},
)
STATE = record(
    {
        "tick": whole(0),
        "is_keyframe": {"type": "boolean"},
        "global_metrics": METRICS,
        "metrics": METRICS,
        "zone_populations": POPULATIONS,
        "agents_total": whole(0),
        "agents_returned": whole(0),
        "active_events": many(EVENT),
    },
    {"agents": many(AGENT)},
)
TRANSITION = record(
    {
        "tick": whole(0),
        "agent_id": text(),
        "from_zone": text(),
        "to_zone": text(),
        "from_position": POINT,
        "to_position": POINT,
        "reason": or_null(text()),
    }
)
BOX = record({name: whole(0) for name in ("x", "y", "width", "height")})
ZONE = record({"id": text(), "name": text(), "bounds": BOX, "color": text()})
FLAT_ZONE = record({"id": text(), **{name: whole(0) for name in ("x", "y", "width", "height")}})
SESSION = record(
    {
        "session_id": text(format="uuid"),
        "node_id": text(format="uuid"),
        "timeline": record(
            {
                "total_ticks": whole(1),
                "keyframe_interval": whole(1),
                "keyframe_ticks": many(whole(0)),
            }
        ),
        "zones": many(ZONE),
        "layers": many(
            record({"id": text(), "name": text(), "default_visible": {"type": "boolean"}})
        ),
        "initial_state": STATE,
        "event_markers": many(record({"tick": whole(0), "type": text(), "name": text()})),
        "layout": record(
            {
                "id": text(),
                "name": text(),
                "canvas_size": record({"width": whole(1), "height": whole(1)}),
                "zones": many(FLAT_ZONE),
            }
        ),
        "sampling": record(
            {"strategy": text(), "agents_total": whole(0), "agents_returned": whole(0)}
        ),
        "preloaded_range": RANGE,
        "notes": many(text()),
    }
)
DOWNSAMPLING = {
    "max_agents": whole(1, MOST_AGENTS, 1000),
    "sampling_strategy": text(enum=[*STRATEGIES], default="representative"),
}
LOAD = record(
    {"node_id": text(format="uuid")},
    {
        "layout_profile": text(enum=[*LAYOUTS], default="default"),
        "downsampling": record({}, DOWNSAMPLING),
        **DOWNSAMPLING,
        "preload_ticks": whole(1, 100, 10),
    },
)
FOCUS = record(
    {
        "agent_id": text(),
        "persona_name": text(),
        "segment": or_null(text()),
        "region": or_null(text()),
        "current_state": {"type": "object"},
        "trajectory_summary": record(
            {
                "zones_visited": many(text()),
                "total_transitions": whole(0),
                "final_decision": text(),
                "decision_tick": or_null(whole(0)),
            }
        ),
        "key_moments": many(
            record(
                {"tick": whole(0), "event": text(), "state_change": {"type": "object"}},
                {"reason": or_null(text())},
            )
        ),
        "influence_connections": many(
            record(
                {
                    "agent_id": text(),
                    "strength": or_null(NUMBER),
                    "direction": text(enum=["incoming", "outgoing"]),
                }
            )
        ),
    },
    {
        "reasoning": many(record({"tick": whole(0), "text": text()})),
        "history": {"type": "object"},
    },
)
IN_PATH = in_path("session_id", text(format="uuid"), "As it was answered by load.")
FLAG: Schema = {"type": "boolean", "default": True}
OFF: Schema = {"type": "boolean", "default": False}


load = extend_schema(
    operation_id="load_replay",
    tags=TAGS,
    auth=MAY_READ,
    request={"application/json": LOAD},
    responses={200: SESSION, **problems(400, 401, 404, 413, 415, 429)},
)
state = extend_schema(
    operation_id="replay_state",
    tags=TAGS,
    auth=MAY_READ,
    parameters=[
        IN_PATH,
        query("tick", whole(0, default=0), "Which tick, from 0 on."),
        query("include_agents", FLAG, "Whether to tell the agents."),
        query(
            "layers",
            text(default="all"),
            "Layers by id, with commas between them; all are stance, emotion and influence.",
        ),
    ],
    responses={200: STATE, 304: NOT_CHANGED, **problems(400, 401, 404, 410, 429)},
)
chunk = extend_schema(
    operation_id="replay_chunk",
    tags=TAGS,
    auth=MAY_READ,
    parameters=[
        IN_PATH,
        query("start_tick", whole(0, default=0), "The first tick."),
        query("end_tick", whole(0), "The last tick; else as many as are preloaded, 100 at most."),
        query("include_transitions", FLAG, "Whether to tell who changed their zone."),
    ],
    responses={
        200: record(
            {
                **{name: whole(0) for name in ("start_tick", "end_tick", "chunk_size")},
                "states": many(STATE),
                "events_in_range": many(EVENT),
            },
            {"transitions": many(TRANSITION), "transitions_total": whole(0)},
        ),
        304: NOT_CHANGED,
        **problems(400, 401, 404, 410, 429),
    },
)
seek = extend_schema(
    operation_id="replay_seek",
    tags=TAGS,
    auth=MAY_READ,
    parameters=[IN_PATH],
    request={"application/json": record({"tick": whole(0)}, {"preload_range": whole(0, 200, 10)})},
    responses={
        200: record(
            {
                "tick": whole(0),
                "state": STATE,
                "preloaded_range": RANGE,
                "nearest_keyframe": whole(0),
            }
        ),
        **problems(400, 401, 404, 410, 413, 415, 429),
    },
)
agent = extend_schema(
    operation_id="replay_agent",
    tags=TAGS,
    auth=MAY_READ,
    parameters=[
        IN_PATH,
        in_path("agent_id", text(), "As a state names it."),
        query("include_reasoning", OFF, "Whether to tell what was reasoned, where it is recorded."),
        query("include_history", OFF, "Whether to tell zone, stance, emotion and place by tick."),
        query("tick", whole(0), "Of which tick `current_state` is; else of the last."),
    ],
    responses={200: FOCUS, 304: NOT_CHANGED, **problems(400, 401, 404, 410, 429)},
)
stream = extend_schema(
    operation_id="replay_stream",
    tags=TAGS,
    auth=MAY_READ,
    parameters=[
        IN_PATH,
        query("start_tick", whole(0, default=0), "The first tick; Last-Event-ID goes before it."),
        query(
            "speed",
            {"type": "number", "minimum": 0.1, "maximum": 100, "default": 1.0},
            "How many times as fast as it was recorded.",
        ),
    ],
    responses={
        (200, "text/event-stream"): OpenApiTypes.STR,
        **problems(400, 401, 404, 410, 429),
    },
)
close = extend_schema(
    operation_id="close_replay",
    tags=TAGS,
    auth=MAY_READ,
    parameters=[IN_PATH],
    responses={204: OpenApiResponse(description="Closed."), **problems(401, 404, 429)},
)
