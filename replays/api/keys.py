"""Who may read where the site has a key: who knows it, who is signed in, the site's own pages."""

from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission

from replays.limits import address, spend

COOKIE = "viewer"
COOKIE_SECONDS = 12 * 3600
_signer = TimestampSigner(salt="viewer")


class MayRead(BasePermission):
    """Let in whom the site's key lets in; through a link no key is needed, as the code is one."""

    def has_permission(self, request: Any, view: Any) -> bool:
        if "code" in view.kwargs or lets_in(request):
            return True
        spend(view.limit, address(request))
        raise NotAuthenticated("This site is read with its key, as X-API-Key, or signed in.")


def lets_in(request: Any) -> bool:
    if not settings.SEGFAULT_API_KEY:
        return True
    given = request.headers.get("X-API-Key", "")
    if constant_time_compare(given, settings.SEGFAULT_API_KEY):
        return True
    return is_our_page(request) or request.user.is_authenticated


def is_our_page(request: HttpRequest) -> bool:
    try:
        _signer.unsign(request.COOKIES.get(COOKIE, ""), max_age=COOKIE_SECONDS)
    except BadSignature:
        return False
    return True


def let_viewer_read(response: HttpResponse) -> HttpResponse:
    """Let the browser of a page read for twelve hours where the site has a key."""
    if settings.SEGFAULT_API_KEY:
        response.set_cookie(
            COOKIE,
            _signer.sign("reads"),
            max_age=COOKIE_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Strict",
        )
    return response
