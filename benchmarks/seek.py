"""Any tick of a shard of 100,000, beside any tick of one of 1,000: the time of one answer."""

import random
import time
from typing import Any

from benchmarks.trial import record, snapshots, trial_site

LONG, SHORT = 100_000, 1_000
ASKED = 400


def main() -> None:
    with trial_site():
        from replays import format

        format.pack.__defaults__ = (3,)  # what is packed here is read here alone
        recorded = snapshots(500)
        short = record([recorded[number % 500] for number in range(SHORT)])
        long = record([recorded[number % 500] for number in range(LONG)], batch=5_000)
        times = measured({"short": short, "long": long})
        short_p95, long_p95 = percentile(times["short"]), percentile(times["long"])
        print(f"any tick of {LONG:,}: p95 {long_p95 * 1000:.1f} ms (to reach: 20 ms),")
        print(f"{long_p95 / short_p95:.2f} × that of {SHORT:,} ticks (to reach: 1.5)")


def measured(shards: dict[str, Any]) -> dict[str, list[float]]:
    """Ask for single ticks here and there, of each shard in turn, through the whole of Django."""
    from django.test import Client

    client = Client(headers={"host": "127.0.0.1", "accept-encoding": "zstd"})
    chance = random.Random(1)
    times: dict[str, list[float]] = {name: [] for name in shards}
    for _ in range(ASKED):
        for name, shard in shards.items():
            tick = chance.randint(shard.first_tick, shard.last_tick)
            began = time.perf_counter()
            response = client.get(f"/replays/{shard.pk}?start_tick={tick}&limit=1")
            times[name].append(time.perf_counter() - began)
            assert response.status_code == 200
    return times


def percentile(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


if __name__ == "__main__":
    main()
