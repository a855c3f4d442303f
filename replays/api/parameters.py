"""Query parameters: read strictly, and refused by name."""

import re
from typing import Any
from uuid import UUID

from django.http import Http404
from rest_framework.request import Request

from replays.api.errors import Problem

LARGEST = 2**31 - 1
"""What the database's integers hold: no shard has more ticks."""
YES_AND_NO = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
_DIGITS = re.compile(r"[0-9]{1,10}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def whole_number(request: Request, name: str, default: int, least: int, most: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not _DIGITS.fullmatch(text) or not least <= int(text) <= most:
        sentence = f"{name} must be a whole number from {least} to {most}."
        raise refused(sentence, valid_range={"min": least, "max": most})
    return int(text)


def yes_or_no(request: Request, name: str) -> bool | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    if text.lower() not in YES_AND_NO:
        raise refused(f"{name} must be true or false.")
    return YES_AND_NO[text.lower()]


def words(request: Request, name: str, longest: int) -> str:
    text = request.query_params.get(name, "").strip()
    if len(text) > longest:
        raise refused(f"{name} may have at most {longest} characters.")
    if "\0" in text:
        raise refused(f"{name} may not hold U+0000.")
    return text


def refused(sentence: str, **more: Any) -> Problem:
    return Problem(400, sentence, "INVALID_PARAMETER", **more)


def shard_key(text: str) -> UUID:
    """Return the id of a shard; what is none is not there, like an id that never was."""
    if not _UUID.fullmatch(text.lower()):
        raise Http404
    return UUID(text)


def chunk_number(text: str) -> int:
    if not _DIGITS.fullmatch(text) or int(text) > LARGEST:
        raise Http404
    return int(text)
