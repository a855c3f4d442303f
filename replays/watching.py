"""Views through a link: each viewer once a day, for how long, and how far; never from where.

A viewer is told from another by a digest under a key that is made anew each day; the key of a day
that has passed is thrown away, and with it the way back from a digest to whoever it was of.
"""

import datetime as dt
import re
import secrets
from hashlib import blake2b
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Max, Sum
from django.db.models.functions import Greatest, Least
from django.http import HttpRequest
from django.utils import timezone

from replays.limits import address
from replays.models import ReplayView, ShareCode, ViewKey

KEY_BYTES = 32
DAY_SECONDS = 86_400
PARTS = 20
"""In how many parts of a recording it is counted where people stop."""
DAYS_SHOWN = 30
_MACHINE = re.compile(
    r"bot\b|crawl|spider|slurp|preview|facebookexternalhit|whatsapp|telegram|discord|slack|embedly"
    r"|headless|lighthouse|curl/|wget/|python|httpx|go-http|okhttp|java/|libwww|scrapy",
    re.IGNORECASE,
)


# Counting


def count(link: ShareCode, request: HttpRequest, seconds: int, tick: int | None) -> None:
    """Add so many seconds of watching to today's view of whoever asks, which it begins if new."""
    today = timezone.now().date()
    viewer = digest_of(request, key_of(today))
    user = request.user if request.user.is_authenticated else None
    place = {"share": link, "day": today, "viewer": viewer}
    with transaction.atomic():
        view, _ = ReplayView.objects.get_or_create(**place, defaults={"user": user})
        watched = Least(F("watch_duration_seconds") + seconds, DAY_SECONDS)
        changes: dict[str, Any] = {"watch_duration_seconds": watched}
        if tick is not None:
            known = tick if view.furthest_tick is None else Greatest(F("furthest_tick"), tick)
            changes["furthest_tick"] = known
        ReplayView.objects.filter(pk=view.pk).update(**changes)


def is_machine(request: HttpRequest) -> bool:
    """Tell whether a program asks that shows the page to nobody, by what it calls itself."""
    name = request.headers.get("User-Agent", "")
    return not name or _MACHINE.search(name) is not None


def digest_of(request: HttpRequest, key: bytes) -> bytes:
    if request.user.is_authenticated:
        who = f"user {request.user.pk}"
    else:
        who = f"{address(request)} {request.headers.get('User-Agent', '')[:300]}"
    return blake2b(who.encode(errors="replace"), key=key, digest_size=32).digest()


def key_of(today: dt.date) -> bytes:
    """Return the key of today; the first who asks makes it and throws away those before."""
    kept = ViewKey.objects.filter(day=today).first()
    if kept is None:
        try:
            with transaction.atomic():
                forget_keys(before=today)
                secret = secrets.token_bytes(KEY_BYTES)
                kept = ViewKey.objects.create(day=today, secret=secret)
        except IntegrityError:
            kept = ViewKey.objects.get(day=today)
    return bytes(kept.secret)


def forget_keys(before: dt.date) -> int:
    return ViewKey.objects.filter(day__lt=before).delete()[0]


# What the link's maker is told


def views_of(link: ShareCode) -> int:
    return 0 if link._state.adding else link.views.count()


def by_day(link: ShareCode) -> list[dict[str, Any]]:
    """Return views and minutes of each of the last days that had any, the newest first."""
    days = link.views.values("day").annotate(
        count=Count("pk"), seconds=Sum("watch_duration_seconds")
    )
    found = list(days.order_by("-day")[:DAYS_SHOWN])
    most = max((day["count"] for day in found), default=1)
    return [day | {"share": round(100 * day["count"] / most)} for day in found]


def stops(link: ShareCode) -> list[dict[str, Any]]:
    """Return how many stopped in each part of what the link opens, up to the last anyone saw."""
    first, last = link.shard.first_tick, link.shard.last_tick
    if first is None or last is None:
        return []
    counted = link.views.exclude(furthest_tick=None).values("furthest_tick")
    ends = {int(row["furthest_tick"] or 0): row["n"] for row in counted.annotate(n=Count("pk"))}
    if not ends:
        return []
    size = max(1, -(-(last + 1 - first) // PARTS))
    parts: dict[int, int] = {}
    for tick, number in ends.items():
        part = (min(max(tick, first), last) - first) // size
        parts[part] = parts.get(part, 0) + number
    most = max(parts.values())
    return [
        {
            "first": first + part * size,
            "last": min(last, first + (part + 1) * size - 1),
            "count": parts.get(part, 0),
            "share": round(100 * parts.get(part, 0) / most),
        }
        for part in range(max(parts) + 1)
    ]


def totals(link: ShareCode) -> dict[str, Any]:
    facts = link.views.aggregate(
        count=Count("pk"),
        seconds=Sum("watch_duration_seconds"),
        furthest=Max("furthest_tick"),
    )
    seconds = facts["seconds"] or 0
    return facts | {"each": round(seconds / facts["count"]) if facts["count"] else 0}
