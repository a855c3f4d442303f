"""SEGFAULT: processes on a drifting grid, one Defragmenter, two kinds of gates."""

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

from games.game import Command, Game, Marker, Perspective, Shape, Snapshot
from games.segfault.bots import BOTS
from games.segfault.checking import check
from games.segfault.commands import parse
from games.segfault.picture import picture
from games.segfault.reading import participants
from games.segfault.record import restore, snapshot
from games.segfault.rules import over, step
from games.segfault.state import DEFAULTS, State, new_shard
from games.segfault.tables import TABLES
from games.segfault.timeline import markers, metrics, tallies
from games.segfault.transfer import transfers
from games.segfault.view import view, views


class Segfault(Game):
    """The rules book by its chapters; each lies in the module of its name."""

    title = "SEGFAULT"
    who_plays = ("process", "processes")
    version = "1"
    tick_seconds: float = DEFAULTS["tick_seconds"]
    playable = True
    bots = BOTS
    tables = TABLES

    def setup(self, options: dict[str, Any], rng: Random) -> State:
        return new_shard(options, rng)

    def step(self, state: State, commands: Sequence[Command], rng: Random) -> State:
        return step(state, commands, rng)

    def snapshot(self, state: State) -> Snapshot:
        return snapshot(state)

    def restore(self, options: dict[str, Any], snapshot: Snapshot) -> State:
        return restore(options, snapshot)

    def participants(self, snapshot: Snapshot) -> list[str]:
        return participants(snapshot)

    def over(self, state: State) -> bool:
        return over(state)

    def command(self, name: Any, arg: Any) -> tuple[str, Any]:
        return parse(name, arg)

    def transfers(self, snapshot: Snapshot) -> list[Command]:
        return transfers(snapshot)

    def view(self, snapshot: Snapshot, perspective: Perspective) -> Snapshot:
        return view(snapshot, perspective)

    def views(self, snapshot: Snapshot, who: Sequence[str]) -> list[Snapshot]:
        return views(snapshot, who)

    def markers(self, snapshot: Snapshot) -> list[Marker]:
        return markers(snapshot)

    def metrics(self, snapshot: Snapshot) -> dict[str, float]:
        return metrics(snapshot)

    def tallies(self, snapshot: Snapshot) -> dict[str, int]:
        return tallies(snapshot)

    def check(self, header: dict[str, Any], ticks: Iterable[Snapshot]) -> None:
        check(header, ticks)

    def picture(self, snapshot: Snapshot) -> list[Shape]:
        return picture(snapshot)


GAME = Segfault("segfault")
