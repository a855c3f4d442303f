"""How often anybody may ask: a sliding window for each limit and address, here and in Redis.

Each process counts for itself always; a shared Redis is asked besides. While it is away, slow or
flushed the process's own counters still hold, so that a limit is never off.
"""

import logging
import math
import threading
import time
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

import redis
from asgiref.sync import sync_to_async
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry
from rest_framework.exceptions import Throttled
from rest_framework.throttling import BaseThrottle

from replays.measures import LIMITED

log = logging.getLogger(__name__)

BREAK_SECONDS = 5.0
"""How long Redis is left alone after it did not answer: it costs one request 250 ms, not each."""
MOST_COUNTERS = 50_000


class Limited(Throttled):
    """Somebody asks too often; `wait` is when, in whole seconds, they may ask again."""

    def __init__(self, wait_seconds: float, sentence: str) -> None:
        super().__init__(detail=sentence)
        self.wait = max(1, math.ceil(wait_seconds))


class Limit(BaseThrottle):
    """Hold an API view to the limit that it names, as `limit`."""

    def allow_request(self, request: Any, view: Any) -> bool:
        spend(view.limit, address(request))
        return True


def spend(name: str, who: str, cost: int = 1) -> None:
    """Count `cost` of the limit `name` against `who`, or raise Limited and count nothing."""
    count, seconds = terms(name)
    now = time.time()
    key = f"limit:{name}:{who}"
    wait = _own.spend(key, count, seconds, now, cost)
    if not wait and (shared := _shared()):
        wait = shared.spend(key, count, seconds, now, cost)
    if wait:
        LIMITED.labels(name).inc()
        raise Limited(wait, f"The limit {name} is {count} in {seconds} s; try again in a while.")


def counts_here_alone() -> bool:
    """Tell whether no other process is asked, so that `spend` never waits."""
    return _shared() is None


async def spend_from_loop(name: str, who: str) -> None:
    """Do as `spend` does without holding up the event loop while Redis answers."""
    if _shared():
        await sync_to_async(spend, thread_sensitive=False)(name, who)
    else:
        spend(name, who)


def forget() -> None:
    """Start counting anew in this process."""
    _own.rows.clear()


def terms(name: str) -> tuple[int, int]:
    count, _, seconds = settings.LIMITS[name].partition("/")
    return int(count), int(seconds)


def wait_seconds(
    count: int, seconds: int, elapsed: float, before: int, now: int, cost: int
) -> float:
    """Return how long until `cost` fits, 0 if it does.

    What was counted in the window `before` weighs by the share of it that the sliding window
    still covers.
    """
    room = count - cost - now
    if before * (1 - elapsed / seconds) <= room:
        return 0.0
    if room >= 0:
        return max(0.001, seconds * (1 - room / before) - elapsed)
    return seconds - elapsed + seconds * (1 - max(0, count - cost) / now)


# Who asks


def address(source: Any) -> str:
    """Return what a request or an ASGI scope is counted by: an IPv4 address or an IPv6 /64.

    It is the peer's, or what the stated number of trusted proxies says in X-Forwarded-For.
    """
    peer, forwarded = _of_scope(source) if isinstance(source, dict) else _of_request(source)
    said = [part.strip() for part in forwarded.split(",") if part.strip()]
    trusted = settings.TRUSTED_PROXIES
    if trusted and said:
        return _counted(said[-min(trusted, len(said))]) or _counted(peer) or "unknown"
    return _counted(peer) or "unknown"


def _of_request(request: Any) -> tuple[str, str]:
    return request.META.get("REMOTE_ADDR") or "", request.META.get("HTTP_X_FORWARDED_FOR", "")


def _of_scope(scope: dict[str, Any]) -> tuple[str, str]:
    said = [value for name, value in scope.get("headers", ()) if name == b"x-forwarded-for"]
    peer = scope.get("client") or ("", 0)
    return peer[0], b",".join(said).decode("latin-1")


@lru_cache(maxsize=4096)
def _counted(text: str) -> str:
    try:
        found = ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped or ip_network((found, 64), strict=False))
    return str(found)


# Counters


class OwnCounters:
    """The counters of this process: key → (window, count in it, count in the one before)."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[int, int, int]] = {}
        self.lock = threading.Lock()

    def spend(self, key: str, count: int, seconds: int, now: float, cost: int) -> float:
        window, elapsed = divmod(now, seconds)
        with self.lock:
            spent, before = self._at(key, int(window))
            wait = wait_seconds(count, seconds, elapsed, before, spent, cost)
            if not wait:
                self.rows.pop(key, None)
                self.rows[key] = (int(window), spent + cost, before)
                while len(self.rows) > MOST_COUNTERS:
                    self.rows.pop(next(iter(self.rows)))
        return wait

    def _at(self, key: str, window: int) -> tuple[int, int]:
        known, spent, before = self.rows.get(key, (window, 0, 0))
        if known == window:
            return spent, before
        return (0, spent) if known == window - 1 else (0, 0)


class SharedCounters:
    """The counters that all processes share, in Redis; while it is away nothing is refused here."""

    # One round trip: read both windows, and count only where the cost fits.
    SCRIPT = """
    local spent = tonumber(redis.call('GET', KEYS[1]) or '0')
    local before = tonumber(redis.call('GET', KEYS[2]) or '0')
    if before * tonumber(ARGV[1]) + spent + ARGV[2] <= tonumber(ARGV[3]) then
        redis.call('INCRBY', KEYS[1], ARGV[2])
        redis.call('EXPIRE', KEYS[1], ARGV[4])
        return {1, before, spent}
    end
    return {0, before, spent}
    """

    def __init__(self, location: str, options: dict[str, Any]) -> None:
        self.client = redis.Redis.from_url(location, retry=Retry(NoBackoff(), 0), **options)
        self.script = self.client.register_script(self.SCRIPT)
        self.left_alone_until = 0.0

    def spend(self, key: str, count: int, seconds: int, now: float, cost: int) -> float:
        if time.monotonic() < self.left_alone_until:
            return 0.0
        window, elapsed = divmod(now, seconds)
        name = f"{settings.CACHES['shared'].get('KEY_PREFIX', 'segfault')}:{key}"
        keys = [f"{name}:{int(window)}", f"{name}:{int(window) - 1}"]
        share = 1 - elapsed / seconds
        try:
            fits, before, spent = self.script(keys=keys, args=[share, cost, count, 2 * seconds])
        except (redis.RedisError, OSError) as error:
            self._leave_alone(error)
            return 0.0
        if fits:
            return 0.0
        return wait_seconds(count, seconds, elapsed, before, spent, cost) or 0.001

    def _leave_alone(self, error: Exception) -> None:
        log.warning("limits are counted by each process for itself: Redis: %s", error)
        self.left_alone_until = time.monotonic() + BREAK_SECONDS


_own = OwnCounters()
_shared_counters: dict[str, SharedCounters] = {}


def _shared() -> SharedCounters | None:
    wanted = settings.CACHES.get("shared")
    if wanted is None:
        return None
    location = wanted["LOCATION"]
    if location not in _shared_counters:
        options = wanted.get("OPTIONS", {})
        _shared_counters[location] = SharedCounters(location, options)
    return _shared_counters[location]
