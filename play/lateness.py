"""How late a host is: from when a tick was due until it was stored, counted a millisecond wide."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SCHEDULE = Path("/proc/self/schedstat")
LONGEST_MS = 2_000
"""What is later than this is counted as this late."""


def waited_seconds() -> float:
    """Return how long this process has waited for a core, where the system tells (Linux)."""
    try:
        return int(SCHEDULE.read_text().split()[1]) / 1e9
    except OSError:
        return 0.0


@dataclass
class Lateness:
    """The ticks of one span of time by how late they were stored."""

    began: float = field(default_factory=time.monotonic)
    cpu_began: float = field(default_factory=time.process_time)
    waited_began: float = field(default_factory=waited_seconds)
    counts: list[int] = field(default_factory=lambda: [0] * (LONGEST_MS + 1))

    def add(self, seconds: float) -> None:
        self.counts[min(LONGEST_MS, max(0, int(seconds * 1000)))] += 1

    def report(self) -> dict[str, Any]:
        """Return the span, the ticks, the counts by millisecond, and what the processor gave.

        `waited_seconds` is how long this process was ready while others had its core.
        """
        return {
            "seconds": round(time.monotonic() - self.began, 3),
            "cpu_seconds": round(time.process_time() - self.cpu_began, 3),
            "waited_seconds": round(waited_seconds() - self.waited_began, 3),
            "ticks": sum(self.counts),
            "p50_ms": quantile(self.counts, 0.5),
            "p99_ms": quantile(self.counts, 0.99),
            "late_ms": {str(ms): count for ms, count in enumerate(self.counts) if count},
        }


def quantile(counts: list[int], share: float) -> int:
    """Return within how many milliseconds this share of the ticks was stored."""
    wanted, seen = share * sum(counts), 0
    for ms, count in enumerate(counts):
        seen += count
        if count and seen >= wanted:
            return ms + 1
    return 0
