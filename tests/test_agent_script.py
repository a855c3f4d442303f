"""The page for agents tells enough to play, and the player it brings does play."""

import subprocess
import sys
import time

import pytest
from django.urls import Resolver404, resolve

from play.host import Host
from play.models import Seat
from tests.live_site import ROOT
from tests.test_host import turns

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
        deadline = time.monotonic() + 20
        while agent.poll() is None and time.monotonic() < deadline and played(host) < 8:
            host.turn()
            time.sleep(max(0.01, min(0.05, host.seconds_to_next())))
    finally:
        agent.terminate()
        told, _ = agent.communicate(timeout=10)
    assert played(host) >= 3, told
    assert "Traceback" not in told, told
    seat = Seat.objects.get(came_from=None)
    assert seat.since_tick >= 1


def played(host):
    """Count the ticks for which somebody gave an action."""
    from replays import reading
    from replays.models import ReplayShard

    shards = ReplayShard.objects.all()
    return sum(
        any(name in ("MOVE", "BUFFER") for _, name, _, _ in entry.get("commands", []))
        for shard in shards
        for entry in reading.entries(shard)
    )
