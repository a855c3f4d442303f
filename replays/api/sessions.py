"""The 2D replay API (seed 001): open a session on a run, ask for states, chunks, agents, close it.

Read only: a request reads what is recorded, and writes no row but its session's own.
"""

import re
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from games.society.layouts import LAYOUTS, profile, with_bounds
from replays import crowds, format, reading
from replays import sessions as rows
from replays.api import focus, sessions_schema
from replays.api.answers import reading_of, send
from replays.api.encodings import encode
from replays.api.errors import Problem
from replays.api.kept import Kept
from replays.api.parameters import refused, yes_or_no
from replays.api.session_bodies import asked_for, seek_asked
from replays.api.shards import ReadingView, encoding
from replays.api.states import FIELDS, LAYERS, Sight, changes, events, state, states
from replays.models import ReplaySession, ReplayShard

KEPT = Kept(32 * 2**20)
A_DAY = "max-age=86400"
MOST_TICKS = 100
MOST_STATES = 200_000
"""How many states of agents a chunk holds at most: some 30 MB of JSON."""
LAYER_NAMES = {
    "stance": "Stance",
    "emotion": "Emotion",
    "influence": "Influence Network",
    "exposure": "Exposure",
    "events": "Events",
    "trails": "Trails",
}
SHOWN_AT_FIRST = ("stance", "events")
_WHOLE = re.compile(r"-?[0-9]{1,12}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class SessionView(ReadingView):
    """What the addresses of sessions share."""

    limit = "chunks"

    def handle_exception(self, error: Exception) -> Response:
        if isinstance(error, crowds.Unreadable):
            error = Problem(410, "This tick was recorded as no state of a run.", "DAMAGED")
        return super().handle_exception(error)


def no_session() -> Problem:
    hint = "Replay sessions expire after 30 minutes of inactivity"
    return Problem(404, "Replay session not found or expired", "SESSION_NOT_FOUND", hint=hint)


def session_of(request: Request, session_id: str) -> ReplaySession:
    """Return the session of an address, or raise the one 404 of whatever is none of theirs."""
    named = _UUID.fullmatch(session_id.lower())
    session = rows.find_session(UUID(session_id), request) if named else None
    if session is None:
        _ = request.user  # looked at in any case, so that no header tells which case it was
        raise no_session()
    return session


def sight_of(session: ReplaySession) -> Sight:
    try:
        town = crowds.town_of(session.shard)
    except crowds.NoCrowd:
        raise no_session() from None
    layout = LAYOUTS[session.layout]
    return Sight(session.shard, town, layout, session.strategy, session.max_agents)


# Open


class Load(SessionView):
    """Open a session."""

    limit = "reads"

    @sessions_schema.load
    def post(self, request: Request) -> HttpResponse:
        """Open a session on a run"""
        wanted = asked_for(request.data)
        shard = reading_of(request, shard_id=wanted.node_id).shard
        try:
            town = crowds.town_of(shard)
        except crowds.NoCrowd:
            raise no_telemetry(shard) from None
        sight = Sight(shard, town, wanted.layout, wanted.strategy, wanted.max_agents)
        first = state(sight, 0)
        session = rows.open_session(
            shard,
            request.user if shard.visibility != "public" else None,
            layout=sight.layout.id,
            strategy=sight.strategy,
            max_agents=sight.most,
            preload_ticks=wanted.preload_ticks,
        )
        body = format.write_json(opened(session, sight))[:-1]
        encoded = encode(body + b',"initial_state":' + first + b"}", encoding(request))
        return send(request, encoded, "private, max-age=3600")


def no_telemetry(shard: ReplayShard) -> Problem:
    """Say that there is nothing to replay here, and whether there may be later."""
    waits = shard.game == "society" and not shard.total_ticks and not shard.stale
    status = "failed" if shard.ended or shard.stale else "pending" if waits else "running"
    return Problem(
        404,
        "Node has no telemetry data for replay",
        "NO_TELEMETRY",
        node_status=status,
        hint="Wait for the simulation run to complete",
    )


def opened(session: ReplaySession, sight: Sight) -> dict[str, Any]:
    """Return what a session begins with, but for its first state."""
    crowd, total = sight.town.crowd, sight.total
    every = crowd.keyframe_interval
    end = min(session.preload_ticks, total) - 1
    return {
        "session_id": str(session.pk),
        "node_id": str(sight.shard.pk),
        "timeline": {
            "total_ticks": total,
            "keyframe_interval": every,
            "keyframe_ticks": list(range(0, total, every)),
        },
        "zones": with_bounds(sight.layout),
        "layers": [
            {"id": id, "name": name, "default_visible": id in SHOWN_AT_FIRST}
            for id, name in LAYER_NAMES.items()
        ],
        "event_markers": event_markers(sight),
        "layout": profile(sight.layout),
        "sampling": {
            "strategy": sight.strategy,
            "agents_total": len(crowd),
            "agents_returned": len(sight.sample),
        },
        "preloaded_range": {"start": 0, "end": end},
        "notes": crowd.notes,
    }


def event_markers(sight: Sight) -> list[dict[str, Any]]:
    """Return the named events of a run; bursts are the timeline's own."""
    return [
        {"tick": marker["tick"] - sight.first, "type": marker["kind"], "name": marker["label"]}
        for marker in reading.timeline(sight.shard).markers
        if marker["kind"] != "burst"
    ]


# Ticks


def tick_asked(name: str, text: str | None, default: int) -> int:
    if text is None:
        return default
    if not _WHOLE.fullmatch(text):
        raise refused(f"{name} must be a whole number.")
    return int(text)


def within(sight: Sight, tick: int) -> int:
    """Return a tick that the run has, or raise INVALID_TICK."""
    if not 0 <= tick < sight.total:
        span = {"min": 0, "max": sight.total - 1}
        raise Problem(400, f"Tick {tick} is out of range", "INVALID_TICK", valid_range=span)
    return tick


def layers_asked(request: Request) -> tuple[str, ...]:
    text = request.query_params.get("layers", "all")
    named = {word.strip() for word in text.split(",")} - {""}
    known = ["all", *LAYER_NAMES]
    if unknown := named - set(known):
        sentence = f"layers: {min(unknown)[:40]!r} is none; they are {', '.join(known)}."
        raise refused(sentence, valid_range=known)
    told = named | set(LAYERS if "all" in named else ())
    return tuple(layer for layer in FIELDS if layer in told)


def flag(request: Request, name: str, default: bool) -> bool:
    found = yes_or_no(request, name)
    return default if found is None else found


def answer(request: Request, sight: Sight, key: tuple[Any, ...], make: Any) -> HttpResponse:
    """Answer with a body that is written and encoded once for all who look in the same way."""
    packing = encoding(request)
    name = (*sight.key, *key, packing)
    encoded = KEPT.get(name) or KEPT.keep(name, encode(make(), packing))
    return send(request, encoded, cache_control(sight.shard))


def cache_control(shard: ReplayShard) -> str:
    if shard.hidden:
        return "private, no-store"
    open_to_all = shard.visibility == "public" and not settings.SEGFAULT_API_KEY
    return f"{'public' if open_to_all else 'private'}, {A_DAY}"


class State(SessionView):
    """One state."""

    @sessions_schema.state
    def get(self, request: Request, session_id: str) -> HttpResponse:
        """Read the state at a tick"""
        sight = sight_of(session_of(request, session_id))
        tick = within(sight, tick_asked("tick", request.query_params.get("tick"), 0))
        layers, agents = layers_asked(request), flag(request, "include_agents", True)
        key = ("state", tick, layers, agents)
        return answer(request, sight, key, lambda: state(sight, tick, layers, agents))


class Chunk(SessionView):
    """Consecutive states."""

    @sessions_schema.chunk
    def get(self, request: Request, session_id: str) -> HttpResponse:
        """Read the states of consecutive ticks"""
        session = session_of(request, session_id)
        sight = sight_of(session)
        start, end = range_asked(request, sight, session.preload_ticks)
        moves = flag(request, "include_transitions", True)
        key = ("chunk", start, end, moves)
        make = partial(chunk_body, sight, start, end, moves)
        return answer(request, sight, key, make)


def range_asked(request: Request, sight: Sight, preload: int) -> tuple[int, int]:
    start = within(sight, tick_asked("start_tick", request.query_params.get("start_tick"), 0))
    to_preload = min(start + preload, sight.total) - 1
    end = within(sight, tick_asked("end_tick", request.query_params.get("end_tick"), to_preload))
    most = min(MOST_TICKS, max(1, MOST_STATES // max(1, len(sight.sample))))
    if end < start:
        sentence = f"end_tick {end} lies before start_tick {start}."
    elif end - start >= most:
        sentence = f"A chunk of {len(sight.sample)} agents holds at most {most} ticks."
    else:
        return start, end
    span = {"min": start, "max": min(start + most, sight.total) - 1}
    raise Problem(400, sentence, "INVALID_RANGE", valid_range=span)


def chunk_body(sight: Sight, start: int, end: int, moves: bool) -> bytes:
    sight.frames(max(0, start - 1), end)  # all that is wanted below, read at once
    head: dict[str, Any] = {"start_tick": start, "end_tick": end, "chunk_size": end - start + 1}
    tail: dict[str, Any] = {"events_in_range": list(events(sight, start, end))}
    if moves:
        found, total = changes(sight, start, end)
        tail |= {"transitions": [one.as_json() for one in found], "transitions_total": total}
    told = b",".join(states(sight, start, end))
    begin, rest = format.write_json(head)[:-1], format.write_json(tail)[1:]
    return b'%b,"states":[%b],%b' % (begin, told, rest)


class Seek(SessionView):
    """A state somewhere else, and what lies around it."""

    @sessions_schema.seek
    def post(self, request: Request, session_id: str) -> HttpResponse:
        """Go to a tick"""
        sight = sight_of(session_of(request, session_id))
        tick, around = seek_asked(request.data)
        within(sight, tick)
        last, every = sight.total - 1, sight.town.crowd.keyframe_interval
        start, end = max(0, tick - around // 2), min(last, tick + around // 2)
        tail = {
            "preloaded_range": {"start": start, "end": end},
            "nearest_keyframe": tick - tick % every,
        }
        body = b'{"tick":%d,"state":%b,%b' % (tick, state(sight, tick), format.write_json(tail)[1:])
        return send(request, encode(body, encoding(request)), "private, no-store")


# Agents


class Agent(SessionView):
    """One agent, over all ticks."""

    @sessions_schema.agent
    def get(self, request: Request, session_id: str, agent_id: str) -> HttpResponse:
        """Read the story of one agent"""
        sight = sight_of(session_of(request, session_id))
        places = sight.town.crowd.places
        place = places.get(agent_id, places.get(agent_id.removesuffix("/")))
        if place is None:
            sentence = f"There is no agent {agent_id[:100]} in this run."
            raise Problem(404, sentence, "AGENT_NOT_FOUND")
        last = sight.total - 1
        tick = within(sight, tick_asked("tick", request.query_params.get("tick"), last))
        words = flag(request, "include_reasoning", False)
        whole = flag(request, "include_history", False)

        def make() -> bytes:
            return format.write_json(focus.story(sight, place, tick, words, whole))

        if not sight.shard.ended:
            return send(request, encode(make(), encoding(request)), "private, no-cache")
        return answer(request, sight, ("agent", place, tick, words, whole), make)


# Close


class Session(SessionView):
    """A session itself."""

    @sessions_schema.close
    def delete(self, request: Request, session_id: str) -> HttpResponse:
        """Close a session"""
        rows.close(session_of(request, session_id))
        return HttpResponse(status=204)
