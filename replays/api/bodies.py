"""Bodies in: one strict reader for every door."""

from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser

from replays import format


class StrictJSONParser(BaseParser):
    """Read a JSON body with the one strict reader; a fault is a 400 with one sentence."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        return format.read_json(stream.read())


class AnswerJSON(DefaultContentNegotiation):
    """Answer JSON whatever a client says it likes: there is nothing else, and 406 helps nobody."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type
