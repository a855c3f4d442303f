"""What goes on in an event loop: one of a kind in each, and tasks whose faults are heard of."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

Kept = TypeVar("Kept")


class ByLoop(Generic[Kept]):
    """One of a kind for each event loop: made when it is first asked for, gone with its loop.

    A process that serves has one loop; tests have many, one after the other.
    """

    def __init__(
        self, make: Callable[[], Kept], let_go: Callable[[Kept], None] = lambda _: None
    ) -> None:
        self._make = make
        self._let_go = let_go
        self._kept: dict[asyncio.AbstractEventLoop, Kept] = {}

    def here(self) -> Kept:
        """Return the one of the running loop."""
        loop = asyncio.get_running_loop()
        if loop not in self._kept:
            for closed in [one for one in self._kept if one.is_closed()]:
                self._let_go(self._kept.pop(closed))
            self._kept[loop] = self._make()
        return self._kept[loop]

    def all(self) -> tuple[Kept, ...]:
        """Return those of all loops; any thread may ask."""
        return tuple(self._kept.values())


def raise_fault(task: asyncio.Task[None]) -> None:
    """Have the loop report a fault of ours at once, not when the task is forgotten."""
    if not task.cancelled():
        task.result()
