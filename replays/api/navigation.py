"""Where one may walk in a world that is here: its graph, and a cheapest way (seed 002)."""

import math
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from games.arena import navigation
from games.arena.navigation import Graph
from games.game import Refused
from replays import format, worlds
from replays.api.doors import Answer, Asked, answer_json, check_token, plain_body
from replays.api.encodings import chosen, encode
from replays.api.errors import Problem
from replays.limits import spend
from replays.models import World

MOST_GRAPHS = 8
OFF_THE_GRAPH = "Start or goal not on nav graph"
NO_WAY = "No path found"


def graph(asked: Asked) -> Answer:
    """Answer with the graph of a world, encoded once for all who ask for it."""
    check_token(asked)
    spend("reads", asked.address)
    kept = graph_of(fields_of(asked))
    encoding = chosen(asked.headers.get("accept-encoding", ""))
    headers = {"Vary": "Accept-Encoding", "Cache-Control": "no-cache"}
    if encoding != "identity":
        headers["Content-Encoding"] = encoding
    return Answer(200, kept.encoded(encoding), headers=headers)


def path(asked: Asked) -> Answer:
    """Answer with a cheapest way between two points in metres."""
    check_token(asked)
    spend("reads", asked.address)
    fields = fields_of(asked)
    start, goal = point(fields, "start_pos"), point(fields, "goal_pos")
    walked = graph_of(fields).graph
    first, last = walked.nearest(start), walked.nearest(goal)
    if first is None or last is None:
        return answer_json({"found": False, "error": OFF_THE_GRAPH})
    found = walked.path(first, last)
    told = {
        "found": bool(found.nodes),
        "path": [walked.position(node) for node in found.nodes],
        "node_ids": [walked.node_id(node) for node in found.nodes],
        "stats": {"length": len(found.nodes), "cost": found.cost, "visited": found.visited},
    }
    return answer_json(told if found.nodes else told | {"error": NO_WAY})


def fields_of(asked: Asked) -> dict[str, Any]:
    fields = format.read_json(plain_body(asked))
    if not isinstance(fields, dict):
        raise Problem(400, "The body must be a JSON object.", pointer="")
    return fields


def point(fields: dict[str, Any], name: str) -> list[float]:
    stated = fields.get(name)
    if not (
        isinstance(stated, list)
        and len(stated) == 3
        and all(type(side) in (int, float) and math.isfinite(side) for side in stated)
        and max(map(abs, stated)) < 1e9
    ):
        raise Problem(400, f"{name} must be [x, y, z] in metres.", pointer=f"/{name}")
    return stated


# Graphs that were built


@dataclass
class KeptGraph:
    """A graph with its answer, packed; other encodings are made when somebody asks for them."""

    graph: Graph
    bodies: dict[str, bytes] = field(default_factory=dict)

    def encoded(self, encoding: str) -> bytes:
        if encoding == "identity":
            return format.unpack(self.bodies["zstd"])
        if encoding not in self.bodies:
            plain = format.unpack(self.bodies["zstd"])
            self.bodies[encoding] = encode(plain, encoding).body
        return self.bodies[encoding]


class Graphs:
    """The graphs asked for lately, each built by one while the others wait for it."""

    def __init__(self, most: int = MOST_GRAPHS) -> None:
        self.most = most
        self.built = 0
        self._graphs: OrderedDict[str, KeptGraph] = OrderedDict()
        self._building: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, name: str, build: Any) -> KeptGraph:
        with self._lock:
            if name in self._graphs:
                self._graphs.move_to_end(name)
                return self._graphs[name]
            building = self._building.setdefault(name, threading.Lock())
        with building:
            with self._lock:
                if name in self._graphs:
                    return self._graphs[name]
            try:
                made = build()
                with self._lock:
                    self.built += 1
                    self._graphs[name] = made
                    while len(self._graphs) > self.most:
                        self._graphs.popitem(last=False)
            finally:
                with self._lock:
                    self._building.pop(name, None)
        return made


GRAPHS = Graphs()


def graph_of(fields: dict[str, Any]) -> KeptGraph:
    """Return the graph of the world that a request names."""
    name = fields.get("world_hash")
    if not isinstance(name, str) or not name:
        raise Problem(400, "world_hash is needed: 16 digits of a hash.", pointer="/world_hash")
    return GRAPHS.get(name, partial(built, name))


def built(name: str) -> KeptGraph:
    world = World.objects.filter(name=name[:64].replace("\0", "")).first()
    if world is None:
        raise Problem(404, "This world is not here.", hint="PUT /worlds/{hash} first.")
    try:
        made = navigation.build(worlds.read(world))
    except Refused as refusal:
        raise Problem(400, f"This world cannot be walked: {refusal}") from None
    return KeptGraph(made, {"zstd": encode(made.as_json(), "zstd").body})
