"""Environments of Gymnasium and PettingZoo record themselves, and play as they did before."""

import functools
import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.utils import env_checker
from pettingzoo import AECEnv, ParallelEnv
from pettingzoo.test import api_test, parallel_api_test
from pettingzoo.utils import AgentSelector

from client.segfault_client import gymnasium as for_gymnasium
from client.segfault_client import pettingzoo as for_pettingzoo
from client.segfault_client.spool import Spool
from replays.models import Push, ReplayShard
from tests.client_games import recorded
from tests.live_site import free_port

AGENTS = ["ada", "bob"]


pytestmark = pytest.mark.usefixtures("own_spool")


@pytest.fixture
def away(monkeypatch):
    monkeypatch.setenv("SEGFAULT_URL", f"http://127.0.0.1:{free_port()}")


def episodes() -> list[list[dict]]:
    """Return the snapshots of each episode on the site."""
    pushes = Push.objects.order_by("shard__started_at", "pk")
    return [recorded(push.replay_id) for push in pushes]


# Gymnasium


def play(env, seed):
    """Play an episode and return what was seen of it."""
    env.action_space.seed(seed)
    seen = [env.reset(seed=seed)]
    while True:
        action = env.action_space.sample()
        seen.append((action, *env.step(action)))
        if seen[-1][3] or seen[-1][4]:
            return seen


def test_each_episode_of_an_environment_becomes_a_recording(push_site):
    env = for_gymnasium.Recorded(gymnasium.make("CartPole-v1"), title="Poles")
    played = [play(env, 1), play(env, 2)]
    env.close()
    assert {shard.game for shard in ReplayShard.objects.all()} == {"cartpole-v1"}
    assert {shard.title for shard in ReplayShard.objects.all()} == {"Poles"}
    stored = sorted(episodes(), key=len)
    assert [len(ticks) for ticks in stored] == sorted(map(len, played))
    for push in Push.objects.all():
        meta = push.shard.options["meta"]
        seen, ticks = played[meta["episode"] - 1], recorded(push.replay_id)
        assert (meta["environment"], meta["seed"]) == ("CartPole-v1", meta["episode"])
        assert push.shard.tick_seconds == pytest.approx(1 / 50)
        assert ticks[0] == {
            "step": 0, "return": 0.0, "observation": seen[0][0].tolist(),
        }  # fmt: skip
        for number, (step, tick) in enumerate(zip(seen[1:], ticks[1:], strict=True), start=1):
            assert tick == {
                "step": number,
                "return": float(number),
                "action": int(step[0]),
                "observation": step[1].tolist(),
                "reward": 1.0,
                "terminated": step[3],
                "truncated": step[4],
            }


def test_recording_changes_nothing_of_the_play(push_site):
    plain = gymnasium.make("CartPole-v1")
    env = for_gymnasium.Recorded(gymnasium.make("CartPole-v1"), every=2)
    for seed in (3, 4, 5):
        expected, seen = play(plain, seed), play(env, seed)
        assert repr(seen) == repr(expected)
    env.close()
    episode_numbers = {push.shard.options["meta"]["episode"] for push in Push.objects.all()}
    assert episode_numbers == {1, 3}


def test_a_recorded_environment_passes_gymnasium_s_own_checks(away):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in ("CartPole-v1", "FrozenLake-v1"):
            env = for_gymnasium.Recorded(gymnasium.make(name))
            env_checker.check_reset_seed_determinism(env)
            env_checker.check_reset_options(env)
            env_checker.check_reset_return_type(env)
            env_checker.check_step_determinism(env)
            env_checker.check_returned_data_not_reused(env)


def test_places_and_a_picture_of_letters_come_along(push_site):
    env = for_gymnasium.Recorded(
        gymnasium.make("FrozenLake-v1", render_mode="ansi", is_slippery=False),
        positions=lambda env: {"elf": list(divmod(int(env.unwrapped.s), 4))},
    )
    env.reset(seed=1)
    env.step(1)
    env.close()
    [[first, second]] = episodes()
    assert (first["positions"], second["positions"]) == ({"elf": [0, 0]}, {"elf": [1, 0]})
    assert "SFFF" in "".join(letter for letter in second["text"] if letter in "SFHG")


def test_training_goes_on_while_the_site_is_away(away, tmp_path):
    env = for_gymnasium.Recorded(gymnasium.make("CartPole-v1"), chunk_ticks=5)
    lengths = [len(play(env, seed)) for seed in range(3)]
    for recording in env._episodes._ended:
        recording._writer.join()
    waiting = [told["ticks"] for told in Spool().listing()]
    assert sorted(waiting) == sorted(lengths)


def test_training_goes_on_when_an_episode_cannot_be_recorded(away, monkeypatch, tmp_path, caplog):
    blocked = tmp_path / "file"
    blocked.write_text("")
    env = for_gymnasium.Recorded(gymnasium.make("CartPole-v1"), spool=blocked / "spool")
    play(env, 1)
    env.close()
    assert "Episode 1 cannot be recorded" in caplog.text


def test_what_cannot_be_told_of_an_environment_stops_nothing(push_site, caplog):
    def stumble(env):
        raise RuntimeError("no places")

    env = for_gymnasium.Recorded(gymnasium.make("CartPole-v1"), positions=stumble)
    env.reset(seed=1)
    env.step(1)
    env.close()
    assert [set(tick) for tick in episodes()[0]] == [{"unreadable"}] * 2
    assert caplog.text.count("could not be told") == 1


def test_options_that_cannot_be_are_said_at_once(away):
    with pytest.raises(ValueError, match="every"):
        for_gymnasium.Recorded(gymnasium.make("CartPole-v1"), every=0)
    with pytest.raises(ValueError, match="address of a site"):
        for_gymnasium.Recorded(gymnasium.make("CartPole-v1"), "nowhere")


# PettingZoo


class Countdown(ParallelEnv):
    """Two agents each take one or two from a heap until it is gone."""

    metadata = {"name": "countdown_v0", "render_modes": [], "render_fps": 4}

    def __init__(self, heap=9):
        self.possible_agents = AGENTS[:]
        self.heap = heap
        self.render_mode = None

    @functools.lru_cache  # noqa: B019 – as PettingZoo asks for: one space object an agent
    def observation_space(self, agent):
        return gymnasium.spaces.Box(-10, 10, (2,), np.int64)

    @functools.lru_cache  # noqa: B019
    def action_space(self, agent):
        return gymnasium.spaces.Discrete(2)

    def reset(self, seed=None, options=None):
        self.agents, self.left = AGENTS[:], self.heap
        return self._seen(), {agent: {} for agent in self.agents}

    def _seen(self):
        return {agent: np.array([self.left, 0], np.int64) for agent in self.agents}

    def step(self, actions):
        self.left -= sum(1 + int(action) for action in actions.values())
        over = self.left <= 0
        rewards = {agent: float(actions[agent]) for agent in self.agents}
        ended = dict.fromkeys(self.agents, over)
        infos = {agent: {"nan": float("nan")} for agent in self.agents}
        seen = self._seen()
        if over:
            self.agents = []
        return seen, rewards, ended, dict.fromkeys(ended, False), infos


class Turns(AECEnv):
    """The same heap, in turns."""

    metadata = {"name": "turns_v0", "render_modes": [], "is_parallelizable": False}

    def __init__(self, heap=9):
        super().__init__()
        self.possible_agents = AGENTS[:]
        self.heap = heap
        self.render_mode = None

    @functools.lru_cache  # noqa: B019
    def observation_space(self, agent):
        return gymnasium.spaces.Box(-10, 10, (1,), np.int64)

    @functools.lru_cache  # noqa: B019
    def action_space(self, agent):
        return gymnasium.spaces.Discrete(2)

    def observe(self, agent):
        return np.array([self.left], np.int64)

    def reset(self, seed=None, options=None):
        self.agents, self.left = AGENTS[:], self.heap
        self.rewards = dict.fromkeys(AGENTS, 0.0)
        self._cumulative_rewards = dict.fromkeys(AGENTS, 0.0)
        self.terminations = dict.fromkeys(AGENTS, False)
        self.truncations = dict.fromkeys(AGENTS, False)
        self.infos = {agent: {} for agent in AGENTS}
        self._order = AgentSelector(self.agents)
        self.agent_selection = self._order.reset()

    def step(self, action):
        agent = self.agent_selection
        if self.terminations[agent]:
            return self._was_dead_step(action)
        self._cumulative_rewards[agent] = 0.0
        self.left -= 1 + int(action)
        self._clear_rewards()
        self.rewards[agent] = float(action)
        if self.left <= 0:
            self.terminations = dict.fromkeys(AGENTS, True)
        self._accumulate_rewards()
        self.agent_selection = self._order.next()
        return None


def test_agents_that_act_at_once_are_recorded(push_site):
    env = for_pettingzoo.RecordedParallel(Countdown(), positions=lambda env: [env.unwrapped.left])
    for _ in range(2):
        env.reset(seed=1)
        while env.agents:
            env.step({"ada": 1, "bob": 0})
    env.close()
    first, second = episodes()
    assert first == second
    assert [tick["positions"] for tick in first] == [[9], [6], [3], [0]]
    assert first[1] == {
        "step": 1,
        "actions": {"ada": 1, "bob": 0},
        "observations": {"ada": [6, 0], "bob": [6, 0]},
        "rewards": {"ada": 1.0, "bob": 0.0},
        "terminations": {"ada": False, "bob": False},
        "truncations": {"ada": False, "bob": False},
        "infos": {"ada": {"nan": None}, "bob": {"nan": None}},
        "positions": [6],
    }
    shard = ReplayShard.objects.first()
    assert (shard.game, shard.tick_seconds, shard.ended) == ("countdown-v0", 0.25, True)


def test_agents_that_take_turns_are_recorded(push_site):
    env = for_pettingzoo.Recorded(Turns())
    env.reset(seed=1)
    for agent in env.agent_iter():
        _, _, terminated, truncated, _ = env.last()
        env.step(None if terminated or truncated else AGENTS.index(agent))
    env.close()
    [ticks] = episodes()
    assert ticks[0]["next"] == "ada"
    assert [(tick["agent"], tick.get("action")) for tick in ticks[1:4]] == [
        ("ada", 0), ("bob", 1), ("ada", 0),
    ]  # fmt: skip
    assert [tick["observation"] for tick in ticks[:4]] == [[9], [8], [6], [5]]
    assert ticks[2]["rewards"] == {"ada": 0.0, "bob": 1.0}
    assert ticks[-2]["terminations"] == {"bob": True}
    assert all(tick["t"] >= 0 for tick in ticks)


def test_recorded_environments_pass_pettingzoo_s_own_tests(away):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        api_test(for_pettingzoo.Recorded(Turns()), num_cycles=20)
        parallel_api_test(for_pettingzoo.RecordedParallel(Countdown()), num_cycles=20)
