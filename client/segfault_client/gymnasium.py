"""Record a Gymnasium environment, one recording an episode.

env = Recorded(gymnasium.make("CartPole-v1"), "https://site.example", token)
"""

from collections.abc import Callable
from typing import Any, SupportsFloat, TypeVar

import gymnasium

from .episodes import Episodes
from .recording import Recording

Observation = TypeVar("Observation")
Action = TypeVar("Action")


class Recorded(gymnasium.Wrapper[Observation, Action, Observation, Action]):
    """The environment, unchanged for whoever plays it, with each step recorded.

    A snapshot has `step, action, observation, reward, return, terminated, truncated, info`, what
    `positions(env)` returns, and as `text` what an environment of render mode "ansi" shows. Every
    `every`-th episode is recorded; other options are those of Recording.
    """

    def __init__(
        self,
        env: gymnasium.Env[Observation, Action],
        url: str | None = None,
        token: str | None = None,
        *,
        every: int = 1,
        positions: Callable[[gymnasium.Env[Any, Any]], Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(env)
        name = env.spec.id if env.spec is not None else type(env.unwrapped).__name__
        self._episodes = Episodes(env, name, url, token, every, positions, options)
        self._return = 0.0

    @property
    def recording(self) -> Recording | None:
        """The recording of this episode, if it is recorded."""
        return self._episodes.recording

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        observation, info = self.env.reset(seed=seed, options=options)
        self._return = 0.0
        seen = {"return": 0.0, "observation": observation, "info": info}
        self._episodes.begin(seed, lambda: seen)
        return observation, info

    def step(self, action: Action) -> tuple[Observation, SupportsFloat, bool, bool, dict[str, Any]]:
        observation, reward, terminated, truncated, info = self.env.step(action)
        self._return += float(reward)
        seen = {
            "return": self._return,
            "action": action,
            "observation": observation,
            "reward": float(reward),
            "terminated": bool(terminated),
            "truncated": bool(truncated),
            "info": info,
        }
        self._episodes.step(lambda: seen)
        if terminated or truncated:
            self._episodes.end()
        return observation, reward, terminated, truncated, info

    def close(self) -> None:
        self._episodes.close()
        super().close()
