"""What a hand is worth: columns first, then the house rules in their order."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from games.golf.cards import COLUMNS, JOKER, RANKS, Card
from games.golf.house import Rules

VALUES = {rank: number for number, rank in enumerate(RANKS, start=1)} | {
    "2": -2,
    "J": 10,
    "Q": 10,
    "K": 0,
    JOKER: -2,
}
ONE_EYED = ("hearts", "spades")

Scores = dict[str, int]


class Line(NamedTuple):
    """One line of a score: what for, and how many points."""

    why: str
    points: int

    def __str__(self) -> str:
        return f"{self.why}: {self.points}"


def value(card: Card, rules: Rules) -> int:
    """Return what a card is worth alone, under the house rules."""
    if card.rank == JOKER and rules["eagle_eye"]:
        return 2
    if card.rank == JOKER and rules["lucky_swing"]:
        return -5
    if card.rank == "K" and rules["super_kings"]:
        return -2
    if card.rank == "10" and rules["ten_penny"]:
        return 1
    if card.rank == "J" and rules["one_eyed_jacks"] and card.suit in ONE_EYED:
        return 0
    return VALUES[card.rank]


def column(top: Card, bottom: Card, rules: Rules) -> int:
    """Return what a column is worth: a pair nothing, with two exceptions, else the sum."""
    total = value(top, rules) + value(bottom, rules)
    if top.rank != bottom.rank:
        return total
    if top.rank == JOKER and rules["eagle_eye"]:
        return -4
    if rules["negative_pairs_keep_value"] and total < 0:
        return total
    return 0


def hand_lines(cards: Sequence[Card], rules: Rules) -> Iterator[Line]:
    """Yield the score of one hand, line by line: columns, wolfpack, four of a kind."""
    paired: Counter[str] = Counter()
    for number, (over, under) in enumerate(COLUMNS, start=1):
        top, bottom = cards[over], cards[under]
        equal = top.rank == bottom.rank
        paired[top.rank] += equal
        why = f"column {number} pairs" if equal else f"column {number}, {top} and {bottom}"
        yield Line(why, column(top, bottom, rules))
    if rules["wolfpack"] and paired["J"] >= 2:
        yield Line("wolfpack", -20)
    if rules["four_of_a_kind"]:
        for rank in [rank for rank, columns in paired.items() if columns >= 2]:
            yield Line(f"four of a kind, {rank}", -20)


def score_hand(cards: Sequence[Card], rules: Rules) -> int:
    return sum(line.points for line in hand_lines(cards, rules))


# The rules of a round take every player's score so far and return what it becomes.


def blackjack(scores: Scores, finisher: str | None) -> Scores:
    """Exactly 21 becomes 0."""
    return {who: 0 if score == 21 else score for who, score in scores.items()}


def knock_penalty(scores: Scores, finisher: str | None) -> Scores:
    """Who went out first pays 10 if somebody has less."""
    lowest = min(scores.values())
    return {
        who: score + 10 if who == finisher and score > lowest else score
        for who, score in scores.items()
    }


def knock_bonus(scores: Scores, finisher: str | None) -> Scores:
    """Who went out first is let off 5."""
    return {who: score - 5 if who == finisher else score for who, score in scores.items()}


def underdog_bonus(scores: Scores, finisher: str | None) -> Scores:
    """Everyone at the minimum is let off 3."""
    lowest = min(scores.values())
    return {who: score - 3 if score == lowest else score for who, score in scores.items()}


def tied_shame(scores: Scores, finisher: str | None) -> Scores:
    """Everyone who shares a score pays 5; who shares is counted before anyone pays."""
    sharing = Counter(scores.values())
    return {who: score + 5 if sharing[score] > 1 else score for who, score in scores.items()}


RoundRule = Callable[[Scores, str | None], Scores]
ROUND_RULES: dict[str, RoundRule] = {
    "blackjack": blackjack,
    "knock_penalty": knock_penalty,
    "knock_bonus": knock_bonus,
    "underdog_bonus": underdog_bonus,
    "tied_shame": tied_shame,
}


def round_lines(
    hands: Mapping[str, Sequence[Card]], finisher: str | None, rules: Rules
) -> dict[str, list[Line]]:
    """Return every player's score of a round, line by line, in the order of the rules."""
    lines = {who: list(hand_lines(cards, rules)) for who, cards in hands.items()}
    for name, rule in ROUND_RULES.items():
        if rules[name] and lines:
            before = totals(lines)
            for who, after in rule(before, finisher).items():
                if after != before[who]:
                    lines[who].append(Line(name.replace("_", " "), after - before[who]))
    return lines


def totals(lines: Mapping[str, Sequence[Line]]) -> Scores:
    return {who: sum(line.points for line in score) for who, score in lines.items()}


def round_scores(hands: Mapping[str, Sequence[Card]], finisher: str | None, rules: Rules) -> Scores:
    return totals(round_lines(hands, finisher, rules))


def lowest(scores: Scores) -> list[str]:
    """Return everyone at the minimum."""
    return [who for who, score in scores.items() if score == min(scores.values())]
