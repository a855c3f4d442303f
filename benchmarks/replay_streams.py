"""A thousand streams (SSE) of one run at once, beside the plain way, which writes for each anew.

All run in this process, without a socket: what is measured is the work of a stream itself, which
is sent packed with gzip where the plain way sends it as it is. Another
thousand are left unread after their first tick: what they hold is what a reader that stops costs.
"""

import asyncio
import json
import time
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

from benchmarks.replay_2d import Quiet
from benchmarks.trial import trial_site

STREAMS = 1000
AGENTS, TICKS = 1000, 20
PLAIN_STREAMS = 20
TICK_SECONDS = 0.1


def main() -> None:
    with trial_site():
        from django.core.management import call_command

        call_command("run_society", agents=AGENTS, ticks=TICKS, pace=0, stdout=Quiet(),
                     stderr=Quiet())  # fmt: skip
        from games.society.layouts import LAYOUTS
        from replays import crowds
        from replays.api.states import STATES, Sight, state
        from replays.models import ReplayShard

        shard = ReplayShard.objects.get()
        sight = Sight(shard, crowds.town_of(shard), LAYOUTS["default"], "representative", AGENTS)
        plain = [json.loads(state(sight, tick)) for tick in range(TICKS)]
        STATES.clear()
        ours = asyncio.run(ours_of(sight))
        usual = asyncio.run(usual_of(plain))
        print(
            f"{STREAMS:,} streams of {AGENTS:,} agents, {TICKS} ticks at {1 / TICK_SECONDS:.0f} Hz"
        )
        print(f"ours: {ours * 1e6:.0f} µs busy a stream and tick")
        print(f"plain: {usual * 1e6:.0f} µs, {usual / ours:.0f} ×")
        first, kept = asyncio.run(unread(sight))
        print(f"{STREAMS:,} that stop reading: {kept / STREAMS / 1000:.1f} kB each,")
        print(f"  and the tick that all of them were given: {first / 1000:.0f} kB, once")


def stream_of(sight: Any) -> AsyncIterator[bytes]:
    from replays.api import replay_stream
    from replays.models import ReplaySession

    session = ReplaySession(shard=sight.shard)
    return replay_stream.told(sight, session, None, 0, TICK_SECONDS, "gzip")  # type: ignore[arg-type]


async def ours_of(sight: Any) -> float:
    """Return busy seconds a stream and tick."""

    async def take() -> int:
        return sum([len(part) async for part in stream_of(sight)])

    spent = time.process_time()
    taken = await asyncio.gather(*(take() for _ in range(STREAMS)))
    assert len(set(taken)) == 1
    return (time.process_time() - spent) / STREAMS / TICKS


async def usual_of(plain: list[dict[str, Any]]) -> float:
    async def take() -> int:
        sent = 0
        for one in plain:
            sent += len(f"event: state\ndata: {json.dumps(one)}\n\n".encode())
            await asyncio.sleep(0)
        return sent

    spent = time.process_time()
    await asyncio.gather(*(take() for _ in range(PLAIN_STREAMS)))
    return (time.process_time() - spent) / PLAIN_STREAMS / TICKS


async def unread(sight: Any) -> tuple[int, int]:
    """Return how long a tick is, and what streams hold of which only the first tick was taken."""
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    streams = [stream_of(sight) for _ in range(STREAMS)]
    parts = [[await anext(stream), await anext(stream)] for stream in streams]
    await asyncio.sleep(10 * TICK_SECONDS)
    kept = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    length = len(parts[0][1])
    for stream in streams:
        await stream.aclose()  # type: ignore[attr-defined]
    return length, kept


if __name__ == "__main__":
    main()
