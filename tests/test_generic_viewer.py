"""Any game is shown at once, by hints as it wants to be: on the real site, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from games import game_of, hints
from replays import recording
from replays.models import ReplayShard
from tests.chromium import accessibility_violations
from tests.test_viewer import PHONE, wait_until

SEA = {
    "title": "Battle of the Sound",
    "plane": "plane",
    "bounds": [0, 0, 100, 100],
    "y": "up",
    "things": [
        {"path": "fleet/*", "id": "id", "position": ["at/e", "at/n"], "label": "name",
         "team": "side", "size": 3}
    ],
    "teams": {"north": "gate", "south": "warning"},
    "events": {"path": "log/*", "kind": "k", "label": "text"},
    "chart": ["score/north", "score/south"],
}  # fmt: skip


@pytest.fixture
def played(live_site):
    """Record snapshots as a game that nobody here knows; ended unless `live`."""

    def played(snapshots, told=None, *, live=False, **fields) -> ReplayShard:
        options = {"hints": hints.check(told)} if told else {}
        game = game_of("unheard-of", options)
        shard = recording.open_shard(game, options=options, tick_seconds=0.1, **fields)
        ticks = [recording.Tick(at, at * 0.1, one) for at, one in enumerate(snapshots)]
        recording.append(shard, ticks)
        if not live:
            recording.finalize(shard)
        return shard

    return played


def opened(page: Page, shard: ReplayShard, tick: int = 0, more: str = "") -> None:
    page.goto(f"/replay?shard={shard.pk}&tick={tick}{more}")
    expect(page.locator("#viewer")).to_have_attribute("data-tick", str(tick))
    expect(page.locator("#board")).to_have_attribute("aria-label", re.compile(f"tick {tick}"))


def board(page: Page) -> str:
    return page.locator("#board").get_attribute("aria-label") or ""


def panel(page: Page, name: str):
    return page.locator(f'[data-panel="{name}"]')


def colours(page: Page) -> int:
    """Count the colours on the board: what is drawn nowhere has one at most."""
    return page.evaluate(
        """() => {
          const board = document.getElementById('board');
          const { data } = board.getContext('2d').getImageData(0, 0, board.width, board.height);
          return new Set(new Uint32Array(data.buffer)).size;
        }"""
    )


def walkers(tick: int, count: int = 12) -> dict:
    people = [{"id": f"w{n}", "x": (n * 7 + tick) % 40, "y": n * 3, "age": n} for n in range(count)]
    return {"tick": tick, "heat": tick * tick, "people": people}


def fleet(tick: int) -> dict:
    ships = [
        {"id": n, "name": f"Ship {n}", "side": "north" if n < 2 else "south",
         "at": {"e": 20 * n + tick / 10, "n": 50}}
        for n in range(4)
    ]  # fmt: skip
    log = [{"k": "hit", "text": f"Ship {tick % 4} is hit"}] if tick % 10 == 5 else []
    return {"fleet": ships, "log": log, "score": {"north": tick, "south": 2 * tick}}


def test_places_are_a_map_and_what_stands_there_is_inspected_and_followed(played, page):
    opened(page, played(map(walkers, range(60))), 5)
    assert "12 of people" in board(page)
    wait_until(lambda: colours(page) > 8)
    assert press_something(page)
    expect(page.locator("#inspector-title")).to_have_text(re.compile(r"people w\d+"))
    expect(page.locator("#inspector-changes")).to_contain_text("x")
    page.locator("#inspector-follow").click()
    expect(page).to_have_url(re.compile(r"focus=people\+w\d+"))


def press_something(page: Page) -> bool:
    """Press on the board from place to place until something is inspected."""
    box = page.locator("#board").bounding_box()
    assert box
    for down in range(6, 60, 2):
        for across in range(4, 60, 2):
            x, y = box["width"] * across / 64, box["height"] * down / 64
            page.mouse.move(box["x"] + x, box["y"] + y)
            if page.locator("#board").get_attribute("title"):
                page.mouse.down()
                page.mouse.up()
                return True
    return False


def test_the_scale_of_a_map_holds_still_while_it_is_played(played, page):
    opened(page, played(map(walkers, range(60))), 0)
    page.wait_for_timeout(600)
    before = page.screenshot(clip=frame_of(page))
    page.locator("#tick-input").fill("40")
    page.locator("#tick-input").press("Enter")
    expect(page.locator("#viewer")).to_have_attribute("data-tick", "40")
    page.locator("#tick-input").fill("0")
    page.locator("#tick-input").press("Enter")
    expect(page.locator("#viewer")).to_have_attribute("data-tick", "0")
    wait_until(lambda: page.screenshot(clip=frame_of(page)) == before)


def frame_of(page: Page) -> dict:
    box = page.locator("#board").bounding_box()
    assert box
    return {**box, "height": box["height"] - 60}


def test_any_number_is_charted_and_the_link_keeps_the_choice(played, page, new_context):
    opened(page, played(map(walkers, range(60))), 7)
    chart = page.locator("canvas.chart")
    expect(chart).to_have_attribute("aria-label", re.compile("at tick 7: heat 49"))
    page.get_by_text("Choose numbers").click()
    page.get_by_label("Find a number of this recording").fill("people 3 x")
    panel(page, "chart").get_by_role("button", name=re.compile("people › 3 › x")).click()
    expect(page.locator("canvas.chart")).to_have_attribute(
        "aria-label", re.compile(r"at tick 7: heat 49, people › 3 › x 28")
    )
    expect(page).to_have_url(re.compile("chart=people%2F3%2Fx"))
    other = new_context().new_page()
    other.goto(page.url)
    expect(other.locator("canvas.chart")).to_have_attribute(
        "aria-label", re.compile(r"people › 3 › x 28")
    )
    other.keyboard.press(".")
    expect(other.locator("canvas.chart")).to_have_attribute(
        "aria-label", re.compile(r"at tick 8: .*people › 3 › x 29")
    )


def test_a_number_that_was_chosen_is_charted_over_the_whole_recording(played, page):
    shard = played(map(walkers, range(250)))
    with page.expect_response(re.compile("/chunks/2$")):
        opened(page, shard, 4, "&chart=heat")
    expect(page.locator("canvas.chart")).to_have_attribute(
        "aria-label", re.compile("from tick 0 to 249; at tick 4: heat 16")
    )


def test_lists_are_tables_that_stay_bounded_and_mark_what_changed(played, page):
    opened(page, played(walkers(tick, 1000) for tick in range(4)), 2)
    people = page.locator(".panel", has=page.get_by_role("heading", name="people", exact=True))
    expect(people.locator(".panel-note")).to_have_text("1,000")
    expect(people.locator("tbody tr")).to_have_count(60)
    expect(people).to_contain_text("… and 940 more")
    expect(people.locator("thead th")).to_have_text(["id", "x", "y", "age"])
    expect(people.locator("tbody tr").first.locator(".marked")).to_have_text("2")


def test_the_raw_snapshot_shows_what_was_and_what_is(played, page):
    opened(page, played(map(walkers, range(9))), 3)
    page.get_by_text("Show the JSON").click()
    raw = page.locator(".raw-lines")
    expect(raw.locator("del").filter(has_text='"heat"')).to_have_text(re.compile(r"− .*4,"))
    expect(raw.locator("ins").filter(has_text='"heat"')).to_have_text(re.compile(r"\+ .*9,"))
    expect(panel(page, "changed")).to_contain_text("4 → 9")


@pytest.mark.parametrize(
    ("snapshots", "told"),
    [
        ([{"score": at * at} for at in range(9)], "score 9"),
        ([{"loss": 1 / (at + 1), "phase": "warm up"} for at in range(9)], "loss 0.25, phase"),
        ([{"board": ["X.O", ".X.", "O.."], "next": "X"}] * 9, "board, a board of 3 by 3"),
        ([{}] * 9, ""),
        ([{"names": ["ann", "bob", "eve"]}] * 9, "names"),
    ],
    ids=["one number", "figures", "a board", "nothing", "words"],
)
def test_what_has_no_places_is_large_and_in_words(played, page, snapshots, told):
    opened(page, played(snapshots), 3)
    assert told in board(page)
    wait_until(lambda: colours(page) > 3)
    assert accessibility_violations(page) == []


def test_hints_make_a_proper_picture(played, page):
    opened(page, played(map(fleet, range(40)), SEA, title="Day two"), 20)
    expect(page.locator("#viewer-game")).to_have_text("Battle of the Sound")
    assert "2 of north, 2 of south" in board(page)
    expect(panel(page, "events")).to_contain_text("Ship 3 is hit")
    page.keyboard.press("]")
    expect(page.locator("#viewer")).to_have_attribute("data-tick", "25")
    expect(page.locator("canvas.chart")).to_have_attribute(
        "aria-label", re.compile("score › north 25, score › south 50")
    )
    wait_until(lambda: page.locator("#timeline").get_attribute("aria-valuetext"))
    assert accessibility_violations(page) == []


def test_a_live_game_with_hints_tells_its_events_as_they_come(played, page):
    shard = played(map(fleet, range(4)), SEA, live=True)
    page.goto(f"/spectate/{shard.pk}")
    expect(page.locator("#viewer")).to_have_attribute("data-tick", "3")
    recording.append(shard, [recording.Tick(at, at * 0.1, fleet(at)) for at in range(4, 8)])
    expect(panel(page, "events")).to_contain_text("Ship 1 is hit")
    expect(page.locator("#viewer")).to_have_attribute("data-tick", "7")


def test_the_card_of_a_hinted_game_shows_its_picture(played, client):
    shard = played(map(fleet, range(4)), SEA)
    plain = played(({"score": at} for at in range(4)), None)
    drawn, emblem = (client.get(f"/replays/{one.pk}/picture.png?tick=1") for one in (shard, plain))
    assert drawn.status_code == 200
    assert drawn.content != emblem.content
    assert b"Battle of the Sound" in client.get(f"/replay?shard={shard.pk}").content


@pytest.mark.parametrize("options", [PHONE, {"reduced_motion": "reduce", "color_scheme": "light"}])
def test_a_phone_and_who_wants_no_motion_get_all_of_it(played, new_context, options):
    page = new_context(**options).new_page()
    opened(page, played(map(walkers, range(30))), 4)
    wait_until(lambda: colours(page) > 6)
    if options is PHONE:
        page.locator("#tab-chart").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator("canvas.chart")).to_be_visible()
    page.get_by_text("Choose numbers").click()
    assert accessibility_violations(page) == []


def test_ten_thousand_things_are_drawn_and_one_is_found(played, page):
    def crowd(tick):
        return {"dots": [{"x": n % 125 + tick / 9, "y": n // 125} for n in range(10_000)]}

    opened(page, played(map(crowd, range(3))), 1)
    assert "10,000 of dots" in board(page)
    wait_until(lambda: colours(page) > 3)
    page.keyboard.press("Space")
    expect(page.locator("#viewer")).to_have_attribute("data-tick", "2")
    assert press_something(page)
    expect(page.locator("#inspector-title")).to_have_text(re.compile(r"dots \d+"))


def test_hostile_names_and_numbers_are_only_words_and_numbers(played, page):
    deep: dict = {}
    inner = deep
    for _ in range(50):
        inner["n"] = inner = {}
    evil = '<img src=x onerror="window.broken = 1"><script>window.broken = 1</script>'
    snapshots = [
        {
            "__proto__": {"polluted": at, "x": 1, "y": 2}, "constructor": at, "toString": [],
            evil: evil, "huge": 1e308, "tiny": 5e-324, "deep": deep,
            "list": [{"__proto__": 1, "hasOwnProperty": at, "name": evil, "pos": [at, 2]}],
            "news": [{"__proto__": 1, "kind": "__proto__", "text": evil}],
        }
        for at in range(5)
    ]  # fmt: skip
    told = {
        "title": "<b>Evil</b>",
        "events": {"path": "news/*", "kind": "kind", "label": "text"},
        "teams": {"__proto__": "danger", "constructor": 1},
        "chart": ["__proto__/polluted", "constructor"],
    }
    for shard in (played(snapshots), played(snapshots, told)):
        opened(page, shard, 2)
        page.get_by_text("Show the JSON").click()
        page.get_by_text("Choose numbers").click()
        expect(page.locator(".raw-lines")).to_contain_text("window.broken")
        press_something(page)
        assert page.evaluate("[window.broken, ({}).polluted]") == [None, None]
    expect(page.locator("#viewer-game")).to_have_text("<b>Evil</b>")
    expect(panel(page, "events")).to_contain_text("<img src=x")


def test_paths_that_lead_nowhere_in_some_tick_break_nothing(played, page):
    odd = [{"fleet": {"a": 1}}, {"log": "none", "score": None}, {}, {"fleet": [None, {"at": []}]}]
    opened(page, played([fleet(0), *odd, fleet(5)], SEA), 0)
    for tick in range(1, 6):
        page.keyboard.press(".")
        expect(page.locator("#viewer")).to_have_attribute("data-tick", str(tick))
    assert "2 of north" in board(page)
    expect(page.locator("#status")).to_be_hidden()
