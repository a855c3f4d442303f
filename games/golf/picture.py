"""A small picture of the table for cards and previews."""

from collections.abc import Iterator

from games.game import Shape, Snapshot
from games.golf import reading
from games.golf.cards import CARDS

ROWS = 3
SEATS_A_ROW = 2
MIDDLE = 0.14  # height of the strip for deck and discard pile
CARD = (0.09, 0.115)  # width and height, of the picture's side
GAP = 0.015
RED = ("hearts", "diamonds")
"""Seats lie in three rows of two, below the deck and the discard pile."""


def picture(snapshot: Snapshot) -> list[Shape]:
    """Return the six cards of each seat, and the top of the discard pile beside the deck."""
    players = reading.players(snapshot)
    if not players:
        return []
    shapes = [Shape("rect", (0.0, 0.0, 1.0, 1.0), "ground")]
    if reading.whole(snapshot.get("deck_remaining")):
        shapes += card(dict(reading.UNKNOWN), 0.5 - CARD[0] - GAP, GAP)
    if isinstance(snapshot.get("discard_top"), dict):
        shapes += card(reading.card(snapshot["discard_top"]), 0.5 + GAP, GAP)
    current = snapshot.get("current_player_id")
    for number, player in enumerate(players[: ROWS * SEATS_A_ROW]):
        shapes += seat(player, number, at_turn=player["id"] == current)
    return shapes


def seat(player: reading.Facts, number: int, *, at_turn: bool) -> Iterator[Shape]:
    height = (1 - MIDDLE) / ROWS
    left = 0.5 * (number % SEATS_A_ROW) + (0.5 - 3 * CARD[0] - 2 * GAP) / 2
    top = MIDDLE + height * (number // SEATS_A_ROW) + (height - 2 * CARD[1] - GAP) / 2
    for position, stated in enumerate(player["cards"]):
        x = left + (position % 3) * (CARD[0] + GAP)
        y = top + (position // 3) * (CARD[1] + GAP)
        yield from card(stated, x, y)
    if at_turn:
        under = top + 2 * CARD[1] + 1.6 * GAP
        yield Shape("line", (left, under, left + 3 * CARD[0] + 2 * GAP, under), "gate")


def card(stated: reading.Facts, x: float, y: float) -> Iterator[Shape]:
    """Yield a card face up with its sign, or its back."""
    right, bottom = x + CARD[0], y + CARD[1]
    if not stated["face_up"]:
        yield Shape("rect", (x, y, right, bottom), "quiet")
        return
    yield Shape("line", (x, y, right, y, right, bottom, x, bottom, x, y), "rule")
    colour = "danger" if stated["suit"] in RED else "ink"
    sign = str(CARDS[stated["rank"], stated["suit"]])
    yield Shape("text", (x + 0.01, y + 0.03, 0.045), colour, sign)
