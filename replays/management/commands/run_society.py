"""Let a society live and record it as it goes: `manage.py run_society --agents 1000`."""

import time
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from games import get_game
from games.game import Refused
from games.society.frames import snapshot
from games.society.model import run
from replays import recording
from replays.models import ReplayShard


class Command(BaseCommand):
    help = "Run a society and record it live; the last line told is its shard id."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--agents", type=int, default=1000)
        parser.add_argument("--ticks", type=int, default=100)
        parser.add_argument("--tick-seconds", type=float, default=0.5, help="0 for at once")
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same run")
        parser.add_argument("--title", default="")
        parser.add_argument("--visibility", choices=ReplayShard.Visibility.values, default="public")

    def handle(self, **options: Any) -> None:
        ticks, pace = options["ticks"], options["tick_seconds"]
        if not (1 <= ticks <= recording.MAX_TICKS and 0 <= pace <= 3600 and options["seed"] >= 0):
            raise CommandError("A run has ticks from 1 on, a pace up to 3600 s, a seed from 0 on.")
        try:
            town = run(options["agents"], ticks, options["seed"])
            first = next(town)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        shard = recording.open_shard(
            get_game("society"),
            title=options["title"] or f"A town of {options['agents']}",
            seed=str(options["seed"]),
            visibility=options["visibility"],
            tick_seconds=pace or 1.0,
        )
        self.stderr.write(f"{shard.pk} is live.")
        try:
            record(shard, first, town, pace)
        except KeyboardInterrupt:
            self.stderr.write("Stopped.")
        recording.finalize(shard)
        self.stdout.write(str(shard.pk))


def record(shard: ReplayShard, first: Any, town: Any, pace: float) -> None:
    """Append each tick when its time has come."""
    began, before = time.monotonic(), None
    for crowd, frame in chain([first], town):
        time.sleep(max(0.0, began + frame.tick * pace - time.monotonic()))
        told = snapshot(frame, crowd, 0, before)
        seconds = frame.tick * shard.tick_seconds
        recording.append(shard, [recording.Tick(frame.tick, seconds, told)])
        before = frame.columns["zone"]
