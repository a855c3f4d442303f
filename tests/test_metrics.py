"""What `/metrics` tells, and to whom."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from replays import limits
from replays.measures import PUSH_SECONDS
from replays.models import Report
from segfault_site import metrics
from spectate import watching

TOKEN = "a long token of operators"


@pytest.fixture
def figures(client, settings, monkeypatch, db):
    """Read the figures as Prometheus does: by name and labels."""
    settings.METRICS_TOKEN = TOKEN
    monkeypatch.setattr(metrics, "KEPT_SECONDS", 0.0)

    def figures():
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("text/plain; version=")
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(answer.content.decode())
            for sample in family.samples
        }

    return figures


def test_the_figures_are_closed_until_a_token_is_set(client, db, mo):
    client.force_login(mo)
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("said", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", "Bearer é"])
def test_the_figures_are_for_who_knows_the_token(client, db, settings, said):
    settings.METRICS_TOKEN = TOKEN
    answer = client.get("/metrics", headers={"Authorization": said} if said else {})
    assert answer.status_code == 401
    assert TOKEN not in answer.content.decode()


def test_shards_and_ticks_are_counted_by_game(figures, record):
    record(30)
    record(12, live=True)
    told = figures()
    assert told["segfault_shards_live", "counting"] == 1
    assert told["segfault_shards", "counting"] == 2
    assert told["segfault_ticks", "counting"] == 42


def test_who_watches_is_counted_over_all_processes(figures, record):
    shards = [record(3, live=True) for _ in range(2)]
    watching.tell("one", {shards[0].pk: 3})
    watching.tell("other", {shards[0].pk: 1, shards[1].pk: 2})
    assert figures()["segfault_spectators",] == 6


def test_reports_that_wait_are_counted(figures, record):
    Report.objects.create(shard=record(3), reason="rude")
    assert figures()["segfault_reports_open",] == 1


def test_a_push_is_timed_and_a_refusal_counted(figures, settings):
    before = figures()
    PUSH_SECONDS.observe(0.004)
    settings.LIMITS = settings.LIMITS | {"reads": "1/3600"}
    limits.spend("reads", "somebody")
    with pytest.raises(limits.Limited):
        limits.spend("reads", "somebody")
    after = figures()
    count = ("segfault_push_seconds_count",)
    refused = ("segfault_limited_total", "reads")
    assert after[count] == before[count] + 1
    assert after[refused] == before.get(refused, 0) + 1
    assert after["segfault_push_queue_chunks",] == 0


def test_what_the_database_tells_is_read_once_in_a_while(figures, record, monkeypatch):
    figures()
    monkeypatch.setattr(metrics, "KEPT_SECONDS", 3600.0)
    record(3)
    assert ("segfault_shards", "counting") not in figures()
