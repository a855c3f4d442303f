"""Follow a shard from outside, tick by tick, until it ends; a line that drops is taken up again."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from .patience import Patience
from .site import Site

POLL_SECONDS = 1.0
PAGE_TICKS = 200
LIVE_TICKS = 10
"""How many ticks before the live edge whoever comes is shown first."""
SUMMARY_FIELDS = 6
SUMMARY_CHARACTERS = 100


@dataclass(frozen=True)
class Shown:
    """A tick as it is shown: its number and time, its snapshot, and the marks upon it."""

    tick: int
    seconds: float
    snapshot: dict[str, Any]
    marks: list[dict[str, Any]]
    missing: int = 0
    """How many ticks before it were never recorded."""


def shard_of(url: str, token: str | None = None) -> tuple[Site, str]:
    """Return the site of a viewer's address and where a program reads the same; raise ValueError.

    Understood are /spectate/ID, /replays/ID and /replay?shard=ID, and links: /replay/CODE,
    /embed/CODE and /r/CODE.
    """
    parts = urlsplit(url.strip())
    head, _, name = parts.path.rstrip("/").rpartition("/")
    base, _, kind = head.rpartition("/")
    if asked := parse_qs(parts.query).get("shard"):
        base, kind, name = head, "replays", asked[0]
    if kind == "r":
        name = name.split(".")[0]
    rooms = {"spectate": "replays", "replays": "replays"}
    rooms |= {"replay": "replay", "embed": "replay", "r": "replay"}
    if kind not in rooms or not name:
        raise ValueError(
            f"{url!r} is not the address of a replay, such as https://site.example/spectate/ID"
        )
    site = Site.at(f"{parts.scheme}://{parts.netloc}{base}", token)
    return site, f"/{rooms[kind]}/{quote(name, safe='')}"


class Watch:
    """The ticks of a shard as they come, from `start`: "live", "start" or a number."""

    def __init__(
        self,
        site: Site,
        path: str,
        *,
        start: str | int = "live",
        patience: float = 300.0,
        on_away: Callable[[str], None] = lambda why: None,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self.shard: dict[str, Any] = {}
        self._site = site
        self._path = path
        self._next = start if isinstance(start, int) else None
        self._from_start = start == "start"
        self._patience = Patience(patience, on_away)
        self._poll_seconds = poll_seconds

    def __iter__(self) -> Iterator[Shown]:
        """Yield each tick once and in order, until the shard has ended.

        Raise Refused where there is nothing to see, Away when patience is at an end.
        """
        while True:
            index = self._read("/index")
            self.shard = index["shard"]
            if self._next is None:
                self._next = self._first(self.shard)
            last = self.shard.get("last_tick")
            if last is not None and self._next is not None and self._next <= last:
                yield from self._up_to(last, index.get("markers") or [])
            elif not self.shard["live"]:
                return
            else:
                time.sleep(self._poll_seconds)

    def _first(self, shard: dict[str, Any]) -> int | None:
        first, last = shard.get("first_tick"), shard.get("last_tick")
        if first is None or last is None:
            return None
        at_start = self._from_start or not shard["live"]
        return first if at_start else max(first, last + 1 - LIVE_TICKS)

    def _up_to(self, last: int, markers: list[dict[str, Any]]) -> Iterator[Shown]:
        marks: dict[int, list[dict[str, Any]]] = {}
        for marker in markers:
            marks.setdefault(marker.get("tick", -1), []).append(marker)
        while (first := self._next or 0) <= last:
            page = self._read(f"/ticks?start_tick={first}&limit={PAGE_TICKS}")["ticks"]
            if not page:
                self._next = last + 1
                return
            for entry in page:
                tick = entry["tick"]
                missing = tick - (self._next or 0)
                self._next = tick + 1
                seconds, snapshot = float(entry.get("t") or 0.0), entry["snapshot"]
                yield Shown(tick, seconds, snapshot, marks.get(tick, []), max(0, missing))

    def _read(self, rest: str) -> dict[str, Any]:
        return self._patience.ask(lambda: self._site.read(self._path + rest))


def in_words(shown: Shown) -> str:
    """Return a tick as a line for a terminal; nothing recorded can move the cursor."""
    parts = [f"{shown.tick:>7}", f"{_clock(shown.seconds):>9}", summary(shown.snapshot)]
    for mark in shown.marks:
        words = " ".join(str(mark.get(name) or "") for name in ("kind", "label", "subject"))
        parts.append(f"◆ {' '.join(words.split())}")
    text = "  ".join(part for part in parts if part)
    if shown.missing:
        text = f"        … {shown.missing} ticks are missing here\n{text}"
    return "\n".join(printable(line) for line in text.split("\n"))


def summary(snapshot: dict[str, Any]) -> str:
    """Return the first few things of a snapshot in a few words."""
    told = (
        f"{name} {words}"
        for name, value in snapshot.items()
        if name != "t" and (words := _words(value))
    )
    text = " · ".join(words for words, _ in zip(told, range(SUMMARY_FIELDS), strict=False))
    return text if len(text) <= SUMMARY_CHARACTERS else f"{text[: SUMMARY_CHARACTERS - 1]}…"


def _words(value: Any) -> str:
    match value:
        case bool() | int() | str():
            return str(value)[:40]
        case float():
            return f"{value:.4g}"
        case dict() | list() if value:
            return f"×{len(value)}"
    return ""


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02}:{rest:04.1f}" if hours else f"{minutes}:{rest:04.1f}"


def printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
