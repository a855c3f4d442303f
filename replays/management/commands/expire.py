"""Let go what has had its time, as links that ended, and what RETENTION names."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from games.game import Refused
from replays import retention, watching
from replays.models import ShareCode


class Command(BaseCommand):
    help = (
        "Say which links, sessions and recordings have had their time; with --delete, delete them."
        " Links go with their views; recordings only by the rules of RETENTION."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--delete", action="store_true", help="delete, instead of only saying")
        parser.add_argument("--by", default="", help="the moderator who answers for recordings")
        parser.add_argument(
            "--grace-days",
            type=int,
            default=retention.GRACE_DAYS,
            help="how long links are kept after their end, and recordings after their rule's days",
        )
        parser.add_argument(
            "--though-shared",
            action="store_true",
            help="let recordings go to which a link still leads",
        )

    def handle(self, **options: Any) -> None:
        self.delete: bool = options["delete"]
        self.grace_days = max(0, options["grace_days"])
        self.though_shared: bool = options["though_shared"]
        try:
            rules = retention.rules(settings.RETENTION)
        except Refused as refusal:
            raise CommandError(f"RETENTION: {refusal}") from None
        moderator = answering(options["by"]) if self.delete and rules else None
        self.links()
        self.sessions()
        for rule in rules:
            self.recordings(rule, moderator)

    def links(self) -> None:
        ended_by = timezone.now() - dt.timedelta(days=self.grace_days)
        gone = ShareCode.objects.filter(expires_at__lte=ended_by)
        codes = list(gone.order_by("expires_at").values_list("code", "expires_at"))
        for code, expired in codes:
            self.stdout.write(f"link {code} ended {expired:%Y-%m-%d}")
        if self.delete:
            gone.delete()
            watching.forget_keys(before=timezone.now().date())
        self.stdout.write(f"{len(codes)} links {'are gone' if self.delete else 'would go'}.")

    def sessions(self) -> None:
        """Let the sessions of browsers go that nobody can come back to; Django leaves them lie."""
        ended = Session.objects.filter(expire_date__lte=timezone.now())
        count = ended.delete()[0] if self.delete else ended.count()
        self.stdout.write(f"{count} sessions {'are gone' if self.delete else 'would go'}.")

    def recordings(self, rule: retention.Rule, moderator: Any) -> None:
        named = retention.candidates(rule, though_shared=self.though_shared)
        today, count = timezone.now().date(), 0
        terms = {"grace_days": self.grace_days, "though_shared": self.though_shared}
        due = retention.candidates(rule, **terms)
        for shard in named.exclude(pk__in=due.values("pk")).order_by("ended_at"):
            goes = retention.goes_on(shard, rule, self.grace_days)
            self.stdout.write(f"shard {shard.pk} {shard} goes on {max(goes, today)}")
        for shard in due.order_by("ended_at"):
            if self.delete and not retention.expire(shard, rule, moderator, **terms):
                continue
            count += 1
            self.stdout.write(f"shard {shard.pk} {shard} ended {shard.ended_at:%Y-%m-%d}")
        gone = "are gone" if self.delete else "would go"
        self.stdout.write(f"{count} shards {gone} by the rule {rule}.")


def answering(name: str) -> Any:
    """Return the moderator of that name, who may delete recordings."""
    users = get_user_model().objects.filter(is_active=True, is_staff=True)
    found = users.filter(username=name).first() if name else None
    if found is None or not found.has_perm("replays.delete_replayshard"):
        raise CommandError("Recordings are deleted --by a moderator, whose name goes on record.")
    return found
