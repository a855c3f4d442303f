"""One shape for every error: a sentence, a status and a code (seed 001, contract)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from rest_framework import exceptions, status
from rest_framework.views import set_rollback

from games.game import Refused

CODES = {
    400: "BAD_REQUEST",
    401: "NOT_SIGNED_IN",
    403: "NOT_ALLOWED",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    406: "NOT_ACCEPTABLE",
    409: "CONFLICT",
    410: "DAMAGED",
    413: "TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    429: "TOO_MANY_REQUESTS",
    500: "INTERNAL_ERROR",
    503: "UNAVAILABLE",
    507: "STORAGE_FULL",
}
NOT_FOUND = "There is nothing here, or nothing that you may see."


class Problem(exceptions.APIException):
    """An error to answer with: a sentence, a code, and what helps (hint, valid_range, pointer)."""

    def __init__(self, status_code: int, detail: str, code: str = "", **more: Any) -> None:
        super().__init__(detail)
        self.status_code = status_code
        self.error_code = code or CODES.get(status_code, "ERROR")
        self.more = more


def problem_response(
    status_code: int,
    detail: str,
    code: str = "",
    headers: dict[str, str] | None = None,
    **more: Any,
) -> JsonResponse:
    body = {
        "detail": detail,
        "status_code": status_code,
        "error_code": code or CODES.get(status_code, "ERROR"),
    }
    return JsonResponse(body | more, status=status_code, headers=headers)


def answer(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """Answer an exception of an API view; None for one that nobody foresaw."""
    response = _problem_of(error)
    if response is not None:
        set_rollback()
    return response


def page_or_problem(request: HttpRequest, error: exceptions.APIException) -> HttpResponse:
    """Answer what a plain view raised on purpose: with a page for a browser."""
    response = _problem_of(error) or problem_response(error.status_code, str(error.detail))
    if not wants_page(request):
        return response
    page = error_page(request, response.status_code, str(error.detail))
    if "Retry-After" in response:
        page["Retry-After"] = response["Retry-After"]
    return page


def _problem_of(error: Exception) -> HttpResponse | None:
    match error:
        case Problem():
            return problem_response(
                error.status_code, str(error.detail), error.error_code, **error.more
            )
        case Http404() | exceptions.NotFound():
            return problem_response(404, NOT_FOUND)
        case PermissionDenied() | exceptions.PermissionDenied():
            return problem_response(403, "You may see this, but not do that.")
        case exceptions.NotAuthenticated():
            return problem_response(401, "Sign in first.", headers={"WWW-Authenticate": "Bearer"})
        case exceptions.AuthenticationFailed():
            return problem_response(401, str(error.detail), headers={"WWW-Authenticate": "Bearer"})
        case exceptions.Throttled():
            wait = str(max(1, round(getattr(error, "wait", None) or 1)))
            return problem_response(429, str(error.detail), headers={"Retry-After": wait})
        case Refused():
            return problem_response(400, str(error))
        case exceptions.ValidationError():
            return problem_response(400, _first_sentence(error.detail))
        case exceptions.APIException():
            return problem_response(error.status_code, str(error.detail))
    return None


def _first_sentence(detail: Any, field: str = "") -> str:
    if isinstance(detail, dict):
        name, inner = next(iter(detail.items()))
        return _first_sentence(inner, "" if name == "non_field_errors" else str(name))
    if isinstance(detail, list):
        return _first_sentence(detail[0], field)
    return f"{field}: {detail}" if field else str(detail)


def wants_page(request: HttpRequest) -> bool:
    """Tell whether a browser asks, that is to be shown a page."""
    return "text/html" in request.headers.get("Accept", "")


def error_page(request: HttpRequest, status_code: int, detail: str) -> HttpResponse:
    """Answer with a page for a browser, JSON for everybody else."""
    if wants_page(request):
        context = {"status_code": status_code, "detail": detail}
        return render(request, "error.html", context, status=status_code)
    return problem_response(status_code, detail)


def not_found(request: HttpRequest, **_: Any) -> HttpResponse:
    """Answer for any address that is not there, alike whatever the reason."""
    return error_page(request, status.HTTP_404_NOT_FOUND, NOT_FOUND)


def database_away(error: Exception) -> HttpResponse:
    """Answer where the database did not: full, or away for now."""
    if "full" in str(error) or "No space left" in str(error):
        return problem_response(507, "There is no room left to store this; nothing was.")
    away = "The database does not answer just now; try again."
    return problem_response(503, away, headers={"Retry-After": "5"})
