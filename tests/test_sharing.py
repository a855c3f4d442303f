"""Links are made by those who may, open what they name while they last, and tell nothing after."""

import datetime as dt
import json

import pytest
from django.utils import timezone

from replays import sharing, tokens
from replays.models import Report, ShareCode


@pytest.fixture
def shard(record, ada):
    return record(30, owner=ada, title="A long count")


@pytest.fixture
def make(client):
    """Ask for a link as JSON: `make(shard, user, **body)`."""

    def make(shard, user=None, **body):
        if user:
            client.force_login(user)
        address = f"/api/replay/game/{shard.pk}/share"
        return client.post(address, body, content_type="application/json")

    return make


def test_a_link_is_made_and_opens_its_moment(make, client, shard, ada):
    body = {"title": "The turn", "description": "Look.", "expires_days": 7, "tick": 3}
    answer = make(shard, ada, **body, end_tick=9)
    made = answer.json()
    assert answer.status_code == 201
    assert made["share_url"] == f"/replay/{made['share_code']}"
    assert made["expires_days"] == 7
    assert len(made["share_code"]) == 12
    client.logout()
    told = client.get(f"/api/replay/shared/{made['share_code']}").json()
    assert told["title"] == "The turn"
    assert (told["tick"], told["end_tick"]) == (3, 9)
    assert told["replay"]["total_ticks"] == 30
    assert told["expires_at"] == pytest.approx(timezone.now().timestamp() + 7 * 86400, abs=10)
    assert client.get(told["replay"]["index_url"]).status_code == 200
    assert told["view_count"] == 0


def test_a_link_may_be_made_as_the_seed_does(client, shard, ada):
    client.force_login(ada)
    address = f"/api/replay/game/{shard.pk}/share"
    asked = client.generic("POST", f"{address}?title=By+query&expires_days=3")
    form = client.post(
        address, "title=123&expires_days=", content_type="application/x-www-form-urlencoded"
    )
    assert (asked.status_code, asked.json()["expires_days"]) == (201, 3)
    assert (form.status_code, form.json()["expires_days"]) == (201, None)
    assert set(ShareCode.objects.values_list("title", flat=True)) == {"By query", "123"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "x" * 101),
        ("title", 7),
        ("title", ["x"]),
        ("description", "x" * 2001),
        ("expires_days", 0),
        ("expires_days", 366),
        ("expires_days", -1),
        ("expires_days", True),
        ("expires_days", 1.5),
        ("expires_days", "7 days"),
        ("expires_days", "7"),
        ("tick", 30),
        ("tick", -1),
        ("tick", "3"),
        ("end_tick", 30),
        ("end_tick", {}),
    ],
)
def test_what_is_wrong_with_a_link_is_named(make, shard, ada, field, value):
    answer = make(shard, ada, **{field: value})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(field)
    assert answer.json()["pointer"] == f"/{field}"
    assert not ShareCode.objects.exists()


def test_a_link_is_asked_for_its_head_like_all_that_is_read(client, make, shard, ada):
    address = f"/api/replay/shared/{make(shard, ada).json()['share_code']}"
    got, headed = client.get(address), client.head(address)
    assert (headed.status_code, headed.content) == (200, b"")
    assert headed["ETag"] == got["ETag"]
    assert client.head("/api/replay/shared/abcdefghjkmn").status_code == 404


def test_ticks_of_a_link_stay_within_the_shard(make, shard, ada):
    assert make(shard, ada, tick=99).json()["valid_range"] == {"min": 0, "max": 29}
    assert make(shard, ada, tick=9, end_tick=3).json()["valid_range"] == {"min": 9, "max": 29}


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"{", b'{"title": "a", "title": "b"}', b"7"])
def test_what_is_no_object_makes_no_link(client, shard, ada, body):
    client.force_login(ada)
    address = f"/api/replay/game/{shard.pk}/share"
    assert client.post(address, body, content_type="application/json").status_code == 400


def test_a_form_cannot_bring_in_what_json_cannot(client, shard, ada):
    client.force_login(ada)
    address = f"/api/replay/game/{shard.pk}/share"
    assert client.generic("POST", f"{address}?title=a%00b").status_code == 400


def test_a_live_shard_can_be_shared_up_to_where_it_is(make, record, bob):
    live = record(12, live=True)
    assert make(live, bob, tick=11).status_code == 201
    assert make(live, bob, tick=12).status_code == 400


def test_who_may_share_what(make, client, record, ada, eve):
    public, unlisted, private = (
        record(5, owner=ada, visibility=name) for name in ("public", "unlisted", "private")
    )
    assert make(public).status_code == 401
    assert make(public, eve).status_code == 201
    assert make(unlisted, eve).status_code == 403
    assert make(private, eve).status_code == 404
    assert [make(shard, ada).status_code for shard in (public, unlisted, private)] == [201] * 3


def test_a_token_shares_if_it_may_more_than_read(client, shard, ada):
    address = f"/api/replay/game/{shard.pk}/share"
    read, play = (tokens.make_token(ada, scope) for scope in ("read", "play"))
    answers = [
        client.generic("POST", address, headers={"Authorization": f"Bearer {token}"})
        for token in (read, play)
    ]
    assert [answer.status_code for answer in answers] == [403, 201]


def test_links_are_limited_an_hour(make, shard, ada, settings):
    settings.LIMITS = settings.LIMITS | {"shares": "2/3600"}
    answers = [make(shard, ada) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert int(answers[-1]["Retry-After"]) > 0


SUFFIXES = ("", "/index", "/ticks", "/chunks/0", "/picture.png")


def everything_at(client, code):
    """Return what each address of a link answers, as a browser and as a program gets it."""
    addresses = [f"/replay/{code}{suffix}" for suffix in SUFFIXES]
    addresses.append(f"/api/replay/shared/{code}")
    addresses += [f"/embed/{code}", *(f"/r/{code}.{kind}" for kind in ("json", "ndjson", "png"))]
    asked = [
        (address, accept) for address in addresses for accept in ("text/html", "application/json")
    ]
    answers = (client.get(address, headers={"Accept": accept}) for address, accept in asked)
    return [(answer.status_code, answer.getvalue()) for answer in answers]


def test_no_one_can_tell_why_a_link_does_not_open(client, record, shard, ada, eve, settings):
    settings.LIMITS = settings.LIMITS | {"share_misses": "1000/60", "reads": "1000/10"}
    hidden = record(5, hidden_at=timezone.now())
    private = record(5, owner=ada, visibility="private")
    gone = {
        "expired": sharing.make_share(shard, ada, expires_days=1),
        "revoked": sharing.make_share(shard, ada),
        "hidden": sharing.make_share(hidden, ada),
        "made private since": sharing.make_share(private, eve),
    }
    ShareCode.objects.filter(pk=gone["expired"].pk).update(expires_at=timezone.now())
    sharing.revoke(gone["revoked"])
    for user in (None, eve):
        if user:
            client.force_login(user)
        never_was = everything_at(client, "a" * 12)
        assert {status for status, _ in never_was} == {404}
        for why, link in gone.items():
            assert everything_at(client, link.code) == never_was, why
        assert everything_at(client, "x" * 300) == never_was


def test_the_owner_of_a_private_shard_opens_it_to_who_has_the_link(client, record, ada):
    private = record(5, owner=ada, visibility="private")
    link = sharing.make_share(private, ada)
    assert {status for status, _ in everything_at(client, link.code)} == {200}
    assert client.get(f"/replays/{private.pk}").status_code == 404


def test_a_link_gives_no_way_in_that_outlives_it(client, record, ada):
    unlisted = record(5, owner=ada, visibility="unlisted")
    link = sharing.make_share(unlisted, ada)
    for _, content in everything_at(client, link.code):
        assert str(unlisted.pk).encode() not in content
        assert unlisted.pk.hex.encode() not in content


def test_guessing_codes_is_limited(client, settings, shard, ada):
    settings.LIMITS = settings.LIMITS | {"share_misses": "3/60"}
    link = sharing.make_share(shard, ada)
    guesses = [client.get(f"/replay/{'b' * 11}{n}").status_code for n in range(4)]
    assert guesses == [404, 404, 404, 429]
    assert client.get(f"/replay/{link.code}").status_code == 200
    page = client.get("/replay/bbbbbbbbbbbb", headers={"Accept": "text/html"})
    assert page.status_code == 429
    assert int(page["Retry-After"]) > 0
    assert b"<h1>" in page.content


def test_only_its_maker_or_a_moderator_revokes_a_link(client, shard, ada, eve, mo):
    link, other = sharing.make_share(shard, ada), sharing.make_share(shard, ada)
    address = f"/api/replay/shared/{link.code}"
    assert client.delete(address).status_code == 401
    client.force_login(eve)
    assert client.delete(address).status_code == 403
    assert client.get(address).status_code == 200
    client.force_login(ada)
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404
    assert client.delete(address).status_code == 404
    client.force_login(mo)
    assert client.delete(f"/api/replay/shared/{other.code}").status_code == 204


def test_an_expired_link_can_still_be_revoked_by_its_maker_alone(client, shard, ada, eve):
    link = sharing.make_share(shard, ada, expires_days=1)
    ShareCode.objects.update(expires_at=timezone.now() - dt.timedelta(days=1))
    client.force_login(eve)
    assert client.delete(f"/api/replay/shared/{link.code}").status_code == 404
    client.force_login(ada)
    assert client.delete(f"/api/replay/shared/{link.code}").status_code == 204


def test_changes_by_a_browser_need_the_sites_own_token(shard, ada):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    address = f"/api/replay/game/{shard.pk}/share"
    assert client.post(address, {}, content_type="application/json").status_code == 403
    client.get(f"/replay?shard={shard.pk}")
    token = client.cookies["csrftoken"].value
    answer = client.post(
        address, {}, content_type="application/json", headers={"X-CSRFToken": token}
    )
    assert answer.status_code == 201


def test_anybody_may_report_what_they_see(client, record, shard, eve):
    address = f"/replays/{shard.pk}/report"
    body = {"reason": "  The title is rude. "}
    assert client.post(address, body, content_type="application/json").status_code == 201
    client.force_login(eve)
    assert client.post(address, body, content_type="application/json").status_code == 201
    assert [(r.reporter, r.reason) for r in Report.objects.order_by("pk")] == [
        (None, "The title is rude."),
        (eve, "The title is rude."),
    ]
    for bad in ({}, {"reason": " "}, {"reason": 7}, {"reason": "x" * 1001}):
        assert client.post(address, bad, content_type="application/json").status_code == 400
    hidden = record(5, hidden_at=timezone.now())
    address = f"/replays/{hidden.pk}/report"
    assert client.post(address, body, content_type="application/json").status_code == 404


def test_what_a_link_opens_can_be_reported_through_it(client, record, ada):
    link = sharing.make_share(record(5, owner=ada, visibility="private"), ada)
    body = {"reason": "spam"}
    answer = client.post(f"/replay/{link.code}/report", body, content_type="application/json")
    assert answer.status_code == 201
    assert Report.objects.get().shard == link.shard


def test_reports_are_limited(client, shard, settings):
    settings.LIMITS = settings.LIMITS | {"reports": "1/3600"}
    address = f"/replays/{shard.pk}/report"
    answers = [
        client.post(address, {"reason": "spam"}, content_type="application/json") for _ in "ab"
    ]
    assert [answer.status_code for answer in answers] == [201, 429]


def test_a_large_body_is_refused_unread(client, record, ada):
    shard = record(3, owner=ada)
    client.force_login(ada)
    body = json.dumps({"reason": "rude", "more": ["a" * 1000] * 70})
    for address in (f"/replays/{shard.pk}/report", f"/api/replay/game/{shard.pk}/share"):
        answer = client.post(address, body, content_type="application/json")
        assert answer.status_code == 413
        assert answer.json()["error_code"] == "TOO_LARGE"
    assert not ada.shares.exists()
