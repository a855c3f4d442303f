"""The page of a link for who made it: how often it was watched, when, and how far."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from replays import embeds, pages, watching
from replays.models import ShareCode


@require_safe
@never_cache
@login_required
def link(request: HttpRequest, code: str) -> HttpResponse:
    links = ShareCode.objects.select_related("shard").filter(created_by=request.user.pk)
    found = get_object_or_404(links, pk=code)
    context = {
        "link": found,
        "frame": framed(request, found),
        "totals": watching.totals(found),
        "days": watching.by_day(found),
        "stops": watching.stops(found),
    }
    return render(request, "pages/link.html", context)


def framed(request: HttpRequest, link: ShareCode) -> str | None:
    """Return the markup of a frame for a link that is open, None for one that is not."""
    if not ShareCode.objects.open().filter(pk=link.pk).exists():
        return None
    address = pages.absolute(request, f"/embed/{link.code}")
    return str(embeds.frame(address, pages.title_of(link.shard, link)))
