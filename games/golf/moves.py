"""What a player may do next, read from what everybody can see."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from games.game import Snapshot
from games.golf import reading
from games.golf.cards import HAND_CARDS
from games.golf.record import frame
from games.golf.state import State

Move = tuple[str, Any]


def legal(state: State, who: str) -> list[Move]:
    """Return every command, with its argument, that `who` may give now.

    LEAVE is always possible and is not listed. Nothing hidden is looked at.
    """
    return list(moves(frame(state), who))


def moves(snapshot: Snapshot, who: str) -> Iterator[Move]:
    """Yield what `who` may do at a snapshot, from whatever perspective it is seen."""
    seats = {player["id"]: player for player in reading.players(snapshot)}
    if who not in seats:
        return
    down = reading.face_down(seats[who])
    phase = snapshot.get("phase")
    if phase == "waiting" and not reading.rules(snapshot):
        if who == snapshot.get("host_id") and len(seats) >= 2:
            yield "START", None
    elif phase == "initial_flip":
        yield from first_flips(snapshot, down)
    elif who == snapshot.get("current_player_id"):
        yield from TURNS.get(reading.text(snapshot.get("turn")), no_moves)(snapshot, down)


def first_flips(snapshot: Snapshot, down: list[int]) -> Iterator[Move]:
    """Yield every choice of first cards to a player whose cards are all face down yet."""
    flips = reading.rules(snapshot).get("initial_flips")
    if len(down) == HAND_CARDS and type(flips) is int:
        for chosen in combinations(down, flips):
            yield "FLIP", list(chosen)


def draw(snapshot: Snapshot, down: list[int]) -> Iterator[Move]:
    rules = reading.rules(snapshot)
    yield "DRAW", "deck"
    yield "DRAW", "discard"
    if rules.get("flip_as_action"):
        yield from flip(snapshot, down)
    if rules.get("knock_early") and 1 <= len(down) <= 2:
        yield "KNOCK", None


def place(snapshot: Snapshot, down: list[int]) -> Iterator[Move]:
    for position in range(HAND_CARDS):
        yield "SWAP", position
    yield ("DISCARD" if snapshot.get("drawn_from") == "deck" else "CANCEL"), None


def flip(snapshot: Snapshot, down: list[int]) -> Iterator[Move]:
    for position in down:
        yield "FLIP", [position]


def flip_or_skip(snapshot: Snapshot, down: list[int]) -> Iterator[Move]:
    yield from flip(snapshot, down)
    if reading.rules(snapshot).get("flip_mode") == "endgame":
        yield "SKIP", None


def no_moves(snapshot: Snapshot, down: list[int]) -> Iterator[Move]:
    return iter(())


TURNS = {"draw": draw, "place": place, "flip": flip_or_skip}
