"""Measure a long game of Golf: its frames built and sent, its import with the rules.

`python -m benchmarks.golf_game`: the plain way of seed 003 writes every state out as JSON. Each is
the best of some rounds; processor time is told beside the clock, as machines are shared.
"""

import io
import json
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.trial import trial_site

ROUNDS = 7
OPTIONS = {"seats": 6, "num_rounds": 18, "num_decks": 2}
MOST_EVENTS = 10_000


def main() -> None:
    with trial_site():
        from django.test import Client

        from games import get_game
        from replays import importing
        from replays.models import ReplayShard

        game, ticks = get_game("golf"), list(played())
        document = json.dumps(exported(ticks)).encode()

        def bring_in() -> Any:
            ReplayShard.objects.all().delete()
            return importing.read(io.BytesIO(document), visibility="public")

        shown = [
            {"timestamp": t, "state": game.view(snapshot, everything())} for t, snapshot in ticks
        ]
        plain = best(lambda: json.dumps(shown))
        print(f"a game of {len(ticks):,} events")
        tell("plain frames", plain, len(json.dumps(shown)))
        bringing = best(bring_in)
        shard = ReplayShard.objects.get()
        address, headers = (
            f"/api/replay/game/{shard.pk}?limit=2000",
            {"accept-encoding": "zstd", "host": "localhost"},
        )
        client = Client(headers=headers)
        forgotten = best(lambda: (forget(), client.get(address)))
        answer = client.get(address)
        assert answer.status_code == 200, answer.content
        tell("frames", forgotten, len(answer.content))
        tell("import", bringing, len(document))
    print(
        f"ratio: frames take {forgotten[1] / plain[1]:.2f} × the plain way's processor time,"
        f" {forgotten[0] * 1e3:.0f} ms, {forgotten[1] * 1e3:.0f} busy (≤ 100),"
        f" and {len(answer.content) / 1e3:.0f} KB (≤ 150); import {bringing[0]:.2f} s,"
        f" {bringing[1]:.2f} busy (≤ 1); load of the machine {os.getloadavg()[0]:.1f}"
        f" on {os.cpu_count()} cores"
    )


def played() -> Iterator[tuple[float, dict[str, Any]]]:
    """Yield a game that computer players play, an event a second."""
    from games import get_game
    from games.game import Command, participant

    game, seed = get_game("golf"), "1"
    table = game.setup(OPTIONS | {"waits": False}, game.rng(seed, -1))
    who = [f"00000000-0000-4000-8000-00000000000{number}" for number in range(6)]
    asked = [Command(one, "JOIN", {"call_sign": f"P{one[-1]}", "cpu_profile": None}) for one in who]
    snapshot: dict[str, Any] | None = None
    for tick in range(MOST_EVENTS):
        table = game.step(table, asked, game.rng(seed, tick))
        after = game.snapshot(table)
        if snapshot is None or game.happened(snapshot, after):
            snapshot = after
            yield float(tick), snapshot
        if game.over(table):
            return
        asked = []
        for one in who if tick > len(who) else []:
            rng = game.rng(f"{seed}{one}", tick)
            wishes = game.bots["hunter"](game.view(after, participant(one)), rng)
            asked += [Command(one, *game.command(name, arg), 0) for name, arg in wishes]


def exported(ticks: list[tuple[float, dict[str, Any]]]) -> dict[str, Any]:
    from games.golf import export

    written = "2026-01-01T00:00:00Z"
    return export.document(ticks, game_id="measured", exported_at=written, rules_version="1")


def everything() -> Any:
    from games.game import OMNISCIENT

    return OMNISCIENT


def forget() -> None:
    """Have the frames built anew: what has been sent before is kept otherwise."""
    from replays.api.frames import KEPT

    KEPT.__init__(KEPT.most_bytes)  # type: ignore[misc]


def best(work: Callable[[], Any]) -> tuple[float, float]:
    """Return the least seconds by the clock and of the processor in some rounds."""
    spent = []
    for _ in range(ROUNDS):
        began, busy = time.perf_counter(), time.process_time()
        work()
        spent.append((time.perf_counter() - began, time.process_time() - busy))
    return min(clock for clock, _ in spent), min(busy for _, busy in spent)


def tell(name: str, spent: tuple[float, float], size: int) -> None:
    clock, busy = (seconds * 1e3 for seconds in spent)
    print(f"{name:>12}: {clock:.0f} ms ({busy:.0f} busy), {size / 1e3:,.0f} KB", flush=True)


if __name__ == "__main__":
    main()
