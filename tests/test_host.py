"""A host steps what it holds, another follows where one died, and nothing is lost or doubled."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time

import pytest
from django.db import OperationalError
from django.utils import timezone

from games import get_game
from games.game import Command
from play.host import Host, LostLease
from play.models import LiveShard, PendingCommand, Seat
from replays import format, reading
from replays.models import ReplayShard, ReplayTick
from tests.live_site import ROOT, environment

# Computer players draw by chance here, as they do on the site.
pytestmark = [pytest.mark.django_db, pytest.mark.flaky(reruns=2)]


def turns(host: Host, count: int) -> None:
    """Let a host do `count` ticks of everything it holds, however early."""
    for _ in range(count):
        host.keep()
        host.kept_at = time.monotonic()
        for playing in host.playing.values():
            playing.due = 0.0
        host.turn()


def simulate(shard: ReplayShard) -> list[bytes]:
    """Play a shard again from its seed, options and commands alone."""
    game = get_game(shard.game)
    state = game.setup(shard.options, game.rng(shard.seed, 0))
    lines = []
    for entry in reading.entries(shard):
        commands = [Command(*command) for command in entry.get("commands", [])]
        state = game.step(state, commands, game.rng(shard.seed, entry["tick"]))
        lines.append(format.write_json(game.snapshot(state)))
    return lines


def check_played_whole(shard: ReplayShard) -> None:
    """Each tick stands once, from the first, and follows from the one before by the rules."""
    shard.refresh_from_db()
    entries = list(reading.entries(shard))
    assert [entry["tick"] for entry in entries] == list(range(1, shard.total_ticks + 1))
    assert [format.write_json(entry["snapshot"]) for entry in entries] == simulate(shard)


def test_a_host_opens_the_shards_it_is_asked_for_and_records_from_tick_one():
    host = Host(shards=3)
    turns(host, 5)
    assert ReplayShard.objects.live().count() == 3
    for shard in ReplayShard.objects.all():
        check_played_whole(shard)
        assert (shard.first_tick, shard.last_tick) == (1, 5)


def test_two_hosts_share_the_shards_and_never_step_the_same_one():
    first, second = Host(shards=2), Host(shards=2)
    turns(first, 3)
    turns(second, 3)
    assert ReplayShard.objects.count() == 2
    assert not first.playing.keys() & second.playing.keys()


def test_a_host_that_lets_go_is_followed_at_once_where_it_stopped():
    first, second = Host(shards=1), Host(shards=1)
    turns(first, 40)
    first.let_go()
    turns(second, 40)
    for shard in ReplayShard.objects.all():
        check_played_whole(shard)
    assert LiveShard.objects.get(slot=0).shard.last_tick > 70


def test_a_host_whose_lease_was_taken_writes_nothing_more():
    first, second = Host(shards=1), Host(shards=1)
    turns(first, 5)
    LiveShard.objects.update(leased_until=timezone.now())
    turns(second, 5)
    with pytest.raises(LostLease):
        first.step(list(first.playing.values()))
    for shard in ReplayShard.objects.all():
        check_played_whole(shard)


def test_a_command_waits_in_a_row_and_leads_to_exactly_one_tick():
    host = Host(shards=1)
    turns(host, 6)
    shard = LiveShard.objects.get(slot=0).shard
    playing = host.playing[shard.pk]
    who = playing.game.participants(playing.snapshot)[0]
    PendingCommand.objects.create(shard=shard, who=who, name="SAY", arg="is anyone here", ms=5)
    turns(host, 3)
    said = [
        entry["tick"]
        for entry in reading.entries(shard)
        if [who, "SAY", "is anyone here", 5] in entry.get("commands", [])
    ]
    assert len(said) == 1
    assert not PendingCommand.objects.filter(who=who).exists()


def test_a_shard_that_runs_empty_is_shut_down_and_a_new_one_opened(settings):
    settings.SEGFAULT_COMPUTER_PLAYERS = 0
    settings.EMPTY_SHARD_TICKS = 4
    host = Host(shards=1)
    turns(host, 6)
    (ended,) = ReplayShard.objects.ended()
    assert ReplayShard.objects.live().count() == 1
    assert (ended.total_ticks, ended.tail_ticks) == (4, 0)
    assert not Seat.objects.filter(shard=ended, left_at=None).exists()
    check_played_whole(ended)


def test_a_fault_in_the_rules_ends_one_shard_and_no_other(monkeypatch):
    host = Host(shards=2)
    turns(host, 3)
    broken = LiveShard.objects.get(slot=0).shard
    game = type(get_game("segfault"))
    step = game.step

    def fail(self, state, commands, rng):
        if self.snapshot(state)["shard_id"] == str(broken.pk):
            raise ZeroDivisionError
        return step(self, state, commands, rng)

    monkeypatch.setattr(game, "step", fail)
    turns(host, 1)
    broken.refresh_from_db()
    assert broken.ended
    assert LiveShard.objects.get(slot=1).shard.last_tick > broken.last_tick


@pytest.mark.parametrize("line", [b'{"tick":3,"t":3.0,"snapshot":{}}', b"no line at all", b""])
def test_a_shard_that_cannot_be_taken_up_ends_and_the_host_goes_on_with_the_others(line, caplog):
    host = Host(shards=2)
    turns(host, 3)
    broken, good = ReplayShard.objects.order_by("pk")
    ReplayTick.objects.filter(shard=broken).update(line=line)
    host.let_go()
    other = Host(shards=2)
    turns(other, 3)
    broken.refresh_from_db()
    good.refresh_from_db()
    assert broken.ended
    assert broken.last_tick == 3
    assert not good.ended
    assert good.last_tick == 6
    assert ReplayShard.objects.live().count() == 2
    assert "cannot be taken up" in caplog.text


def test_a_database_that_is_away_as_a_shard_is_taken_up_ends_no_shard(monkeypatch):
    host = Host(shards=1)
    turns(host, 3)
    host.let_go()
    other = Host(shards=1)
    with monkeypatch.context() as away:
        away.setattr(reading, "last_line", fails)
        with pytest.raises(OperationalError):
            other.keep()
    assert ReplayShard.objects.live().count() == 1


def fails(*_):
    raise OperationalError("the database is away")


def test_a_host_that_lost_its_database_for_a_while_takes_its_shards_up_again(monkeypatch):
    host = Host(shards=1)
    turns(host, 5)
    host.playing.clear()
    LiveShard.objects.update(leased_until=timezone.now())
    turns(host, 5)
    for shard in ReplayShard.objects.all():
        check_played_whole(shard)
    assert LiveShard.objects.get(slot=0).shard.last_tick > 7


def test_who_leaves_by_a_ghost_gate_sits_in_another_shard_next():
    host = Host(shards=2)
    for _ in range(400):
        turns(host, 1)
        arrived = Seat.objects.exclude(came_from=None).select_related("came_from").first()
        if arrived is not None:
            break
    assert arrived is not None, "nobody found a ghost gate in 400 ticks"
    assert arrived.came_from.shard_id != arrived.shard_id
    assert arrived.came_from.outcome == "transferred"
    assert arrived.came_from.bot == arrived.bot
    turns(host, 2)
    arrived.refresh_from_db()
    assert arrived.left or str(arrived.pk) in host.playing[arrived.shard_id].bots
    for shard in ReplayShard.objects.all():
        check_played_whole(shard)


def test_with_replay_logging_off_no_tick_is_stored_and_the_game_goes_on(settings):
    settings.SEGFAULT_REPLAY_LOGGING = False
    first, second = Host(shards=1), Host(shards=1)
    turns(first, 10)
    first.let_go()
    turns(second, 10)
    assert max(playing.tick for playing in second.playing.values()) > 15
    assert not ReplayTick.objects.exists()
    assert not ReplayShard.objects.recorded().exists()


@contextlib.contextmanager
def running_host(tick_seconds: float = 0.03):
    """A host in a process of its own, on the database of this test."""
    command = [sys.executable, "manage.py", "host", "--shards", "2"]
    process = subprocess.Popen(
        [*command, "--tick-seconds", str(tick_seconds)], cwd=ROOT, env=environment()
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for_ticks(count: int, seconds: float = 20) -> None:
    """Wait until every live shard has `count` more ticks than it has now."""
    goals = {shard.pk: shard.total_ticks + count for shard in ReplayShard.objects.live()} or {
        None: count
    }
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        reached = dict(ReplayShard.objects.values_list("pk", "total_ticks"))
        ended = set(ReplayShard.objects.ended().values_list("pk", flat=True))
        if reached and all(
            pk in ended or reached.get(pk, max(reached.values())) >= goal
            for pk, goal in goals.items()
        ):
            return
        time.sleep(0.05)
    pytest.fail(f"no {count} ticks within {seconds} s")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_host_killed_at_any_moment_is_followed_with_nothing_lost_or_doubled():
    for _ in range(3):
        with running_host() as process:
            wait_for_ticks(20)
            time.sleep(random.uniform(0, 0.1))
            os.kill(process.pid, signal.SIGKILL)
            killed = time.monotonic()
    with running_host():
        wait_for_ticks(1)
        assert time.monotonic() - killed < 5 + 2  # a lease of 3 s, and the start of a process
    for shard in ReplayShard.objects.all():
        check_played_whole(shard)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_host_that_is_told_to_stop_ends_cleanly():
    with running_host() as process:
        wait_for_ticks(5)
        process.terminate()
        assert process.wait(10) == 0
    assert LiveShard.objects.free().count() == LiveShard.objects.count() > 0
