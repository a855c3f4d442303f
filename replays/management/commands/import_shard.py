"""Store a recording from a file: `manage.py import_shard FILE`."""

import sys
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from games.game import Refused
from replays import importing
from replays.models import ReplayShard


class Command(BaseCommand):
    help = "Check a recording and store it, all or nothing; the last line told is its shard id."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="as export_shard writes it, packed or not; - is stdin")
        parser.add_argument("--owner", metavar="USER", help="whose shard it will be")
        parser.add_argument("--visibility", choices=ReplayShard.Visibility.values, default="public")

    def handle(self, file: str, owner: str | None, visibility: str, **_: Any) -> None:
        user = find_user(owner) if owner else None
        try:
            with sys.stdin.buffer if file == "-" else Path(file).open("rb") as stream:
                shard = importing.read(stream, owner=user, visibility=visibility)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
        except Refused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"{shard.total_ticks} ticks of {shard.game} are stored.")
        self.stdout.write(str(shard.pk))


def find_user(name: str) -> Any:
    user = get_user_model().objects.filter(username=name).first()
    if user is None:
        raise CommandError(f"There is no user {name}.")
    return user
