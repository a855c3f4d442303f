"""Answers for what never reached a view, or came out of one unforeseen."""

import sys
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

from replays.api.errors import database_away, error_page, not_found


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return error_page(request, 413, "More came than a form may hold.")
    return error_page(request, 400, "This request cannot be read.")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 403, "You may not do that.")


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return not_found(request)


def csrf_failure(request: HttpRequest, reason: str = "", **_: Any) -> HttpResponse:
    return error_page(request, 403, "This form is too old or not from here: load it again.")


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    page = error_page(request, 429, "Too often in too short a time; try again in a while.")
    page["Retry-After"] = "60"
    return page


def fault(request: HttpRequest) -> HttpResponse:
    error = sys.exception()
    if isinstance(error, OperationalError):  # as the session was to be kept, after the view
        return database_away(error)
    return error_page(request, 500, "Something went wrong here, and it has been noted.")
