"""Store a run of a society from telemetry: `manage.py import_telemetry FILE`."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from games.game import Refused
from replays import telemetry
from replays.management.commands.import_shard import find_user
from replays.models import ReplayShard


class Command(BaseCommand):
    help = "Rebuild a run from telemetry 1.1.0 and store it; the last line told is its shard id."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="telemetry as JSON, or - for stdin")
        parser.add_argument("--truth", metavar="FILE", help="named events, transitions, edges")
        parser.add_argument("--owner", metavar="USER", help="whose shard it will be")
        parser.add_argument("--visibility", choices=ReplayShard.Visibility.values, default="public")
        parser.add_argument("--title", default="", help="what it is called; else its run_id")

    def handle(self, file: str, **options: Any) -> None:
        user = find_user(options["owner"]) if options["owner"] else None
        try:
            shard, run = telemetry.store(
                read(file),
                read(options["truth"]) if options["truth"] else None,
                owner=user,
                visibility=options["visibility"],
                title=options["title"],
                tell=self.stderr.write,
            )
        except Refused as refused:
            raise CommandError(str(refused)) from None
        for warning in run.warnings:
            self.stderr.write(self.style.WARNING(f"Warning: {warning}"))
        self.stdout.write(f"{shard.total_ticks} ticks of {len(run.crowd)} agents are stored.")
        self.stdout.write(str(shard.pk))


def read(name: str) -> Any:
    try:
        with sys.stdin.buffer if name == "-" else Path(name).open("rb") as stream:
            return telemetry.load(stream)
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from None
    except Refused as refused:
        raise CommandError(f"{name}: {refused}") from None
