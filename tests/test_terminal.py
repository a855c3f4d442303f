"""A person plays in a real browser: joins, moves, speaks, ends, and sees that end in the replay."""

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from play.host import Host
from play.models import LiveShard, PendingCommand, Seat
from replays import recording
from replays.models import ReplayShard
from tests.chromium import accessibility_violations
from tests.test_host import turns
from tests.test_process_api import put

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
OFF_THE_EDGE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def host(live_site, settings, monkeypatch):
    """A host of one shard in which nobody plays yet; the test says when a tick is due."""
    monkeypatch.setattr("play.host.LEASE_SECONDS", 600)
    settings.SEGFAULT_COMPUTER_PLAYERS = 0
    settings.EMPTY_SHARD_TICKS = 1000
    host = Host(shards=1)
    turns(host, 2)
    return host


def join(page, host, place=(4, 4), **board):
    """Join by the button, and stand at `place` of a bare board; return who that is."""
    page.goto("/process")
    page.get_by_role("button", name="Join a shard").click()
    expect(page.locator("#stage-words")).to_have_text("You enter at the next tick.")
    seat = Seat.objects.latest("joined_at")
    player = SimpleNamespace(seat=seat, process_id=str(seat.pk))
    turns(host, 1)
    put(host, player, place, **board)
    turns(host, 1)
    shows_tick(page, host, seat)
    return player


def shows_tick(page, host, seat):
    expect(page.locator("#tick")).to_have_text(str(host.playing[seat.shard_id].tick))


def asked():
    """Return what is asked for, as the server has it."""
    return [(row.name, row.arg) for row in PendingCommand.objects.order_by("id")]


def end(host, shard_id):
    del host.playing[shard_id]
    LiveShard.objects.filter(pk=shard_id).delete()
    recording.finalize(ReplayShard.objects.get(pk=shard_id))


def test_a_whole_game_from_joining_to_a_death_to_the_replay_of_that_moment(page, host):
    player = join(page, host)
    assert page.locator(".tile .cell-label", has_text="SELF").count() == 1
    page.keyboard.press("9")
    expect(page.locator("#next")).to_have_text("move ↗ north-east (9)")
    assert asked() == [("MOVE", "9")]
    turns(host, 1)
    shows_tick(page, host, player.seat)
    expect(page.locator("#next")).to_have_text("nothing yet: you will idle")
    put(host, player, (1, 1), danger=(2, 2))
    for _ in range(30):
        turns(host, 1)
        seat = Seat.objects.get(pk=player.process_id)
        if seat.left:
            break
    assert seat.outcome == "dead"
    expect(page.get_by_role("heading", name="You were killed")).to_be_visible()
    said = page.locator("#after-words")
    expect(said).to_have_text(f"The Defragmenter entered your tile at tick {seat.last_tick}.")
    expect(page.get_by_text("Your replay opens as soon as the shard is over")).to_be_visible()
    expect(page.locator("#log")).to_contain_text("SECTOR CORRUPTED")
    expect(page.locator("#replay-link")).to_be_hidden()
    turns(host, 3)
    end(host, seat.shard_id)
    expect(said).to_have_text(re.compile(r"at tick \d+, at \(\d, \d\)\. It .+\.$"))
    page.get_by_role("link", name="See that moment in your replay").click()
    expect(page).to_have_url(re.compile(f"shard={seat.shard_id}&tick={seat.last_tick}"))
    expect(page.locator("#viewer")).to_have_attribute("data-tick", str(seat.last_tick))


def test_who_escapes_reads_so_and_may_join_again(page, host):
    player = join(page, host, (1, 1), gates=[("stable", (8, 8))])
    put(host, player, (1, 1), gates=[("stable", (1, 0))])
    page.keyboard.press("ArrowUp")
    expect(page.locator("#next")).to_contain_text("north (8)")
    turns(host, 1)
    expect(page.get_by_role("heading", name="You escaped")).to_be_visible()
    page.get_by_role("button", name="Join again").click()
    expect(page.locator("#stage-words")).to_have_text("You enter at the next tick.")
    turns(host, 1)
    expect(page.locator(".tile.is-self")).to_be_visible()
    assert Seat.objects.filter(left_at=None).count() == 1


def test_the_keyboard_plays_it_and_stays_silent_while_one_types(page, host):
    join(page, host)
    for key, shown in (
        ("Numpad7", "move ↖ north-west (7)"),
        ("c", "move ↘ south-east (3)"),
        ("Shift+Digit8", "sprint ↑ north (8)"),
        ("5", "idle"),
    ):
        page.keyboard.press(key)
        expect(page.locator("#next")).to_have_text(shown)
    page.keyboard.press("Control+Digit4")
    page.keyboard.press("t")
    expect(page.locator("#say-text")).to_be_focused()
    page.keyboard.type("2 east? b/t")
    page.keyboard.press("Enter")
    expect(page.locator("#log")).to_contain_text("2 east? b/t")
    expect(page.locator("#say-text")).not_to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#say-text")).to_be_focused()
    expect(page.locator("#say-text")).to_have_value("")
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    expect(page.locator("#broadcast-text")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("6")
    page.keyboard.press("Escape")
    assert asked()[-2:] == [("IDLE", None), ("SAY", "2 east? b/t")]


def test_what_is_heard_stands_in_the_log_each_kind_apart(page, host):
    player = join(page, host)
    page.fill("#broadcast-text", "<b>here</b> I am")
    page.press("#broadcast-text", "Enter")
    expect(page.locator("#broadcast-text")).to_have_value("")
    turns(host, 1)
    line = page.locator("#log .kind-broadcast")
    expect(line).to_contain_text("<b>here</b> I am")
    assert line.count() == 1
    assert page.locator("#log").get_attribute("aria-live") == "polite"
    assert page.locator("#say-text").get_attribute("maxlength") == "256"
    assert player.seat.name not in page.content()


def test_a_sprint_is_armed_once_and_cools_down(page, host):
    player = join(page, host)
    sprint = page.locator("#sprint")
    sprint.click()
    expect(sprint).to_have_attribute("aria-pressed", "true")
    page.locator("#pad button[value='6']").click()
    expect(sprint).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#next")).to_have_text("sprint → east (6)")
    assert asked() == [("BUFFER", "6")]
    turns(host, 1)
    shows_tick(page, host, player.seat)
    expect(page.locator("#sprint-words")).to_have_text("cools down this tick")
    page.keyboard.press("Shift+Digit4")
    expect(page.get_by_role("alert")).to_contain_text("cools down for one tick")
    assert asked() == []
    turns(host, 1)
    expect(page.locator("#sprint-words")).to_have_text("ready")


def test_behind_a_ghost_gate_the_same_page_goes_on(page, host):
    player = join(page, host, (1, 1), gates=[("stable", (9, 9))])
    put(host, player, (1, 1), gates=[("stable", (9, 0)), ("ghost", (1, 0))])
    page.keyboard.press("8")
    expect(page.locator("#next")).to_contain_text("north")
    turns(host, 1)
    expect(page.locator("#stage-words")).to_contain_text("into another shard")
    turns(host, 1)
    expect(page.locator(".tile.is-self")).to_be_visible()
    expect(page.locator("#stage-words")).to_be_empty()


def test_who_loads_the_page_again_plays_on(page, host):
    player = join(page, host)
    page.reload()
    expect(page.locator(".tile.is-self")).to_be_visible()
    shows_tick(page, host, player.seat)


def test_a_line_that_drops_says_so_and_comes_back(page, host):
    lines = []
    page.route_web_socket(
        "**/process/live", lambda line: lines.append(line) or line.connect_to_server()
    )
    player = join(page, host)
    lines[0].close(code=1012)
    expect(page.locator("#line")).to_contain_text("Trying again in 1 s.")
    turns(host, 2)
    expect(page.locator("#line")).to_have_text("connected")
    shows_tick(page, host, player.seat)
    page.keyboard.press("6")
    expect(page.locator("#next")).to_contain_text("east")


@pytest.mark.allow_page_errors("503")
def test_where_no_shard_is_live_it_says_so_and_where_to_watch(page, live_site):
    page.goto("/process")
    expect(page.get_by_text("No shard is live just now")).to_be_visible()
    page.get_by_role("button", name="Join a shard").click()
    expect(page.get_by_role("alert")).to_contain_text("No live shard has room")
    expect(page.get_by_role("link", name="Watch a recording")).to_be_visible()


def test_a_user_plays_under_the_own_call_sign(page_of, host, bob):
    page = page_of(bob)
    player = join(page, host)
    assert player.seat.user == bob
    page.evaluate("localStorage.clear()")
    page.goto("/process")
    expect(page.get_by_text(f"You play as {player.seat.name}")).to_be_visible()


def test_a_token_that_is_no_longer_known_leads_back_to_the_door(page, host):
    page.goto("/process")
    page.evaluate("localStorage.setItem('process-token', 'gone')")
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("no longer known")
    expect(page.get_by_role("button", name="Join a shard")).to_be_visible()


@pytest.mark.parametrize("size", [(390, 844), (390, 664), (320, 640), (720, 450)])
def test_one_thumb_is_enough_and_nothing_leaves_the_screen(new_context, host, size):
    width, height = size
    page = new_context(**PHONE | {"viewport": {"width": width, "height": height}}).new_page()
    player = join(page, host)
    assert page.evaluate(OFF_THE_EDGE) == 0
    for button in page.locator("#pad button, #sprint, .speech button").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 44, box
    stage, tiles = (page.locator(part).bounding_box() for part in (".stage", "#board"))
    assert tiles["x"] >= stage["x"] - 1
    assert tiles["x"] + tiles["width"] <= stage["x"] + stage["width"] + 1
    assert tiles["height"] <= stage["height"]
    page.locator("#pad button[value='3']").tap()
    expect(page.locator("#next")).to_contain_text("south-east")
    if height > width:
        top = page.locator(".play-head").bounding_box()["y"]
        pad = page.locator("#pad").bounding_box()
        assert pad["y"] + pad["height"] - top <= height, "board and keypad fit one screen"
    turns(host, 1)
    shows_tick(page, host, player.seat)


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_nothing_stands_in_the_way_of_anybody(new_context, host, scheme):
    page = new_context(color_scheme=scheme, reduced_motion="reduce").new_page()
    page.goto("/process")
    assert accessibility_violations(page) == []
    player = join(page, host, (1, 1), danger=(3, 3))
    put(host, player, (1, 1), danger=(1, 2), gates=[("stable", (0, 0))])
    page.fill("#broadcast-text", "here")
    page.press("#broadcast-text", "Enter")
    expect(page.locator("#broadcast-text")).to_have_value("")
    assert accessibility_violations(page) == []
    for _ in range(30):
        turns(host, 1)
        if Seat.objects.get(pk=player.process_id).left:
            break
    expect(page.locator("#after")).to_be_visible()
    assert accessibility_violations(page) == []


def test_without_javascript_the_page_says_how_else_to_play(new_context, host):
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/process")
    assert "The terminal needs JavaScript" in page.inner_text("noscript")
    assert page.get_attribute("noscript a", "href") == "/SKILL.md"
    expect(page.locator("#join")).to_be_hidden()
