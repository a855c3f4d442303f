"""The watchdog: it grows impatient while nothing happens, and drives the Defragmenter."""

from games.segfault.state import Watchdog

QUIET_TICKS = 6  # until the countdown starts
COUNTDOWN = 3  # ticks until the watchdog is active
LADDER = (0, 1, 3, 5, 8, 13)
"""Bonus steps by broadcasts of one sender, and by quiet ticks of an active watchdog."""


def bonus(rung: int) -> int:
    return LADDER[min(rung, len(LADDER) - 1)]


def calm(watchdog: Watchdog) -> None:
    """Set the watchdog back: there is liveness."""
    if watchdog.quiet_ticks >= QUIET_TICKS:
        watchdog.news = "restored"
    watchdog.quiet_ticks = watchdog.countdown = watchdog.bonus_step = 0
    watchdog.active = False


def watch(watchdog: Watchdog, lively: bool) -> None:
    """Count a quiet tick, or calm down."""
    if lively:
        calm(watchdog)
        return
    watchdog.quiet_ticks += 1
    quiet = watchdog.quiet_ticks - QUIET_TICKS
    watchdog.countdown = max(COUNTDOWN - quiet, 0) if quiet >= 0 else 0
    watchdog.active = quiet >= COUNTDOWN
    watchdog.bonus_step = bonus(quiet - COUNTDOWN + 1) if watchdog.active else 0
    watchdog.news = {0: "degraded", COUNTDOWN: "triggered"}.get(quiet)
