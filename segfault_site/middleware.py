"""What every request passes: a name for the log, and errors in the one shape."""

import logging
import uuid
from collections.abc import Callable

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from rest_framework.exceptions import APIException

from replays.api import errors
from segfault_site import handlers

log = logging.getLogger("segfault_site")
Answer = Callable[[HttpRequest], HttpResponse]


def request_id(get_response: Answer) -> Answer:
    """Name each request, for the log and for whoever reports a fault."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4().hex[:12]  # type: ignore[attr-defined]
        response = get_response(request)
        response["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        return response

    return middleware


class PlainErrors:
    """Answer what views raise in the one shape of errors, with DEBUG on as with DEBUG off."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path:  # no name holds it, and PostgreSQL cannot even look for one
            return errors.not_found(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse:
        match error:
            case Http404():
                return errors.not_found(request)
            case PermissionDenied():
                return errors.error_page(request, 403, "You may not do that.")
            case APIException():
                return errors.page_or_problem(request, error)
            case SuspiciousOperation() | MultiPartParserError() | UnreadablePostError():
                return handlers.bad_request(request, error)
            case OperationalError():
                log.exception("request %s: the database did not answer", request.id)  # type: ignore[attr-defined]
                return errors.database_away(error)
        log.exception("request %s failed", request.id, exc_info=error)  # type: ignore[attr-defined]
        return errors.error_page(request, 500, "Something went wrong here, and it has been noted.")
