"""A table in play: what players ask for becomes events, and so does what follows by itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from string import ascii_uppercase
from typing import Any

from games.game import Command, Refused, Snapshot
from games.golf import deals, turns
from games.golf.events import MOST_DECKS, MOST_PLAYERS, MOST_ROUNDS, form, text, whole, yes_or_no
from games.golf.house import Rules, house_rules
from games.golf.record import frame, plain, state_of
from games.golf.rules import apply, seat
from games.golf.state import Player, State

MOST_ASKED = 64  # commands that wait for their turn at one table
SEEDS = 2**53
"""As many as an event can tell: nobody tries them all against the cards that lie open."""

Facts = dict[str, Any]
Told = tuple[str, str | None, Facts]
"""An event that is about to happen: its type, who acts, what it tells."""


@dataclass(frozen=True, slots=True)
class Table:
    """What is agreed on before a game: seats, decks, rounds and house rules."""

    seats: int
    decks: int
    rounds: int
    rules: Rules
    room_code: str | None
    waits: bool
    """Whether a table with all seats taken waits for START."""

    @classmethod
    def of(cls, options: Facts) -> "Table":
        """Read the options of a shard, or raise Refused; what is not stated is as usual."""
        room_code = options.get("room_code")
        return cls(
            seats=form("seats", whole(2, MOST_PLAYERS), options.get("seats", 4)),
            decks=form("num_decks", whole(1, MOST_DECKS), options.get("num_decks", 1)),
            rounds=form("num_rounds", whole(1, MOST_ROUNDS), options.get("num_rounds", 9)),
            rules=form("rules", house_rules, options.get("rules", {})),
            room_code=None if room_code is None else form("room_code", text, room_code),
            waits=form("waits", yes_or_no, options.get("waits", False)),
        )


@dataclass(frozen=True, slots=True)
class Room:
    """A table, its game so far, and the commands that wait until it is their turn."""

    table: Table
    state: State = field(default_factory=State)
    asked: tuple[Command, ...] = ()


def step(room: Room, commands: Sequence[Command], rng: Random) -> Room:
    """Return the room at most one event later: what comes by itself first, then what is asked.

    Commands that have no say yet wait in the room, those that are against the rules are dropped.
    """
    asked = (*room.asked, *commands)[:MOST_ASKED]
    forthcoming = by_itself(room, rng)
    if forthcoming:
        return Room(room.table, follow(room.state, forthcoming), asked)
    for number, command in enumerate(asked):
        try:
            told = answer(room, command, rng)
            state = follow(room.state, told)
        except Refused:
            continue
        opened = told[0] == "game_created"  # who opens the room has yet to sit down
        return Room(room.table, state, asked[number if opened else number + 1 :])
    return Room(room.table, room.state) if room.asked else room


def follow(state: State, told: Told) -> State:
    kind, who, facts = told
    sequence = state.sequence + 1
    return apply(state, {"type": kind, "sequence": sequence, "player_id": who, "data": facts})


def by_itself(room: Room, rng: Random) -> Told | None:
    """Return what happens next unasked: a deal, a result, the start once every seat is taken."""
    state, due = room.state, turns.due(room.state)
    if due == "round_started":
        after = state.copy()
        deals.deal(after, rng.randrange(SEEDS))
        return due, None, deals.dealt(after)
    if due == "round_ended":
        return due, None, deals.result(state)
    if due == "game_ended":
        return due, None, deals.outcome(state)
    full = len(state.players) == room.table.seats
    if not state.started and full and not room.table.waits:
        return beginning(state, room.table)
    return None


def answer(room: Room, command: Command, rng: Random) -> Told:
    """Return the event that a command asks for, or raise Refused with the reason.

    Whether it is possible is for the rules to say, when they apply it.
    """
    if command.name == "JOIN":
        return join(room, command, rng)
    if command.name == "START":
        if command.who != turns.host_of(room.state):
            raise Refused("The host starts the game.")
        agreed = isinstance(command.arg, dict)
        return beginning(room.state, Table.of(command.arg) if agreed else room.table)
    ask = ANSWERS.get(command.name)
    if ask is None:
        raise Refused(f"There is no command {command.name}.")
    state = room.state
    return ask(state, state.players[seat(state, command.who)], command.arg)


def join(room: Room, command: Command, rng: Random) -> Told:
    """Seat whoever joins; the first one opens the room."""
    if room.state.host_id is None:
        code = room.table.room_code or "".join(rng.choice(ascii_uppercase) for _ in range(4))
        facts: Facts = {"room_code": code, "host_id": command.who, "options": {}}
        return "game_created", command.who, facts
    if len(room.state.players) >= room.table.seats:
        raise Refused("No seat is free.")
    arg = command.arg if isinstance(command.arg, dict) else {}
    profile = arg.get("cpu_profile")
    return (
        "player_joined",
        command.who,
        {
            "player_name": arg.get("call_sign"),
            "is_cpu": profile is not None,
            "cpu_profile": profile,
        },
    )


def beginning(state: State, table: Table) -> Told:
    return (
        "game_started",
        None,
        {
            "player_order": [player.id for player in state.players],
            "num_decks": table.decks,
            "num_rounds": table.rounds,
            "options": table.rules,
        },
    )


def leave(state: State, player: Player, arg: Any) -> Told:
    return "player_left", player.id, {"reason": arg}


def flip(state: State, player: Player, arg: Any) -> Told:
    """Turn up the first cards, the one card after a discard, or one instead of drawing."""
    if state.phase == "initial_flip":
        return "initial_flip", player.id, {"positions": arg, "cards": cards_at(player, arg)}
    if len(arg) != 1:
        raise Refused("One card is turned up at a time.")
    kind = "card_flipped" if state.turn == "flip" else "flip_as_action"
    return kind, player.id, {"position": arg[0], "card": cards_at(player, arg)[0]}


def draw(state: State, player: Player, arg: Any) -> Told:
    pile = state.deck_to_draw_from if arg == "deck" else state.pile
    if arg == "deck" and turns.out_of_cards(state):
        return "round_ended", None, deals.result(state)
    if not pile:
        raise Refused("There is no card to draw.")
    return "card_drawn", player.id, {"source": arg, "card": pile[-1].as_json()}


def swap(state: State, player: Player, arg: Any) -> Told:
    old = cards_at(player, [arg])[0]
    return "card_swapped", player.id, {"position": arg, "new_card": drawn(state), "old_card": old}


def discard(state: State, player: Player, arg: Any) -> Told:
    return "card_discarded", player.id, {"card": drawn(state)}


def cancel(state: State, player: Player, arg: Any) -> Told:
    return "draw_cancelled", player.id, {"card": drawn(state)}


def skip(state: State, player: Player, arg: Any) -> Told:
    return "flip_skipped", player.id, {}


def knock(state: State, player: Player, arg: Any) -> Told:
    return (
        "knock_early",
        player.id,
        {"positions": player.down, "cards": cards_at(player, player.down)},
    )


ANSWERS: dict[str, Callable[[State, Player, Any], Told]] = {
    "LEAVE": leave,
    "FLIP": flip,
    "DRAW": draw,
    "SWAP": swap,
    "DISCARD": discard,
    "CANCEL": cancel,
    "SKIP": skip,
    "KNOCK": knock,
}


def cards_at(player: Player, positions: list[int]) -> list[Facts]:
    if not player.cards:
        raise Refused("No cards are dealt.")
    return [player.cards[position].as_json() for position in positions]


def drawn(state: State) -> Facts:
    if state.drawn is None:
        raise Refused("There is no card in hand.")
    return state.drawn.as_json()


# A room as a snapshot and back


def snapshot_of(room: Room) -> Snapshot:
    snapshot = frame(room.state)
    if room.asked:
        snapshot["hidden"]["asked"] = plain([command.as_list() for command in room.asked])
    return snapshot


def room_of(options: Facts, snapshot: Snapshot) -> Room:
    asked = snapshot["hidden"].get("asked", ())
    return Room(
        Table.of(options), state_of(snapshot), tuple(Command(*plain(each)) for each in asked)
    )


def over(room: Room) -> bool:
    """Tell whether the game has ended, or everybody has left before it began."""
    state = room.state
    deserted = state.host_id is not None and not state.players and state.sequence > 1
    return state.phase == "game_over" or (not state.started and deserted)
