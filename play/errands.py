"""Work that somebody asked for and no tick waits for is done by a process of its own."""

import subprocess
import sys

from django.conf import settings

from replays import giving_up
from replays.models import ReplayShard

VERIFY = [sys.executable, "manage.py", "verify", "--waiting"]


class Errands:
    """At most one such process at a time; what it does not finish waits for the next one."""

    def __init__(self) -> None:
        self.running: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Close pushes that fell silent; let recordings be verified that wait for it."""
        giving_up.give_up_silent()
        busy = self.running is not None and self.running.poll() is None
        if not busy and ReplayShard.objects.waiting_for_verification().exists():
            self.running = subprocess.Popen(  # noqa: S603 – our own program
                VERIFY, cwd=settings.BASE_DIR, stdout=subprocess.DEVNULL
            )

    def end(self) -> None:
        if self.running is not None:
            self.running.terminate()
            self.running.wait()
