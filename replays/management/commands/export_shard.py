"""Write a shard to a file: `manage.py export_shard ID [-o FILE]`."""

import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from games.game import Refused
from replays import exporting
from replays.models import ReplayShard
from replays.reading import Damaged


class Command(BaseCommand):
    help = "Write a whole shard as one JSON file: the portable one, or the game's own kind."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("shard_id")
        parser.add_argument("-o", "--output", metavar="FILE", help="where to; stdout without it")
        parser.add_argument(
            "--format",
            choices=exporting.KINDS,
            default="portable",
            help="own: the game's own kind of file where it has one, such as Golf's export 1.0",
        )

    def handle(self, shard_id: str, output: str | None, format: str, **_: Any) -> None:
        shard = find_shard(shard_id)
        try:
            write_out(shard, output, format)
        except (Refused, Damaged) as refused:
            raise CommandError(str(refused)) from None
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from None


def find_shard(shard_id: str) -> ReplayShard:
    try:
        return ReplayShard.objects.get(pk=UUID(shard_id))
    except (ValueError, ReplayShard.DoesNotExist):
        raise CommandError(f"There is no shard {shard_id}.") from None


def write_out(shard: ReplayShard, output: str | None, kind: str) -> None:
    """Write the whole file or none: what is half written never stands under its name."""
    pieces = exporting.file(shard, kind).pieces
    if output is None:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    part = Path(f"{output}.part")
    try:
        with part.open("wb") as file:
            file.writelines(pieces)
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)
