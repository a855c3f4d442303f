"""The viewer in a frame of somebody else's page: by a link's code alone, whoever looks at it."""

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from replays import pages, policy, reading, sharing
from replays.api.errors import NOT_FOUND, problem_response, wants_page
from replays.limits import Limited

SIZE = (640, 480)
"""Pixels of a frame, unless it is asked for smaller."""
ANYWHERE = {"frame-ancestors": ["*"]}
"""Of all addresses this is the only one that other pages may frame."""


@require_safe
@xframe_options_exempt
@csp_replace(ANYWHERE)  # type: ignore[arg-type] # their type knows no views with names
def embed(request: HttpRequest, code: str) -> HttpResponse:
    """Show what a link opens, small; no cookie is read, so that all who look are shown the same."""
    try:
        link = sharing.open_share(code, request)
    except Http404:
        return panel(request, 404, NOT_FOUND)
    except Limited as limited:
        answer = panel(request, 429, str(limited.detail))
        answer["Retry-After"] = str(limited.wait)
        return answer
    shard = reading.held_back(link.shard, late=policy.is_late(None, link.shard))
    at_live_edge = not shard.ended and link.tick is None
    embedded = {"embedded": True, "at_live_edge": at_live_edge}
    context = {
        "setup": pages.setup_of(shard, link) | embedded,
        "title": pages.title_of(shard, link),
    }
    return uncached(render(None, "embed.html", context))


def frame(address: str, title: str, size: tuple[int, int] = SIZE) -> str:
    """Return the markup that puts the viewer at `address` into a page."""
    markup = (
        '<iframe src="{}" title="{}" width="{}" height="{}" style="border: 0; max-width: 100%"'
        ' loading="lazy" allowfullscreen></iframe>'
    )
    return format_html(markup, address, title, *size)


def panel(request: HttpRequest, status_code: int, detail: str) -> HttpResponse:
    """Answer within the frame: what is not shown here says no more than what never was."""
    if not wants_page(request):
        return uncached(problem_response(status_code, detail))
    context = {"status_code": status_code, "detail": detail}
    return uncached(render(None, "embed_fault.html", context, status=status_code))


def uncached(response: HttpResponse) -> HttpResponse:
    """Have it asked for each time, so that a link that is taken back is gone at once."""
    response["Cache-Control"] = "private, no-store"
    return response
