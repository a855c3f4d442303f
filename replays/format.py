"""What a recording is made of: strict JSON, a tick as a line, lines as a chunk and back.

A line is compact JSON, `{"tick": n, "t": seconds, "commands": [...], "snapshot": {...}}`; a chunk
is up to a hundred lines joined by newlines, zstd. JSON holds no raw newline, so that any tick can
be cut out of a chunk without parsing it. See docs/recording-format.md.
"""

import json
import math
import re
import sys
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

import orjson

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from games.game import Refused

MAX_DEPTH = 64
MAX_STRING_BYTES = 64 * 1024
MAX_INTEGER = 2**53
LEVEL = 12
"""The zstd level of a sealed chunk: 4 ms for a hundred ticks, where level 17 takes 35.

A tick of real SEGFAULT is 111 bytes then, and 104 at level 17; with the pages of the database that
hold it, 123 bytes either way.
"""

# What the quick reader would let pass; it refuses infinities and broken UTF-8 itself.
_ESCAPED = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*', re.DOTALL)
_NUMBERS_ALIKE = bytes.maketrans(b"123456789[,:-\n\r\t", b"0" * 9 + b" " * 7)
"""Digits as zeros, and what may stand before a number as a space."""
_LARGE_INTEGER = b" " + b"0" * 16
_HUGE_INTEGER = b" " + b"0" * 19
_SURROGATE = re.compile("[\ud800-\udfff]")


# JSON in and out


def read_json(body: bytes, *, repeats: bool = False) -> Any:
    """Return the value of a JSON document, or raise Refused with one sentence.

    Refused besides what is no JSON: bytes that are not UTF-8, NaN and infinities, repeated keys,
    lone surrogates, U+0000, integers beyond ±2^53, more than 64 levels, strings over 64 KiB.
    With `repeats` a repeated key keeps its last value: for recordings that are written anew.
    """
    if not repeats:
        return _read_exactly(body, repeats)
    alike = body.translate(_NUMBERS_ALIKE)
    has_large = _may_hold(_LARGE_INTEGER, alike)
    if (has_large and _may_hold(_HUGE_INTEGER, alike)) or _has_odd_text(body):
        return _read_exactly(body, repeats)
    value = _read_quickly(body)
    if has_large and not _has_small_integers(value):
        return _read_exactly(body, repeats)
    return value


def _has_odd_text(body: bytes) -> bool:
    """Tell whether a body may hold a text that only the exact reader refuses; most have none."""
    return (b"\\" in body and _ESCAPED.search(body) is not None) or (
        len(body) > MAX_STRING_BYTES and _holds_long_text(body)
    )


def _may_hold(integer: bytes, alike: bytes) -> bool:
    """Tell whether an integer of so many digits may stand in a body; a fraction is none.

    What has no more than 18 the quick reader takes for an integer; of more it may make a float.
    """
    return integer in alike or alike.startswith(integer[1:])


def _has_small_integers(value: Any) -> bool:
    """Tell whether all integers lie within ±2^53, and are not the very last of those."""
    try:
        orjson.dumps(value, option=orjson.OPT_STRICT_INTEGER)
    except orjson.JSONEncodeError:
        return False
    return True


def _holds_long_text(body: bytes) -> bool:
    """Tell whether a text is too long: where one is, no quote stands in half as many bytes."""
    half = MAX_STRING_BYTES // 2
    windows = range(0, len(body) - half + 1, half)
    if b"\\" not in body and all(body.find(b'"', at, at + half) >= 0 for at in windows):
        return False
    return any(map(_is_long, _STRING.finditer(body)))


def _is_long(string: re.Match[bytes]) -> bool:
    return string.end() - string.start() > MAX_STRING_BYTES


def _read_quickly(body: bytes) -> Any:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refused(f"This is not JSON: {error.msg} at byte {error.pos}.") from None
    if not _is_shallow(body):
        _check_depth(value)
    return value


_BRACKETS = bytes.maketrans(b"{}", b"[]")
_OTHERS = bytes(set(range(256)) - set(b'{}[]"'))


def _is_shallow(body: bytes) -> bool:
    """Tell, of what is JSON, that it is certainly nested no deeper than we take.

    What is left of it are quotes and brackets. Pairs of quotes go; where one is left, a text holds
    a bracket, and the exact look has to tell. Then the innermost brackets go, as often as we take.
    """
    if b"\\" in body:
        return False
    left = body.translate(_BRACKETS, _OTHERS).replace(b'""', b"")
    if b'"' in left:
        return False
    for _ in range(MAX_DEPTH):
        if not left:
            return True
        left = left.replace(b"[]", b"")
    return not left


def _read_exactly(body: bytes, repeats: bool) -> Any:
    try:
        text = body.decode("utf-8")
        value = (_LENIENT if repeats else _STRICT).decode(text)
    except UnicodeDecodeError as error:
        raise Refused(f"This is not UTF-8, at byte {error.start}.") from None
    except json.JSONDecodeError as error:
        raise Refused(f"This is not JSON: {error.msg} at character {error.pos}.") from None
    except RecursionError:
        raise Refused(f"This is nested more than {MAX_DEPTH} levels deep.") from None
    _check_depth(value)
    _check_strings(value)
    return value


def _integer(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > MAX_INTEGER:
        raise Refused(f"The integer {digits[:20]} is beyond ±2^53.")
    return int(digits)


def _number(digits: str) -> float:
    if not math.isfinite(value := float(digits)):
        raise Refused(f"The number {digits[:20]} is not finite.")
    return value


def _constant(name: str) -> None:
    raise Refused(f"{name} is not JSON.")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        repeated = next(key for key, _ in pairs if key in seen or seen.add(key))
        raise Refused(f"The key {repeated[:40]!r} stands twice in one object.")
    return found


_NUMBERS: dict[str, Any] = {
    "parse_int": _integer,
    "parse_float": _number,
    "parse_constant": _constant,
}
_LENIENT = json.JSONDecoder(**_NUMBERS)
_STRICT = json.JSONDecoder(object_pairs_hook=_without_repeats, **_NUMBERS)


def _check_depth(value: Any) -> None:
    level = [value] if type(value) in (dict, list) else []
    for _ in range(MAX_DEPTH):
        if not level:
            return
        level = [
            child
            for parent in level
            for child in (parent.values() if type(parent) is dict else parent)
            if type(child) is dict or type(child) is list
        ]
    if level:
        raise Refused(f"This is nested more than {MAX_DEPTH} levels deep.")


def _check_strings(value: Any) -> None:
    if type(value) is dict:
        for key, child in value.items():
            _check_strings(key)
            _check_strings(child)
    elif type(value) is list:
        for child in value:
            _check_strings(child)
    elif type(value) is str:
        if "\0" in value:
            raise Refused("A text holds the character U+0000.")
        if _SURROGATE.search(value):
            raise Refused("A text holds half of a surrogate pair.")
        if len(value) > MAX_STRING_BYTES or len(value.encode()) > MAX_STRING_BYTES:
            raise Refused("A text is longer than 64 KiB.")


def write_json(value: Any) -> bytes:
    """Return compact JSON; keys keep their order: the same value gives the same bytes."""
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)


# Lines


def line(
    tick: int, seconds: float, snapshot: dict[str, Any], commands: Sequence[Any] = ()
) -> bytes:
    """Return one tick as a line; `seconds` since the shard's start, `commands` as lists."""
    return line_of(tick, seconds, write_json(snapshot), commands)


def line_of(tick: int, seconds: float, snapshot: bytes, commands: Sequence[Any] = ()) -> bytes:
    """Return a tick as a line whose snapshot is compact JSON that we wrote."""
    asked = b'"commands":%b,' % write_json(list(commands)) if commands else b""
    about = (tick, write_json(round(seconds, 6)), asked, snapshot)
    return b'{"tick":%d,"t":%b,%b"snapshot":%b}' % about


def read_line(stored: bytes) -> dict[str, Any]:
    """Return the entry of a line that we stored ourselves."""
    return orjson.loads(stored)


# Chunks


def pack(lines: Iterable[bytes], level: int = LEVEL) -> bytes:
    return zstd.compress(b"\n".join(lines), level=level)


def unpack(body: bytes) -> bytes:
    """Return a chunk's lines joined by newlines; raise zstd.ZstdError when it is damaged."""
    return zstd.decompress(body)


def packer(level: int) -> "zstd.ZstdCompressor":
    """Return what packs piece by piece."""
    return zstd.ZstdCompressor(level=level)


def unpacker(window_log: int) -> "zstd.ZstdDecompressor":
    """Return what unpacks one frame piece by piece, if its window is at most 2**window_log."""
    limits = {int(zstd.DecompressionParameter.window_log_max): window_log}
    return zstd.ZstdDecompressor(options=limits)


def digest(lines: bytes) -> bytes:
    """Return what names the content of a chunk: 32 bytes of sha256 over its lines."""
    return sha256(lines).digest()


def link(chain: bytes, chunk_digest: bytes) -> bytes:
    """Return the chain's digest after one more chunk; it starts as no bytes at all."""
    return sha256(chain + chunk_digest).digest()


DamagedError = zstd.ZstdError
