"""The 2D replay API on 10,000 agents × 100 ticks, beside a row of JSON a tick that is parsed anew.

No answer is warm: what this process keeps is thrown away before each request, but for who takes
part once a session is open. Ours goes through the whole of Django, the plain way is measured
without it. Figures are medians; busy seconds stand beside those of the clock, since machines are
shared.
"""

import gzip
import json
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.trial import trial_site

AGENTS, TICKS = 10_000, 100
SHOWN = 1000
ASKED = 15
Made = tuple[float, float, Any]


def main() -> None:
    with trial_site():
        from django.core.management import call_command

        call_command("run_society", agents=AGENTS, ticks=TICKS, pace=0, stdout=Quiet(),
                     stderr=Quiet())  # fmt: skip
        from replays.models import ReplayShard

        shard = ReplayShard.objects.get()
        stored = sum(shard.chunks.values_list("stored_bytes", flat=True))
        print(f"{AGENTS:,} agents, {TICKS} ticks: {stored / 2**20:.1f} MiB at rest")
        plain = plain_rows(shard)
        ours = Ours(shard)
        opened = ours.many(ours.open, before=forget_everything)
        report("open", 100, opened, many(lambda n: plain_state(plain, 0, SHOWN)))
        for most in (SHOWN, AGENTS):
            state = many(lambda n, most=most: plain_state(plain, n, most))
            report(f"a state, {most:,} agents", 20, ours.many(ours.state(most)), state)
        chunk = many(lambda n: plain_chunk(plain, n), 3)
        report("ten ticks, 1,000 agents", 50, ours.many(ours.chunk), chunk)
        first, last = ours.many(ours.seek(range(1, 8))), ours.many(ours.seek(range(92, 99)))
        print(f"seek: {ms(first)} near the start, {ms(last)} near the end;")
        print(
            f"  where the whole run is read anew, as is usual: {ms(many(partial(whole, plain), 1))}"
        )
        print(f"the whole story of one agent: {ms(ours.many(ours.agent, 5))}")
        again = ours.many(lambda n: ours.state(SHOWN)(7), before=forget_nothing)
        print(f"a state that somebody had: {ms(again)}")


class Quiet:
    def write(self, text: str) -> None:
        pass

    def flush(self) -> None:
        pass


# Ours


class Ours:
    """Requests to the site as a client that takes gzip sends them."""

    def __init__(self, shard: Any) -> None:
        from django.test import Client

        self.client = Client(headers={"host": "127.0.0.1", "accept-encoding": "gzip"})
        self.shard = shard
        self.sessions = {most: self.session(most) for most in (SHOWN, AGENTS)}

    def session(self, most: int) -> str:
        return json.loads(gzip.decompress(self.open(0, most).content))["session_id"]

    def open(self, number: int, most: int = SHOWN) -> Any:
        asked = {"node_id": str(self.shard.pk), "max_agents": most}
        return self.post("load", asked)

    def state(self, most: int) -> Callable[[int], Any]:
        return lambda number: self.get(f"{self.sessions[most]}/state?tick={number}")

    def chunk(self, number: int) -> Any:
        start = number % (TICKS - 10)
        return self.get(f"{self.sessions[SHOWN]}/chunk?start_tick={start}&end_tick={start + 9}")

    def seek(self, ticks: range) -> Callable[[int], Any]:
        return lambda number: self.post(
            f"{self.sessions[SHOWN]}/seek", {"tick": ticks[number % len(ticks)]}
        )

    def agent(self, number: int) -> Any:
        return self.get(f"{self.sessions[SHOWN]}/agent/agent-{number + 1}")

    def get(self, address: str) -> Any:
        return self.client.get(f"/api/v1/replay/{address}")

    def post(self, address: str, asked: dict[str, Any]) -> Any:
        body = json.dumps(asked)
        return self.client.post(f"/api/v1/replay/{address}", body, "application/json")

    def many(
        self,
        work: Callable[[int], Any],
        times: int = ASKED,
        before: Callable[[], None] | None = None,
    ) -> Made:
        clock, busy, response = many(work, times, before or forget_answers)
        assert response.status_code == 200, response.content
        return clock, busy, response.content


def forget_answers() -> None:
    from replays import crowds
    from replays.api import sessions, states

    crowds.FRAMES.clear()
    states.STATES.clear()
    sessions.KEPT.__init__(sessions.KEPT.most_bytes)


def forget_everything() -> None:
    from replays import crowds
    from replays.api import states

    forget_answers()
    for kept in (crowds.TOWNS, states.SAMPLES, states.HEADS):
        kept.clear()


def forget_nothing() -> None:
    pass


# The plain way


def plain_rows(shard: Any) -> list[str]:
    """Return each tick as a row would hold it: every agent as an object."""
    from games.society.layouts import LAYOUTS
    from replays import crowds
    from replays.api.states import Sight, state

    sight = Sight(shard, crowds.town_of(shard), LAYOUTS["default"], "all", AGENTS)
    return [json.dumps(json.loads(state(sight, tick))) for tick in range(TICKS)]


def plain_state(rows: list[str], tick: int, most: int) -> bytes:
    state = json.loads(rows[tick])
    state["agents"] = state["agents"][:most]
    return gzip.compress(json.dumps(state).encode(), 6)


def plain_chunk(rows: list[str], start: int) -> bytes:
    states = [json.loads(row) for row in rows[start : start + 10]]
    for state in states:
        state["agents"] = state["agents"][:SHOWN]
    return gzip.compress(json.dumps({"states": states}).encode(), 6)


def whole(rows: list[str], tick: int) -> bytes:
    states = [json.loads(row) for row in rows]
    return gzip.compress(json.dumps(states[tick]).encode(), 6)


# Measuring


def many(
    work: Callable[[int], Any], times: int = ASKED, before: Callable[[], None] = lambda: None
) -> Made:
    """Do it so many times here and there in the run; return medians and the last answer."""
    clock, busy, made = [], [], None
    for number in range(times + 1):
        before()
        began, spent = time.perf_counter(), time.process_time()
        made = work(number * 37 % (TICKS - 10))
        clock.append(time.perf_counter() - began)
        busy.append(time.process_time() - spent)
    return statistics.median(clock[1:]), statistics.median(busy[1:]), made


def report(name: str, wanted: int, ours: Made, plain: Made) -> None:
    ratio = plain[1] / ours[1]
    sizes = f"{len(ours[2]) / 1000:.0f} kB gzipped"
    print(f"{name}: {ms(ours)} (to reach: {wanted} ms), {sizes}; plain {ms(plain)}, {ratio:.1f} ×")


def ms(made: Made) -> str:
    return f"{made[0] * 1000:.1f} ms ({made[1] * 1000:.1f} busy)"


if __name__ == "__main__":
    main()
