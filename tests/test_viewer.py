"""A person watches, rewinds, shares and is refused, in a real browser on the real site."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from play import host as hosting
from play.host import Host
from play.models import LiveShard
from replays import reading, recording
from replays.models import ReplayChunk, ReplayShard, Report, ShareCode
from tests.chromium import accessibility_violations
from tests.conftest import count_up
from tests.test_host import turns

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def host(live_site, monkeypatch) -> Host:
    """A host of one shard that steps when the test says so, and holds its lease meanwhile."""
    monkeypatch.setattr(hosting, "LEASE_SECONDS", 600.0)
    host = Host(shards=1)
    turns(host, 40)
    return host


def live_shard() -> ReplayShard:
    return LiveShard.objects.get(slot=0).shard


def tick_of(page: Page) -> int:
    return int(page.locator("#viewer").get_attribute("data-tick") or -1)


def wait_until(fact: Callable[[], Any], seconds: float = 8) -> None:
    deadline = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < deadline, "this did not come true in time"
        time.sleep(0.05)


def open_at(page: Page, live_site: str, shard: ReplayShard, tick: int | str = "") -> None:
    page.goto(f"{live_site}/replay?shard={shard.pk}&tick={tick}")
    expect(page.locator("#viewer")).to_have_attribute("data-state", re.compile("live|archive"))


def drag_to(page: Page, share: float) -> None:
    """Drag the playhead to a share of the time bar."""
    box = page.locator("#timeline").bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.98, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * share, middle, steps=5)
    page.mouse.up()


def test_a_live_shard_is_watched_rewound_and_caught_up_with(live_site, host, page):
    shard = live_shard()
    page.goto(f"{live_site}/spectate/{shard.pk}")
    wait_until(lambda: tick_of(page) >= 40)
    turns(host, 3)
    wait_until(lambda: tick_of(page) >= 43)
    drag_to(page, 0.25)
    wait_until(lambda: 5 < tick_of(page) < 16)
    expect(page.locator("#live-light")).to_have_attribute("data-at-edge", "false")
    turns(host, 3)
    page.keyboard.press("End")
    wait_until(lambda: tick_of(page) >= 46)


def test_a_link_to_a_tick_opens_at_that_tick_in_another_browser(live_site, host, page, new_context):
    shard = live_shard()
    open_at(page, live_site, shard, 12)
    wait_until(lambda: tick_of(page) == 12)
    page.keyboard.press(".")
    expect(page).to_have_url(re.compile("tick=13$"))
    other = new_context().new_page()
    other.goto(page.url)
    wait_until(lambda: tick_of(other) == 13)


def test_no_call_sign_reaches_a_browser_while_the_shard_is_live(live_site, host, page):
    shard = live_shard()
    names = set(shard.seats.values_list("name", flat=True))
    bodies: list[str] = []
    page.on(
        "response",
        lambda answer: bodies.append(answer.text()) if "/replays/" in answer.url else None,
    )
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda text: bodies.append(str(text))),
    )
    open_at(page, live_site, shard, 5)
    wait_until(lambda: tick_of(page) == 5)
    turns(host, 2)
    page.keyboard.press("End")
    wait_until(lambda: tick_of(page) >= 41)
    assert len(bodies) > 2
    assert not any(name in body for name in names for body in bodies)


def test_a_shard_that_ends_while_it_is_watched_becomes_a_replay_with_names(
    live_site, host, page, settings
):
    shard = live_shard()
    page.goto(f"{live_site}/spectate/{shard.pk}")
    wait_until(lambda: tick_of(page) >= 40)
    recording.finalize(shard)
    expect(page.locator("#viewer")).to_have_attribute("data-state", "archive")
    name = reading.snapshot(shard, 40, reading.OMNISCIENT)["processes"][0]["call_sign"]
    expect(page.locator("#panel-processes")).to_contain_text(name)


def test_a_link_is_made_at_the_present_tick_opened_elsewhere_and_taken_back(
    live_site, host, ada, page_of, new_context
):
    shard = live_shard()
    page = page_of(ada)
    open_at(page, live_site, shard, 21)
    wait_until(lambda: tick_of(page) == 21)
    page.locator("#share-open").click()
    page.locator("#share-name").fill("The narrow escape")
    page.locator("#share-form").get_by_role("button").first.click()
    expect(page.locator("#share-link")).to_be_visible()
    share = ShareCode.objects.get()
    assert (share.tick, share.title, share.created_by) == (21, "The narrow escape", ada)
    other = new_context().new_page()
    other.goto(f"{live_site}/replay/{share.code}")
    wait_until(lambda: tick_of(other) == 21)
    expect(other).to_have_title(re.compile("The narrow escape"))
    picture = other.locator("meta[property='og:image']").get_attribute("content")
    answer = other.request.get(picture)
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    page.locator("#share-revoke").click()
    wait_until(lambda: ShareCode.objects.get().revoked)
    assert other.request.get(f"{live_site}/replay/{share.code}").status == 404
    assert other.request.get(picture).status == 404


def test_a_seek_to_the_end_of_a_long_shard_fetches_one_chunk(live_site, record, page):
    shard = record(2_000)
    fetched: list[str] = []
    page.on("request", lambda asked: fetched.append(asked.url) if "/chunks/" in asked.url else None)
    open_at(page, live_site, shard, 0)
    wait_until(lambda: tick_of(page) == 0)
    wait_until(lambda: fetched)
    page.keyboard.press("End")
    wait_until(lambda: tick_of(page) == 1_999)
    assert {url.rsplit("/", 1)[1] for url in fetched} <= {"0", "19"}


def test_a_damaged_chunk_is_a_gap_that_is_told_and_the_rest_plays(live_site, record, page):
    shard = record(300)
    chunk = ReplayChunk.objects.get(shard=shard, number=1)
    body = bytearray(chunk.body)
    body[len(body) // 2] ^= 1
    ReplayChunk.objects.filter(pk=chunk.pk).update(body=bytes(body))
    open_at(page, live_site, shard, 250)
    wait_until(lambda: tick_of(page) == 250)
    page.locator("#tick-input").fill("150")
    page.locator("#tick-input").press("Enter")
    wait_until(lambda: "damaged" in page.locator("#status").inner_text().lower())
    page.locator("#tick-input").fill("20")
    page.locator("#tick-input").press("Enter")
    wait_until(lambda: tick_of(page) == 20)


test_a_damaged_chunk_is_a_gap_that_is_told_and_the_rest_plays = pytest.mark.allow_page_errors(
    "410"
)(test_a_damaged_chunk_is_a_gap_that_is_told_and_the_rest_plays)


def test_a_game_never_heard_of_is_shown_by_its_figures(live_site, record, page):
    shard = record(30, game="never-heard-of")
    open_at(page, live_site, shard, 7)
    wait_until(lambda: tick_of(page) == 7)
    assert accessibility_violations(page) == []


def test_a_recording_that_grows_outside_the_host_is_watched_just_the_same(live_site, record, page):
    shard = record(5, live=True)
    page.goto(f"{live_site}/spectate/{shard.pk}")
    wait_until(lambda: tick_of(page) == 4)
    recording.append(shard, count_up(5, 2))
    wait_until(lambda: tick_of(page) == 6)


def test_on_a_phone_board_bar_and_controls_are_within_reach(live_site, host, new_context):
    page = new_context(**PHONE).new_page()
    open_at(page, live_site, live_shard(), 15)
    wait_until(lambda: tick_of(page) == 15)
    for part in ("#board", "#timeline", "#play"):
        box = page.locator(part).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["y"] + box["height"] <= 844
    box = page.locator("#play").bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    page.locator("#play").tap()
    wait_until(lambda: tick_of(page) > 15)
    assert accessibility_violations(page) == []


def test_anybody_may_report_a_shard(live_site, host, page):
    open_at(page, live_site, live_shard(), 15)
    page.locator("#more").click()
    page.locator("#report-open").click()
    page.locator("#report-reason").fill("The chat is vile.")
    page.locator("#report-dialog").get_by_role("button", name=re.compile("Report|Send")).click()
    wait_until(Report.objects.exists)
    assert Report.objects.get().reason == "The chat is vile."


def test_a_shard_is_verified_by_a_button(live_site, host, ada, page_of):
    shard = live_shard()
    recording.finalize(shard)
    page = page_of(ada)
    open_at(page, live_site, shard, 3)
    page.locator("#more").click()
    page.locator("#verify-open").click()
    page.locator("#verify-begin").click()
    expect(page.locator("#verify-answer")).to_contain_text("Verified:")
