"""Host live shards: step them, record each tick, follow another host that has died."""

import signal
import threading
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from play.host import Host


class Command(BaseCommand):
    help = "Host live shards until SIGTERM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--shards", type=int, help="How many shards are always open.")
        parser.add_argument("--tick-seconds", type=float, help="How long a tick of a new shard is.")
        parser.add_argument(
            "--report",
            type=Path,
            metavar="FILE",
            help="Append a line of JSON every few seconds: how many ticks, and how late.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        Host(options["shards"], options["tick_seconds"], options["report"]).run(stop)
