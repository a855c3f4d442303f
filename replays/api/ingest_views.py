"""The push server behind Django: for the address table, and for what needs a visitor's cookies."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view, authentication_classes
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

from replays.api.doors import WIRE_BYTES, Answer, Asked, too_large
from replays.api.ingest_doors import Place
from replays.api.ingest_schema import described
from replays.api.keys import lets_in
from replays.limits import address, spend


def view_of(place: Place, *, with_token: bool = False) -> Callable[..., Any]:
    """Return the view of an address; a browser's session is only looked at where one reads."""

    def view(request: Request, **names: str) -> HttpResponse:
        door = place.doors.get(request._request.method or "") or place.doors["GET"]
        if place.for_readers or (place.name == "world" and door is place.doors["GET"]):
            let_in(request, names)
        return response_to(door(asked_of(request, names)))

    view.__name__ = place.name
    view.__doc__ = next(iter(place.doors.values())).__doc__
    methods = {*place.doors} | ({"HEAD"} if "GET" in place.doors else set())
    made = api_view(sorted(methods))(authentication_classes([])(view))
    return extend_schema(exclude=True)(made) if with_token else described(place, made)


def let_in(request: Request, names: dict[str, str]) -> None:
    """Let in whom the site's key lets in; a token in the address is looked at by the door."""
    if "token" not in names and not lets_in(request._request):
        spend("reads", address(request))
        raise NotAuthenticated("This site is read with its key, as X-API-Key, or signed in.")


def asked_of(request: Request, names: dict[str, str]) -> Asked:
    body = request._request.read(WIRE_BYTES + 1)
    if len(body) > WIRE_BYTES:
        raise too_large()
    headers = {name.lower(): value for name, value in request.headers.items()}
    site = settings.SITE_URL or request.build_absolute_uri("/").rstrip("/")
    return Asked(request._request.method or "", names, headers, body, address(request), site)


def response_to(told: Answer) -> HttpResponse:
    response = HttpResponse(told.body, status=told.status, headers=told.headers)
    if told.content_type:
        response["Content-Type"] = told.content_type
    else:
        del response["Content-Type"]
    return response
