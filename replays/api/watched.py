"""What a viewer's page tells of watching through a link: so many more seconds, and how far."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request
from rest_framework.views import APIView

from replays import format, watching
from replays.api import game_schema
from replays.api.files import Unread
from replays.api.parameters import LARGEST, refused
from replays.limits import Limit
from replays.sharing import open_share

MOST_BYTES = 1_000
MOST_SECONDS = 3_600
"""What one message may add: a page tells every few minutes."""


class Watched(APIView):
    """One address that a page tells with `navigator.sendBeacon`, which sends no headers of ours.

    It needs no token against forgery: what comes from the pages of others is not counted.
    """

    authentication_classes = []
    parser_classes = [Unread]
    throttle_classes = [Limit]
    limit = "watched"

    def perform_authentication(self, request: Request) -> None:
        """Leave the session's user where it is."""

    @game_schema.watched
    def post(self, request: Request, code: str) -> HttpResponse:
        """Tell that something was watched through a link"""
        link = open_share(code, request._request)
        seconds, tick = told(request._request)
        counts = not (link._state.adding or elsewhere(request._request))
        if counts and not watching.is_machine(request._request):
            watching.count(link, request._request, seconds, tick)
        return HttpResponse(status=204)


def elsewhere(request: HttpRequest) -> bool:
    """Tell whether another site's page asks, or a browser that only looks ahead."""
    ahead = request.headers.get("Sec-Purpose", "") or request.headers.get("Purpose", "")
    return request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin" or bool(ahead)


def told(request: HttpRequest) -> tuple[int, int | None]:
    body = request.read(MOST_BYTES + 1)
    stated = format.read_json(body) if len(body) <= MOST_BYTES else None
    if not isinstance(stated, dict):
        raise refused("The body must be a small JSON object.", pointer="")
    tick = stated.get("tick")
    furthest = None if tick is None else whole(stated, "tick", LARGEST)
    return whole(stated, "seconds", MOST_SECONDS), furthest


def whole(stated: dict[str, Any], name: str, most: int) -> int:
    value = stated.get(name)
    if type(value) is not int or not 0 <= value <= most:
        sentence = f"{name} must be a whole number from 0 to {most}."
        raise refused(sentence, pointer=f"/{name}", valid_range={"min": 0, "max": most})
    return value
