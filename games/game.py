"""What a game is: a few named functions over plain state; no clock, no network, no Django."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from games.table import Table

Snapshot = dict[str, Any]
State = Any


class Refused(ValueError):
    """What was asked cannot be; the message is one clear sentence for whoever asked."""


@dataclass(frozen=True, slots=True)
class Perspective:
    """Who is looking: `omniscient`, `spectator`, or one `participant` by id."""

    kind: str
    who: str | None = None


OMNISCIENT = Perspective("omniscient")
SPECTATOR = Perspective("spectator")


def participant(who: str) -> Perspective:
    return Perspective("participant", who)


@dataclass(frozen=True, slots=True)
class Command:
    """What a participant asks for; `ms` is when, in milliseconds since the shard's start."""

    who: str
    name: str
    arg: Any = None
    ms: int = 0

    def as_list(self) -> list[Any]:
        return [self.who, self.name, self.arg, self.ms]


@dataclass(frozen=True, slots=True)
class Marker:
    """An event worth a mark on the timeline: a kind for its shape, a label in words."""

    kind: str
    label: str
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """One thing to draw in a picture of a snapshot, in units of the picture's side (0 to 1).

    Points of a `rect` are (left, top, right, bottom), of a `line` (x0, y0, x1, y1, …), of a `disc`
    (x, y, radius), of a `text` (x, y, height). The colour is a name of the palette: ground, rule,
    life, danger, gate, warning, quiet, ink.
    """

    kind: str
    points: tuple[float, ...]
    colour: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Retold:
    """A recording that was read from a game's own kind of file, every tick found right."""

    game_id: str
    options: dict[str, Any]
    written_at: str | None
    ticks: Iterable[tuple[float, Snapshot]]


Bot = Callable[[Snapshot, Random], Iterable[tuple[str, Any]]]
"""A computer player: what its participant sees and a generator in, (command name, argument) out."""


class Game:
    """The rules of one kind. This class itself is a game known only from its recordings.

    A game that can be played overrides `setup`, `step`, `snapshot` and `restore`; state, commands,
    seed and tick number decide the next state, and nothing else. A snapshot holds the whole state,
    so that any tick can be simulated alone from the one before it.
    """

    title = ""
    version = ""
    tick_seconds = 1.0
    paced = True
    """Whether a host steps it every `tick_seconds`; else when something is asked for or happens.

    What has no pace takes JOIN from the host and LEAVE from those who take part, as a table does.
    """
    first_tick = 1
    counts_own_ticks = False
    """Whether the `tick` of a snapshot is a count of the game's own, not the tick of the record."""
    playable = False
    who_plays: tuple[str, str] = ("participant", "participants")
    """What one of those who take part is called, and many."""
    open_seats = False
    """Whether those who take part know each other by id, as round a table."""
    bots: dict[str, Bot] = {}
    tables: tuple[Table, ...] = ()  # what a corpus for training holds
    event_at: str | None = None
    """Where a snapshot tells what led to it, as `{"type", "player_id", "data"}`."""
    apart: tuple[str, ...] = ()
    """What of a snapshot is no part of the state that a frame of the replay API shows."""
    file_keys: frozenset[str] = frozenset()
    """The keys by which a file of the game's own kind is known; none where there is no such."""

    def __init__(self, slug: str) -> None:
        self.slug = slug

    # Rules, of playable games only

    def setup(self, options: dict[str, Any], rng: Random) -> State:
        """Return the state before the first tick; `options` is plain JSON and is recorded."""
        raise NotImplementedError(f"{self.slug} cannot be played here")

    def step(self, state: State, commands: Sequence[Command], rng: Random) -> State:
        """Return the state one tick later."""
        raise NotImplementedError(f"{self.slug} cannot be played here")

    def snapshot(self, state: State) -> Snapshot:
        """Return the whole state as plain JSON that shares nothing with `state`."""
        raise NotImplementedError(f"{self.slug} cannot be played here")

    def restore(self, options: dict[str, Any], snapshot: Snapshot) -> State:
        """Return the state that `snapshot` was taken of: the inverse of `snapshot`."""
        raise NotImplementedError(f"{self.slug} cannot be played here")

    def participants(self, snapshot: Snapshot) -> list[str]:
        """Return the ids of those who take part at this tick and may give commands."""
        return []

    def happened(self, before: Snapshot, after: Snapshot) -> bool:
        """Tell whether a step brought a tick; where it did not, nothing is recorded."""
        return True

    def over(self, state: State) -> bool:
        """Tell whether the shard is to be shut down."""
        return False

    def command(self, name: Any, arg: Any) -> tuple[str, Any]:
        """Return a participant's command in its plain form, or raise Refused with the reason."""
        raise Refused(f"{self.slug} takes no commands.")

    def transfers(self, snapshot: Snapshot) -> list[Command]:
        """Return the commands by which those who left at this tick enter another shard.

        Each is by the id of the one who left; the host gives a new id that nobody can guess.
        """
        return []

    def rng(self, seed: str, tick: int) -> Random:
        """Return the generator of one tick, so that any tick can be simulated alone.

        After Battlesnake's rules (settings.GetRand). A text seeds through SHA-512, alike on every
        Python and whatever the hash seed.
        """
        return Random(f"{seed}:{tick}")

    # Reading, of every game

    def view(self, snapshot: Snapshot, perspective: Perspective) -> Snapshot:
        """Return what may be seen from `perspective`: the one place where secrets are hidden.

        The snapshot passed in is never changed. A game that hides nothing returns it as it is.
        """
        return snapshot

    @property
    def hides(self) -> bool:
        """Whether some see less than all of a snapshot."""
        return type(self).view is not Game.view

    def views(self, snapshot: Snapshot, who: Sequence[str]) -> list[Snapshot]:
        """Return the view of each of these participants: a game may share work between them."""
        return [self.view(snapshot, participant(name)) for name in who]

    def markers(self, snapshot: Snapshot) -> list[Marker]:
        """Return what the timeline shows of this tick."""
        return []

    def metrics(self, snapshot: Snapshot) -> dict[str, float]:
        """Return what the charts show of this tick: finite numbers by name, first the main one."""
        return {}

    def tallies(self, snapshot: Snapshot) -> dict[str, int]:
        """Return what this tick adds to the shard's totals: processes, kills, survivals, ghosts."""
        return {}

    def check(self, header: dict[str, Any], ticks: Iterable[Snapshot]) -> None:
        """Raise Refused for a recording that cannot be, with the first fault and its tick."""

    def picture(self, snapshot: Snapshot) -> list[Shape]:
        """Return a small picture of the snapshot for previews, or nothing for a plain card."""
        return []

    def metadata(self, snapshot: Snapshot, seconds: float) -> dict[str, Any]:
        """Return what the replay API tells of a whole game at its last snapshot."""
        return {
            "players": self.participants(snapshot),
            "winner": None,
            "final_scores": {},
            "duration": seconds,
            "total_rounds": None,
            "options": {},
        }

    # Files of the game's own kind, besides the portable file that every game has

    def filename(self, game_id: str) -> str:
        return f"{self.slug}-{game_id[:8]}.json"

    def write_file(
        self,
        ticks: Iterable[tuple[float, Snapshot]],
        *,
        game_id: str,
        written_at: str,
        rules_version: str,
    ) -> dict[str, Any]:
        """Return the game's own file of a recording: plain JSON."""
        raise Refused(f"{self.slug} has no kind of file of its own.")

    def read_file(self, document: Any) -> Retold:
        """Read the game's own kind of file, or raise Refused with the first fault."""
        raise Refused(f"{self.slug} has no kind of file of its own.")
