"""Write recordings as Parquet tables for training."""

from argparse import ArgumentTypeError
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from games import get_game


def moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is no date, such as 2026-11-21.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


class Command(BaseCommand):
    help = "Write the ended, public recordings of a game as Parquet into a new folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--game", required=True, help="which game, such as segfault")
        parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="a new folder")
        parser.add_argument(
            "--since", type=moment, metavar="DATE", help="only shards that ended since then (UTC)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if find_spec("pyarrow") is None:
            raise CommandError(
                "This needs pyarrow: .venv/bin/python -m pip install -r requirements-corpus.txt"
            )
        from replays import corpus

        game, folder = get_game(options["game"]), options["out"]
        if not game.tables:
            raise CommandError(f"The game {game.slug} has no tables.")
        shards = corpus.chosen(game.slug, options["since"])
        try:
            manifest = corpus.write_corpus(game, shards, folder)
        except FileExistsError:
            raise CommandError(f"There is something in {folder} already.") from None
        rows = sum(file["rows"] for file in manifest["files"])
        self.stdout.write(f"{len(manifest['shards'])} shards, {rows} rows in {folder}")
        for left in manifest["left_out"]:
            self.stderr.write(f"{left['shard']} was left out: {left['reason']}")
