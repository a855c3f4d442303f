"""Let mechs fight over a zone, and push it as it goes: `manage.py run_fight --seed 42`."""

import secrets
import signal
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from games.arena.fight import LONGEST, MECHS, begin
from games.arena.terrain import SIDE
from games.game import Refused
from play.fights import HERE, SPOOL, lent_token, show
from replays.models import ReplayShard

MOST_SEED = 10**6
FASTEST = 1000.0


class Command(BaseCommand):
    help = "Push a fight of the arena to a running site; the last word is where it is shown."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, help="the same seed, the same fight; or any")
        parser.add_argument("--mechs", type=int, default=MECHS, help="of both teams together")
        parser.add_argument("--side", type=int, default=SIDE, help="voxels that its world is wide")
        parser.add_argument("--seconds", type=float, default=LONGEST, help="after which it is over")
        parser.add_argument("--pace", type=float, default=1.0, help="times as fast; 0 is at once")
        parser.add_argument("--title", default="")
        parser.add_argument("--visibility", choices=ReplayShard.Visibility.values, default="public")
        parser.add_argument("--url", default=settings.SITE_URL or HERE, help="the site's address")
        parser.add_argument("--token", help="of scope push; one of this site is lent otherwise")
        parser.add_argument("--spool", type=Path, default=SPOOL, help="where frames wait")

    def handle(self, **options: Any) -> None:
        if not 0 <= options["pace"] <= FASTEST:
            raise CommandError("The pace is from 0, for at once, to 1,000 times as fast.")
        seed = options["seed"] if options["seed"] is not None else secrets.randbelow(MOST_SEED)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        token = options["token"]
        try:
            fight = begin(seed, options["mechs"], options["side"], options["seconds"])
            with nullcontext(token) if token else lent_token() as good:
                address = show(
                    fight, options["url"], good,
                    title=options["title"], pace=options["pace"],
                    visibility=options["visibility"], spool=options["spool"],
                )  # fmt: skip
        except (Refused, ValueError) as refused:
            raise CommandError(str(refused)) from None
        except KeyboardInterrupt:
            self.stderr.write("Stopped.")
            sys.exit(130)
        outcome = f"{fight.winner} won by {fight.reason} after {fight.now:.0f} s"
        self.stdout.write(f"Seed {seed}: {outcome}. {address}")
