"""The names that are given: two words to a computer player, a word and a number to people."""

import re
import secrets
import unicodedata
from random import Random

FIRST = (
    "Static", "Null", "Wired", "Ghost", "Cache", "Hollow", "Silent", "Broken", "Pale", "Cold",
    "Drift", "Amber", "Idle", "Blind", "Faint", "Rogue", "Stale", "Torn", "Dim", "Lost",
)  # fmt: skip
SECOND = (
    "Runner", "Fork", "Process", "Echo", "Trace", "Thread", "Socket", "Daemon", "Kernel", "Signal",
    "Pipe", "Vector", "Stack", "Cursor", "Relay", "Buffer", "Shell", "Orphan", "Pointer", "Mutex",
)  # fmt: skip
LOOK_ALIKES = str.maketrans("01i5_", "olls-")


def call_sign(rng: Random, taken: set[str]) -> str:
    """Return a computer player's call sign that is not among those `taken`."""
    while (name := f"{rng.choice(FIRST)}-{rng.choice(SECOND)}") in taken:
        if len(taken) >= len(FIRST) * len(SECOND):
            return f"{name}-{len(taken)}"
    return name


def fresh(digits: int = 5) -> str:
    """Return a name for somebody who has not chosen one; it may be taken."""
    return f"{secrets.choice(FIRST + SECOND)}-{secrets.randbelow(10**digits):0{digits}}"


def plain(name: str) -> str:
    """Return what is alike for names that look alike: letters of one case, 0 for O, 1 for I."""
    return unicodedata.normalize("NFKC", name).casefold().translate(LOOK_ALIKES)


_COMPUTERS = re.compile(
    "({})-({})(-.*)?".format("|".join(map(plain, FIRST)), "|".join(map(plain, SECOND)))
)


def is_computers(name: str) -> bool:
    """Tell whether a name looks like those that computer players bear."""
    return _COMPUTERS.fullmatch(plain(name)) is not None
