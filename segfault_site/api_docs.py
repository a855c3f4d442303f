"""The description of the API (OpenAPI 3.1), and the page that shows it."""

from functools import cache
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularSwaggerSplitView

from replays.api.encodings import encode
from spectate.schema import STREAMS

Endpoint = tuple[str, str, str, Any]


@cache
def description() -> bytes:
    """Return the schema as JSON; it is the same for as long as this process runs."""
    found = SchemaGenerator().get_schema(request=None, public=True)
    return orjson.dumps(found, default=str, option=orjson.OPT_INDENT_2)


def named(request: HttpRequest) -> str:
    return encode(description(), "identity").etag


@require_safe
@condition(etag_func=named)
def schema(request: HttpRequest) -> HttpResponse:
    return HttpResponse(description(), content_type="application/json")


docs = SpectacularSwaggerSplitView.as_view(
    url_name="schema", template_name="api_docs.html", title="API"
)


def without_slashes(endpoints: list[Endpoint]) -> list[Endpoint]:
    """Leave out the addresses that only add a slash at their end."""
    return [endpoint for endpoint in endpoints if not endpoint[0].endswith("/")]


def with_streams(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add the streams of events, which are answered before Django."""
    paths = result["paths"] | STREAMS
    return result | {"paths": dict(sorted(paths.items()))}
