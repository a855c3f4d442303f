"""A file that one process holds at a time; it is let go when the process dies, however it dies."""

import os
import sys
import weakref
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class Lock:
    """The hold on a file, from `hold` until `release`."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        _held.add(self)

    def release(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


_held: "weakref.WeakSet[Lock]" = weakref.WeakSet()


def hold(path: Path) -> Lock | None:
    """Return the hold on a file, or None where somebody has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not _is_still(path, descriptor):
            raise FileNotFoundError(path)
    except OSError:
        os.close(descriptor)
        return None
    return Lock(descriptor)


def _is_still(path: Path, descriptor: int) -> bool:
    """Tell whether the file of this name is the one held: it may have been removed meanwhile."""
    return os.path.samestat(os.fstat(descriptor), path.stat())


def _let_go_in_a_fork() -> None:
    """Leave the files to the parent: a child that outlives it would hold them."""
    for lock in list(_held):
        lock.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go_in_a_fork)
