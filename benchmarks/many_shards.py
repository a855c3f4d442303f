"""How many live shards one core holds: 200 of ten computer players at 1 Hz, and the plain way.

`python -m benchmarks.many_shards` takes 90 seconds. The host has a core to itself; the site, and
who asks it, have another. Late is from when a tick was due until it was stored. On a machine that
others work on, REAL_TIME=1 lets nobody else have the cores meanwhile (for root, on Linux).
"""

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.trial import ROOT, served, trial_site

SHARDS = int(os.environ.get("SHARDS", "200"))
PLAYERS = 10
FILLING_SECONDS = SHARDS / 10 + PLAYERS + 5
"""A host opens ten shards a second, and one computer player enters a shard a tick."""
MEASURED_SECONDS = 30
PLAIN_SECONDS = 8
PAUSE_SECONDS = 0.02


def main() -> None:
    cores = sorted(os.sched_getaffinity(0))
    host_core, site_core = {cores[0]}, {cores[-1]}
    os.sched_setaffinity(0, site_core)
    if os.environ.get("REAL_TIME"):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))  # and all that is started here
    with trial_site() as folder:
        report = folder / "report"
        with hosted(report, host_core), checkpoints(), served(APPLICATION, folder) as address:
            time.sleep(FILLING_SECONDS)
            began = len(lines(report))
            answers = ask(address, MEASURED_SECONDS)
            time.sleep(1)
            measured = lines(report)[began + 1 :]
        tell(measured, answers)
        os.sched_setaffinity(0, host_core)
        tell_plain(measured, plain_ticks_a_second(PLAIN_SECONDS))


APPLICATION = "segfault_site.asgi:application"


@contextmanager
def hosted(report: Path, core: set[int]) -> Iterator[None]:
    """Run a host of its own process on one core."""
    command = [sys.executable, "manage.py", "host", "--shards", str(SHARDS)]
    environment = os.environ | {"SEGFAULT_COMPUTER_PLAYERS": str(PLAYERS)}
    host = subprocess.Popen(
        [*command, "--tick-seconds", "1", "--report", str(report)], cwd=ROOT, env=environment
    )
    os.sched_setaffinity(host.pid, core)
    try:
        yield
    finally:
        host.terminate()
        host.wait(20)


@contextmanager
def checkpoints() -> Iterator[None]:
    """Move SQLite's log into the database from time to time, as `manage.py serve` does."""
    from segfault_site.management.commands import serve

    stop = threading.Event()

    def run() -> None:
        log = serve.open_log()
        while log and not stop.wait(serve.WATCH_SECONDS):
            serve.checkpoint(log)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def lines(report: Path) -> list[dict]:
    return [json.loads(line) for line in report.read_text().splitlines()]


def ask(address: str, seconds: float) -> list[float]:
    """Read the newest shard's row again and again; return how long each answer took."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    took, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.perf_counter()
        connection.request("GET", "/replays?limit=1", headers={"Accept": "application/json"})
        answer = connection.getresponse()
        answer.read()
        took.append(time.perf_counter() - began)
        if answer.status != 200:
            raise SystemExit(f"/replays answered {answer.status}")
        time.sleep(PAUSE_SECONDS)
    return sorted(took)


def tell(measured: list[dict], answers: list[float]) -> None:
    from play.lateness import LONGEST_MS, quantile

    counts = [
        sum(line["late_ms"].get(str(ms), 0) for line in measured) for ms in range(LONGEST_MS + 1)
    ]
    seconds = sum(line["seconds"] for line in measured)
    ticks = sum(counts)
    cpu = sum(line["cpu_seconds"] for line in measured)
    present = sum(line["processes"] / line["shards"] for line in measured) / len(measured)
    print(f"{measured[-1]['shards']} shards of {present:.1f} processes for {seconds:.0f} s")
    waited = sum(line["waited_seconds"] for line in measured)
    print(f"ticks a second           {ticks / seconds:8.1f}  (due: {SHARDS})")
    print(f"late, p50 / p99 / most   {quantile(counts, 0.5):5d} / {quantile(counts, 0.99)} /"
          f" {quantile(counts, 1)} ms  (to reach: p99 < 100 ms)")  # fmt: skip
    print(
        f"time of its core         {cpu / seconds:8.2f}  of it, {1000 * cpu / ticks:.2f} ms a tick"
    )
    print(f"waited for its core      {waited / seconds:8.2f}  (others were at work on it)")
    middle, late = (1000 * answers[int(len(answers) * share)] for share in (0.5, 0.99))
    print(f"a light request, p50/p99 {middle:5.1f} / {late:.1f} ms  (to reach: p99 < 50 ms)")


def tell_plain(measured: list[dict], plain: float) -> None:
    ours = sum(line["ticks"] for line in measured) / sum(line["cpu_seconds"] for line in measured)
    print(
        f"the plain way            {plain:8.1f}  ticks a second on a core, a commit and rows each"
    )
    print(f"ratio ours / plain       {ours / plain:8.2f}  (ours: {ours:.0f} ticks a second)")


def plain_ticks_a_second(seconds: float) -> float:
    """Step shards one by one: each participant's view by itself, each tick saved by itself."""
    from django.conf import settings
    from django.utils import timezone

    from games import get_game
    from games.game import participant
    from play.host import open_shard
    from play.models import Seat
    from play.playing import Playing
    from replays import format, recording
    from replays.models import ReplayTick

    class Plain(type(get_game("segfault"))):
        def views(self, snapshot, who):
            return [self.view(snapshot, participant(name)) for name in who]

    settings.SEGFAULT_COMPUTER_PLAYERS = PLAYERS
    Playing.game = Plain("segfault")
    playing = [Playing.take_up(open_shard(get_game("segfault"), 1.0), None, True) for _ in range(5)]

    def step(one: Playing) -> None:
        one.joins = 0  # a shard is kept full, however long this takes
        played = one.step([])
        for seat in played.newcomers:
            seat.save(force_insert=True)
        for who in played.left:
            Seat.objects.filter(pk=who).update(left_at=timezone.now())
        store(one, played.tick)

    def store(one: Playing, tick: recording.Tick) -> None:
        commands = [command.as_list() for command in tick.commands]
        line = format.line(tick.tick, tick.seconds, tick.snapshot, commands)
        summary = format.write_json(recording.summary(one.game, tick.seconds, tick.snapshot))
        ReplayTick.objects.create(shard=one.shard, tick=tick.tick, line=line, summary=summary)
        one.shard.first_tick = 1
        one.shard.last_tick = one.shard.total_ticks = tick.tick
        one.shard.save()

    for _ in range(PLAYERS + 2):
        for one in playing:
            step(one)
    count, began = 0, time.process_time()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for one in playing:
            step(one)
            count += 1
    return count / (time.process_time() - began)


if __name__ == "__main__":
    main()
