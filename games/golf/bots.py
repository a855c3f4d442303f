"""Computer players: one way of playing in several manners, seeing what any player sees."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

from games.game import Bot, Snapshot
from games.golf.cards import COLUMNS, HAND_CARDS, Card
from games.golf.house import Rules
from games.golf.scoring import column, value

Move = tuple[str, Any]
Hand = list[Card | None]

UNKNOWN_POINTS = 5.0  # what a card is worth on average; one that is face down counts as that


@dataclass(frozen=True, slots=True)
class Manner:
    """How a computer player weighs its moves; all but `whim` in points."""

    take: float  # what a card from the discard pile must gain
    turn: float  # what it is worth to have one more card face up
    pair: float  # what half a chance of a pair is worth
    finish: float  # what the own hand may be worth to turn the last card up
    whim: float  # chance to do anything that is possible


MANNERS = {
    "steady": Manner(take=3.0, turn=1.0, pair=0.5, finish=8.0, whim=0.0),
    "hunter": Manner(take=1.5, turn=0.5, pair=3.0, finish=10.0, whim=0.0),
    "bold": Manner(take=4.0, turn=3.0, pair=0.5, finish=18.0, whim=0.05),
    "wary": Manner(take=2.0, turn=0.2, pair=1.0, finish=3.0, whim=0.05),
    "dreamer": Manner(take=2.0, turn=1.0, pair=0.0, finish=30.0, whim=0.6),
}


def play(view: Snapshot, rng: Random, manner: Manner) -> Iterator[Move]:
    """Yield the one move that this player makes now, or none if there is none to make."""
    left_out = ("CANCEL", "START")  # when a game begins is for people to say
    possible: list[Move] = [(name, arg) for name, arg in view["moves"] if name not in left_out]
    if not possible:
        return
    if rng.random() < manner.whim:
        yield rng.choice(possible)
    else:
        yield Thought(view, manner).best(possible, rng)


BOTS: dict[str, Bot] = {name: partial(play, manner=manner) for name, manner in MANNERS.items()}


class Thought:
    """One player's look at the table, and what each move seems to be worth."""

    def __init__(self, view: Snapshot, manner: Manner) -> None:
        self.manner = manner
        self.rules: Rules = view["options"]
        mine = next(player for player in view["players"] if player["id"] == view["you"])
        self.hand: Hand = [known(card) for card in mine["cards"]]
        self.drawn = known(view["drawn_card"])
        self.top = known(view["discard_top"])
        self.ending = view["finisher_id"] is not None

    def best(self, possible: list[Move], rng: Random) -> Move:
        """Return the move of most worth; chance decides between equals."""
        worths = [self.worth(name, arg) for name, arg in possible]
        return rng.choice(
            [move for move, worth in zip(possible, worths, strict=True) if worth == max(worths)]
        )

    def worth(self, name: str, arg: Any) -> float:
        if name == "SWAP":
            return self.gain(self.drawn, arg)
        if name == "DRAW":
            return 0.0 if arg == "deck" else self.best_gain(self.top) - self.manner.take
        if name == "FLIP":
            return self.turning(len(arg))
        if name == "KNOCK":
            return self.turning(self.hand.count(None)) + self.manner.turn
        return 0.0  # DISCARD, SKIP

    def best_gain(self, card: Card | None) -> float:
        return max(self.gain(card, position) for position in range(HAND_CARDS))

    def gain(self, card: Card | None, position: int) -> float:
        """Return how much better the hand looks with `card` at `position`."""
        after = self.hand.copy()
        after[position] = card
        gain = self.points(self.hand) - self.points(after)
        if self.hand[position] is None:
            return gain + self.turning(1, after)
        return gain

    def turning(self, cards: int, after: Hand | None = None) -> float:
        """Return what it is worth to turn cards up; the last one only with a good enough hand."""
        if self.ending or self.hand.count(None) > cards:
            return self.manner.turn * cards
        spare = self.manner.finish - self.points(after or self.hand)
        return self.manner.turn if spare >= 0 else spare / 4

    def points(self, hand: Hand) -> float:
        return sum(self.column_points(hand[over], hand[under]) for over, under in COLUMNS)

    def column_points(self, top: Card | None, bottom: Card | None) -> float:
        """Return what a column looks like, where a single card may still become a pair."""
        if top is not None and bottom is not None:
            return float(column(top, bottom, self.rules))
        single = top or bottom
        if single is None:
            return 2 * UNKNOWN_POINTS
        return value(single, self.rules) + UNKNOWN_POINTS - self.manner.pair


def known(card: Any) -> Card | None:
    return Card(card["rank"], card["suit"]) if card and card["rank"] else None
