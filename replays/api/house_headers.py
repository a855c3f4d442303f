"""The headers that every answer of the site has, for what is answered before Django."""

from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

MIDDLEWARE = (
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
)
"""Those of the site's middleware that only add headers, alike on every answer."""


@cache
def house_headers(secure: bool) -> tuple[tuple[bytes, bytes], ...]:
    """Return what the site's own middleware adds to an empty answer, as ASGI headers."""
    request = HttpRequest()
    request.method = "GET"
    request.META = {"SERVER_NAME": "localhost", "SERVER_PORT": "443" if secure else "80"}
    request._get_scheme = lambda: "https" if secure else "http"  # type: ignore[attr-defined]
    answer = _bare
    for name in reversed(settings.MIDDLEWARE):
        if name in MIDDLEWARE:
            answer = import_string(name)(answer)
    return tuple((name.lower().encode(), value.encode()) for name, value in answer(request).items())


def _bare(request: HttpRequest) -> HttpResponse:
    response = HttpResponse()
    del response["Content-Type"]
    return response
