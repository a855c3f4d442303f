"""Figures for whoever watches over the site, as Prometheus reads them: `GET /metrics`.

What is stored is the same whichever process answers: it is read from the database, at most every
few seconds. What a process counts of itself is its own.
"""

import time
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from rest_framework.exceptions import AuthenticationFailed

from play.models import LiveShard
from replays import audience
from replays.api import ingest
from replays.measures import REGISTRY
from replays.models import Push, ReplayShard, Report
from spectate import feeds, watching

KEPT_SECONDS = 5.0
"""How long what was read from the database is told again, however often anybody asks."""

Figure = tuple[str, str, dict[str, float]]


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer who knows the site's token for this; where none is set, nothing is here."""
    if not settings.METRICS_TOKEN:
        raise Http404
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    known = constant_time_compare(token.strip(), settings.METRICS_TOKEN)
    if scheme.lower() != "bearer" or not known:
        raise AuthenticationFailed("The figures are read with the token that METRICS_TOKEN sets.")
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


class Stored(Collector):
    """What the database tells of the whole site, and what waits or is open in this process."""

    def __init__(self) -> None:
        self.read_at = -KEPT_SECONDS
        self.kept: list[Figure] = []

    def describe(self) -> Iterable[Any]:
        """Name nothing beforehand: that would ask the database while the site starts."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        if time.monotonic() - self.read_at >= KEPT_SECONDS:
            self.kept = list(of_the_site())
            self.read_at = time.monotonic()
        for name, words, values in [*self.kept, *of_this_process()]:
            labels = [] if "" in values else ["game"]
            family = GaugeMetricFamily(f"segfault_{name}", words, labels=labels)
            for label, value in values.items():
                family.add_metric([label] if labels else [], value)
            yield family


def of_the_site() -> Iterator[Figure]:
    """Yield name, words and values of each figure, by game or as one."""
    kept = ReplayShard.objects.order_by()
    live = dict(kept.live().values_list("game").annotate(n=Count("pk")))
    by_game = kept.values_list("game").annotate(n=Count("pk"), recorded=Sum("total_ticks"))
    rows = list(by_game)
    yield "shards_live", "Shards that have not ended.", live
    yield "shards", "Shards that are kept.", {game: count for game, count, _ in rows}
    yield "ticks", "Ticks that are kept.", {game: ticks or 0 for game, _, ticks in rows}
    yield "spectators", "Who watches live, over all processes.", one(watching.everybody())
    stepped = LiveShard.objects.stepped()
    hosts = stepped.filter(leased_until__gt=timezone.now()).values("holder").distinct().count()
    yield "hosts", "Hosts that hold live shards.", one(hosts)
    oldest = stepped.filter(slot__isnull=False).aggregate(at=Min("shard__changed_at"))["at"]
    silent = (timezone.now() - oldest).total_seconds() if oldest else 0.0
    words = "Since the last tick of the always open shard that is longest without one."
    yield "host_silence_seconds", words, one(max(0.0, silent))
    coming = Push.objects.filter(closed_at=None).aggregate(n=Count("pk"), waiting=Sum("waiting"))
    yield "pushes_open", "Pushed replays that are not whole yet.", one(coming["n"])
    words = "Pushed chunks that came ahead of others and wait for them."
    yield "push_chunks_ahead", words, one(coming["waiting"] or 0)
    reports = Report.objects.filter(resolved_at=None).count()
    yield "reports_open", "Reports that no moderator has answered.", one(reports)


def of_this_process() -> Iterator[Figure]:
    yield (
        "push_queue_chunks",
        "Chunks that wait for the next commit here.",
        one(ingest.writer.waiting),
    )
    yield "sockets", "WebSockets of who watches from this process.", one(feeds.open_sockets())
    yield "event_streams", "Who follows pushed replays from this process.", one(audience.size())


def one(value: float) -> dict[str, float]:
    return {"": value}


REGISTRY.register(Stored())
