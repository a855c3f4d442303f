"""Keep something to watch: a society once, and a fight of the arena from time to time."""

import logging
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from games.arena.fight import begin
from games.game import Refused
from play.fights import SPOOL, lent_token, show
from play.management.commands.run_fight import HERE, MOST_SEED
from replays.models import ReplayShard

log = logging.getLogger(__name__)

ASKS_SECONDS = 0.5
STOP_SECONDS = 2.0
MEEKLY = 5  # what is played for show gives way to those who serve
AGENTS = 1000
SIDE = 128  # voxels: less to walk, and to keep, than in a world of the usual size


class Command(BaseCommand):
    help = "Show something on a running site until SIGTERM: a society once, fights now and then."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default=settings.SITE_URL or HERE, help="the site's address")
        parser.add_argument("--spool", type=Path, default=SPOOL, help="where frames wait")

    def handle(self, **options: Any) -> None:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, signal.default_int_handler)
        os.nice(MEEKLY)
        with suppress(KeyboardInterrupt):
            wait_for(f"{options['url']}/healthz")
            with society_if_none():
                fight_for_ever(options["url"], options["spool"], settings.FIGHT_EVERY_SECONDS)


def wait_for(address: str) -> None:
    """Wait until the web answers."""
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 – the site's own
            return
        except OSError:
            time.sleep(ASKS_SECONDS)


@contextmanager
def society_if_none() -> Iterator[None]:
    """Let a society live beside what is done here, when the site has none to show yet."""
    living = None
    if not ReplayShard.objects.filter(game="society").exists():
        command = [sys.executable, "manage.py", "run_society", "--agents", str(AGENTS)]
        living = subprocess.Popen(  # noqa: S603 – our own program
            command, cwd=settings.BASE_DIR, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        threading.Thread(target=living.wait, daemon=True).start()
    try:
        yield
    finally:
        if living is not None and living.poll() is None:
            living.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                living.wait(STOP_SECONDS)


def fight_for_ever(url: str, spool: Path, every: float) -> None:
    """Show a fight, and the next one so many seconds after it began; none at all for 0."""
    while every > 0:
        began = time.monotonic()
        fight_once(url, spool)
        connection.close()
        time.sleep(max(ASKS_SECONDS, began + every - time.monotonic()))
    while True:
        signal.pause()


def fight_once(url: str, spool: Path) -> None:
    fight = begin(secrets.randbelow(MOST_SEED), side=SIDE)
    try:
        with lent_token() as token:
            show(fight, url, token, spool=spool)
    except Refused as reason:
        log.warning("A fight could not be shown. %s", reason)
