"""The page for agents tells enough to play, and the player it brings does play."""

import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
from django.urls import Resolver404, resolve

from play.host import Host
from play.models import Seat
from replays import reading
from replays.models import ReplayShard
from tests.live_site import ROOT
from tests.test_host import turns
from tests.test_process_api import put

AGENT = ROOT / "docs" / "agent.py"


@pytest.mark.django_db
def test_the_page_for_agents_names_this_site_and_only_addresses_that_are_there(client, settings):
    answer = client.get("/SKILL.md")
    assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
    text = answer.content.decode()
    assert AGENT.read_text() in text
    assert "&quot;" not in text
    assert "{%" not in text
    for name in ("join", "state", "cmd"):
        assert f"http://testserver/process/{name}" in text
    for word in text.replace("`", " ").replace("?", " ").replace(",", " ").split():
        if word.startswith("http://testserver/"):
            path = word.removeprefix("http://testserver").rstrip(".")
            try:
                resolve(path)
            except Resolver404:
                pytest.fail(path)
    settings.SITE_URL = "https://replays.example.org"
    assert "https://replays.example.org/process/join" in client.get("/SKILL.md").content.decode()


@pytest.mark.django_db
def test_the_page_for_agents_tells_of_a_key_where_there_is_one(client, settings):
    assert "X-API-Key" not in client.get("/SKILL.md").content.decode()
    settings.SEGFAULT_API_KEY = "secret word"
    text = client.get("/SKILL.md").content.decode()
    assert "X-API-Key" in text
    assert "secret word" not in text


def test_the_agent_joins_and_plays_some_ticks(live_site, settings):
    settings.SEGFAULT_COMPUTER_PLAYERS = 0
    host = Host(shards=1, tick_seconds=0.2)
    turns(host, 1)
    agent = subprocess.Popen(
        [sys.executable, str(AGENT), live_site],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        deadline, calm = time.monotonic() + 20, False
        while agent.poll() is None and time.monotonic() < deadline and played() < 5:
            host.turn()
            (playing, *_) = host.playing.values()
            if not calm and (entered := playing.game.participants(playing.snapshot)):
                calm = True
                seat = Seat.objects.get(pk=entered[0])
                put(host, SimpleNamespace(seat=seat, process_id=entered[0]), (0, 0))
            time.sleep(max(0.01, min(0.05, host.seconds_to_next())))
    finally:
        agent.terminate()
        told, _ = agent.communicate(timeout=10)
    assert played() >= 3, told
    assert "Traceback" not in told, told


def played():
    """Count the ticks for which somebody gave an action."""
    shards = ReplayShard.objects.all()
    return sum(
        any(name in ("MOVE", "BUFFER") for _, name, _, _ in entry.get("commands", []))
        for shard in shards
        for entry in reading.entries(shard)
    )
