"""Who takes part in a run and what of them never changes: told once, in the first snapshot."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np

from games.game import Refused
from games.society import columns
from games.society.columns import Column

EDGES_A_BLOCK = columns.MOST_AGENTS
KEYFRAME_INTERVAL = 5


@dataclass
class Crowd:
    """The agents of a run, in the order of every column, with the words that columns point at."""

    ids: list[str]
    names: list[str] | None = None
    layout: str = "default"
    words: dict[str, list[str]] = field(default_factory=dict)
    constant: dict[str, Column] = field(default_factory=dict)
    edges: tuple[Any, Any, Any] | None = None  # from, to (places), strength or None
    keyframe_interval: int = KEYFRAME_INTERVAL
    notes: list[str] = field(default_factory=list)
    source: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def places(self) -> dict[str, int]:
        return {id: place for place, id in enumerate(self.ids)}

    def hashes(self, seed: str) -> np.ndarray[Any, np.dtype[np.uint64]]:
        """Return a number for each agent that hangs on its id and `seed` alone."""
        key = blake2b(seed.encode(), digest_size=32).digest()
        digests = b"".join(blake2b(id.encode(), digest_size=8, key=key).digest() for id in self.ids)
        return np.frombuffer(digests, "<u8")

    def name(self, place: int) -> str:
        """Return the recorded name of an agent, or one out of what is known of it."""
        if self.names and self.names[place]:
            return self.names[place]
        known = [self.word(name, place) for name in ("region", "segment")]
        words = " ".join(word for word in known if word).replace("_", " ").title()
        return f"{words or 'Agent'} #{place + 1}"

    def word(self, name: str, place: int) -> str | None:
        """Return what stands in a constant column of words."""
        column = self.constant.get(name)
        return None if column is None else self.spelt(name, int(column[place]))

    def spelt(self, name: str, number: int) -> str | None:
        spelt = self.words.get(name, [])
        return spelt[number] if 0 <= number < len(spelt) else None

    def neighbours(self, place: int) -> list[tuple[int, float | None, str]]:
        """Return (agent, strength, `incoming` or `outgoing`) for each recorded edge of an agent."""
        if self.edges is None:
            return []
        starts, ends, strengths = self.edges
        found = []
        for mine, theirs, direction in ((ends, starts, "incoming"), (starts, ends, "outgoing")):
            for edge in np.flatnonzero(mine == place).tolist():
                strength = None if strengths is None else float(strengths[edge])
                found.append((int(theirs[edge]), strength, direction))
        return found

    # As it stands in a snapshot

    def as_json(self) -> dict[str, Any]:
        return {
            "ids": self.ids,
            "names": self.names,
            "layout": self.layout,
            "words": self.words,
            "scales": columns.SCALES,
            "constant": {name: columns.pack(column) for name, column in self.constant.items()},
            "edges": self._edges_as_json(),
            "keyframe_interval": self.keyframe_interval,
            "notes": self.notes,
            "source": self.source,
        }

    def _edges_as_json(self) -> list[list[str | None]]:
        if self.edges is None:
            return []
        starts, ends, strengths = self.edges
        blocks = []
        for first in range(0, len(starts), EDGES_A_BLOCK):
            part = slice(first, first + EDGES_A_BLOCK)
            strong = None if strengths is None else np.rint(strengths[part] * 1000)
            packed = None if strong is None else columns.pack(strong)
            blocks.append([columns.pack(starts[part]), columns.pack(ends[part]), packed])
        return blocks

    @classmethod
    def from_json(cls, told: Any) -> Crowd:
        """Return the crowd of a first snapshot, or raise Refused with the first fault."""
        if not isinstance(told, dict):
            raise Refused("crowd: it must be an object.")
        ids, words = told.get("ids"), told.get("words", {})
        if not (isinstance(ids, list) and 0 < len(ids) <= columns.MOST_AGENTS):
            raise Refused(f"crowd/ids: it must list 1 to {columns.MOST_AGENTS} agents.")
        if not all(isinstance(id, str) and id for id in ids) or len(set(ids)) < len(ids):
            raise Refused("crowd/ids: each agent has a text of its own.")
        if not isinstance(words, dict) or not all(map(_is_words, words.values())):
            raise Refused("crowd/words: it must hold lists of texts.")
        names = told.get("names")
        if names is not None and not (_is_words(names) and len(names) == len(ids)):
            raise Refused("crowd/names: it must name every agent, or be null.")
        interval = told.get("keyframe_interval", KEYFRAME_INTERVAL)
        if type(interval) is not int or interval < 1:
            raise Refused("crowd/keyframe_interval: it must be a whole number from 1 on.")
        notes, source = told.get("notes", []), told.get("source", {})
        return cls(
            ids=ids,
            names=names,
            layout=str(told.get("layout", "default")),
            words=words,
            constant=read_columns(told.get("constant", {}), len(ids), "crowd/constant"),
            edges=_edges(told.get("edges", []), len(ids)),
            keyframe_interval=interval,
            notes=notes if _is_words(notes) else [],
            source=source if isinstance(source, dict) else {},
        )


def read_columns(told: Any, count: int, place: str) -> dict[str, Column]:
    """Return the columns of a snapshot, each of `count` numbers, or raise Refused."""
    if not isinstance(told, dict):
        raise Refused(f"{place}: it must hold columns by name.")
    return {
        name: _column(text, count, f"{place}/{name}")
        for name, text in told.items()
        if name in columns.NAMES
    }


def _column(text: Any, count: int, place: str) -> Column:
    try:
        column = columns.unpack(text)
    except (TypeError, ValueError):
        raise Refused(f"{place}: it is no base64 of 16-bit numbers.") from None
    if len(column) != count:
        raise Refused(f"{place}: it holds {len(column)} numbers for {count} agents.")
    return column


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


def _edges(blocks: Any, count: int) -> tuple[Any, Any, Any] | None:
    if not blocks:
        return None
    try:
        starts, ends = (
            np.concatenate([columns.unpack(block[side]) for block in blocks]) for side in (0, 1)
        )
        weighed = all(block[2] is not None for block in blocks)
        parts = [columns.unpack(block[2]) for block in blocks] if weighed else []
    except (TypeError, ValueError, LookupError):
        raise Refused("crowd/edges: it must hold blocks of [from, to, strength].") from None
    strengths = np.concatenate(parts) / 1000 if parts else None
    counts = {len(starts), len(ends), len(ends if strengths is None else strengths)}
    if len(counts) > 1 or not _are_places(starts, count) or not _are_places(ends, count):
        raise Refused("crowd/edges: each edge joins two agents of the crowd.")
    return starts, ends, strengths


def _are_places(column: Column, count: int) -> bool:
    return bool(((column >= 0) & (column < count)).all())
