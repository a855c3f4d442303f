"""Golf in a real browser: a replay stepped through, an evening at a table, files brought in."""

import json
import re
import time
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from games import get_game
from games.golf import export
from games.golf.house import PLAIN
from play import golf_words
from play.host import Host
from play.models import PendingCommand, Room
from replays import recording
from replays.models import ReplayShard, ShareCode
from tests.chromium import accessibility_violations
from tests.conftest import shared_recording
from tests.golf_rooms import settle
from tests.live_site import ROOT

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
OFF_THE_EDGE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LIT = "[data-lit=true]:not([data-chosen=true])"


@pytest.fixture
def host(live_site, settings, monkeypatch) -> Host:
    """A host of tables alone, which steps when the test says so."""
    monkeypatch.setattr("play.host.LEASE_SECONDS", 600)
    settings.COMPUTER_PAUSE_SECONDS = 0.0
    return Host(shards=0)


@pytest.fixture
def recorded(live_site, ada):
    """Record one of the games that lie beside the project."""

    def recorded(name: str, **fields) -> ReplayShard:
        game = export.read(json.loads(shared_recording(f"golf/{name}.json").read_bytes()))
        shard = recording.open_shard(
            get_game("golf"), owner=ada, options=game.options, **{"title": name} | fields
        )
        frames = enumerate(game.frames())
        recording.append(shard, [recording.Tick(tick, t, shot) for tick, (t, shot) in frames])
        recording.finalize(shard)
        return shard

    return recorded


# A replay


def open_at(page: Page, shard: ReplayShard, tick: int, more: str = "") -> None:
    page.goto(f"/replay?shard={shard.pk}&tick={tick}{more}")
    shows(page, tick)


def shows(page: Page, tick: int) -> None:
    expect(page.locator("#viewer")).to_have_attribute("data-tick", str(tick))
    expect(page.locator("#status")).to_be_hidden()


def tick_of(page: Page) -> int:
    return int(page.locator("#viewer").get_attribute("data-tick") or -1)


def picture(page: Page) -> str:
    page.wait_for_timeout(250)
    return page.evaluate("document.getElementById('board').toDataURL()")


def test_a_game_is_stepped_through_event_by_event_in_words(recorded, page):
    shard = recorded("game-02")
    open_at(page, shard, 8)
    page.keyboard.press(".")
    shows(page, 9)
    events = page.locator("#panel-events .row")
    expect(events.first).to_contain_text("Maya drew the K♣ from the deck")
    page.keyboard.press(".")
    shows(page, 10)
    expect(events.first).to_contain_text(re.compile("^Maya (swapped|discarded)"))
    expect(events.nth(1)).to_contain_text("Maya drew the K♣ from the deck")
    events.nth(1).locator("button").click()
    shows(page, 9)
    expect(page.locator("#board")).to_have_attribute(
        "aria-label", re.compile("Maya drew the K♣.*Round 1 of 3.*cards in the deck")
    )


def test_from_turn_to_turn_and_from_round_to_round(recorded, page):
    shard = recorded("game-03")
    open_at(page, shard, 10)
    seen = [10]
    for _ in range(3):
        page.keyboard.press("n")
        expect(page.locator("#viewer")).not_to_have_attribute("data-tick", str(seen[-1]))
        seen.append(tick_of(page))
    page.keyboard.press("b")
    shows(page, seen[-2])
    page.keyboard.press("End")
    shows(page, 396)
    rounds = page.locator("#panel-scores tbody tr")
    expect(rounds).to_have_count(10)
    rounds.nth(3).locator("button").click()
    expect(page.locator("#panel-events .row").first).to_contain_text("Round 4 went to")
    expect(page.locator("#panel-scores tbody tr")).to_have_count(5)
    expect(page.locator("#panel-explained .row").nth(1)).to_contain_text("column 1")


def test_the_scores_by_round_add_up_to_what_the_game_recorded(recorded, page):
    shard = recorded("game-05")
    open_at(page, shard, 351)
    cells = page.locator("#panel-scores tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.children].slice(1).map(cell => cell.textContent))"
    )
    figures = [[int(cell.replace("−", "-")) for cell in row] for row in cells]
    assert [sum(column) for column in zip(*figures[:-1], strict=True)] == figures[-1]
    assert len(figures) == 6


def test_hidden_cards_are_shown_or_not_and_the_link_says_so(recorded, page):
    shard = recorded("game-02")
    open_at(page, shard, 12)
    shown = picture(page)
    page.locator("#more summary").click()
    page.get_by_label("Hidden cards").uncheck()
    assert picture(page) != shown
    expect(page).to_have_url(re.compile("hide=cards"))
    page.reload()
    shows(page, 12)
    page.locator("#more summary").click()
    page.get_by_label("Hidden cards").check()
    assert picture(page) == shown


def test_it_is_played_in_real_time_or_at_an_even_pace(recorded, page):
    shard = recorded("game-02")
    open_at(page, shard, 20, "&speed=8")
    page.get_by_label("Pace").select_option("even")
    page.keyboard.press("k")
    began = time.monotonic()
    while tick_of(page) < 36 and time.monotonic() < began + 5:
        time.sleep(0.02)
    assert time.monotonic() - began == pytest.approx(2.0, abs=0.8)
    expect(page).to_have_url(re.compile("pace=even"))
    page.keyboard.press("e")
    expect(page.get_by_label("Pace")).to_have_value("real")


@pytest.mark.parametrize("game", ["game-01", "game-05"])
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_the_replay_keeps_the_accessibility_rules_and_fits_a_phone(
    recorded, new_context, game, scheme
):
    shard = recorded(game)
    page = new_context(color_scheme=scheme, **PHONE).new_page()
    open_at(page, shard, 15)
    assert accessibility_violations(page) == []
    assert page.evaluate(OFF_THE_EDGE) <= 0


def test_a_recording_without_a_title_is_named_once(recorded, page):
    shard = recorded("game-01", title="")
    open_at(page, shard, 3)
    expect(page.locator("h1.viewer-title")).to_have_text(
        re.compile(rf"^Six-card Golf\s+shard {str(shard.pk)[:4]}…$")
    )


# A table


def opened(page: Page, host: Host, rounds: int = 1, seats: int = 3) -> Room:
    page.goto("/golf")
    page.get_by_label("Rounds").fill(str(rounds))
    page.get_by_label("Seats").fill(str(seats))
    page.get_by_role("button", name="Open the table").click()
    expect(page.locator("#seats .seat-name").first).to_be_visible()
    return Room.objects.get(code=page.url.rsplit("/", 1)[1])


def sit_down(page: Page, room: Room) -> None:
    page.goto("/golf")
    page.get_by_label("The code of the table").fill(room.code.lower())
    page.get_by_role("button", name="Go there").click()
    page.get_by_role("button", name="Sit down").click()
    expect(page.locator("#seats")).to_contain_text("you")


def add_computer(page: Page, manner: str = "hunter") -> None:
    page.get_by_label("A computer player").select_option(manner)
    page.get_by_role("button", name="Add").click()
    expect(page.locator(".seat-manner").last).to_have_value(manner)


def start(page: Page, host: Host, *others: Page) -> None:
    settle(host)
    page.get_by_role("button", name="Start the game").click()
    stepped(host, page, *others)


def stepped(host: Host, *pages: Page) -> None:
    """Let the host take what was asked, and all pages see what came of it."""
    deadline = time.monotonic() + 8
    while not PendingCommand.objects.exists():
        assert time.monotonic() < deadline, "nothing was asked"
        time.sleep(0.02)
    settle(host)
    newest = ReplayShard.objects.filter(game="golf").latest("started_at").last_tick
    for page in pages:
        expect(page.locator("#golf")).to_have_attribute("data-tick", str(newest))


def can_act(page: Page) -> bool:
    return page.locator("#now[data-mine=true]").count() > 0 and not is_over(page)


def is_over(page: Page) -> bool:
    return page.locator("#golf").get_attribute("data-state") == "over"


def play_one(page: Page, host: Host, *others: Page) -> None:
    """Turn up the first cards, or draw and swap one that lies face down, so that it ends."""
    if page.locator(f"#deck{LIT}").count():
        page.keyboard.press("d")
    else:
        down = page.locator(f"#mine {LIT}:has(.is-back)")
        down.first.click()
        if page.locator("#mine [data-chosen=true]").count():
            down.first.click()
    stepped(host, page, *others)


def test_an_evening_two_people_and_a_computer_then_the_replay_then_a_link(
    live_site, host, page_of, new_context, ada, bob
):
    mine, other = page_of(ada), page_of(bob, **PHONE)
    room = opened(mine, host)
    sit_down(other, room)
    add_computer(mine)
    start(mine, host, other)
    expect(mine.locator("#others .other")).to_have_count(2)
    for _ in range(60):
        able = [page for page in (mine, other) if can_act(page)]
        if not able:
            break
        play_one(able[0], host, mine, other)
    for page in (mine, other):
        expect(page.locator("#over-standing tr")).to_have_count(3)
        expect(page.locator("#over-hands .reasons").first).to_contain_text("column 1")
    mine.get_by_label("that lasts").select_option("7 days")
    mine.get_by_role("button", name="Share it").click()
    expect(mine.locator("#share-link")).to_have_value(re.compile("/replay/"))
    expect(mine.locator("#after-answer")).to_contain_text("for 7 days")
    link = mine.locator("#share-link").input_value()
    made = ShareCode.objects.get(code=link.rsplit("/", 1)[1])
    assert made.expires_at - made.created_at < timedelta(days=7, minutes=1)
    mine.get_by_role("link", name="Watch the replay").click()
    expect(mine.locator("#viewer-name")).to_contain_text("ada, bob")
    third = new_context().new_page()
    third.goto(link)
    shows(third, 0)
    third.keyboard.press("End")
    expect(third.locator("#panel-events .row").first).to_contain_text(re.compile("won|tie"))


def test_every_move_can_be_made_by_keyboard_and_only_where_it_is_possible(host, page_of, ada):
    page = page_of(ada)
    opened(page, host, seats=2)
    add_computer(page, "steady")
    start(page, host)
    page.keyboard.press("d")
    page.keyboard.press("1")
    expect(page.locator("#now")).to_have_text("1 more to turn up.")
    page.keyboard.press("1")
    expect(page.locator("#now")).to_have_text("Turn up 2 of your cards.")
    page.keyboard.press("2")
    page.keyboard.press("6")
    stepped(host, page)
    expect(page.locator("#now")).to_have_text(re.compile("^Your turn: draw from the deck or take"))
    page.keyboard.press("p")
    stepped(host, page)
    expect(page.locator("#hand")).to_have_attribute("data-mine", "true")
    page.keyboard.press("x")
    page.keyboard.press("c")
    stepped(host, page)
    page.keyboard.press("d")
    stepped(host, page)
    expect(page.get_by_role("button", name="Discard it")).to_be_visible()
    expect(page.get_by_role("button", name="Put it back")).to_be_hidden()
    page.keyboard.press("x")
    stepped(host, page)
    expect(page.locator("#log")).to_contain_text(re.compile("ada discarded the"))
    page.keyboard.press("?")
    expect(page.locator("#help-dialog")).to_contain_text("draw from the deck")


def test_the_end_of_a_round_is_told_until_it_is_put_away(host, page_of, ada):
    page = page_of(ada)
    opened(page, host, rounds=2, seats=2)
    add_computer(page, "steady")
    start(page, host)
    for _ in range(40):
        if page.locator("#round-dialog[open]").count():
            break
        play_one(page, host)
    expect(page.locator("#round-title")).to_have_text("Round 1 of 2")
    expect(page.locator("#round-hands .result")).to_have_count(2)
    assert accessibility_violations(page) == []
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#now")).to_have_text("Turn up 2 of your cards.")


def test_who_loads_the_table_again_or_loses_the_line_plays_on(host, page_of, ada):
    page = page_of(ada)
    opened(page, host, seats=2)
    add_computer(page)
    start(page, host)
    page.reload()
    expect(page.locator("#now")).to_have_text("Turn up 2 of your cards.")
    expect(page.locator("#line")).to_have_attribute("data-up", "true")


def test_who_left_a_game_and_comes_back_is_told_so_and_may_watch(host, page_of, ada, bob):
    page, other = page_of(ada), page_of(bob)
    room = opened(page, host)
    other.goto(f"/golf/{room.code}")
    expect(other.get_by_role("button", name="Sit down")).to_be_visible()
    expect(other.locator("#line")).to_have_text("")
    sit_down(other, room)
    add_computer(page)
    start(page, host, other)
    other.get_by_role("button", name="Room", exact=True).click()
    other.get_by_role("button", name="Leave the table").click()
    other.get_by_role("button", name="Leave", exact=True).click()
    other.wait_for_url("**/golf")
    settle(host)
    other.goto(f"/golf/{room.code}")
    expect(other.locator("#gone")).to_contain_text("you have left it")
    expect(other.get_by_role("link", name="Watch it")).to_be_visible()


def test_the_maker_closes_the_table_to_spectators_and_sends_a_player_away(host, page_of, ada, bob):
    page, other = page_of(ada), page_of(bob)
    room = opened(page, host)
    sit_down(other, room)
    page.get_by_role("button", name="Room", exact=True).click()
    page.get_by_label("Open to spectators").uncheck()
    expect(page.locator("#watching")).to_have_text("closed to spectators")
    room.refresh_from_db()
    assert room.open_to_spectators is False
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Remove bob").click()
    expect(page.locator("#seats")).not_to_contain_text("bob")
    expect(other.get_by_role("button", name="Sit down")).to_be_visible()


def test_the_maker_changes_what_is_agreed_on_and_the_others_see_it_at_once(host, page_of, ada, bob):
    page, other = page_of(ada), page_of(bob, **PHONE)
    room = opened(page, host)
    sit_down(other, room)
    add_computer(page)
    page.locator("#terms-change > summary").click()
    terms = page.locator("#terms-form")
    terms.get_by_label("Rounds").fill("3")
    terms.locator("summary", has_text="House rules").click()
    terms.get_by_label("Tens count 1").check()
    terms.get_by_label("After discarding a drawn card").select_option("always")
    terms.get_by_label("Seconds behind").fill("20")
    terms.get_by_label("Seconds behind").blur()
    page.get_by_label(re.compile("^How .* plays$")).select_option("wary")
    agreed = other.locator(".waiting .terms")
    expect(agreed).to_contain_text("3 rounds, 1 deck")
    expect(agreed).to_contain_text("Tens count 1")
    expect(agreed).to_contain_text("After a discard a card is turned up")
    expect(agreed).to_contain_text("Spectators may watch, 20 s later")
    expect(other.locator("#seats")).to_contain_text(golf_words.MANNERS["wary"])
    expect(other.locator("#terms-change")).to_be_hidden()
    assert accessibility_violations(page) == []
    assert other.evaluate(OFF_THE_EDGE) <= 0
    terms.get_by_label("May watch").uncheck()
    terms.get_by_label("Tens count 1").uncheck()
    expect(agreed).to_contain_text("Closed to spectators")
    expect(agreed).not_to_contain_text("Tens")
    room.refresh_from_db()
    assert (room.options["num_rounds"], room.delay_seconds, room.open_to_spectators) == (
        3,
        20,
        False,
    )


def test_the_next_table_is_offered_to_those_who_stayed_and_to_who_comes_back(
    host, page_of, ada, bob
):
    page, other = page_of(ada), page_of(bob, **PHONE)
    room = opened(page, host)
    sit_down(other, room)
    start(page, host, other)
    for asked in (page, other):
        asked.get_by_role("button", name="Room", exact=True).click()
    page.locator("#leave").click()
    page.locator("#leave-form button").click()
    stepped(host)
    settle(host)
    other.reload()
    expect(other.locator("#golf")).to_have_attribute("data-state", re.compile("over|closed"))
    back = page_of(ada)
    back.goto(f"/golf/{room.code}")
    expect(back.locator(".next:visible")).to_have_count(0)
    other.locator("#again:visible, #closed-again:visible").click()
    expect(other.locator("#seats .seat-name")).to_have_text("bob")
    code = other.url.rsplit("/", 1)[1]
    assert code != room.code
    offer = back.locator(".next:visible")
    expect(offer).to_contain_text("bob plays again.")
    back.reload()
    offer.get_by_role("link", name=f"Go to table {code}").click()
    back.get_by_role("button", name="Sit down").click()
    expect(other.locator("#seats")).to_contain_text("ada")


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_one_thumb_is_enough_at_a_full_table(host, page_of, ada, scheme):
    page = page_of(ada, color_scheme=scheme, **PHONE)
    opened(page, host, seats=6)
    for manner in ("hunter", "bold", "steady", "wary", "dreamer"):
        add_computer(page, manner)
    assert accessibility_violations(page) == []
    start(page, host)
    play_one(page, host)
    assert accessibility_violations(page) == []
    assert page.evaluate(OFF_THE_EDGE) <= 0
    for card in page.locator("#mine .card-button").all():
        box = card.bounding_box()
        assert box["y"] + box["height"] <= 844 - 44, "the hand and a button below it are in reach"
        assert box["width"] >= 44


def test_the_lobby_says_what_to_do_to_whom(live_site, page, page_of, ada):
    page.goto("/golf")
    expect(page.get_by_role("link", name="Sign in to play")).to_be_visible()
    assert accessibility_violations(page) == []
    mine = page_of(ada)
    mine.goto("/golf?code=nope")
    expect(mine.get_by_role("alert")).to_contain_text("There is no table NOPE")
    mine.locator("summary", has_text="House rules").click()
    assert accessibility_violations(mine) == []


@pytest.mark.allow_page_errors("404")
def test_a_table_that_is_not_there_is_a_page_with_a_way_back(live_site, page_of, ada):
    page = page_of(ada)
    page.goto("/golf/XXXXX")
    expect(page.locator(".fault-code")).to_have_text("404")


def test_rules_read_alike_where_they_are_chosen_and_where_they_are_told():
    told = (ROOT / "static/viewer/renderers/golf/house.js").read_text()
    chosen = {name: words for _, rules in golf_words.grouped() for name, words in rules}
    assert set(chosen) == {name for name, usual in PLAIN.items() if usual is False}
    assert [words for words in chosen.values() if f"'{words}'" not in told] == []
    assert set(golf_words.MANNERS) == set(get_game("golf").bots)


# A file


def pick(page: Page, name: str, content: bytes) -> None:
    file = {"name": name, "mimeType": "application/json", "buffer": content}
    page.locator("#import-file").set_input_files(file)


@pytest.mark.allow_page_errors("400", "409")
def test_a_file_is_brought_in_once_and_what_cannot_be_is_refused_in_a_sentence(
    live_site, page_of, ada
):
    content = shared_recording("golf/game-01.json").read_bytes()
    page = page_of(ada)
    page.goto("/import")
    assert accessibility_violations(page) == []
    pick(page, "game-01.json", content.replace(b'"card_swapped"', b'"card_stolen"', 1))
    expect(page.locator("#import-answer")).to_have_attribute("data-tone", "danger")
    expect(page.locator("#import-words")).to_contain_text("card_stolen")
    pick(page, "game-01.json", content)
    expect(page.locator("#import-words")).to_contain_text("It is here")
    address = page.locator("#import-link").get_attribute("href")
    pick(page, "game-01.json", content)
    expect(page.locator("#import-words")).to_have_text("This recording is already here.")
    assert page.locator("#import-link").get_attribute("href") == address
    page.locator("#import-link").click()
    expect(page.locator("#viewer-game")).to_have_text("Six-card Golf")


def test_who_is_not_signed_in_is_led_to_the_door(page):
    page.goto("/import")
    expect(page.get_by_role("link", name="Sign in to import")).to_be_visible()
