"""Pictures over HTTP: a card of a shard at a tick, or its board alone; drawn once, then kept."""

from threading import BoundedSemaphore

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from replays import pictures, policy, reading
from replays.api.parameters import shard_key
from replays.limits import address, spend
from replays.models import ReplayShard
from replays.sharing import open_share

KEPT_SECONDS = 3600
MAX_AGE_SECONDS = 300
"""How long a browser shows what it has; the picture of a hidden shard lives no longer."""
AT_ONCE = BoundedSemaphore(2)


@require_safe
def of_shard(request: HttpRequest, shard_id: str) -> HttpResponse:
    shard = get_object_or_404(ReplayShard.objects.visible_to(request.user), pk=shard_key(shard_id))
    shard = reading.held_back(shard, late=policy.is_late(request.user, shard))
    return picture(request, shard, asked_tick(request, shard), str(shard))


@require_safe
def of_link(request: HttpRequest, code: str) -> HttpResponse:
    link = open_share(code, request)
    shard = reading.held_back(link.shard, late=policy.is_late(None, link.shard))
    tick = link.tick if link.tick is not None else asked_tick(request, shard)
    return picture(request, shard, tick, link.title or str(shard))


def asked_tick(request: HttpRequest, shard: ReplayShard) -> int | None:
    """Return the tick that was asked for; for a bad one, one that stands for the shard."""
    asked = request.GET.get("tick", "")
    if shard.first_tick is None or shard.last_tick is None or not asked.isascii():
        return pictures.preview_tick(shard)
    tick = int(asked) if asked.isdigit() and len(asked) < 16 else -1
    return tick if shard.first_tick <= tick <= shard.last_tick else pictures.preview_tick(shard)


def picture(request: HttpRequest, shard: ReplayShard, tick: int | None, title: str) -> HttpResponse:
    kind = "board" if "board" in request.GET else "card"
    name = pictures.fingerprint(shard, tick, title, kind)
    unchanged = get_conditional_response(request, etag=f'"{name}"')
    response = unchanged or HttpResponse(
        drawn(request, name, shard, tick, title, kind), content_type="image/png"
    )
    response["ETag"] = f'"{name}"'
    response["Cache-Control"] = f"private, max-age={MAX_AGE_SECONDS}"
    return response


def drawn(
    request: HttpRequest, name: str, shard: ReplayShard, tick: int | None, title: str, kind: str
) -> bytes:
    """Return a picture from the cache, or draw it: two at once, so many a minute an address."""
    kept = cache.get(f"picture:{name}")
    if kept is not None:
        return kept
    spend("pictures", address(request))
    with AT_ONCE:
        made = (
            pictures.board_alone(shard, tick)
            if kind == "board"
            else pictures.card(shard, tick, title)
        )
    cache.set(f"picture:{name}", made, KEPT_SECONDS)
    return made
