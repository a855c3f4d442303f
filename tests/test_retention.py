"""Only what a rule names goes, ended and after a grace; no crash makes a recording a candidate."""

import datetime as dt

import pytest
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone

from games.game import Refused
from play.host import Host
from play.models import LiveShard
from replays import giving_up, recording, retention, sharing
from replays.models import Push, ReplayChunk, ReplayShard, ReplayTick, Report
from tests.conftest import count_up
from tests.test_host import turns

RULE = retention.Rule("counting", "host", 90)


@pytest.fixture
def old(record):
    """Record a shard that ended, or fell silent, so many days ago: `old(200, **fields)`."""

    def old(days, *, live=False, **fields):
        shard = record(120, live=live, **fields)
        then = timezone.now() - dt.timedelta(days=days)
        ended = {} if live else {"ended_at": then}
        ReplayShard.objects.filter(pk=shard.pk).update(started_at=then, changed_at=then, **ended)
        shard.refresh_from_db()
        return shard

    return old


@pytest.fixture
def expire(settings, capsys, mo):
    """Run the command, under the rule of these tests unless told, and return what it says."""
    settings.RETENTION = str(RULE)

    def expire(*options):
        call_command("expire", *options)
        return capsys.readouterr().out

    return expire


DELETE = ("--delete", "--by", "mo")


def test_sessions_that_nobody_can_come_back_to_go(expire, client, mo, ada):
    client.force_login(ada)
    Session.objects.update(expire_date=timezone.now() - dt.timedelta(seconds=1))
    client.force_login(mo)
    assert "1 sessions would go." in expire()
    assert Session.objects.count() == 2
    assert "1 sessions are gone." in expire(*DELETE)
    assert client.session.session_key == Session.objects.get().session_key


def test_a_recording_goes_after_its_days_and_the_grace_and_that_is_written_down(old, expire, mo):
    kept, graced, gone = old(80), old(100), old(121)
    said = expire(*DELETE)
    assert f"shard {gone.pk}" in said
    assert f"shard {graced.pk} {graced} goes on" in said
    assert str(kept.pk) not in said
    assert set(ReplayShard.objects.all()) == {kept, graced}
    assert not ReplayChunk.objects.filter(shard=gone.pk).exists()
    assert not ReplayTick.objects.filter(shard=gone.pk).exists()
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id, entry.action_flag) == (mo, str(gone.pk), DELETION)
    assert "counting/host:90" in entry.change_message


def test_it_only_says_what_would_go_unless_told_to_delete(old, expire):
    gone = old(200)
    said = expire()
    assert f"shard {gone.pk}" in said
    assert "1 shards would go by the rule counting/host:90." in said
    assert ReplayShard.objects.filter(pk=gone.pk).exists()
    assert not LogEntry.objects.exists()


def test_what_no_rule_names_is_kept_for_ever(old, expire, settings, ada):
    other = [
        old(5000, game="another"),
        old(5000, origin="import", owner=ada),
        old(5000, origin="push"),
    ]
    expire(*DELETE)
    settings.RETENTION = ""
    other.append(old(5000))
    expire(*DELETE)
    assert set(ReplayShard.objects.all()) == set(other)


def test_what_somebody_may_still_need_is_held(old, expire, ada):
    linked = old(200)
    sharing.make_share(linked, ada)
    old(200, hidden_at=timezone.now())
    reported = old(200)
    Report.objects.create(shard=reported, reason="rude")
    coming = old(200)
    Push.objects.create(replay_id="x", shard=coming, chunk_count=None)
    expire(*DELETE)
    assert ReplayShard.objects.count() == 4
    expire(*DELETE, "--though-shared")
    assert not ReplayShard.objects.filter(pk=linked.pk).exists()
    assert ReplayShard.objects.count() == 3


def test_a_link_that_has_ended_holds_nothing(old, expire, ada):
    revoked = sharing.make_share(old(200), ada)
    sharing.revoke(revoked)
    expired = sharing.make_share(old(200), ada)
    expired.expires_at = timezone.now()
    expired.save()
    expire(*DELETE)
    assert not ReplayShard.objects.exists()


# Crashes and restarts


def test_a_live_shard_whose_host_died_long_ago_is_no_candidate(old, expire):
    silent = old(5000, live=True)
    expire(*DELETE, "--grace-days", "0")
    assert ReplayShard.objects.get() == silent


def test_a_shard_that_is_taken_over_after_years_counts_from_its_end(db, expire, settings):
    settings.RETENTION = "segfault:90"
    host = Host(shards=1)
    turns(host, 5)
    shard = LiveShard.objects.get().shard
    long_ago = timezone.now() - dt.timedelta(days=1000)
    ReplayShard.objects.update(started_at=long_ago, changed_at=long_ago)
    LiveShard.objects.update(leased_until=long_ago)
    expire(*DELETE)
    turns(Host(shards=1), 2)
    recording.finalize(ReplayShard.objects.get(pk=shard.pk))
    expire(*DELETE)
    assert ReplayShard.objects.filter(pk=shard.pk).exists()


def test_a_recording_of_long_ago_that_was_brought_in_today_is_new(record, expire, settings, ada):
    settings.RETENTION = "counting/import:90"
    imported = record(30, origin="import", owner=ada)
    long_ago = timezone.now() - dt.timedelta(days=3000)
    ReplayShard.objects.update(started_at=long_ago, ended_at=long_ago)
    expire(*DELETE, "--grace-days", "0")
    assert ReplayShard.objects.get() == imported


def test_a_push_that_was_given_up_after_a_crash_counts_from_then(record, expire, settings):
    settings.RETENTION = "counting/push:1"
    shard = record(30, live=True, origin="push")
    push = Push.objects.create(replay_id="x", shard=shard, chunk_count=9, placed=3)
    long_ago = timezone.now() - dt.timedelta(days=400)
    Push.objects.update(changed_at=long_ago)
    ReplayShard.objects.update(started_at=long_ago, changed_at=long_ago)
    assert giving_up.give_up_silent() == 1
    push.refresh_from_db()
    expire(*DELETE, "--grace-days", "30")
    assert ReplayShard.objects.get() == shard


def test_what_stops_being_a_candidate_meanwhile_is_kept(old, ada, mo):
    shard = old(200)
    assert shard in retention.candidates(RULE)
    sharing.make_share(shard, ada)
    assert not retention.expire(shard, RULE, mo, grace_days=0)
    assert ReplayShard.objects.filter(pk=shard.pk).exists()
    assert not LogEntry.objects.exists()


def test_what_cannot_be_written_down_does_not_go(old, mo, monkeypatch):
    shard = old(200)

    def fails(*_, **__):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(ReplayShard, "delete", fails)
    with pytest.raises(RuntimeError):
        retention.expire(shard, RULE, mo, grace_days=0)
    assert not LogEntry.objects.exists()
    recording_is_whole = ReplayChunk.objects.filter(shard=shard).count()
    assert recording_is_whole


# What is asked of it


@pytest.mark.parametrize("by", ["", "ada", "nobody"])
def test_only_a_moderator_answers_for_a_deletion(old, expire, ada, by):
    gone = old(200)
    with pytest.raises(CommandError, match="--by a moderator"):
        expire("--delete", "--by", by)
    assert ReplayShard.objects.get() == gone


@pytest.mark.parametrize(
    "text",
    ["segfault", "segfault:", "segfault:0", ":90", "*:90", "golf/other:9", "golf:-1", "a b:9"],
)
def test_a_rule_that_cannot_be_read_deletes_nothing(text, old, expire, settings):
    with pytest.raises(Refused):
        retention.rules(text)
    gone = old(5000)
    settings.RETENTION = f"counting:1, {text}"
    with pytest.raises(CommandError, match="RETENTION"):
        expire(*DELETE)
    assert ReplayShard.objects.get() == gone


def test_rules_are_read_as_they_are_written():
    read = retention.rules(" segfault:90, arena/push:30 ,")
    assert [str(rule) for rule in read] == ["segfault/host:90", "arena/push:30"]
    assert retention.rules("") == []


def test_ticks_that_come_late_keep_a_recording(old):
    shard = old(200, live=True)
    recording.append(shard, count_up(120, 1))
    recording.finalize(shard, timezone.now() - dt.timedelta(days=200))
    assert not retention.candidates(RULE).exists()
