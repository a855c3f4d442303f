"""Society: thousands of agents on a plane, who change their minds and their zones."""

from collections.abc import Iterable
from typing import Any

from games.game import Game, Marker, Shape, Snapshot
from games.society.checking import check
from games.society.picture import picture
from games.society.timeline import markers, metrics, tallies


class Society(Game):
    """Runs that are recorded: by `manage.py run_society`, from telemetry, or from elsewhere."""

    title = "Society"
    who_plays = ("agent", "agents")
    version = "1"
    tick_seconds = 1.0
    first_tick = 0

    def markers(self, snapshot: Snapshot) -> list[Marker]:
        return markers(snapshot)

    def metrics(self, snapshot: Snapshot) -> dict[str, float]:
        return metrics(snapshot)

    def tallies(self, snapshot: Snapshot) -> dict[str, int]:
        return tallies(snapshot)

    def check(self, header: dict[str, Any], ticks: Iterable[Snapshot]) -> None:
        check(ticks)

    def picture(self, snapshot: Snapshot) -> list[Shape]:
        return picture(snapshot)


GAME = Society("society")
