"""Bodies in: one strict reader for every door."""

from typing import Any

from rest_framework.exceptions import APIException
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser

from replays import format


class TooLarge(APIException):
    status_code = 413


class StrictJSONParser(BaseParser):
    """Read a JSON body with the one strict reader; a fault is a 400 with one sentence.

    What has more than `most_bytes` is a 413, and not read: what is asked for is small, and reading
    costs before any limit counts. Recordings come by doors of their own.
    """

    media_type = "application/json"
    most_bytes = 64 * 1024

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        body = stream.read(self.most_bytes + 1)
        if len(body) > self.most_bytes:
            raise TooLarge(f"A body may have at most {self.most_bytes:,} bytes here.")
        return format.read_json(body)


class AnswerJSON(DefaultContentNegotiation):
    """Answer JSON whatever a client says it likes: there is nothing else, and 406 helps nobody."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type
