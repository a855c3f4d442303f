"""Many play at once on a running site: no seat is given twice, no accepted command is lost."""

import json
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from play import joining
from play.host import Host
from play.models import MAX_SEATS, LiveShard, PendingCommand, Seat
from replays import reading
from replays.models import ReplayShard
from tests.test_host import check_played_whole, turns


def post(address, body=None, token=None):
    """Return status and body of the answer."""
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = json.dumps(body or {}).encode()
    request = urllib.request.Request(address, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@pytest.fixture
def host(transactional_db, settings):
    settings.SEGFAULT_COMPUTER_PLAYERS = 0
    settings.EMPTY_SHARD_TICKS = 100_000
    host = Host(shards=1)
    turns(host, 1)
    return host


def test_of_thirty_who_join_at_once_ten_get_the_ten_seats(live_site, host):
    with ThreadPoolExecutor(6) as pool:
        joined = list(pool.map(lambda _: post(f"{live_site}/process/join"), range(30)))
    assert sorted(status for status, _ in joined) == [200] * MAX_SEATS + [503] * 20
    turns(host, 1)
    playing = host.playing[LiveShard.objects.get().shard_id]
    entered = set(playing.game.participants(playing.snapshot))
    given = {body["process_id"] for status, body in joined if status == 200}
    left = {str(pk) for pk in Seat.objects.exclude(left_at=None).values_list("pk", flat=True)}
    assert entered | left == given
    assert len(given) == MAX_SEATS


@pytest.mark.slow
def test_every_accepted_command_is_recorded_exactly_once(live_site, host):
    tokens = [post(f"{live_site}/process/join")[1]["token"] for _ in range(3)]
    accepted, answers = [], []
    done = threading.Event()

    def talk(player):
        for number in range(40):
            text = f"{player} says {number}"
            say = {"cmd": "SAY", "arg": text}
            status, _ = post(f"{live_site}/process/cmd", say, tokens[player])
            answers.append(status)
            if status == 200:
                accepted.append(text)
            time.sleep(0.03)

    def play():
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(talk, range(3)))
        done.set()

    thread = threading.Thread(target=play)
    thread.start()
    while not done.is_set():
        turns(host, 1)
        time.sleep(0.02)
    thread.join()
    turns(host, 2)
    said = [
        arg
        for shard in ReplayShard.objects.all()
        for entry in reading.entries(shard)
        for _, name, arg, _ in entry.get("commands", [])
        if name == "SAY"
    ]
    assert sorted(said) == sorted(accepted)
    assert set(answers) <= {200, 409, 429}
    assert len(accepted) >= 3
    assert not PendingCommand.objects.exists()
    for shard in ReplayShard.objects.all():
        check_played_whole(shard)


def test_who_joins_from_two_tabs_at_once_sits_in_two_shards(host, bob, rf):
    """Each call sign sits once in a shard, however the two cross."""
    other = Host(shards=2)
    turns(other, 1)
    request = rf.post("/process/join")
    request.session = {}
    joining.join(request, bob)
    Seat.objects.all().delete()
    together = threading.Barrier(2)

    def join(_):
        try:
            together.wait()
            return joining.join(request, bob)[0].shard_id
        finally:
            connection.close()

    for _ in range(5):
        with ThreadPoolExecutor(2) as pool:
            first, second = pool.map(join, range(2))
        assert first != second
        Seat.objects.all().delete()
