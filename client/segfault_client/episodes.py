"""What the wrappers of environments share: one recording an episode; training always goes on."""

import logging
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from .recording import Recording, site_of
from .snapshots import BadSnapshot, plain

CLOSING_SECONDS = 10.0
log = logging.getLogger("segfault_client")


class Episodes:
    """Begins and ends the recordings of an environment's episodes.

    Every `every`-th episode is recorded, the first one always. `options` are those of Recording.
    """

    def __init__(
        self, name: str, url: str | None, token: str | None, every: int, options: Mapping[str, Any]
    ) -> None:
        if every < 1:
            raise ValueError(f"every is at least 1, not {every}")
        self._site = site_of(url, token)
        self._name = name
        self._every = every
        self._options = dict(options)
        self._stumbled = False
        self._ended: list[Recording] = []
        self.count = 0
        self.recording: Recording | None = None

    def begin(self, **meta: Any) -> None:
        """End the episode before, if nobody did, and begin the next."""
        self.end()
        self.count += 1
        if (self.count - 1) % self._every:
            return
        stated = {name: value for name, value in meta.items() if value is not None}
        options: dict[str, Any] = {
            "game": slug(self._name),
            "title": f"{self._name}, episode {self.count}",
        }
        options |= self._options
        about = {"environment": self._name, "episode": self.count} | stated
        options["meta"] = about | dict(self._options.get("meta") or {})
        try:
            self.recording = Recording(self._site.address, self._site.token, **options)
        except (OSError, ValueError, TypeError) as error:
            log.warning("Episode %d cannot be recorded: %s", self.count, error)

    def tick(self, snapshot: Callable[[], dict[str, Any]]) -> None:
        """Record what `snapshot` tells, if this episode is recorded; raise nothing."""
        if self.recording is not None:
            self.recording.tick(self._told(snapshot))

    def _told(self, snapshot: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return what `snapshot` tells, as JSON can say it; or why it is not known."""
        try:
            return dict(plain(snapshot()))
        except BadSnapshot as error:
            return {"unreadable": str(error)}
        except Exception:
            if not self._stumbled:
                log.exception("What the environment looks like could not be told.")
            self._stumbled = True
            return {"unreadable": "the environment could not be read"}

    def end(self) -> None:
        """End the episode; its last ticks are sent while the next one runs."""
        if self.recording is not None:
            self.recording.close(0)
            self._ended = [one for one in self._ended if not one.whole]
            self._ended.append(self.recording)
            self.recording = None

    def close(self) -> None:
        """End the last episode, and wait a while until all of them are sent."""
        self.end()
        until = time.monotonic() + CLOSING_SECONDS
        for recording in self._ended:
            recording.close(max(0.1, until - time.monotonic()))


def slug(name: str) -> str:
    """Return a name as the site takes it for a game."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:32].strip("-") or "environment"


def told(**fields: Any) -> dict[str, Any]:
    """Return the fields that say something."""
    return {
        name: value
        for name, value in fields.items()
        if value is not None and not (isinstance(value, dict) and not value)
    }


def text_of(environment: Any) -> str | None:
    """Return what an environment shows as text, where that is how it was made to show itself."""
    if getattr(environment, "render_mode", None) != "ansi":
        return None
    shown = environment.render()
    return shown if isinstance(shown, str) else None


def tick_seconds(environment: Any) -> float | None:
    """Return how long a step lasts by the environment's own account."""
    rate = (getattr(environment, "metadata", None) or {}).get("render_fps")
    return 1.0 / rate if isinstance(rate, int | float) and 0 < rate <= 1000 else None
