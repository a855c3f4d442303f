"""A snapshot as one line of strict JSON: what the site would refuse is refused here already."""

import dataclasses
import json
import math
from collections.abc import Mapping, Set
from enum import Enum
from functools import partial
from pathlib import PurePath
from typing import Any

MOST_BYTES = 3 * 2**20
"""How long one snapshot may be: a push carries at most 4 MiB, however badly it packs."""
MOST_DEPTH = 60
"""How deep one snapshot may be nested: the site takes 64 levels, and a push is some of them."""
MOST_TEXT_BYTES = 64 * 1024
LARGEST = 2**53
"""Whole numbers beyond it are not the same in every language."""
MOST_ITEMS = 4_096
"""How many items of one list or array `plain` keeps."""

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


class BadSnapshot(ValueError):
    """A snapshot that cannot be recorded."""


def line_of(snapshot: Any) -> bytes:
    """Return a snapshot as compact JSON on one line, or raise BadSnapshot saying why not.

    Arrays and numbers of numpy, tuples, sets, dataclasses and enums are taken for what they hold.
    """
    if not isinstance(snapshot, dict):
        raise BadSnapshot(f"a snapshot is a dict, and this is {_a(snapshot)}")
    try:
        try:
            text = _encode(snapshot)
        except TypeError:
            snapshot = plain(snapshot, most_items=None)
            text = _encode(snapshot)
        _check(snapshot)
        line = text.encode()
    except BadSnapshot:
        raise
    except RecursionError:
        raise BadSnapshot(f"it is nested more than {MOST_DEPTH} levels deep") from None
    except UnicodeEncodeError:
        raise BadSnapshot("a text in it holds half of a surrogate pair") from None
    except (TypeError, ValueError) as error:
        raise BadSnapshot(str(error)) from None
    if len(line) > MOST_BYTES:
        raise BadSnapshot(f"it is longer than {MOST_BYTES >> 20} MiB")
    return line


def _check(value: Any, depth: int = MOST_DEPTH) -> None:
    """Raise BadSnapshot for what JSON can say and the site does not take."""
    if isinstance(value, dict):
        for key in value:
            if type(key) is str and (len(key) > 256 or "\0" in key):
                _check_text(key)
        value = value.values()
    if not depth:
        raise BadSnapshot(f"it is nested more than {MOST_DEPTH} levels deep")
    for child in value:
        kind = type(child)
        if kind is float or kind is bool or child is None:
            continue
        if isinstance(child, str):
            _check_text(child)
        elif isinstance(child, int):
            if not -LARGEST <= child <= LARGEST:
                raise BadSnapshot(f"the number {str(child)[:20]} is beyond ±2^53")
        elif isinstance(child, dict | list | tuple):
            _check(child, depth - 1)


def _check_text(text: str) -> None:
    if "\0" in text:
        raise BadSnapshot("a text in it holds the character U+0000")
    if len(text) > MOST_TEXT_BYTES // 4 and len(text.encode()) > MOST_TEXT_BYTES:
        raise BadSnapshot(f"a text in it is longer than {MOST_TEXT_BYTES >> 10} KiB")


def plain(value: Any, *, most_items: int | None = MOST_ITEMS, depth: int = MOST_DEPTH) -> Any:
    """Return a value as JSON can say it.

    With `most_items`, what cannot be said exactly is said roughly: lists are cut there and end in
    a text that tells how many items were left out, NaN and infinities become null, and objects of
    an unknown kind become the text that they print. Without, those raise BadSnapshot.
    """
    exact = most_items is None
    match value:
        case None | bool():
            return value
        case str():
            return value if exact else _readable(value)
        case Enum():
            return plain(value.value, most_items=most_items, depth=depth)
        case int():
            return int(value) if exact or abs(value) <= LARGEST else str(value)
        case float():
            return float(value) if exact or math.isfinite(value) else None
    if not depth:
        raise BadSnapshot(f"it is nested more than {MOST_DEPTH} levels deep")
    inner = partial(plain, most_items=most_items, depth=depth - 1)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        pairs = [(_key(key), inner(child)) for key, child in _first(value, most_items)]
        return dict(pairs) if exact else {_readable(key): child for key, child in pairs}
    if hasattr(value, "tolist"):  # an array or a number of numpy, or of what imitates it
        return plain(_array(value, most_items), most_items=most_items, depth=depth)
    if isinstance(value, Set):
        value = sorted(value, key=repr)
    if isinstance(value, list | tuple):
        kept = value if exact else value[:most_items]
        listed = [inner(child) for child in kept]
        more = len(value) - len(listed)
        return [*listed, f"and {more} more"] if more else listed
    if isinstance(value, PurePath) or not exact:
        return _readable(str(value))
    raise BadSnapshot(f"it holds {_a(value)}, which JSON cannot say")


def _readable(text: str) -> str:
    """Return a text as far as the site takes it."""
    return text[: MOST_TEXT_BYTES // 4].replace("\0", "").encode(errors="replace").decode()


def _first(value: Mapping[Any, Any], most: int | None) -> Any:
    pairs = list(value.items())
    if most is None or len(pairs) <= most:
        return pairs
    return [*pairs[:most], ("…", f"and {len(pairs) - most} more")]


def _array(value: Any, most: int | None) -> Any:
    """Return the array as lists; a picture or another big array by its shape alone."""
    size = getattr(value, "size", 0)
    if most is not None and isinstance(size, int) and size > most:
        return {
            "shape": list(value.shape),
            "type": str(getattr(value, "dtype", "")),
            "left_out": size,
        }
    return value.tolist()


def _key(key: Any) -> str:
    if isinstance(key, str):
        return key
    if isinstance(key, Enum):
        return _key(key.value)
    return str(key.item() if hasattr(key, "item") else key)


def _a(value: Any) -> str:
    name = type(value).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
