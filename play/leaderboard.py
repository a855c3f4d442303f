"""The standings of all call signs: JSON, or a page for a browser."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from rest_framework.request import Request

from play import schema
from play.models import CallSign
from play.process import ProcessView, answer
from replays.api.errors import wants_page
from replays.api.parameters import whole_number
from replays.limits import address, spend

MOST = 200
COUNTS = ("survivals", "deaths", "ghosts", "streak", "best_streak")


class Leaderboard(ProcessView):
    """Who has survived most; computer players are not among them."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        page = request.method in ("GET", "HEAD") and wants_page(request)
        response: HttpResponseBase
        response = standings_page(request) if page else super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "no-cache"
        patch_vary_headers(response, ["Accept"])
        return response

    @schema.leaderboard
    def get(self, request: Request) -> HttpResponse:
        """Read the standings, the best first"""
        spend("reads", address(request))
        limit = whole_number(request, "limit", 50, 1, MOST)
        return answer({"entries": [entry(sign) for sign in CallSign.objects.standing()[:limit]]})


def entry(sign: CallSign) -> dict[str, Any]:
    return {"call_sign": sign.name} | {name: getattr(sign, name) for name in COUNTS}


def standings_page(request: HttpRequest) -> HttpResponse:
    signs = CallSign.objects.standing()[:MOST]
    return render(request, "play/leaderboard.html", {"signs": signs})
