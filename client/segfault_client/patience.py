"""How long to wait before asking a site again that is away, and when to stop."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from .site import Away

FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
LONGEST_RETRY_AFTER_SECONDS = 3600.0
Said = TypeVar("Said")


class Backoff:
    """Waits that are twice as long each time, and never all at once."""

    def __init__(self) -> None:
        self._wait = FIRST_WAIT_SECONDS

    def after(self, away: Away) -> float:
        """Return the seconds to wait; no less than the site asked for."""
        asked = min(away.retry_after or 0.0, LONGEST_RETRY_AFTER_SECONDS)
        wait = max(asked, self._wait * random.uniform(0.5, 1.0)) + asked * random.uniform(0, 0.1)
        self._wait = min(self._wait * 2, LONGEST_WAIT_SECONDS)
        return wait

    def reset(self) -> None:
        self._wait = FIRST_WAIT_SECONDS


class Patience:
    """Asks again until there is an answer, for so many seconds without one."""

    def __init__(self, seconds: float, on_away: Callable[[str], None] = lambda why: None) -> None:
        self._seconds = seconds
        self._on_away = on_away

    def ask(self, question: Callable[[], Said]) -> Said:
        """Return the answer; raise Away when patience is at an end."""
        backoff, until = Backoff(), time.monotonic() + self._seconds
        while True:
            try:
                return question()
            except Away as away:
                wait = backoff.after(away)
                if time.monotonic() + wait > until:
                    raise
                self._on_away(str(away))
                time.sleep(wait)
