"""What the wrappers of environments share: one recording an episode; training always goes on."""

import logging
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from .recording import Recording, site_of
from .snapshots import BadSnapshot, plain

Fields = Callable[[], dict[str, Any]]
CLOSING_SECONDS = 10.0
log = logging.getLogger("segfault_client")


class Episodes:
    """Records the episodes of an environment, each `every`-th of them and always the first.

    A snapshot has its `step`, what the wrapper tells of it, what `positions(environment)` returns,
    and as `text` what an environment of render mode "ansi" shows. `options` are those of Recording.
    """

    def __init__(
        self,
        environment: Any,
        name: str,
        url: str | None,
        token: str | None,
        every: int,
        positions: Callable[[Any], Any] | None,
        options: Mapping[str, Any],
    ) -> None:
        if every < 1:
            raise ValueError(f"every is at least 1, not {every}")
        self._environment = environment
        self._site = site_of(url, token)
        self._name = name
        self._every = every
        self._positions = positions
        self._options = {"tick_seconds": tick_seconds(environment)} | dict(options)
        self._stumbled = False
        self._ended: list[Recording] = []
        self._step = 0
        self.count = 0
        self.recording: Recording | None = None

    def begin(self, seed: int | None, fields: Fields) -> None:
        """End the episode before, if nobody did, and begin the next with a tick of its own."""
        self.end()
        self.count += 1
        self._step = 0
        if (self.count - 1) % self._every == 0:
            self.recording = self._recording({} if seed is None else {"seed": seed})
        self._tick(fields)

    def _recording(self, meta: dict[str, Any]) -> Recording | None:
        options: dict[str, Any] = {
            "game": slug(self._name),
            "title": f"{self._name}, episode {self.count}",
            **self._options,
        }
        about = {"environment": self._name, "episode": self.count} | meta
        options["meta"] = about | dict(self._options.get("meta") or {})
        try:
            return Recording(self._site.address, self._site.token, **options)
        except (OSError, ValueError, TypeError) as error:
            log.warning("Episode %d cannot be recorded: %s", self.count, error)
            return None

    def step(self, fields: Fields) -> None:
        """Record a step, if this episode is recorded; raise nothing."""
        self._step += 1
        self._tick(fields)

    def _tick(self, fields: Fields) -> None:
        if self.recording is not None:
            self.recording.tick(self._snapshot(fields))

    def _snapshot(self, fields: Fields) -> dict[str, Any]:
        """Return how the environment stands, as JSON can say it; or why that is not known."""
        try:
            stated: dict[str, Any] = {"step": self._step} | fields()
            stated["positions"] = self._positions(self._environment) if self._positions else None
            stated["text"] = text_of(self._environment)
            return dict(plain({name: value for name, value in stated.items() if says(value)}))
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


def says(value: Any) -> bool:
    """Tell whether a field says something."""
    return value is not None and not (isinstance(value, dict) and not value)


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
