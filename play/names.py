"""Call signs: two words that nobody else bears in the same place."""

from random import Random

FIRST = (
    "Static", "Null", "Wired", "Ghost", "Cache", "Hollow", "Silent", "Broken", "Pale", "Cold",
    "Drift", "Amber", "Idle", "Blind", "Faint", "Rogue", "Stale", "Torn", "Dim", "Lost",
)  # fmt: skip
SECOND = (
    "Runner", "Fork", "Process", "Echo", "Trace", "Thread", "Socket", "Daemon", "Kernel", "Signal",
    "Pipe", "Vector", "Stack", "Cursor", "Relay", "Buffer", "Shell", "Orphan", "Pointer", "Mutex",
)  # fmt: skip


def call_sign(rng: Random, taken: set[str]) -> str:
    """Return a call sign that is not among those `taken`."""
    while (name := f"{rng.choice(FIRST)}-{rng.choice(SECOND)}") in taken:
        if len(taken) >= len(FIRST) * len(SECOND):
            return f"{name}-{len(taken)}"
    return name
