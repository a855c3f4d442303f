"""Golf with six cards: a table of two to six, where the fewest points win."""

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

from games.game import Command, Game, Marker, Perspective, Shape, Snapshot
from games.golf import play
from games.golf.bots import BOTS
from games.golf.checking import check
from games.golf.commands import parse
from games.golf.picture import picture
from games.golf.reading import players
from games.golf.timeline import markers, metrics
from games.golf.view import view


class Golf(Game):
    """The rule book by its chapters; each lies in the module of its name."""

    title = "Six-card Golf"
    version = "1"
    tick_seconds = 1.5
    playable = True
    open_seats = True
    bots = BOTS

    def setup(self, options: dict[str, Any], rng: Random) -> play.Room:
        return play.Room(play.Table.of(options))

    def step(self, state: play.Room, commands: Sequence[Command], rng: Random) -> play.Room:
        return play.step(state, commands, rng)

    def snapshot(self, state: play.Room) -> Snapshot:
        return play.snapshot_of(state)

    def restore(self, options: dict[str, Any], snapshot: Snapshot) -> play.Room:
        return play.room_of(options, snapshot)

    def participants(self, snapshot: Snapshot) -> list[str]:
        if snapshot.get("phase") == "game_over":
            return []
        return [player["id"] for player in players(snapshot)]

    def over(self, state: play.Room) -> bool:
        return play.over(state)

    def command(self, name: Any, arg: Any) -> tuple[str, Any]:
        return parse(name, arg)

    def view(self, snapshot: Snapshot, perspective: Perspective) -> Snapshot:
        return view(snapshot, perspective)

    def markers(self, snapshot: Snapshot) -> list[Marker]:
        return markers(snapshot)

    def metrics(self, snapshot: Snapshot) -> dict[str, float]:
        return metrics(snapshot)

    def check(self, header: dict[str, Any], ticks: Iterable[Snapshot]) -> None:
        check(header, ticks)

    def picture(self, snapshot: Snapshot) -> list[Shape]:
        return picture(snapshot)


GAME = Golf("golf")
