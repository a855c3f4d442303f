"""A society is watched in a real browser: layers, filters, one agent followed, near and far."""

import io
import json
import re
from typing import Any

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Page, expect

from games.society import telemetry
from replays import recording
from replays.api import doors
from replays.models import ReplayShard
from replays.telemetry import store
from tests.chromium import accessibility_violations
from tests.conftest import shared_recording
from tests.test_viewer import PHONE, open_at, tick_of, wait_until
from tests.towns import append, told

DESK = {"viewport": {"width": 1100, "height": 760}}
NO_CARD = """
const given = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return kind.startsWith('webgl') ? null : given.call(this, kind, ...rest);
};
"""
BAD_SHADERS = """
const given = WebGL2RenderingContext.prototype.getProgramParameter;
WebGL2RenderingContext.prototype.getProgramParameter = function (made, name) {
  return name === this.LINK_STATUS ? false : given.call(this, made, name);
};
"""


@pytest.fixture
def watch(live_site, new_context):
    """Open a run at a tick, as on a desk; return its page once it is drawn."""

    def watch(shard, tick=5, *, more="", script="", **options) -> Page:
        page = new_context(**(DESK | options)).new_page()
        if script:
            page.add_init_script(script)
        open_at(page, live_site, shard, f"{tick}{more}")
        expect(page.locator("#panel-zones")).to_be_attached()
        wait_until(lambda: tick_of(page) == tick)
        page.wait_for_timeout(150)
        return page

    return watch


def picture(page: Page) -> Image.Image:
    """Return the stage as it is seen."""
    box: Any = page.locator("#stage").bounding_box()
    return Image.open(io.BytesIO(page.screenshot(clip=box))).convert("RGB")


def address(page: Page) -> str:
    return page.evaluate("location.search")


def differs(one: Image.Image, other: Image.Image) -> bool:
    return ImageChops.difference(one, other).getbbox() is not None


def bluish(image: Image.Image) -> int:
    """Return how many pixels have the blue of those who are for it."""
    raw = image.tobytes()
    return sum(raw[at + 2] > raw[at] + 60 for at in range(0, len(raw), 3))


def menu(page: Page, name: str) -> None:
    page.locator(".society-menu summary", has_text=name).click()


def choose_layer(page: Page, layer: str) -> None:
    page.locator(f"[data-layer={layer}]").click()
    page.wait_for_timeout(200)


def follow(page: Page, id: str) -> None:
    page.locator("#society-id").fill(id)
    page.locator("#society-id").press("Enter")


# What is seen


def test_a_society_is_drawn_with_its_zones_and_how_many_are_shown(watch, found_town):
    page = watch(found_town(agents=400), more="&agents=250")
    expect(page.locator("[data-painter]")).to_have_attribute("data-painter", "webgl2")
    expect(page.locator("#society-of")).to_have_text("Showing 250 of 400 (representative)")
    counts = told(400, 20, 1)[5]["zones"]
    label = page.locator("#board").get_attribute("aria-label") or ""
    assert f"{counts['supporters']} Supporters, {counts['neutral']} Neutral" in label
    assert bluish(picture(page)) > 500
    menu(page, "Filter")
    page.locator("#society-most").select_option("400")
    expect(page.locator("#society-of")).to_have_text("Showing all 400")
    wait_until(lambda: "agents=400" in address(page))


def test_each_layer_has_a_switch_that_changes_the_picture_and_the_address(watch, found_town):
    page = watch(found_town(agents=300))
    menu(page, "Layers")
    for layer in ("stance", "emotion", "influence", "trails"):
        before = picture(page)
        choose_layer(page, layer)
        assert differs(before, picture(page)), layer
    wait_until(lambda: "hide=" in address(page))
    others = re.compile(r"hide=[\w,%]*(emotion|trails|influence)")
    wait_until(lambda: "stance" in address(page) and not others.search(address(page)))
    page.locator("#society-id").press("Escape")


def test_a_change_of_zone_is_told_with_its_reason(watch, found_town):
    shard = found_town(agents=400)
    tick = next(one["tick"] for one in told(400, 20, 1) if len(one["transitions"]) > 1)
    page = watch(shard, tick)
    place, *_, reason = told(400, 20, 1)[tick]["transitions"][0]
    moves = page.locator("#panel-moves")
    expect(moves).to_contain_text(f"agent-{place + 1}")
    expect(moves).to_contain_text(reason.replace("_", " "), ignore_case=True)


def test_an_event_under_way_is_on_the_timeline_and_beside_the_plane(watch, found_town):
    page = watch(found_town(agents=100), 0)
    page.keyboard.press("]")
    wait_until(lambda: tick_of(page) > 0)
    assert tick_of(page) == next(one["tick"] for one in told(100, 20, 1) if one["events"])
    expect(page.locator("#panel-underway")).to_contain_text("News Coverage")
    page.keyboard.press("]")
    page.keyboard.press("[")
    expect(page.locator("#panel-underway")).to_contain_text("News Coverage")


# Whom one wants to see


def test_a_filter_holds_for_the_picture_the_counts_and_the_charts_of_all_ticks(watch, found_town):
    """The charts fetch what they tell of: the run has more chunks than the one at the playhead."""
    shard = found_town(250, agents=100)
    fetched: set[str] = set()
    page = watch(shard, 5)
    page.on("request", lambda asked: fetched.add(asked.url.rsplit("/", 1)[1]))
    before = picture(page)
    menu(page, "Filter")
    page.locator(".society-fields input[value=supporters]").uncheck()
    menu(page, "Filter")
    counts = told(100, 250, 1)[5]["zones"]
    passed = counts["neutral"] + counts["skeptics"]
    expect(page.locator("#society-of")).to_have_text(f"Showing all {passed} filtered")
    expect(page.locator("#panel-zones")).to_contain_text(f"{passed} filtered")
    expect(page.locator("#panel-zones")).not_to_contain_text("reading", timeout=8000)
    assert any(name == "1" for name in fetched)
    assert differs(before, picture(page))
    wait_until(lambda: "without-zone=supporters" in address(page))
    again = watch(shard, 5, more="&without-zone=supporters&stance=-1..0")
    expect(again.locator("#panel-zones")).to_contain_text("filtered")
    menu(again, "Filter: on")
    expect(again.locator(".society-fields input[value=supporters]")).not_to_be_checked()
    again.get_by_role("button", name="Show everybody").click()
    expect(again.locator("#society-of")).to_have_text("Showing all 100")


def test_an_agent_is_found_by_its_id_followed_and_left(watch, found_town):
    page = watch(found_town(150, agents=100), 20)
    follow(page, "nobody-7")
    expect(page.locator(".society-answer")).to_have_text("No agent nobody-7.")
    follow(page, "7")
    story = page.locator("#panel-story")
    expect(story).to_contain_text("agent-7")
    expect(story).not_to_contain_text("reading", timeout=8000)
    wait_until(lambda: "focus=agent-7" in address(page))
    expect(page.locator(".society-map")).to_be_visible()
    page.keyboard.press("Tab")
    before = picture(page)
    page.locator("#board").click(position={"x": 2, "y": 300})
    page.keyboard.press(".")
    wait_until(lambda: tick_of(page) == 21)
    assert differs(before, picture(page))
    story.get_by_text("Stop following").click()
    expect(story).to_have_count(0)
    wait_until(lambda: "focus=" not in address(page))


def test_a_press_on_an_agent_follows_it(watch, found_town):
    page = watch(found_town(agents=400))
    box = page.locator("#board").bounding_box()
    assert box is not None
    for part in range(20, 80):
        page.mouse.move(box["x"] + box["width"] * part / 100, box["y"] + box["height"] / 2)
        if page.locator("#board").evaluate("board => board.style.cursor") == "pointer":
            break
    title = page.locator("#board").get_attribute("title") or ""
    page.mouse.down()
    page.mouse.up()
    expect(page.locator("#panel-story")).to_contain_text(title.split(",")[0])


# Near and far


def test_the_plane_is_zoomed_dragged_fitted_and_seen_on_the_small_map(watch, found_town):
    page = watch(found_town(agents=300))
    small = page.locator(".society-map")
    expect(small).to_be_hidden()
    whole = picture(page)
    page.mouse.move(500, 400)
    page.mouse.wheel(0, -600)
    expect(small).to_be_visible()
    near = picture(page)
    assert differs(whole, near)
    page.mouse.down()
    page.mouse.move(620, 470, steps=4)
    page.mouse.up()
    dragged = picture(page)
    assert differs(near, dragged)
    small.click(position={"x": 10, "y": 10})
    page.wait_for_timeout(150)
    assert differs(dragged, picture(page))
    page.get_by_role("button", name="Fit").click()
    expect(small).to_be_hidden()


def test_the_small_map_is_moved_by_keys_and_the_time_stands_still(watch, found_town):
    page = watch(found_town(agents=300))
    page.get_by_role("button", name="Zoom in").click()
    page.get_by_role("button", name="Zoom in").click()
    small = page.locator(".society-map")
    small.focus()
    before = picture(page)
    for key in ("ArrowRight", "ArrowDown", "+", "-"):
        page.keyboard.press(key)
        page.wait_for_timeout(120)
    assert differs(before, picture(page))
    page.keyboard.press("0")
    expect(small).to_be_hidden()
    assert tick_of(page) == 5


def test_two_fingers_zoom_on_a_phone(watch, found_town):
    page = watch(found_town(agents=200), **PHONE)
    line = page.context.new_cdp_session(page)

    def touch(kind: str, *apart: int) -> None:
        points = [{"x": 195 + way, "y": 300, "id": id} for id, way in enumerate(apart)]
        line.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", -30, 30)
    for way in range(35, 100, 15):
        touch("touchMove", -way, way)
    touch("touchEnd")
    expect(page.locator(".society-map")).to_be_visible()


# Time


def test_seeking_by_keys_and_by_the_bar_draws_that_tick(watch, found_town):
    page = watch(found_town(120, agents=100), 0)
    for key, tick in (("End", 119), ("5", 60), ("Home", 0), (".", 1)):
        page.keyboard.press(key)
        wait_until(lambda tick=tick: abs(tick_of(page) - tick) <= 1)
        counts = told(100, 120, 1)[tick_of(page)]["zones"]
        expect(page.locator("#board")).to_have_attribute(
            "aria-label", re.compile(f"{counts['neutral']} Neutral")
        )


def test_a_live_run_is_followed_as_it_is_computed(live_site, found_town, new_context):
    shard = found_town(10, live=True, tick_seconds=0.2)
    page = new_context(**DESK).new_page()
    page.goto(f"{live_site}/spectate/{shard.pk}")
    wait_until(lambda: tick_of(page) >= 9)
    longer = told(100, 14, 1)
    append(shard, longer[10:])
    wait_until(lambda: tick_of(page) >= 12)
    expect(page.locator("#viewer")).to_have_attribute("data-state", "live")
    recording.finalize(shard)
    expect(page.locator("#viewer")).to_have_attribute("data-state", "archive")


def test_a_run_that_is_pushed_is_watched_like_any_other(live_site, client, watch, settings):
    settings.OPEN_PUSH = True
    doors.forget_tokens()
    chunk = {"replay_id": "town", "game": "society", "chunk_index": 0, "chunk_count": 1}
    body = json.dumps(chunk | {"frames": told(100, 8, 3)})
    assert client.post("/push", body, content_type="application/json").status_code == 200
    page = watch(ReplayShard.objects.get())
    expect(page.locator("#society-of")).to_have_text("Showing all 100")
    expect(page.locator("#panel-moves")).to_be_attached()


def test_a_link_carries_tick_focus_layers_and_filters(watch, found_town, new_context):
    shard = found_town(agents=100)
    page = watch(shard, 6)
    menu(page, "Layers")
    choose_layer(page, "trails")
    choose_layer(page, "stance")
    menu(page, "Layers")
    follow(page, "agent-9")
    wait_until(lambda: "focus=agent-9" in address(page) and "hide=" in address(page))
    other = new_context(**DESK).new_page()
    other.goto(f"/replay{address(page)}")
    wait_until(lambda: tick_of(other) == 6)
    expect(other.locator("#panel-story")).to_contain_text("agent-9")
    menu(other, "Layers")
    expect(other.locator("[data-layer=trails]")).to_be_checked()
    expect(other.locator("[data-layer=stance]")).not_to_be_checked()


# For everyone


@pytest.mark.parametrize("script", [NO_CARD, BAD_SHADERS], ids=["no card", "bad shaders"])
def test_without_a_graphics_card_it_is_drawn_all_the_same(watch, found_town, script):
    page = watch(found_town(agents=400), script=script)
    expect(page.locator("[data-painter]")).to_have_attribute("data-painter", "2d")
    assert bluish(picture(page)) > 500


def test_a_graphics_card_that_is_taken_away_is_done_without(watch, found_town):
    page = watch(found_town(agents=400))
    page.locator("[data-painter=webgl2]").evaluate(
        "canvas => canvas.getContext('webgl2').getExtension('WEBGL_lose_context').loseContext()"
    )
    expect(page.locator("[data-painter]")).to_have_attribute("data-painter", "2d")
    wait_until(lambda: bluish(picture(page)) > 500)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_everybody_can_use_it(watch, found_town, theme, size):
    page = watch(found_town(agents=200), more="&focus=agent-3", color_scheme=theme, **size)
    expect(page.locator("#panel-story")).to_be_attached()
    assert accessibility_violations(page) == []
    for name in ("Layers", "Filter"):
        menu(page, name)
        assert accessibility_violations(page) == []
        menu(page, name)


def test_on_a_phone_the_menus_lie_within_the_screen(watch, found_town):
    page = watch(found_town(agents=200), **PHONE)
    for name in ("Layers", "Filter"):
        page.locator(".society-menu summary", has_text=name).tap()
        box = page.locator(".society-menu[open] .society-list").bounding_box()
        assert box is not None
        assert min(box["x"], box["y"]) >= 0
        assert box["x"] + box["width"] <= 390
        assert box["y"] + box["height"] <= 844
        page.keyboard.press("Escape")
        expect(page.locator(".society-menu[open]")).to_have_count(0)
    strip = page.locator(".society-strip").bounding_box()
    assert strip is not None
    assert strip["height"] <= 80


def test_what_is_odd_about_a_run_is_said_beside_it(watch, live_site):
    document = json.loads(shared_recording("society/nothing-moves.json").read_bytes())
    page = watch(store(document)[0], 0)
    expect(page.locator("#panel-notes")).to_contain_text(telemetry.NOTHING_MOVES)
