"""Hints show a game without rules here, and nothing that they or a recording hold breaks it."""

import io
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games import found, game_of, get_game, hints
from games.contract import check_game
from games.game import Refused
from games.hinted import Hinted, things_of
from replays import pictures, portable, reading, recording
from tests.live_site import ROOT

FIELD = {
    "title": "Foxes and hares",
    "plane": "grid",
    "width": 40,
    "height": 30,
    "y": "up",
    "things": [
        {"path": "foxes/*", "kind": "fox", "position": "at", "label": "name", "size": 0.5},
        {"path": "hares/*", "position": ["x", "y"], "team": "burrow", "id": "id"},
    ],
    "teams": {"fox": "danger", "north": 0},
    "events": {"path": "news/*", "kind": "what", "label": "words", "subject": "who"},
    "chart": ["hares/#", "score/foxes", "a~1b"],
}
SNAPSHOT = {
    "foxes": [{"name": "Ada", "at": [3, 4]}, {"name": "lost"}],
    "hares": {
        "h1": {"id": "h1", "x": 1, "y": 2, "burrow": "north"},
        "h2": {"id": "h2", "x": 9, "y": 9, "burrow": "south"},
    },
    "score": {"foxes": 2.5},
    "a/b": 7,
    "news": [{"what": "caught", "words": "Ada caught a hare", "who": "h3"}, "it rains", {}, None],
}

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=24,
)
words = st.sampled_from([*hints.RULES, *hints.THINGS, *hints.EVENTS, "*", ".", "#", "__proto__"])
paths = st.lists(words, min_size=1, max_size=4).map("/".join)
likely = st.recursive(
    plain | paths | st.sampled_from(["grid", "plane", "up", "life", 40, 0.5, [0, 0, 9, 9]]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=5),
    max_leaves=20,
)
right = st.fixed_dictionaries(
    {},
    optional={
        "plane": st.just("plane"),
        "y": st.sampled_from(["up", "down"]),
        "bounds": st.just([0, 0, 9, 9]),
        "board": paths,
        "things": st.lists(
            st.fixed_dictionaries(
                {"path": paths},
                optional={"position": paths, "id": paths, "colour": paths, "size": paths},
            ),
            max_size=3,
        ),
        "events": st.fixed_dictionaries({"path": paths}, optional={"label": paths, "kind": paths}),
        "chart": st.lists(paths, max_size=3),
    },
)


def read_all(game: Hinted, snapshot: dict) -> None:
    for reader in (game.markers, game.metrics, game.picture, game.participants, game.tallies):
        reader(snapshot)


@given(plain | likely)
def test_any_json_is_refused_in_one_sentence_or_can_be_followed(stated):
    try:
        told = hints.check(stated)
    except Refused as reason:
        told, sentence = None, str(reason)
    if told is None:
        assert sentence.endswith(".")
        assert "\n" not in sentence
        assert hints.of({"hints": stated}) is None
    else:
        assert told == stated
        read_all(Hinted("a", told), SNAPSHOT)


@given(right, st.dictionaries(words, likely, max_size=5))
def test_no_snapshot_breaks_what_hints_say_of_it(stated, snapshot):
    try:
        game = Hinted("a", hints.check(stated))
    except Refused:
        return
    read_all(game, snapshot)


def test_a_hinted_game_keeps_the_contract():
    check_game(Hinted("meadow", hints.check(FIELD)), samples=[SNAPSHOT, {}])


def test_hints_tell_markers_metrics_and_who_takes_part():
    game = Hinted("meadow", hints.check(FIELD))
    assert game.title == "Foxes and hares"
    told = [(marker.kind, marker.label, marker.subject) for marker in game.markers(SNAPSHOT)]
    assert told == [("caught", "Ada caught a hare", "h3")]
    assert game.metrics(SNAPSHOT) == {"hares/#": 2, "score/foxes": 2.5, "a~1b": 7}
    assert game.participants(SNAPSHOT) == ["h1", "h2"]


def test_events_may_be_plain_words():
    game = Hinted("meadow", hints.check({"events": {"path": "news/*"}}))
    assert [(m.kind, m.label) for m in game.markers(SNAPSHOT)] == [("event", "it rains")]


def test_the_picture_stands_as_the_plane_does_and_in_the_colours_told():
    _, *discs = Hinted("meadow", hints.check(FIELD)).picture(SNAPSHOT)
    fox, north, south = discs
    assert (fox.colour, north.colour) == ("danger", "life")
    assert south.colour not in ("danger", "life")
    assert north.points[1] > fox.points[1] > south.points[1]  # y grows upwards
    assert north.points[0] < fox.points[0] < south.points[0]


def test_a_board_of_letters_is_the_ground_of_the_picture():
    game = Hinted("maze", hints.check({"board": "map"}))
    ground, wall = game.picture({"map": ["....", ".#..", "...."]})
    assert (ground.colour, wall.colour) == ("ground", "wall")
    assert wall.points == pytest.approx((0.25, 0.375, 0.5, 0.625))


@pytest.mark.parametrize(
    ("stated", "sentence"),
    [
        ([], "hints: it must be an object."),
        ({"colour": "red"}, "hints: 'colour' is no hint; there are title, plane"),
        ({"things": [{"position": "at"}]}, "hints/things/0/path: it is missing."),
        ({"things": [{"path": "a//b"}]}, "hints/things/0/path: it must be a path"),
        ({"things": [{"path": "a", "style": "x"}]}, "hints/things/0: 'style' is no hint"),
        ({"teams": {"red": "#ff0000"}}, "hints/teams: it must be an object of at most 32 names"),
        ({"teams": {"red": "url(x)"}}, "hints/teams: it must be"),
        ({"width": 3}, "hints: width and height are given together."),
        ({"width": 3, "height": 3, "bounds": [0, 0, 1, 1]}, "hints: there is width and height"),
        ({"plane": "grid", "width": 1.5, "height": 2}, "hints/width: it must be a whole number"),
        ({"plane": "grid", "bounds": [0, 0, 1, 1]}, "hints/bounds: a grid has width and height"),
        ({"bounds": [1, 0, 0, 1]}, "hints/bounds: it must be [x0, y0, x1, y1]"),
        ({"title": "\ud800"}, "hints/title: it must be a text"),
        ({"chart": ["a/*"]}, "hints/chart: it must be a list of at most 12 paths"),
        ({"events": {"path": "a/*", "label": 3}}, "hints/events/label: it must be a path"),
    ],
)
def test_what_cannot_be_followed_is_refused_with_its_place(stated, sentence):
    with pytest.raises(Refused) as refusal:
        hints.check(stated)
    assert str(refusal.value).startswith(sentence)


def test_hints_stay_small():
    things = [{"path": "é" * 190, "label": "é" * 190} for _ in range(16)]
    charts = ["é" * 190 for _ in range(12)]
    teams = {"é" * 58 + str(place): 1 for place in range(10, 42)}
    with pytest.raises(Refused, match="at most 16 KiB"):
        hints.check({"things": things, "chart": charts, "teams": teams})


def test_a_game_with_rules_here_needs_no_hints():
    assert game_of("golf", {"hints": FIELD}) is game_of("golf", {})
    assert game_of("meadow", {"hints": {"nonsense": 1}}) is game_of("meadow", {})


def recorded(**fields):
    shard = recording.open_shard(game_of("meadow", {}), options={"hints": FIELD}, **fields)
    for tick in range(3):
        recording.append(shard, [recording.Tick(tick, float(tick), SNAPSHOT)])
    recording.finalize(shard)
    shard.refresh_from_db()
    return shard


def test_what_hints_say_is_read_as_the_viewer_reads_it():
    """tests/js/generic.test.js reads the same file."""
    told = json.loads((ROOT / "tests/fixtures/hinted.json").read_text())
    game, snapshot = Hinted("meadow", hints.check(told["hints"])), told["snapshot"]
    things = [[one.x, one.y, one.colour] for one in things_of(game.hints, snapshot)]
    assert things == told["things"]
    assert [[m.kind, m.label, m.subject] for m in game.markers(snapshot)] == told["markers"]
    assert game.metrics(snapshot) == told["metrics"]


def test_without_hints_the_card_finds_what_the_viewer_finds():
    """tests/js/generic.test.js reads the same file."""
    told = json.loads((ROOT / "tests/fixtures/found.json").read_text())
    seen = found.look(told["snapshot"])
    assert [[one.x, one.y, one.colour] for one in seen.things] == told["things"]
    assert [seen.board] == [told["snapshot"][name] for name in told["boards"]]
    _, *shapes = get_game("stranger").picture(told["snapshot"])
    assert [shape.kind for shape in shapes].count("disc") == len(told["things"])


def test_cells_of_an_unknown_grid_are_counted_from_the_first_one():
    snapshot = {"foxes": [{"x": 1, "y": 1}], "hares": [{"x": 3, "y": 3}]}
    _, fox, hare = get_game("stranger").picture(snapshot)
    assert (fox.points[:2], hare.points[:2]) == (
        pytest.approx((0.3, 0.3)),
        pytest.approx((0.7, 0.7)),
    )
    assert (fox.colour, hare.colour) == ("life", "gate")


def test_a_map_of_the_earth_has_north_above():
    towns = {"towns": [{"lat": 48.2, "lon": 16.37}, {"location": {"lat": 41.9, "lon": 12.5}}]}
    _, vienna, rome = get_game("stranger").picture(towns)
    assert vienna.points[1] < rome.points[1]


def test_a_walk_through_any_json_ends_soon():
    wide = {"cells": [[n, n] for n in range(500_000)], "a": [{"b": n} for n in range(500_000)]}
    assert len(get_game("stranger").picture(wide)) <= 1 + found.MOST_THINGS
    deep: dict = {"x": 1, "y": 1}
    for _ in range(200):
        deep = {"deeper": deep}
    assert get_game("stranger").picture(deep) == []
    assert get_game("stranger").picture({"said": "hello", "turn": 3}) == []


@given(plain | likely)
def test_no_json_breaks_the_picture_of_an_unknown_game(value):
    get_game("stranger").picture({"value": value})


def test_the_page_on_hints_tells_every_hint_and_its_example_is_right():
    page = (ROOT / "docs/hints.md").read_text()
    hints.check(json.loads(re.search(r"```json\n(.*?)```", page, re.DOTALL)[1]))
    for name in [*hints.RULES, *hints.THINGS, *hints.EVENTS, *hints.COLOURS]:
        assert f"`{name}`" in page, name


@pytest.mark.django_db
def test_a_recording_with_hints_has_a_title_markers_charts_and_a_picture():
    shard = recorded()
    assert str(shard).startswith("Foxes and hares ")
    line = reading.timeline(shard)
    assert [marker["label"] for marker in line.markers] == ["Ada caught a hare"] * 3
    assert line.metrics["series"]["hares/#"] == [2, 2, 2]
    assert len(pictures.shapes_at(shard, 1)) == 4


@pytest.mark.django_db
def test_hints_go_out_and_come_in_to_the_same_bytes():
    shard = recorded(title="An evening")
    file = b"".join(portable.write(shard))
    assert json.loads(file)["shard"]["options"]["hints"] == FIELD
    shard.delete()
    again = portable.read(io.BytesIO(file))
    assert again.rules.title == "Foxes and hares"
    assert b"".join(portable.write(again)) == file
    assert len(reading.timeline(again).markers) == 3


@pytest.mark.django_db
def test_hints_of_an_import_that_cannot_be_followed_are_let_be():
    shard = recorded()
    file = json.loads(b"".join(portable.write(shard)))
    shard.delete()
    file["shard"]["options"]["hints"] = {"things": "everything"}
    again = portable.read(io.BytesIO(json.dumps(file).encode()))
    assert (again.rules.title, reading.timeline(again).markers) == ("", [])
    assert again.hints is None
