"""Delete links that ended long ago, with what was counted of them: `manage.py clean_links`."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from replays import watching
from replays.models import ShareCode

GRACE_DAYS = 30


class Command(BaseCommand):
    help = "Delete links whose end came a while ago, with their views; recordings stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--grace-days", type=int, default=GRACE_DAYS, help="how long ended links are kept"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say which links would go, and delete none"
        )

    def handle(self, grace_days: int, **options: Any) -> None:
        ended_by = timezone.now() - dt.timedelta(days=max(0, grace_days))
        gone = ShareCode.objects.filter(expires_at__lte=ended_by)
        codes = list(gone.order_by("expires_at").values_list("code", "expires_at"))
        for code, expired in codes:
            self.stdout.write(f"{code} ended {expired:%Y-%m-%d}")
        if options["dry_run"]:
            self.stdout.write(f"{len(codes)} links would go.")
            return
        gone.delete()
        watching.forget_keys(before=timezone.now().date())
        self.stdout.write(f"{len(codes)} links are gone.")
