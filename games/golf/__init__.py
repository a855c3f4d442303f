"""Golf with six cards: a table of two to six, where the fewest points win."""

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

from games.game import Command, Game, Marker, Perspective, Retold, Shape, Snapshot
from games.golf import export, play
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
    who_plays = ("player", "players")
    version = "1"
    tick_seconds = 1.5
    paced = False
    first_tick = 0
    playable = True
    open_seats = True
    bots = BOTS
    event_at = "event"
    apart = ("event", "hidden")
    file_keys = frozenset({"game", "events"})

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

    def happened(self, before: Snapshot, after: Snapshot) -> bool:
        return before["event"] != after["event"]

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

    def metadata(self, snapshot: Snapshot, seconds: float) -> dict[str, Any]:
        return export.metadata(snapshot, seconds) if snapshot else super().metadata({}, seconds)

    def filename(self, game_id: str) -> str:
        return export.filename(game_id)

    def write_file(
        self,
        ticks: Iterable[export.Timed],
        *,
        game_id: str,
        written_at: str,
        rules_version: str,
    ) -> dict[str, Any]:
        return export.document(
            ticks, game_id=game_id, exported_at=written_at, rules_version=rules_version
        )

    def read_file(self, document: Any) -> Retold:
        read = export.read(document)
        return Retold(read.game_id, read.options, document.get("exported_at"), read.frames())


GAME = Golf("golf")
