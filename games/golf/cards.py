"""Cards, the deck in its order, and the shuffle that a seed decides."""

from collections.abc import Iterable, Sequence
from random import Random
from typing import NamedTuple

SIGNS = {"hearts": "♥", "diamonds": "♦", "clubs": "♣", "spades": "♠"}
SUITS = tuple(SIGNS)
JOKER = "★"
RANKS = ("A", "2", "3", "4", "5", "6", "7", "8", "9", "10", "J", "Q", "K")

HAND_CARDS = 6
COLUMNS = ((0, 3), (1, 4), (2, 5))  # positions 0 1 2 lie over 3 4 5


class Card(NamedTuple):
    rank: str
    suit: str

    def __str__(self) -> str:
        return self.rank + SIGNS[self.suit]

    def as_json(self) -> dict[str, str]:
        return {"rank": self.rank, "suit": self.suit}


CARDS = {
    **{(rank, suit): Card(rank, suit) for suit in SUITS for rank in RANKS},
    **{(JOKER, suit): Card(JOKER, suit) for suit in ("hearts", "spades")},
}
"""Every card there is, by rank and suit."""

BY_SIGN = {str(card): card for card in CARDS.values()}


def ordered_deck(decks: int, *, jokers: bool, lucky_swing: bool) -> list[Card]:
    """Return the cards of a round in the order before the shuffle, bottom first.

    Each deck brings its own two jokers; with lucky_swing there is a single joker in all.
    """
    ordered: list[Card] = []
    for _ in range(decks):
        ordered += [CARDS[rank, suit] for suit in SUITS for rank in RANKS]
        if jokers and not lucky_swing:
            ordered += [CARDS[JOKER, "hearts"], CARDS[JOKER, "spades"]]
    if jokers and lucky_swing:
        ordered.append(CARDS[JOKER, "hearts"])
    return ordered


def shuffled(cards: Sequence[Card], seed: int) -> list[Card]:
    """Return the cards as `seed` shuffles them; the last one is drawn first."""
    deck = list(cards)
    Random(seed).shuffle(deck)
    return deck


def in_signs(cards: Iterable[Card]) -> str:
    """Return cards as one short text, such as `4♣ K♦ ★♥`."""
    return " ".join(map(str, cards))


def from_signs(text: str) -> list[Card]:
    return [BY_SIGN[sign] for sign in text.split()]
