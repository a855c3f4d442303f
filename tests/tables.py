"""Golf tables for tests: sat down at by hand, or played to the end by computer players."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from random import Random
from typing import Any

from hypothesis import strategies as st

from games import get_game
from games.game import Command, Snapshot, participant
from games.golf import play
from games.golf.cards import ordered_deck
from games.golf.house import FLIP_MODES, PLAIN
from games.golf.state import State
from tests.conftest import shared_recording

GAME = get_game("golf")
RECORDED = [f"game-{number:02}" for number in range(1, 21)]
EDGES = ["edge-duplicate-names", "edge-reshuffle", "edge-tie"]
LONGEST = 6_000  # events, by far


def recorded(name: str) -> Any:
    return json.loads(shared_recording(f"golf/{name}.json").read_bytes())


class Sitting:
    """A table with players a, b, c…; what follows by itself follows at once."""

    def __init__(self, players: str = "ab", seed: int = 1, rounds: int = 1, **rules: Any) -> None:
        options = {"seats": len(players), "num_rounds": rounds, "rules": rules}
        self.rng = Random(seed)
        self.room = GAME.setup(options, self.rng)
        self.types: list[str] = []
        for who in players:
            self.room = replace(self.room, asked=(join(who),))
            self.settle()

    @property
    def state(self) -> State:
        return self.room.state

    def ask(self, who: str, name: str, arg: Any = None) -> None:
        """Give a command and raise Refused where it is against the rules."""
        told = play.answer(self.room, Command(who, *GAME.command(name, arg)), self.rng)
        self.room = replace(self.room, state=play.follow(self.state, told))
        self.types = [told[0]]
        self.settle()

    def settle(self) -> None:
        while True:
            before = self.state.sequence
            self.room = play.step(self.room, [], self.rng)
            if self.state.sequence == before:
                return
            self.types.append(self.state.event.type)

    def flip_first(self, *positions: int) -> None:
        for player in list(self.state.players):
            self.ask(player.id, "FLIP", list(positions or (0, 1)))

    def current(self) -> str:
        return self.state.players[self.state.current].id

    def swap(self, position: int) -> None:
        who = self.current()
        self.ask(who, "DRAW", "deck")
        self.ask(who, "SWAP", position)

    def discard(self) -> None:
        who = self.current()
        self.ask(who, "DRAW", "deck")
        self.ask(who, "DISCARD")

    def lie_up(self, who: str, *positions: int) -> None:
        """Turn cards face up by hand, to come sooner to what is tested."""
        state = self.state.copy()
        for position in positions:
            state.players[state.seat_of(who)].up[position] = True
        self.room = replace(self.room, state=state)


def join(who: str, profile: str | None = None) -> Command:
    return Command(who, "JOIN", {"call_sign": who.upper(), "cpu_profile": profile})


def played(options: dict[str, Any], seed: int, leaving: float = 0.0) -> Iterator[Snapshot]:
    """Play a game with bots of all manners, as a host does; `leaving` is a chance at each event."""
    chance = Random(seed)
    manners = chance.sample(sorted(GAME.bots), k=len(GAME.bots))
    kinds = {f"p{seat}": manners[seat % len(manners)] for seat in range(options["seats"])}
    room = GAME.setup(options, chance)
    commands = [join(who, kind) for who, kind in kinds.items()]
    while not GAME.over(room):
        before = room.state.sequence
        room = GAME.step(room, commands, chance)
        commands = []
        if room.state.sequence > before:
            snapshot = GAME.snapshot(room)
            assert snapshot["event"]["sequence"] == before + 1 <= LONGEST
            yield snapshot
        elif room.asked == ():
            commands = wishes(snapshot, kinds, chance, leaving)
            assert commands, "somebody can always go on"


def wishes(
    snapshot: Snapshot, kinds: dict[str, str], chance: Random, leaving: float
) -> list[Command]:
    present = GAME.participants(snapshot)
    if chance.random() < leaving:
        return [Command(chance.choice(present), "LEAVE", "disconnected")]
    return [
        Command(who, *GAME.command(name, arg))
        for who in present
        for name, arg in GAME.bots[kinds[who]](GAME.view(snapshot, participant(who)), chance)
    ]


@lru_cache(maxsize=64)
def game(seed: int) -> tuple[dict[str, Any], tuple[Snapshot, ...]]:
    """Return the options and the snapshots of a whole game, alike for one seed; change neither."""
    options = any_options(Random(f"options {seed}"))
    return options, tuple(played(options, seed, leaving=0.01 if seed % 3 == 0 else 0.0))


def any_options(chance: Random) -> dict[str, Any]:
    switches = {name: chance.random() < 0.4 for name, rule in PLAIN.items() if rule is False}
    rules = {"flip_mode": chance.choice(FLIP_MODES), "initial_flips": chance.randrange(5)}
    return {
        "seats": chance.randint(2, 6),
        "num_decks": chance.randint(1, 3),
        "num_rounds": chance.randint(1, 3),
        "rules": rules | switches,
    }


seeds = st.integers(0, 40)


def whole_deck(snapshot: Snapshot) -> list[str]:
    rules = snapshot["options"]
    cards = ordered_deck(
        snapshot["hidden"]["num_decks"],
        jokers=rules["use_jokers"],
        lucky_swing=rules["lucky_swing"],
    )
    return sorted(map(str, cards))
