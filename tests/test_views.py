"""Views through links: each viewer once a day, how long and how far, and nobody's address."""

import datetime as dt
import json

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from replays import sharing, watching
from replays.models import ReplayShard, ReplayView, ShareCode, ViewKey

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
OTHER = BROWSER.replace("140", "141")


@pytest.fixture
def link(record, ada):
    return sharing.make_share(record(120, owner=ada, visibility="private"), ada, title="Look")


@pytest.fixture
def watch(client):
    """Tell of watching, as the viewer's page does."""

    def watch(link, seconds=10, tick=5, *, address="203.0.113.7", name=BROWSER, by=None, **headers):
        told = {"seconds": seconds, "tick": tick}
        return (by or client).generic(
            "POST", f"/replay/{link.code}/watched", json.dumps(told), content_type="text/plain",
            headers={"User-Agent": name} | headers, REMOTE_ADDR=address,
        )  # fmt: skip

    return watch


def views(client, link) -> int:
    return client.get(f"/api/replay/shared/{link.code}").json()["view_count"]


def test_a_viewer_counts_once_a_day(client, watch, link, monkeypatch):
    assert views(client, link) == 0
    assert watch(link).status_code == 204
    watch(link, seconds=30, tick=90)
    watch(link, seconds=5, tick=20)
    assert views(client, link) == 1
    view = ReplayView.objects.get()
    assert (view.watch_duration_seconds, view.furthest_tick, view.user) == (45, 90, None)
    watch(link, address="198.51.100.9")
    watch(link, name=OTHER)
    assert views(client, link) == 3
    tomorrow = timezone.now() + dt.timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    watch(link)
    assert views(client, link) == 4


def test_who_is_signed_in_counts_once_wherever_they_watch(watch, link, bob):
    for address in ("203.0.113.7", "198.51.100.9"):
        browser = Client()
        browser.force_login(bob)
        watch(link, by=browser, address=address)
    assert ReplayView.objects.get().user == bob


def test_looking_is_no_view(client, watch, link):
    client.head(f"/replay/{link.code}")
    client.get(f"/replay/{link.code}", headers={"User-Agent": "Slackbot-LinkExpanding 1.0"})
    for suffix in ("", "/index", "/ticks", "/chunks/0", "/picture.png"):
        client.get(f"/replay/{link.code}{suffix}", headers={"User-Agent": BROWSER})
    client.get(f"/api/replay/shared/{link.code}")
    assert not ReplayView.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"name": "Googlebot/2.1 (+http://www.google.com/bot.html)"},
        {"name": "facebookexternalhit/1.1"},
        {"name": "python-requests/2.32"},
        {"name": "curl/8.5.0"},
        {"name": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
    ],
)
def test_machines_and_other_sites_do_not_count(watch, link, headers):
    assert watch(link, **headers).status_code == 204
    assert not ReplayView.objects.exists()


@pytest.mark.parametrize(
    "told",
    [b"", b"[]", b"{}", b"7", b'{"seconds": -1}', b'{"seconds": 3601}', b'{"seconds": 1.5}',
     b'{"seconds": true}', b'{"seconds": "9"}', b'{"seconds": 9, "tick": -1}',
     b'{"seconds": 9, "tick": ""}', b'{"seconds": 9, "tick": 3e9}', b'{"seconds": NaN}',
     b'{"seconds": 9, "x": "' + b"x" * 2000 + b'"}'],
)  # fmt: skip
def test_what_cannot_be_told_is_refused(client, link, told):
    address = f"/replay/{link.code}/watched"
    assert client.generic("POST", address, told, content_type="text/plain").status_code == 400
    assert not ReplayView.objects.exists()


def test_a_link_that_is_gone_counts_nothing(watch, link):
    sharing.revoke(link)
    assert watch(link).status_code == 404
    assert not ReplayView.objects.exists()


def test_telling_is_limited_and_a_day_has_no_more_seconds(watch, link, settings):
    for _ in range(30):
        watch(link, seconds=3_600)
    assert ReplayView.objects.get().watch_duration_seconds == 86_400
    settings.LIMITS = settings.LIMITS | {"watched": "30/60"}
    assert watch(link).status_code == 429


# Nobody's address


def everything_stored() -> str:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        rows = []
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            rows += [
                bytes(value) if isinstance(value, memoryview) else value
                for row in cursor.fetchall()
                for value in row
            ]
    return "\n".join(
        value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in rows
    )


def test_no_address_is_kept(client, watch, link, ada):
    client.force_login(ada)
    for address in ("203.0.113.7", "2001:db8:77:88::1"):
        watch(link, address=address)
        watch(link, by=Client(), address=address)
        Client(REMOTE_ADDR=address).get(f"/replay/{link.code}")
    assert ReplayView.objects.count() == 3
    stored = everything_stored()
    for trace in ("203.0.113", "2001:db8", "Firefox", b"\xcb\x00q\x07".decode("latin-1")):
        assert trace not in stored


def test_the_key_of_a_day_goes_with_it(watch, link, monkeypatch):
    watch(link)
    first = ViewKey.objects.get()
    tomorrow = timezone.now() + dt.timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    watch(link)
    second = ViewKey.objects.get()
    assert bytes(first.secret) != bytes(second.secret)
    one, other = ReplayView.objects.order_by("day")
    assert bytes(one.viewer) != bytes(other.viewer)


# What the maker is told


def test_the_maker_sees_when_and_how_far_it_was_watched(client, watch, link, ada, eve):
    for number in range(5):
        watch(link, seconds=10 + number, tick=number * 30, address=f"198.51.100.{number}")
    address = f"/account/links/{link.code}"
    assert client.get(address).status_code == 302
    client.force_login(eve)
    assert client.get(address).status_code == 404
    client.force_login(ada)
    page = client.get(address, headers={"Accept": "text/html"})
    assert b"5 views, 12 seconds each" in page.content
    assert f'href="{address}"'.encode() in client.get("/account").content
    days = watching.by_day(link)
    assert [(day["day"], day["count"], day["seconds"]) for day in days] == [
        (timezone.now().date(), 5, 60)
    ]
    stops = watching.stops(link)
    assert {(s["first"], s["last"]) for s in stops if s["count"]} == {
        (0, 5), (30, 35), (60, 65), (90, 95), (114, 119),
    }  # fmt: skip
    assert sum(stop["count"] for stop in stops) == 5
    sharing.revoke(link)
    assert client.get(address).status_code == 200


def test_the_page_of_a_link_gives_the_markup_of_a_frame_while_it_is_open(client, link, ada):
    client.force_login(ada)
    page = f"/account/links/{link.code}"
    markup = (
        f"&lt;iframe src=&quot;http://testserver/embed/{link.code}&quot; title=&quot;Look&quot;"
    )
    assert markup in client.get(page).content.decode()
    sharing.revoke(link)
    assert "iframe" not in client.get(page).content.decode()


def test_a_link_that_nobody_watched_has_a_page_too(client, link, ada):
    client.force_login(ada)
    assert b"Nobody has watched it yet." in client.get(f"/account/links/{link.code}").content


# Links that ended long ago


def test_links_go_some_time_after_their_end(watch, link, ada, capsys):
    shard = link.shard
    lasting = sharing.make_share(shard, ada, expires_days=7)
    old = sharing.make_share(shard, ada, expires_days=1)
    fresh = sharing.make_share(shard, ada, expires_days=1)
    watch(old)
    now = timezone.now()
    ShareCode.objects.filter(pk=old.pk).update(expires_at=now - dt.timedelta(days=31))
    ShareCode.objects.filter(pk=fresh.pk).update(expires_at=now - dt.timedelta(days=29))
    call_command("expire")
    assert f"{old.code} ended" in capsys.readouterr().out
    assert ShareCode.objects.count() == 4
    assert ReplayView.objects.exists()
    call_command("expire", "--delete")
    assert "1 links are gone.\n" in capsys.readouterr().out
    assert set(ShareCode.objects.all()) == {link, lasting, fresh}
    assert not ReplayView.objects.exists()
    assert ReplayShard.objects.filter(pk=shard.pk).exists()
    call_command("expire", "--delete", "--grace-days", "0")
    assert set(ShareCode.objects.all()) == {link, lasting}


# In a real browser


@pytest.mark.django_db(transaction=True)
def test_a_browser_that_stays_a_while_is_counted(page, live_site, link):
    with page.expect_request("**/watched") as told:
        page.goto(f"/replay/{link.code}")
        page.wait_for_timeout(6_000)
    assert json.loads(told.value.post_data)["seconds"] == 5
