"""Moderators find, hide, restore, revoke and delete; recordings stay facts; all is written down."""

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from play.models import LiveShard, PendingCommand, Seat
from replays import recording, sharing, tokens
from replays.admin import Moderated
from replays.models import AccessToken, ReplayChunk, ReplayShard, ReplayTick, Report, ShareCode
from tests.conftest import count_up

SHARDS = "/admin/replays/replayshard/"
NO_INLINES = {
    f"{name}-{form}_FORMS": 0 for name in ("reports", "shares") for form in ("TOTAL", "INITIAL")
}
POISON = '<script>alert(1)</script>"><img src=x onerror=alert(1)>\u202e\x07'


@pytest.fixture
def desk(client, mo):
    """The client of a moderator."""
    client.force_login(mo)
    return client


def act(desk, name, action, rows, **more):
    """Choose rows of a list and do something to them, as the list's form does."""
    body = {"action": action, "_selected_action": [str(row.pk) for row in rows]} | more
    answer = desk.post(f"/admin/replays/{name}/", body, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def history():
    entries = LogEntry.objects.order_by("pk")
    return [(str(entry.user), entry.object_repr, entry.get_change_message()) for entry in entries]


# Who gets in


def test_the_admin_is_closed_to_who_is_no_moderator(client, eve):
    assert client.get(SHARDS).status_code == 302
    client.force_login(eve)
    assert client.get(SHARDS, follow=True).status_code == 403


def test_staff_without_permissions_sees_nothing(client, eve, record):
    eve.is_staff = True
    eve.save()
    client.force_login(eve)
    shard = record(3)
    assert client.get("/admin/").status_code == 200
    assert client.get(SHARDS).status_code == 403
    assert client.get(f"{SHARDS}{shard.pk}/change/").status_code == 403


# Looking


def test_the_list_tells_what_matters(desk, record, ada):
    shard = record(120, owner=ada, title="A long count")
    Report.objects.create(shard=shard, reason="rude")
    page = desk.get(SHARDS).content.decode()
    assert "A long count" in page
    assert f'href="/replay?shard={shard.pk}"' in page
    assert '<td class="field-total_ticks">120</td>' in page
    assert '<td class="field-reports_open">1</td>' in page
    assert "bytes</td>" in page.replace("\xa0", " ")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("live=yes", "live"), ("hidden=yes", "hidden"), ("reported=yes", "reported"),
        ("visibility__exact=private", "private"), ("game=chess", "chess"),
        ("origin__exact=push", "pushed"), ("q=bluemoon", "named"), ("q=bob", "private"),
    ],
)  # fmt: skip
def test_shards_are_found_by_what_they_are(desk, record, bob, query, found):
    shards = {
        "live": record(3, live=True),
        "hidden": record(3, hidden_at=timezone.now()),
        "reported": record(3),
        "private": record(3, visibility="private", owner=bob),
        "chess": record(3, game="chess"),
        "pushed": record(3, origin="push"),
        "named": record(3, title="Bluemoon"),
    }
    Report.objects.create(shard=shards["reported"], reason="rude")
    page = desk.get(f"{SHARDS}?{query}").content.decode()
    assert [name for name, shard in shards.items() if f"{shard.pk}/change" in page] == [found]


def test_shards_are_found_by_id_and_by_the_code_of_a_link(desk, record, ada):
    shard, other = record(3), record(3)
    link = sharing.make_share(shard, ada)
    for words in (shard.pk, shard.pk.hex, str(shard.pk)[:13], link.code):
        page = desk.get(f"{SHARDS}?q={words}").content.decode()
        assert f"{shard.pk}/change" in page
        assert f"{other.pk}/change" not in page


def test_a_list_costs_the_same_for_many_as_for_few(
    desk, record, ada, django_assert_max_num_queries
):
    for _ in range(20):
        record(3, owner=ada)
    with django_assert_max_num_queries(12):
        desk.get(SHARDS)


def test_a_shard_shows_its_links_and_reports(desk, record, ada, eve):
    shard = record(3, owner=ada)
    link = sharing.make_share(shard, ada, title="The turn")
    Report.objects.create(shard=shard, reporter=eve, reason="It is rude.")
    page = desk.get(f"{SHARDS}{shard.pk}/change/").content.decode()
    assert link.code in page
    assert "It is rude." in page


def test_poison_breaks_no_list(desk, record, ada):
    shard = record(3, title=POISON[:100], game="<b>game</b>", owner=ada)
    record(0, live=True, title="\u202e" * 40)
    link = sharing.make_share(shard, ada, title=POISON[:100], description=POISON)
    report = Report.objects.create(shard=shard, reason=POISON * 9)
    tokens.make_token(ada, "read", POISON[:60])
    seat = Seat.objects.create(shard=shard, name="<script>alert(1)</script>")
    LiveShard.objects.create(shard=shard, holder="<script>")
    PendingCommand.objects.create(
        shard=shard, who="<script>alert(1)", name="MOVE", arg={"a": "<b>"}
    )
    for address in (
        SHARDS, f"{SHARDS}{shard.pk}/change/", f"{SHARDS}{shard.pk}/delete/",
        f"{SHARDS}{shard.pk}/history/", "/admin/replays/sharecode/",
        f"/admin/replays/sharecode/{link.pk}/change/", "/admin/replays/report/",
        f"/admin/replays/report/{report.pk}/change/", "/admin/replays/accesstoken/", "/admin/",
    ):  # fmt: skip
        answer = desk.get(address)
        assert answer.status_code == 200, address
        assert "<script>alert" not in answer.content.decode(), address
        assert "<img src=x" not in answer.content.decode(), address
    desk.force_login(superuser())
    for name, pk in (("liveshard", shard.pk), ("seat", seat.pk), ("pendingcommand", 1)):
        assert desk.get(f"/admin/play/{name}/").status_code == 200
        assert desk.get(f"/admin/play/{name}/{pk}/change/").status_code in (200, 302)


@pytest.mark.parametrize(
    "query", ["q=%00", "q=%F0%28", "hidden=maybe", "p=99999", "o=99.1", "live=%00", "game=%27"]
)
def test_a_bad_parameter_never_breaks_a_list(desk, record, query):
    record(3)
    assert desk.get(f"{SHARDS}?{query}").status_code in (200, 302)


def test_no_secret_is_shown(client, ada):
    token = tokens.make_token(ada, "push", "trainer")
    row = AccessToken.objects.get()
    client.force_login(superuser())
    for address in ("", f"{row.pk}/change/", f"{row.pk}/history/", f"?q={row.prefix}"):
        page = client.get(f"/admin/replays/accesstoken/{address}").content.decode()
        assert row.sha256 not in page
        assert token not in page


# Recordings are facts


def test_only_title_and_visibility_of_a_shard_can_be_changed(desk, record, ada):
    shard = record(120, owner=ada)
    before = ReplayShard.objects.filter(pk=shard.pk).values().get()
    body = {"title": "Renamed", "visibility": "unlisted", "total_ticks": 1, "game": "x",
            "owner": "", "hidden_at": "2026-01-01", "started_at_0": "2020-01-01"}  # fmt: skip
    assert desk.post(f"{SHARDS}{shard.pk}/change/", body | NO_INLINES).status_code == 302
    after = ReplayShard.objects.filter(pk=shard.pk).values().get()
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"title", "visibility"}
    assert history() == [("mo", "Renamed", "Changed Title and Visibility.")]


def test_renaming_a_live_shard_loses_none_of_its_ticks(desk, record, monkeypatch):
    shard = record(3, live=True)
    save_model = Moderated.save_model

    def save_late(*args):
        recording.append(shard, count_up(3, 3))
        save_model(*args)

    monkeypatch.setattr(Moderated, "save_model", save_late)
    body = {"title": "Renamed", "visibility": "public"}
    assert desk.post(f"{SHARDS}{shard.pk}/change/", body | NO_INLINES).status_code == 302
    shard.refresh_from_db()
    assert (shard.title, shard.total_ticks, shard.last_tick) == ("Renamed", 6, 5)


def test_ticks_and_chunks_are_not_in_the_admin(desk, record):
    record(3)
    client = desk
    client.force_login(superuser())
    for name in ("replaytick", "replaychunk"):
        assert client.get(f"/admin/replays/{name}/").status_code == 404


@pytest.mark.parametrize("name", ["replayshard", "sharecode", "report", "accesstoken"])
def test_nothing_is_made_up_in_the_admin(client, db, name):
    client.force_login(superuser())
    assert client.get(f"/admin/replays/{name}/add/").status_code == 403


@pytest.mark.parametrize("name", ["liveshard", "seat", "pendingcommand"])
def test_live_games_are_only_looked_at(client, record, name):
    client.force_login(superuser())
    shard = record(3, live=True)
    rows = {
        "liveshard": LiveShard.objects.create(shard=shard),
        "seat": Seat.objects.create(shard=shard, name="one"),
        "pendingcommand": PendingCommand.objects.create(shard=shard, who="one", name="MOVE"),
    }
    address = f"/admin/play/{name}/{rows[name].pk}"
    assert client.get(f"{address}/change/").status_code == 200
    assert client.post(f"{address}/change/", {}).status_code == 403
    assert client.post(f"{address}/delete/", {"post": "yes"}).status_code == 403


# Deciding


def test_shards_are_hidden_and_shown_again(desk, client, record):
    shard, other = record(3, title="One"), record(3, title="Two")
    told = act(desk, "replayshard", "hide", [shard, other])
    assert "Hidden: 2 (" in told
    assert ReplayShard.objects.visible_to(None).count() == 0
    assert desk.get(f"/replay?shard={shard.pk}").status_code == 200
    assert "Shown again: 1 (One)." in act(desk, "replayshard", "restore", [shard])
    assert list(ReplayShard.objects.visible_to(None)) == [shard]
    entries = history()
    assert sorted(entries[:2]) == [("mo", "One", "Hidden"), ("mo", "Two", "Hidden")]
    assert entries[2:] == [("mo", "One", "Shown again")]


def test_hiding_twice_is_once(desk, record):
    shard = record(3, hidden_at=timezone.now())
    assert "nothing, as none of them called for it" in act(desk, "replayshard", "hide", [shard])
    assert history() == []


def test_a_decision_and_its_history_stand_or_fall_together(desk, record, monkeypatch):
    shard = record(3)

    def broken(*_, **__):
        raise RuntimeError("no history today")

    monkeypatch.setattr("replays.admin.Moderated.log_change", broken)
    body = {"action": "hide", "_selected_action": [str(shard.pk)]}
    assert desk.post(SHARDS, body).status_code == 500
    shard.refresh_from_db()
    assert not shard.hidden


def test_links_are_revoked_and_ended(desk, record, ada):
    shard = record(3)
    one, two = sharing.make_share(shard, ada), sharing.make_share(shard, ada)
    act(desk, "sharecode", "revoke", [one])
    act(desk, "sharecode", "expire", [two])
    assert ShareCode.objects.open().count() == 0
    assert {entry[2] for entry in history()} == {"Revoked", "Ended"}
    for link in (one, two):
        assert desk.get(f"/api/replay/shared/{link.code}").status_code == 404


def test_reports_are_resolved_and_opened_again(desk, record):
    report = Report.objects.create(shard=record(3), reason="rude")
    act(desk, "report", "resolve", [report])
    report.refresh_from_db()
    assert report.resolved_at
    act(desk, "report", "reopen", [report])
    report.refresh_from_db()
    assert report.resolved_at is None
    assert [entry[2] for entry in history()] == ["Resolved", "Opened again"]


def test_tokens_are_revoked(desk, ada):
    token = tokens.make_token(ada, "push", "trainer")
    act(desk, "accesstoken", "revoke", AccessToken.objects.all())
    assert tokens.find_token(token) is None
    assert history() == [("mo", "trainer (push)", "Revoked")]


def test_who_may_only_look_decides_nothing(client, eve, record):
    from django.contrib.auth.models import Permission

    eve.is_staff = True
    eve.save()
    eve.user_permissions.set(Permission.objects.filter(codename="view_replayshard"))
    client.force_login(type(eve).objects.get(pk=eve.pk))
    shard = record(3)
    assert client.get(SHARDS).status_code == 200
    act(client, "replayshard", "hide", [shard])
    shard.refresh_from_db()
    assert not shard.hidden


# Deleting


def test_deleting_names_what_goes_and_takes_it_all(desk, record, ada):
    shard, other = record(120, owner=ada, title="Gone"), record(5)
    sharing.make_share(shard, ada)
    asked = act(desk, "replayshard", "delete_selected", [shard])
    assert f"Gone ({shard.pk}, of ada): 120 ticks" in asked
    assert "Chunks: 2" in asked
    assert "Links: 1" in asked
    assert ReplayShard.objects.count() == 2
    act(desk, "replayshard", "delete_selected", [shard], post="yes")
    assert list(ReplayShard.objects.all()) == [other]
    assert set(ReplayChunk.objects.values_list("shard", flat=True)) == {other.pk}
    assert not ShareCode.objects.exists()
    assert [entry[:2] for entry in history()] == [("mo", "Gone")]


def test_one_shard_is_deleted_from_its_own_page(desk, record):
    shard = record(120, title="Gone")
    assert "Ticks: 120" in desk.get(f"{SHARDS}{shard.pk}/delete/").content.decode()
    assert desk.post(f"{SHARDS}{shard.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not ReplayShard.objects.exists()


def test_what_is_live_is_not_deleted(desk, record):
    live, ended = record(3, live=True, title="On now"), record(3)
    told = act(desk, "replayshard", "delete_selected", [live, ended], post="yes")
    assert "On now is live" in told
    assert desk.post(f"{SHARDS}{live.pk}/delete/", {"post": "yes"}).status_code == 403
    assert ReplayShard.objects.count() == 2
    assert ReplayTick.objects.count() == 3
    assert history() == []


def superuser():
    from django.contrib.auth import get_user_model

    return get_user_model().objects.create_superuser("root", password="a long word of root")


# In a real browser


def test_the_admin_works_under_our_content_security_policy(page_of, record, ada, mo):
    shard = record(120, owner=ada, title="A long count")
    sharing.make_share(shard, ada)
    Report.objects.create(shard=shard, reason="rude")
    page = page_of(mo)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        for address in (f"{SHARDS}{shard.pk}/change/", "/admin/replays/report/", "/admin/", SHARDS):
            page.goto(address)
    page.check("#action-toggle")
    page.select_option("select[name=action]", "hide")
    page.click("button[name=index]")
    assert "Hidden: 1 (A long count)" in page.inner_text(".messagelist")
