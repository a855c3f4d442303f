"""What is kept how long: a recording goes only where a rule names its kind, and never by accident.

A rule is `game:days` for what was played here, or `game/origin:days` for what was imported or
pushed. Days are counted from the end of a recording, or from when it came here or was last written,
whichever was later; what has no end, however long it has been silent, is no candidate.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.models import DELETION, LogEntry
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from games.game import Refused
from replays.models import ReplayShard, Report, ShareCode

GRACE_DAYS = 30
"""For how long it is said of a recording that it goes, before it does."""
_RULE = re.compile(r"([a-z0-9][a-z0-9_-]{0,31})(?:/([a-z]+))?:([0-9]{1,5})")


@dataclass(frozen=True)
class Rule:
    """Recordings of a game that came here in one way go so many days after their end."""

    game: str
    origin: str
    days: int

    def __str__(self) -> str:
        return f"{self.game}/{self.origin}:{self.days}"


def rules(text: str) -> list[Rule]:
    """Return the rules of a setting, or raise Refused; an empty one names nothing."""
    return [_rule(part.strip()) for part in text.split(",") if part.strip()]


def _rule(text: str) -> Rule:
    found = _RULE.fullmatch(text)
    origin = (found and found[2]) or ReplayShard.Origin.HOST
    if found is None or origin not in ReplayShard.Origin.values or not int(found[3]):
        origins = ", ".join(ReplayShard.Origin.values)
        raise Refused(f"{text} is no rule: write game:days or game/origin:days, of {origins}.")
    return Rule(found[1], str(origin), int(found[3]))


def candidates(
    rule: Rule, *, grace_days: int = 0, though_shared: bool = False
) -> QuerySet[ReplayShard]:
    """Return the recordings that a rule names and nothing holds, so many days after its own.

    Held are those that are live, hidden, reported, still being pushed, or behind a link that has
    not ended, unless it is said that they go `though_shared`.
    """
    by = timezone.now() - dt.timedelta(days=rule.days + grace_days)
    named = ReplayShard.objects.ended().filter(game=rule.game, origin=rule.origin)
    old = named.filter(ended_at__lte=by, changed_at__lte=by, hidden_at=None)
    reported = Report.objects.filter(shard=OuterRef("pk"), resolved_at=None)
    free = old.exclude(Exists(reported)).exclude(push__isnull=False, push__closed_at=None)
    return free if though_shared else free.exclude(Exists(lasting_links()))


def lasting_links() -> QuerySet[ShareCode]:
    """Return the links to the shard of the outer query that nobody and no date has ended."""
    lasting = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return ShareCode.objects.filter(lasting, shard=OuterRef("pk"), revoked_at=None)


def goes_on(shard: ReplayShard, rule: Rule, grace_days: int) -> dt.date:
    """Return the day on which a recording that has ended goes."""
    since = max(shard.ended_at or shard.changed_at, shard.changed_at)
    return (since + dt.timedelta(days=rule.days + grace_days)).date()


@transaction.atomic
def expire(
    shard: ReplayShard, rule: Rule, by: Any, *, grace_days: int, though_shared: bool = False
) -> bool:
    """Delete a recording if it is a candidate still, and write down who let it go and why."""
    still = candidates(rule, grace_days=grace_days, though_shared=though_shared)
    held = still.select_for_update(of=("self",)).filter(pk=shard.pk).first()
    if held is None:
        return False
    words = f"Expired by the rule {rule}: {held.total_ticks} ticks, ended {held.ended_at:%Y-%m-%d}."
    LogEntry.objects.log_actions(by.pk, [held], DELETION, words, single_object=True)
    held.delete()
    return True
