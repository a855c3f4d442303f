"""Where mechs may walk: the graph and the cheapest ways equal those of the arena's own planner."""

import gzip
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.arena import navigation
from games.game import Refused
from replays import worlds
from replays.api import navigation as navigation_api
from replays.format import zstd
from tests.conftest import shared_recording


@pytest.fixture(scope="module")
def planned():
    return json.loads(shared_recording("arena/nav-small.json").read_bytes())


@pytest.fixture(scope="module")
def world():
    return json.loads(shared_recording("arena/replay-small.json").read_bytes())["world"]


@pytest.fixture(scope="module")
def graph(world):
    return navigation.build(world)


def test_the_graph_is_the_planners(graph, planned):
    ids = [tuple(node) for node in graph.ids.tolist()]
    edges = sorted(
        (ids[source], ids[target], round(cost, 6))
        for source, target, cost in zip(graph.sources, graph.targets, graph.costs, strict=True)
    )
    assert len(ids) == planned["graph"]["nodes"]
    assert len(edges) == planned["graph"]["edges_directed"]
    assert named(sorted(ids)) == planned["graph"]["sha256_sorted_node_ids"]
    assert named(edges) == planned["graph"]["sha256_sorted_edges_id_id_cost6"]


def named(listed):
    return sha256(json.dumps(listed).encode()).hexdigest()


def test_every_way_costs_what_the_best_one_costs(graph, planned):
    for query in planned["queries"]:
        start, goal = graph.nearest(query["start_pos"]), graph.nearest(query["goal_pos"])
        assert node_id(graph, start) == query["start_node"]
        assert node_id(graph, goal) == query["goal_node"]
        if start is None or goal is None:
            continue
        path = graph.path(start, goal)
        assert bool(path.nodes) == query["found"]
        if query["found"]:
            assert path.cost == pytest.approx(query["optimal_cost"], abs=1e-9)
            assert (path.nodes[0], path.nodes[-1]) == (start, goal)


def node_id(graph, node):
    return None if node is None else graph.node_id(node)


def test_the_answer_tells_the_graph(graph):
    told = json.loads(graph.as_json())
    assert (told["voxel_size"], told["clearance_z"]) == (1.0, 4)
    assert len(told["nodes"]) == len(graph.ids)
    assert sum(len(node["edges"]) for node in told["nodes"]) == len(graph.targets)
    first = told["nodes"][0]
    z, y, x = first["id"]
    assert first["pos"] == [x + 0.5, y + 0.5, z + 1.0]


walls = st.lists(st.tuples(*[st.integers(-1, 6)] * 3, st.integers(0, 9)).map(list), max_size=60)


@given(walls)
def test_a_path_walks_along_edges_and_none_is_cheaper(walls):
    graph = navigation.build({"size": [6, 6, 6], "walls": walls})
    edges = {}
    for source, target, cost in zip(
        graph.sources.tolist(), graph.targets.tolist(), graph.costs.tolist(), strict=True
    ):
        edges.setdefault(source, {})[target] = cost
    for start in range(min(2, len(graph.ids))):
        cheapest = relaxed(edges, start)
        for goal in range(len(graph.ids)):
            path = graph.path(start, goal)
            assert bool(path.nodes) == (goal in cheapest)
            if path.nodes:
                legs = zip(path.nodes, path.nodes[1:], strict=False)
                assert sum(edges[a][b] for a, b in legs) == pytest.approx(path.cost)
                assert path.cost == pytest.approx(cheapest[goal])


def relaxed(edges, start):
    """Return the cost to each node, by going over all edges until nothing changes."""
    costs, changed = {start: 0.0}, True
    while changed:
        changed = False
        for source, ways in edges.items():
            for target, cost in ways.items():
                reached = costs.get(source, float("inf")) + cost
                if reached < costs.get(target, float("inf")) - 1e-12:
                    costs[target], changed = reached, True
    return costs


@pytest.mark.parametrize(
    "world",
    [
        {},
        {"size": [1, 2], "walls": []},
        {"size": [0, 5, 5]},
        {"size": [10**6, 10**6, 10**6]},
        {"size": [4, 4, True]},
        {"size": [4, 4, 4], "walls": [[1, 2]]},
        {"size": [4, 4, 4], "walls": [1, 2]},
        {"size": [4, 4, 4], "walls": {"a": 1}},
        {"size": [4, 4, 4], "walls": [["a", 1, 2]]},
        {"size": [4, 4, 4], "walls": [[2**60 * 16, 1, 2]]},
        {"size": [4, 4, 4], "walls": [], "voxel_size_m": 0},
        {"size": [4, 4, 4], "walls": [], "meta": {"validator": {"clearance_z": -1}}},
    ],
)
def test_what_is_no_world_of_voxels_is_refused(world):
    with pytest.raises(Refused):
        navigation.build(world)


def test_materials_may_be_left_out():
    mixed = {"size": [5, 5, 5], "walls": [[2, 2, 0], [1, 1, 0, 6]]}
    stated = {"size": [5, 5, 5], "walls": [[2, 2, 0, 1], [1, 1, 0, 6]]}
    assert navigation.build(mixed).as_json() == navigation.build(stated).as_json()


# Over HTTP


@pytest.fixture
def named_world(db, world):
    name = sha256(worlds.canonical(world)).hexdigest()[:16]
    worlds.keep(name, json.dumps(world).encode())
    return name


def ask(client, address, **fields):
    return client.post(f"/nav/{address}", fields, content_type="application/json")


def test_the_graph_is_answered_and_built_once(client, named_world, graph):
    built = navigation_api.GRAPHS.built
    for encoding in ("identity", "gzip", "zstd"):
        answer = client.post(
            "/nav/graph", {"world_hash": named_world}, content_type="application/json",
            headers={"Accept-Encoding": encoding},
        )  # fmt: skip
        assert answer.status_code == 200
        plain = {"gzip": gzip.decompress, "zstd": zstd.decompress}.get(encoding, bytes)
        assert plain(answer.content) == graph.as_json()
    assert navigation_api.GRAPHS.built <= built + 1


def test_a_path_is_answered_as_the_planner_did(client, named_world, planned):
    for query in planned["queries"]:
        asked = {name: query[name] for name in ("start_pos", "goal_pos")}
        told = ask(client, "path", world_hash=named_world, **asked).json()
        assert told["found"] == query["found"]
        assert told.get("error") or told["stats"]["length"] == len(told["path"]) > 0
        if query["found"]:
            assert told["stats"]["cost"] == pytest.approx(query["optimal_cost"], abs=1e-9)
            assert told["node_ids"][0] == query["start_node"]


@pytest.mark.parametrize(
    ("address", "fields", "status"),
    [
        ("graph", {}, 400),
        ("graph", {"world_hash": 7}, 400),
        ("graph", {"world_hash": "0" * 16}, 404),
        ("path", {"world_hash": "0" * 16, "start_pos": [0, 0, 0], "goal_pos": [0, 0, 0]}, 404),
        ("path", {"world_hash": "0" * 16, "start_pos": [0, 0], "goal_pos": [0, 0, 0]}, 400),
        ("path", {"world_hash": "0" * 16, "start_pos": [0, 0, "a"], "goal_pos": [0, 0, 0]}, 400),
    ],
)
def test_what_cannot_be_asked_is_refused(client, db, address, fields, status):
    assert ask(client, address, **fields).status_code == status


def test_many_who_ask_at_once_wait_for_one_build():
    graphs = navigation_api.Graphs(most=2)
    begun = threading.Barrier(4)

    def build():
        return navigation_api.KeptGraph(navigation.build({"size": [9, 9, 9], "walls": []}))

    def one(_):
        begun.wait()
        return graphs.get("one", build)

    with ThreadPoolExecutor(4) as threads:
        assert len({id(kept) for kept in threads.map(one, range(4))}) == 1
    for name in ("two", "three", "two"):
        graphs.get(name, build)
    assert graphs.built == 3
    graphs.get("one", build)
    assert graphs.built == 4
