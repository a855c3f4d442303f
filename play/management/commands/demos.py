"""Keep something to watch: a society once, and a fight of the arena from time to time."""

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from play.fights import HERE, SPOOL
from replays import recording
from replays.models import ReplayShard

ASKS_SECONDS = 0.5
MEEKLY = 5  # what is shown gives way to those who serve
AGENTS = 1000
WORTH_SEEING = 50  # ticks of a society
SIDE = 128  # voxels: less to walk, and to keep, than in a world of the usual size

Program = subprocess.Popen[bytes]


class Command(BaseCommand):
    help = "Show something on a running site until SIGTERM: a society once, fights now and then."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default=settings.SITE_URL or HERE, help="the site's address")
        parser.add_argument("--spool", type=Path, default=SPOOL, help="where frames wait")

    def handle(self, **options: Any) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        os.nice(MEEKLY)
        url = options["url"]
        wait_for(f"{url}/healthz", stop)
        shown: list[Program] = []
        if not stop.is_set() and lacks_a_society():
            shown.append(start("run_society", "--agents", str(AGENTS)))
        fight = ("run_fight", "--url", url, "--side", str(SIDE), "--spool", str(options["spool"]))
        start_now_and_then(shown, fight, stop)
        interrupt(shown)


def wait_for(address: str, stop: threading.Event) -> None:
    """Wait until the web answers."""
    while not stop.is_set():
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 – the site's own
            return
        except OSError:
            stop.wait(ASKS_SECONDS)


def lacks_a_society() -> bool:
    """Tell whether there is none to be seen yet; end those that were broken off here."""
    societies = ReplayShard.objects.filter(game="society")
    for shard in societies.filter(ended_at=None, origin=ReplayShard.Origin.HOST):
        if shard.stale:
            recording.finalize(shard)
    seen = societies.filter(ended_at=None) | societies.filter(total_ticks__gte=WORTH_SEEING)
    lacking = not seen.exists()
    connection.close()
    return lacking


def start_now_and_then(
    shown: list[Program], program: tuple[str, ...], stop: threading.Event
) -> None:
    """Start a fight, and the next one as many seconds after it; none at all for 0."""
    every = settings.FIGHT_EVERY_SECONDS
    while not stop.is_set():
        began = time.monotonic()
        if every:
            shown.append(start(*program))
        wait_while_any(shown, stop)
        stop.wait(max(0.0, began + every - time.monotonic()) if every else None)


def start(*program: str) -> Program:
    """Start a command of the site beside this one, so that its memory goes when it ends."""
    return subprocess.Popen(  # noqa: S603 – our own program
        [sys.executable, "manage.py", *program], cwd=settings.BASE_DIR, stdout=subprocess.DEVNULL
    )


def wait_while_any(shown: list[Program], stop: threading.Event) -> None:
    """Wait until all that was started has ended."""
    while not stop.is_set() and any(program.poll() is None for program in shown):
        stop.wait(ASKS_SECONDS)
    shown[:] = [program for program in shown if program.poll() is None]


def interrupt(shown: list[Program]) -> None:
    """Let what still runs close its recording, and wait for it."""
    for program in shown:
        program.send_signal(signal.SIGINT)
    for program in shown:
        program.wait()
