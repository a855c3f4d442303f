"""Pages say what is on, find what is recorded, and hand the viewer what it needs."""

import json
import re

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from games import get_game
from replays import recording, sharing
from replays.models import ReplayShard
from replays.tokens import find_token
from tests.chromium import accessibility_violations

POISON = '<script>alert(1)</script>"><img src=x onerror=alert(1)>\u202e'


def page_of(client, address, status=200):
    answer = client.get(address, headers={"Accept": "text/html"})
    assert answer.status_code == status, address
    return answer.content.decode()


def setup_of(page):
    """Return the block that the viewer reads."""
    found = re.search(r'<script id="viewer-setup" type="application/json">(.*?)</script>', page)
    return json.loads(found[1])


def tag(page, name):
    """Return the content of a meta tag."""
    return re.search(rf'<meta (?:name|property)="{name}" content="([^"]*)">', page)[1]


# What is on


def test_home_tells_what_is_live_and_what_was(client, record):
    live, ended = record(12, live=True, title="On now"), record(20, title="Over")
    page = page_of(client, "/")
    assert f'href="/spectate/{live.pk}"' in page
    assert f'href="/replay?shard={ended.pk}"' in page
    assert "tick 11" in page
    assert "20 ticks" in page


def test_home_is_worth_reading_when_there_is_nothing(client, db):
    assert "Nothing is being played at the moment." in page_of(client, "/")


def test_home_names_what_was_eventful(client, record):
    calm, wild = record(5, title="Calm"), record(5, title="Wild")
    ReplayShard.objects.filter(pk=wild.pk).update(total_kills=7)
    eventful = page_of(client, "/").partition("Most eventful")[2]
    assert str(wild.pk) in eventful
    assert str(calm.pk) not in eventful


def test_lists_show_what_is_public_and_ones_own(client, record, ada, eve):
    names = ("public", "unlisted", "private")
    shards = {name: record(5, owner=ada, visibility=name) for name in names}
    hidden = record(5, hidden_at=timezone.now())
    seen = {}
    for user in (None, eve, ada):
        if user:
            client.force_login(user)
        for address in ("/", "/replays"):
            page = page_of(client, address)
            seen[user] = [name for name in names if str(shards[name].pk) in page]
            assert str(hidden.pk) not in page
    assert seen == {None: ["public"], eve: ["public"], ada: list(names)}


# The gallery


def test_the_gallery_is_searched_by_title_game_and_id(client, record):
    first, second = record(5, title="Blue moon"), record(5, game="chess", title="Red sun")
    for words, found in (("moon", first), ("chess", second), (str(first.pk)[:13], first)):
        page = page_of(client, f"/replays?q={words}")
        other = second if found is first else first
        assert str(found.pk) in page
        assert str(other.pk) not in page
    assert "No recording matches." in page_of(client, "/replays?q=nothing+like+it")


def test_the_gallery_is_filtered_by_game_and_state(client, record):
    live, ended = record(5, live=True), record(5, game="segfault")
    assert str(ended.pk) not in page_of(client, "/replays?live=1")
    assert str(live.pk) not in page_of(client, "/replays?live=0")
    assert str(live.pk) not in page_of(client, "/replays?game=segfault")
    assert "SEGFAULT" in page_of(client, "/replays?game=segfault")


def test_a_game_that_is_not_known_here_is_chosen_from_its_cards(client, record):
    record(12, title="Foxes and hares", game="meadow"), record(12, title="Other", game="chess")
    assert 'href="/replays?game=meadow"' in page_of(client, "/replays")
    page = page_of(client, "/replays?game=meadow")
    assert '<option value="meadow" selected>meadow</option>' in page
    assert "Foxes and hares" in page
    assert "Other" not in page


def test_the_gallery_goes_on_for_as_many_pages_as_there_are(client, record):
    for number in range(26):
        record(1, title=f"Run {number}")
    first, second = page_of(client, "/replays?q=Run"), page_of(client, "/replays?q=Run&page=2")
    assert "26 recordings" in first
    assert 'href="/replays?q=Run&amp;page=2"' in first
    assert first.count('class="card ') == 24
    assert second.count('class="card ') == 2


def test_an_empty_gallery_says_so(client, db):
    assert "Nothing has been recorded yet." in page_of(client, "/replays")


@pytest.mark.parametrize(
    "query", ["page=x", "page=-1", "page=99999999999999", "live=maybe", "q=%00", "q=%F0%28",
              "game=%00", "q=" + "x" * 5000, "q=%25_%5C'\"", "page=1e9", "limit=x", "before=x"]
)  # fmt: skip
def test_a_bad_parameter_never_breaks_the_gallery(client, record, query):
    record(5)
    page_of(client, f"/replays?{query}")


def test_programs_get_the_same_address_as_json(client, record):
    shard = record(5)
    answer = client.get("/replays")
    assert answer.json()["shards"][0]["shard_id"] == str(shard.pk)


def test_a_poisoned_title_breaks_no_page(client, record, ada):
    record(3, title=POISON[:100], game="<b>game</b>", owner=ada)
    shard = record(3, title=POISON[:100], owner=ada, live=True)
    link = sharing.make_share(shard, ada, title=POISON[:100], description=POISON)
    client.force_login(ada)
    addresses = ("/", "/replays", "/account", f"/replay?shard={shard.pk}", f"/replay/{link.code}")
    for address in addresses:
        page = page_of(client, address)
        assert "<script>alert" not in page, address
        assert "<img src=x" not in page, address
        assert "<b>game" not in page, address


# The viewer's pages


def test_the_viewer_is_told_what_to_fetch(client, record, ada):
    shard = record(30, owner=ada, title="A count")
    setup = setup_of(page_of(client, f"/replay?shard={shard.pk}&tick=7"))
    assert {"golf", "segfault"} <= set(setup.pop("renderers"))
    assert setup == {
        "world": None,
        "hints": None,
        "base": f"/replays/{shard.pk}",
        "shard_id": str(shard.pk),
        "game": "counting",
        "game_title": "",
        "title": "A count",
        "tick": 7,
        "end_tick": None,
        "at_live_edge": False,
        "can_share": False,
        "signed_in": False,
        "share": None,
        "login_url": f"/accounts/login/?next=%2Freplay%3Fshard%3D{shard.pk}%26tick%3D7",
    }
    client.force_login(ada)
    setup = setup_of(page_of(client, f"/replay?shard={shard.pk}"))
    assert (setup["can_share"], setup["signed_in"], setup["tick"]) == (True, True, None)


@pytest.mark.parametrize("tick", ["x", "-1", "1.5", "", "٣", "9" * 40, "%00"])
def test_a_bad_viewer_parameter_is_ignored(client, record, tick):
    shard = record(5)
    assert setup_of(page_of(client, f"/replay?shard={shard.pk}&tick={tick}"))["tick"] is None


def test_spectating_begins_at_the_live_edge(client, record):
    live, ended = record(5, live=True), record(5)
    assert setup_of(page_of(client, f"/spectate/{live.pk}"))["at_live_edge"] is True
    assert setup_of(page_of(client, f"/spectate/{ended.pk}"))["at_live_edge"] is False
    assert setup_of(page_of(client, f"/replay?shard={live.pk}"))["at_live_edge"] is False


def test_a_link_opens_its_moment_and_nothing_more(client, record, ada):
    shard = record(30, owner=ada, visibility="unlisted")
    link = sharing.make_share(shard, ada, title="The turn", expires_days=3, tick=4, end_tick=9)
    client.force_login(ada)
    setup = setup_of(page_of(client, f"/replay/{link.code}"))
    assert setup["base"] == f"/replay/{link.code}"
    assert setup["shard_id"] is None
    assert (setup["tick"], setup["end_tick"], setup["title"]) == (4, 9, "The turn")
    assert setup["can_share"] is False
    assert setup["share"]["code"] == link.code
    assert setup_of(page_of(client, f"/replay/{link.code}?tick=6"))["tick"] == 6


def test_the_viewer_without_a_shard_leads_to_the_gallery(client, db):
    assert client.get("/replay").headers["Location"] == "/replays"


def test_what_is_not_there_has_a_page_with_a_way_back(client, record):
    hidden = record(5, hidden_at=timezone.now())
    pages = {
        page_of(client, address, status=404)
        for address in (
            f"/replay?shard={hidden.pk}",
            f"/spectate/{hidden.pk}",
            "/replay?shard=00000000-0000-4000-8000-000000000000",
            "/replay?shard=nonsense",
            "/replay?shard=%00",
            "/replay/abcdefghijkm",
            "/spectate/nonsense",
            "/no/such/page",
        )
    }
    assert len(pages) == 1
    assert 'href="/replays"' in pages.pop()


def test_a_moderator_sees_what_is_hidden(client, record, mo):
    hidden = record(5, hidden_at=timezone.now())
    client.force_login(mo)
    assert setup_of(page_of(client, f"/replay?shard={hidden.pk}"))["shard_id"] == str(hidden.pk)
    assert client.get(f"/replays/{hidden.pk}/index").status_code == 200


# What others show of a page


def test_a_chat_is_told_what_an_address_shows(client, record, ada, settings):
    settings.SITE_URL = "https://replays.example.org"
    settings.SECURE_SSL_REDIRECT = False
    shard = record(30, owner=ada, title="A count")
    link = sharing.make_share(shard, ada, title="The turn", description="Look.", tick=4)
    page = page_of(client, f"/replay/{link.code}")
    assert tag(page, "og:title") == "The turn"
    assert tag(page, "og:description") == tag(page, "description") == "Look."
    assert tag(page, "og:url") == f"https://replays.example.org/replay/{link.code}"
    picture = f"https://replays.example.org/replay/{link.code}/picture.png?tick=4"
    assert tag(page, "og:image") == picture
    assert tag(page, "twitter:card") == "summary_large_image"
    page = page_of(client, f"/replay?shard={shard.pk}&tick=7")
    assert tag(page, "og:title") == "A count"
    assert "30 ticks" in tag(page, "og:description")
    assert tag(page, "og:image").endswith(f"/replays/{shard.pk}/picture.png?tick=7")


def test_search_engines_are_kept_from_what_is_not_public(client, record, ada):
    public, unlisted = record(5), record(5, visibility="unlisted")
    assert "noindex" not in page_of(client, f"/replay?shard={public.pk}")
    assert "noindex" in page_of(client, f"/replay?shard={unlisted.pk}")


def test_every_page_has_a_title_and_a_description_of_its_own(client, record, ada):
    shard = record(5, title="A count")
    client.force_login(ada)
    addresses = ("/", "/replays", "/account", f"/replay?shard={shard.pk}")
    pages = [page_of(client, address) for address in addresses]
    titles = {re.search(r"<title>(.*?)</title>", page)[1] for page in pages}
    assert len(titles) == len(pages)
    assert all(tag(page, "description") for page in pages)


def test_pages_run_nothing_inline(client, record, ada):
    shard = record(5)
    client.force_login(ada)
    for address in ("/", "/replays", "/account", f"/replay?shard={shard.pk}", "/no/such/page"):
        answer = client.get(address, headers={"Accept": "text/html"})
        page = answer.content.decode()
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]*(src=|application/json))", page), address
        assert not re.search(r"<style| style=| on[a-z]+=", page), address


def test_the_viewers_pages_carry_the_key_of_a_site_that_has_one(client, record, settings):
    settings.SEGFAULT_API_KEY = "a key of the site"
    shard = record(5)
    assert client.get(f"/replays/{shard.pk}/index").status_code == 401
    page_of(client, f"/replay?shard={shard.pk}")
    assert client.get(f"/replays/{shard.pk}/index").status_code == 200


def test_a_fault_is_told_without_its_reason(client, db, monkeypatch):
    def broken(*_):
        raise RuntimeError("the secret reason")

    monkeypatch.setattr("replays.listing.filtered", broken)
    page = page_of(client, "/replays", status=500)
    assert "the secret reason" not in page
    assert "noted" in page


@pytest.mark.parametrize(
    ("reason", "status"), [("the connection is lost", 503), ("database or disk is full", 507)]
)
def test_a_session_that_cannot_be_kept_is_told_as_any_write(reason, status, db, monkeypatch):
    def fail(*_, **__):
        raise OperationalError(reason)

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.save", fail)
    answer = Client(raise_request_exception=False).post("/chat/guest")
    assert answer.status_code == status
    assert answer.json()["status_code"] == status


def test_live_facts_of_segfault_are_counted(client, db):
    game = get_game("segfault")
    shard = recording.open_shard(game)
    rng = game.rng("seed", 0)
    state = game.setup({}, rng)
    recording.append(shard, [recording.Tick(1, 1.0, game.snapshot(state))])
    assert "SEGFAULT" in page_of(client, "/")


# In a real browser


@pytest.mark.parametrize("size", [(1440, 900), (320, 640)], ids=["wide", "phone"])
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_pages_are_for_everyone(page_of, record, ada, scheme, size):
    shard = record(30, owner=ada, title="A count")
    record(12, live=True, title="A title with averylongwordthatdoesnotendbyitselfandgoesonandon")
    sharing.make_share(shard, ada, title="The turn", expires_days=3)
    width, height = size
    page = page_of(ada, color_scheme=scheme, viewport={"width": width, "height": height})
    addresses = ("/", "/replays", "/replays?q=none", "/account", "/accounts/password/change/")
    for address in addresses:
        page.goto(address)
        assert accessibility_violations(page) == [], address
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{address} scrolls sideways: {wide}"


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_the_way_in_is_for_everyone(new_context, scheme):
    page = new_context(color_scheme=scheme).new_page()
    for address in ("/accounts/login/", "/accounts/signup/"):
        page.goto(address)
        assert accessibility_violations(page) == [], address


@pytest.mark.allow_page_errors("404")
def test_a_lost_visitor_finds_the_way_back(page):
    page.goto("/replay/abcdefghijkm")
    assert accessibility_violations(page) == []
    page.click("text=All recordings")
    assert page.title().startswith("Replays")


def test_a_token_is_made_by_hand_and_can_be_copied(page_of, ada):
    page = page_of(ada)
    page.goto("/account")
    page.fill("#token-name", "my trainer")
    page.select_option("#token-scope", "push")
    page.click("text=Make a token")
    token = page.input_value("#new-token")
    assert find_token(token).scope == "push"
    with page.expect_navigation():
        page.get_by_role("button", name="Revoke my trainer").click()
    assert find_token(token) is None
