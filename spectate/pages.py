"""A room's game as its spectators see it: the viewer at the live edge."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from replays import pages, sharing


@require_safe
def room(request: HttpRequest, room: str) -> HttpResponse:
    """Show the game of a room that lets spectators in."""
    link = sharing.open_share(room, request, rooms_alone=True)
    return pages.viewer(request, link.shard, {}, at_live_edge=True, link=link)
