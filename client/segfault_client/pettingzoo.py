"""Record a PettingZoo environment, one recording an episode.

env = Recorded(game.env(), "https://site.example", token)  # agents take turns
env = RecordedParallel(game.parallel_env(), "https://site.example", token)
"""

from collections.abc import Callable
from typing import Any

from pettingzoo.utils import BaseParallelWrapper, BaseWrapper
from pettingzoo.utils.env import AECEnv, ParallelEnv

from .episodes import Episodes, text_of, tick_seconds, told
from .recording import Recording

Positions = Callable[[Any], Any]


def _name(env: Any) -> str:
    name = (getattr(env, "metadata", None) or {}).get("name")
    return name if isinstance(name, str) and name else type(env.unwrapped).__name__


class Recorded(BaseWrapper[Any, Any, Any]):
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
        positions: Positions | None = None,
        **options: Any,
    ) -> None:
        super().__init__(env)
        options.setdefault("tick_seconds", tick_seconds(env))
        self._episodes = Episodes(_name(env), url, token, every, options)
        self._positions = positions
        self._steps = 0

    @property
    def recording(self) -> Recording | None:
        """The recording of this episode, if it is recorded."""
        return self._episodes.recording

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> None:
        super().reset(seed=seed, options=options)
        self._steps = 0
        self._episodes.begin(seed=seed)
        self._tick()

    def step(self, action: Any) -> None:
        agent = self.env.agent_selection
        super().step(action)
        self._steps += 1
        self._tick(agent=agent, action=action)
        if not self.env.agents:
            self._episodes.end()

    def close(self) -> None:
        self._episodes.close()
        super().close()

    def _tick(self, **fields: Any) -> None:
        self._episodes.tick(lambda: {"step": self._steps} | told(**fields, **self._standing()))

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
            "positions": self._positions(env) if self._positions else None,
            "text": text_of(env),
        }


class RecordedParallel(BaseParallelWrapper[Any, Any, Any]):
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
        positions: Positions | None = None,
        **options: Any,
    ) -> None:
        super().__init__(env)
        options.setdefault("tick_seconds", tick_seconds(env))
        self._episodes = Episodes(_name(env), url, token, every, options)
        self._positions = positions
        self._steps = 0

    @property
    def recording(self) -> Recording | None:
        """The recording of this episode, if it is recorded."""
        return self._episodes.recording

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[Any, Any], dict[Any, dict[Any, Any]]]:
        observations, infos = super().reset(seed=seed, options=options)
        self._steps = 0
        self._episodes.begin(seed=seed)
        self._tick(observations=observations, infos=infos)
        return observations, infos

    def step(self, actions: dict[Any, Any]) -> Any:
        observations, rewards, terminations, truncations, infos = super().step(actions)
        self._steps += 1
        self._tick(
            actions=actions,
            observations=observations,
            rewards=rewards,
            terminations=terminations,
            truncations=truncations,
            infos=infos,
        )
        if not self.env.agents:
            self._episodes.end()
        return observations, rewards, terminations, truncations, infos

    def close(self) -> None:
        self._episodes.close()
        super().close()

    def _tick(self, **fields: Any) -> None:
        self._episodes.tick(
            lambda: (
                {"step": self._steps}
                | told(
                    **fields,
                    positions=self._positions(self.env) if self._positions else None,
                    text=text_of(self.env),
                )
            )
        )
