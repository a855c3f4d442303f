"""Columns of a crowd: for each agent one small whole number, packed as text.

A column is the base64 of 16-bit little-endian integers, in the order of the crowd's ids; a value is
its number divided by the column's scale, and NOTHING stands for a value that is not known. Ten
thousand agents are 27 kB a column: a quarter of what JSON numbers take to read.
"""

from base64 import b64decode, b64encode
from typing import Any

import numpy as np

NOTHING = -32_768
LARGEST = 32_767
MOST_AGENTS = 20_000
"""A column of more would be a longer text than a recording may hold (64 KiB)."""

# How many parts of a unit a column counts. Words (zone, segment, …) are places in a list of words.
SCALES = {
    "x": 10,
    "y": 10,
    "stance": 1000,
    "emotion": 1000,
    "influence": 1000,
    "exposure": 1000,
}
WORDS = ("zone", "segment", "region", "action")
NAMES = (*SCALES, *WORDS)

Column = np.ndarray[Any, np.dtype[np.int16]]


def pack(values: Any) -> str:
    """Return whole numbers within 16 bits as text."""
    return b64encode(np.ascontiguousarray(values, "<i2").tobytes()).decode()


def unpack(text: str) -> Column:
    """Return the numbers of a column; raise ValueError for what is none."""
    return np.frombuffer(b64decode(text, validate=True), "<i2")


def one(text: str, place: int) -> int:
    """Return one number of a column without unpacking the others."""
    first = 2 * place // 3 * 4
    start = 2 * place % 3
    return int.from_bytes(
        b64decode(text[first : first + 8])[start : start + 2], "little", signed=True
    )


def scaled(values: Any, name: str) -> Column:
    """Return measured values as the numbers of a column; what is unknown or too far is NOTHING."""
    scaled = np.rint(np.asarray(values, float) * SCALES[name])
    with np.errstate(invalid="ignore"):
        known = np.abs(scaled) <= LARGEST
    return np.where(known, scaled, NOTHING).astype("<i2")


def nothing(count: int) -> Column:
    return np.full(count, NOTHING, "<i2")
