"""What every game must keep to: `check_game(game)` plays it and says which promise is broken."""

import json
import math
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from random import Random
from typing import Any

from games.game import (
    OMNISCIENT,
    SPECTATOR,
    Command,
    Game,
    Marker,
    Perspective,
    Refused,
    Shape,
    Snapshot,
    State,
    participant,
)

TICKS = 60
PLAYERS = 6
TOTALS = {"processes", "kills", "survivals", "ghosts"}
LARGEST_WHOLE = 2**53  # beyond it a browser no longer counts by ones
JUNK: tuple[Any, ...] = (None, 7, -1, "", "\ud800", [], [None], [[]], [{}], {}, {"pos": [9, "x"]})
SHARD_ID = "00000000-0000-4000-8000-000000000000"


class Broken(AssertionError):
    """A game does not keep what every game promises."""


def keep(fact: bool, promise: str) -> None:
    if not fact:
        raise Broken(promise)


def check_game(game: Game, samples: Sequence[Snapshot] = ()) -> None:
    """Raise Broken at the first promise that `game` breaks.

    A playable game is played with its own bots; of others `samples` of recorded snapshots are read.
    """
    keep(bool(game.slug) and isinstance(game.title, str), "a game has a slug and a title")
    keep(math.isfinite(game.tick_seconds) and game.tick_seconds > 0, "a tick takes some time")
    check_door(game)
    for snapshot in samples:
        check_reading(game, snapshot)
    check_junk(game, samples[-1] if samples else {"tick": 1})
    if game.playable:
        check_play(game)


@dataclass(frozen=True, slots=True)
class Turn:
    """One tick as it was played: the state before, the commands, the state after, recorded."""

    tick: int
    before: State
    commands: list[Command]
    after: State
    snapshot: Snapshot


def played(
    game: Game,
    seed: str,
    ticks: int = TICKS,
    players: int = PLAYERS,
    options: dict[str, Any] | None = None,
) -> Iterator[Turn]:
    """Play a shard with the game's bots in turn; who leaves is followed by another."""
    options = {"shard_id": SHARD_ID} | (options or {})
    state = game.setup(options, game.rng(seed, 0))
    snapshot = game.snapshot(state)
    kinds: dict[str, str] = {}
    for tick in range(1, ticks + 1):
        commands = bot_commands(game, snapshot, kinds, seed)
        if game.bots and len(game.participants(snapshot)) < players:
            commands.append(join(game, kinds, seed))
        after = game.step(state, commands, game.rng(seed, tick))
        snapshot = game.snapshot(after)
        yield Turn(tick, state, commands, after, snapshot)
        state = after


def join(game: Game, kinds: dict[str, str], seed: str) -> Command:
    bots = sorted(game.bots)
    number = len(kinds)
    who = f"{number:04x}-{seed}"
    kinds[who] = bots[number % len(bots)]
    return Command(who, "JOIN", {"call_sign": f"Call-Sign-{number}", "origin": None}, number)


def bot_commands(game: Game, snapshot: Snapshot, kinds: dict[str, str], seed: str) -> list[Command]:
    tick = snapshot.get("tick", 0)
    return [
        Command(who, *game.command(name, arg), ms=tick * 1000)
        for who in game.participants(snapshot)
        for name, arg in game.bots[kinds[who]](
            game.view(snapshot, participant(who)), Random(f"{seed}:{who}:{tick}")
        )
    ]


def check_play(game: Game) -> None:
    snapshots: list[Snapshot] = []
    for turn in played(game, "contract"):
        if snapshots:
            check_continuing(game, snapshots[-1], turn)
        check_whole(game, turn)
        check_reading(game, turn.snapshot)
        check_secrets(game, turn.snapshot)
        snapshots.append(turn.snapshot)
    again = [plain(turn.snapshot) for turn in played(game, "contract")]
    keep([plain(snapshot) for snapshot in snapshots] == again, "same seed and commands, same bytes")
    check_recording(game, snapshots)


def check_continuing(game: Game, before: Snapshot, turn: Turn) -> None:
    """A snapshot is the whole state: what is restored from it goes on in the same way."""
    state = game.restore({"shard_id": SHARD_ID}, json.loads(plain(before)))
    state = game.step(state, turn.commands, game.rng("contract", turn.tick))
    keep(plain(game.snapshot(state)) == plain(turn.snapshot), "a state restored plays on the same")


def check_whole(game: Game, turn: Turn) -> None:
    """A snapshot comes back from the state restored from it, and shares nothing with its state."""
    recorded = plain(turn.snapshot)
    state = game.restore({"shard_id": SHARD_ID}, json.loads(recorded))
    keep(plain(game.snapshot(state)) == recorded, "a state restored gives its snapshot again")
    wreck(game.snapshot(state))
    keep(plain(game.snapshot(state)) == recorded, "a snapshot shares nothing with its state")


def check_reading(game: Game, snapshot: Snapshot) -> None:
    """Reading changes nothing, and gives what the timeline and the charts can take."""
    before = plain(snapshot)
    for perspective in perspectives(game, snapshot):
        plain(game.view(snapshot, perspective))
    for marker in game.markers(snapshot):
        keep(isinstance(marker, Marker) and bool(marker.kind), "a marker has a kind")
        keep(isinstance(marker.label, str) and bool(marker.label), "a marker is labelled in words")
        keep(marker.subject is None or isinstance(marker.subject, str), "a subject is an id")
    for name, figure in game.metrics(snapshot).items():
        keep(isinstance(name, str) and math.isfinite(figure), "metrics are finite numbers by name")
    for total, count in game.tallies(snapshot).items():
        keep(total in TOTALS and type(count) is int and count >= 0, "tallies count what is counted")
    for shape in game.picture(snapshot):
        keep(isinstance(shape, Shape) and all(map(math.isfinite, shape.points)), "shapes are plain")
    keep(all(isinstance(c, Command) for c in game.transfers(snapshot)), "transfers are commands")
    keep(all(isinstance(who, str) for who in game.participants(snapshot)), "ids are texts")
    keep(plain(snapshot) == before, "reading a snapshot does not change it")


def perspectives(game: Game, snapshot: Snapshot) -> list[Perspective]:
    present = [participant(who) for who in game.participants(snapshot)]
    return [OMNISCIENT, SPECTATOR, participant("nobody"), *present]


def check_secrets(game: Game, snapshot: Snapshot) -> None:
    """The omniscient see what is recorded; a participant learns no id of another, unless open."""
    whole = plain(game.view(snapshot, OMNISCIENT))
    keep(whole == plain(snapshot), "the omniscient see the snapshot as it is")
    present = [] if game.open_seats else game.participants(snapshot)
    for who in present:
        seen = plain(game.view(snapshot, participant(who)))
        strangers = [other for other in present if other != who and json.dumps(other) in seen]
        keep(not strangers, "a participant's view names no other participant")


def check_junk(game: Game, snapshot: Snapshot) -> None:
    """No snapshot, however malformed, breaks a list, a card or a time bar."""
    check_reading_at_all(game, {})
    for name in snapshot:
        for junk in JUNK:
            check_reading_at_all(game, deepcopy(snapshot) | {name: deepcopy(junk)})


def check_reading_at_all(game: Game, snapshot: Snapshot) -> None:
    for perspective in (OMNISCIENT, SPECTATOR, participant("nobody")):
        game.view(snapshot, perspective)
    readers = (game.markers, game.metrics, game.tallies, game.picture, game.participants)
    for reader in readers:
        reader(snapshot)


def check_door(game: Game) -> None:
    """Whatever is no command is refused with a sentence, JOIN too: that one is the host's."""
    for name in (*JUNK, "JOIN", "NO SUCH COMMAND", "move"):
        for arg in JUNK:
            refused(game, name, arg)


def refused(game: Game, name: Any, arg: Any) -> None:
    try:
        game.command(name, arg)
    except Refused as reason:
        keep(str(reason).endswith("."), "what is refused is refused with a sentence")
    else:
        raise Broken(f"{name!r} with {arg!r} was taken for a command")


def check_recording(game: Game, snapshots: list[Snapshot]) -> None:
    """A game takes its own recordings, and its snapshots stay whole where a key is junk."""
    header = {"shard_id": SHARD_ID, "total_ticks": len(snapshots)}
    game.check(header, iter(snapshots))
    check_junk(game, snapshots[-1])
    for name in snapshots[-1]:
        for junk in JUNK:
            broken = deepcopy(snapshots[-1]) | {name: deepcopy(junk)}
            try:
                game.check({}, iter([broken]))
            except Refused:
                continue


def plain(snapshot: Any) -> str:
    """Return the bytes that would be stored, of strict plain JSON only."""
    walk(snapshot)
    return json.dumps(snapshot, ensure_ascii=False, separators=(",", ":"))


def walk(value: Any) -> None:
    if type(value) is dict:
        keep(all(type(key) is str for key in value), "the keys of an object are texts")
        for inner in value.values():
            walk(inner)
    elif type(value) is list:
        for inner in value:
            walk(inner)
    else:
        keep(value is None or is_plain(value), f"{value!r} is no plain JSON")


def is_plain(value: Any) -> bool:
    if type(value) is int:
        return abs(value) <= LARGEST_WHOLE
    return type(value) in (str, bool) or (type(value) is float and math.isfinite(value))


def wreck(value: Any) -> None:
    """Empty every list and object within `value`."""
    if isinstance(value, dict | list):
        for inner in list(value.values() if isinstance(value, dict) else value):
            wreck(inner)
        value.clear()
