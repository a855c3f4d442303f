"""A host tells how late it stores its ticks."""

import json
import time

import pytest

from play import host as hosting
from play.host import Host
from play.lateness import LONGEST_MS, Lateness, quantile
from tests.test_host import turns


def test_a_quantile_is_within_how_many_milliseconds_that_share_was_stored():
    lateness = Lateness()
    for ms in range(1, 101):
        lateness.add((ms - 0.5) / 1000)
    assert quantile(lateness.counts, 0.5) == 50
    assert quantile(lateness.counts, 0.99) == 99
    assert quantile(lateness.counts, 1) == 100
    assert quantile([0, 0], 0.99) == 0


def test_what_is_early_or_very_late_is_counted_too():
    lateness = Lateness()
    lateness.add(-1)
    lateness.add(3600)
    assert lateness.report()["late_ms"] == {"0": 1, str(LONGEST_MS): 1}


@pytest.mark.django_db
def test_a_host_reports_each_span_with_its_ticks(tmp_path, monkeypatch):
    monkeypatch.setattr(hosting, "REPORT_SECONDS", 0.0)
    host = Host(shards=2, report=tmp_path / "report")
    turns(host, 4)
    told = [json.loads(line) for line in (tmp_path / "report").read_text().splitlines()]
    assert sum(span["ticks"] for span in told) == 2 * 3
    assert told[-1]["shards"] == 2


@pytest.mark.django_db
def test_shards_that_are_opened_at_once_begin_on_different_beats():
    host = Host(shards=6, tick_seconds=1.0)
    host.keep()
    now = time.monotonic()
    beats = {round(playing.due / hosting.PULSE_SECONDS) for playing in host.playing.values()}
    assert len(beats) == 6
    assert all(playing.due < now + 1 for playing in host.playing.values())
