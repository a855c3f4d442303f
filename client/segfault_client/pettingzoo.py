"""Record a PettingZoo environment, one recording an episode.

env = Recorded(game.env(), "https://site.example", token)  # agents take turns
env = RecordedParallel(game.parallel_env(), "https://site.example", token)
"""

from collections.abc import Callable
from typing import Any

from pettingzoo.utils import BaseParallelWrapper, BaseWrapper
from pettingzoo.utils.env import AECEnv, ParallelEnv

from .episodes import Episodes
from .recording import Recording


class _Records:
    """What both kinds share: the recording of the episode, and its end."""

    _episodes: Episodes

    @property
    def recording(self) -> Recording | None:
        """The recording of this episode, if it is recorded."""
        return self._episodes.recording

    def close(self) -> None:
        self._episodes.close()
        super().close()  # type: ignore[misc]


class Recorded(_Records, BaseWrapper[Any, Any, Any]):
    """An environment whose agents take turns, with each turn recorded.

    A snapshot has `step`, the `agent` that acted and its `action`, then of all agents `rewards,
    terminations, truncations, infos`, whose turn is `next` and what that agent observes, what
    `positions(env)` returns, and as `text` what render mode "ansi" shows. Every `every`-th episode
    is recorded; other options are those of Recording.
    """

    def __init__(
        self,
        env: AECEnv[Any, Any, Any],
        url: str | None = None,
        token: str | None = None,
        *,
        every: int = 1,
        positions: Callable[[Any], Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(env)
        self._episodes = Episodes(env, _name(env), url, token, every, positions, options)

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> None:
        super().reset(seed=seed, options=options)
        self._episodes.begin(seed, self._standing)

    def step(self, action: Any) -> None:
        agent = self.env.agent_selection
        super().step(action)
        self._episodes.step(lambda: {"agent": agent, "action": action} | self._standing())
        if not self.env.agents:
            self._episodes.end()

    def _standing(self) -> dict[str, Any]:
        env = self.env
        turn = env.agent_selection if env.agents else None
        return {
            "next": turn,
            "observation": env.observe(turn) if turn is not None else None,
            "rewards": env.rewards,
            "terminations": env.terminations,
            "truncations": env.truncations,
            "infos": env.infos,
        }


class RecordedParallel(_Records, BaseParallelWrapper[Any, Any, Any]):
    """An environment whose agents act at once, with each step recorded.

    A snapshot has `step`, and by agent `actions, observations, rewards, terminations, truncations,
    infos`, what `positions(env)` returns, and as `text` what render mode "ansi" shows. Every
    `every`-th episode is recorded; other options are those of Recording.
    """

    def __init__(
        self,
        env: ParallelEnv[Any, Any, Any],
        url: str | None = None,
        token: str | None = None,
        *,
        every: int = 1,
        positions: Callable[[Any], Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(env)
        self._episodes = Episodes(env, _name(env), url, token, every, positions, options)

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[Any, Any], dict[Any, dict[Any, Any]]]:
        observations, infos = super().reset(seed=seed, options=options)
        self._episodes.begin(seed, lambda: {"observations": observations, "infos": infos})
        return observations, infos

    def step(self, actions: dict[Any, Any]) -> Any:
        told = super().step(actions)
        names = ("observations", "rewards", "terminations", "truncations", "infos")
        seen = {"actions": actions} | dict(zip(names, told, strict=True))
        self._episodes.step(lambda: seen)
        if not self.env.agents:
            self._episodes.end()
        return told


def _name(env: Any) -> str:
    name = (getattr(env, "metadata", None) or {}).get("name")
    return name if isinstance(name, str) and name else type(env.unwrapped).__name__
