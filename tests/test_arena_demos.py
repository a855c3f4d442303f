"""A fight is pushed like anyone's, by a command, and shown while the site is served."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.utils import timezone

from games import get_game
from games.arena import fight as fights
from play.fights import keeper
from play.management.commands.demos import lacks_a_society
from replays import reading, recording
from replays.models import AccessToken, Push, ReplayShard
from tests.live_site import ROOT, environment

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SMALL = {"seed": 7, "mechs": 4, "side": 44, "seconds": 6, "pace": 0}


@pytest.fixture
def run_fight(live_site, tmp_path):
    """Run the command against the site, and give its last word."""
    before = signal.getsignal(signal.SIGTERM)

    def run(**options):
        out = StringIO()
        asked = SMALL | {"url": live_site, "spool": tmp_path} | options
        call_command("run_fight", stdout=out, **asked)
        return out.getvalue().split()[-1]

    yield run
    signal.signal(signal.SIGTERM, before)


def test_a_fight_is_recorded_whole_and_its_address_is_the_last_word(run_fight, live_site):
    address = run_fight()
    shard = ReplayShard.objects.get(game="arena")
    assert address.startswith(live_site)
    assert str(shard.pk) in urlsplit(address).path
    assert shard.ended
    assert str(shard) == "Fight over the zone, seed 7"
    assert shard.origin == ReplayShard.Origin.PUSH
    fight = fights.begin(7, 4, 44, 6)
    recorded = [entry["snapshot"] for entry in reading.entries(shard)]
    assert recorded == list(fights.frames(fight))
    assert Push.objects.get(shard=shard).world is not None


def test_it_belongs_to_a_user_whom_nobody_can_sign_in_as_and_leaves_no_token(run_fight):
    run_fight()
    owner = ReplayShard.objects.get(game="arena").owner
    assert owner.username == "arena"
    assert not owner.has_usable_password()
    assert not AccessToken.objects.exists()


def test_a_person_called_arena_is_left_alone(db):
    person = get_user_model().objects.create_user("arena", password="correct horse battery")
    assert keeper() != person
    assert keeper() == keeper()


def test_a_token_that_the_site_does_not_know_is_said_in_one_sentence(run_fight):
    with pytest.raises(CommandError, match="token"):
        run_fight(token="none-of-ours")
    assert not ReplayShard.objects.filter(game="arena").exists()


def test_what_cannot_be_fought_is_said_before_anything_is_pushed(run_fight):
    with pytest.raises(CommandError, match="even"):
        run_fight(mechs=5)
    with pytest.raises(CommandError, match="pace"):
        run_fight(pace=-1)


def test_demonstrations_go_on_live_and_end_when_they_are_told_to(live_site, tmp_path):
    command = [sys.executable, "manage.py", "demos", "--url", live_site, "--spool", str(tmp_path)]
    shown = subprocess.Popen(command, cwd=ROOT, env=environment())
    try:
        for game in ("arena", "society"):
            wait_for(lambda game=game: live(game), shown)
        fight, town = (ReplayShard.objects.get(game=game) for game in ("arena", "society"))
        wait_for(lambda: ticks_of(fight) > 3, shown)
        os.kill(shown.pid, signal.SIGTERM)
        assert shown.wait(15) == 0
        for shard in (fight, town):
            shard.refresh_from_db()
            assert shard.ended
        assert not AccessToken.objects.exists()
        assert not [path for path in tmp_path.iterdir() if path.is_dir()]
    finally:
        shown.kill()
        shown.wait()


def live(game):
    return ReplayShard.objects.filter(game=game, ended_at=None).exists()


def ticks_of(shard):
    shard.refresh_from_db()
    return shard.last_tick or 0


def wait_for(fact, process):
    deadline = time.monotonic() + 40
    while not fact():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_society_that_was_broken_off_is_ended_and_another_one_shown(db):
    broken = recording.open_shard(get_game("society"), title="broken off")
    assert not lacks_a_society(), "it goes on, as far as anybody knows"
    ReplayShard.objects.update(changed_at=timezone.now() - timedelta(minutes=5))
    assert lacks_a_society()
    broken.refresh_from_db()
    assert broken.ended
    ReplayShard.objects.update(total_ticks=100)
    assert not lacks_a_society()
