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

LONGEST_TICK = 3600


class Command(BaseCommand):
    help = "Run a society and record it live; the last line told is its shard id."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--agents", type=int, default=1000)
        parser.add_argument("--ticks", type=int, default=100)
        parser.add_argument("--tick-seconds", type=float, default=0.5, help="how long a tick is")
        parser.add_argument(
            "--pace", type=float, help="ticks a second while it is recorded; 0 for at once"
        )
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same run")
        parser.add_argument("--title", default="")
        parser.add_argument("--visibility", choices=ReplayShard.Visibility.values, default="public")

    def handle(self, **options: Any) -> None:
        ticks, seconds = options["ticks"], options["tick_seconds"]
        pace = 1 / seconds if options["pace"] is None and seconds > 0 else options["pace"]
        refuse_what_cannot_be(ticks, seconds, pace, options["seed"])
        try:
            town = run(options["agents"], ticks, options["seed"])
            first = next(town)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        shard = recording.open_shard(
            get_game("society"),
            title=options["title"] or f"A town of {options['agents']:,}",
            seed=str(options["seed"]),
            visibility=options["visibility"],
            tick_seconds=seconds,
        )
        self.stderr.write(f"{shard.pk} is live.")
        try:
            record(shard, first, town, pace)
        except KeyboardInterrupt:
            self.stderr.write("Stopped.")
        recording.finalize(shard)
        self.stdout.write(str(shard.pk))


def refuse_what_cannot_be(ticks: int, seconds: float, pace: float | None, seed: int) -> None:
    if not 1 <= ticks <= recording.MAX_TICKS:
        raise CommandError(f"A run has 1 to {recording.MAX_TICKS} ticks.")
    if not 0 < seconds <= LONGEST_TICK:
        raise CommandError(f"A tick is longer than 0 and at most {LONGEST_TICK} seconds.")
    if pace is None or not (pace == 0 or 1 / LONGEST_TICK <= pace <= 1000):
        raise CommandError("The pace is at most 1,000 ticks a second; 0 records all at once.")
    if seed < 0:
        raise CommandError("A seed is a whole number from 0 on.")


def record(shard: ReplayShard, first: Any, town: Any, pace: float) -> None:
    """Append each tick when its time has come: `pace` of them a second, or at once for 0."""
    began, before = time.monotonic(), None
    for crowd, frame in chain([first], town):
        if pace:
            time.sleep(max(0.0, began + frame.tick / pace - time.monotonic()))
        told = snapshot(frame, crowd, 0, before)
        seconds = frame.tick * shard.tick_seconds
        recording.append(shard, [recording.Tick(frame.tick, seconds, told)])
        before = frame.columns["zone"]
