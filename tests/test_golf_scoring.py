"""What a hand of Golf is worth: every card, every house rule, and their order."""

import pytest

from games.golf.cards import JOKER, RANKS, Card, from_signs, in_signs, ordered_deck, shuffled
from games.golf.house import house_rules
from games.golf.scoring import lowest, round_lines, round_scores, score_hand, value

NO_PAIR = "K♥ 5♦ 9♣ Q♠ 2♥ 4♦"  # 10, 3, 13


def under(*names, **rules):
    return house_rules(dict.fromkeys(names, True) | rules)


# Single cards


def test_values_of_the_plain_game():
    values = [value(Card(rank, "hearts"), under()) for rank in (*RANKS, JOKER)]
    assert values == [1, -2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 0, -2]


@pytest.mark.parametrize(
    ("rules", "card", "points"),
    [
        (["eagle_eye"], "★♥", 2),
        (["lucky_swing"], "★♥", -5),
        (["lucky_swing", "eagle_eye"], "★♥", 2),
        (["super_kings"], "K♣", -2),
        (["ten_penny"], "10♣", 1),
        (["one_eyed_jacks"], "J♥", 0),
        (["one_eyed_jacks"], "J♠", 0),
        (["one_eyed_jacks"], "J♦", 10),
        (["one_eyed_jacks"], "J♣", 10),
    ],
)
def test_house_rules_change_values(rules, card, points):
    assert value(from_signs(card)[0], under(*rules)) == points


# Hands. The first three cards lie over the other three.


@pytest.mark.parametrize(
    ("rules", "hand", "points"),
    [
        ([], NO_PAIR, 26),
        ([], "5♥ 5♦ 9♣ 5♠ 2♥ 4♦", 16),
        ([], "J♥ J♦ 2♣ J♠ J♣ 2♦", 0),
        ([], "2♥ 2♦ 2♣ 2♠ 3♣ 4♦", 3),
        ([], "★♥ 3♦ 3♣ ★♠ 4♣ 4♦", 14),
        # pairs of negative cards
        (["negative_pairs_keep_value"], "2♥ 3♦ 3♣ 2♠ 3♥ 3♠", -4),
        (["negative_pairs_keep_value"], "★♥ 3♦ 3♣ ★♠ 3♥ 3♠", -4),
        (["negative_pairs_keep_value"], "K♥ 3♦ 3♣ K♠ 3♥ 3♠", 0),
        (["negative_pairs_keep_value", "super_kings"], "K♥ 3♦ 3♣ K♠ 3♥ 3♠", -4),
        (["negative_pairs_keep_value", "lucky_swing"], "★♥ 3♦ 3♣ ★♠ 3♥ 3♠", -10),
        (["negative_pairs_keep_value"], "7♥ 3♦ 3♣ 7♠ 3♥ 3♠", 0),
        # the eagle comes before that
        (["eagle_eye"], "★♥ 3♦ 3♣ ★♠ 3♥ 3♠", -4),
        (["eagle_eye"], "★♥ 3♦ 3♣ 4♠ 3♥ 3♠", 6),
        (["eagle_eye", "negative_pairs_keep_value", "lucky_swing"], "★♥ 3♦ 3♣ ★♠ 3♥ 3♠", -4),
        # jacks
        (["wolfpack"], "J♥ J♦ 3♣ J♠ J♣ 4♦", -13),
        (["wolfpack"], "J♥ J♦ J♣ J♠ J♣ J♦", -20),
        (["wolfpack"], "J♥ J♦ 3♣ J♠ 4♣ J♣", 27),
        (["one_eyed_jacks"], "J♥ 3♦ 3♣ 4♠ 3♥ 3♠", 4),
        (["one_eyed_jacks"], "J♥ 3♦ 3♣ J♦ 3♥ 3♠", 0),
        # four of a kind
        (["four_of_a_kind"], "9♥ 9♦ 3♣ 9♠ 9♣ 4♦", -13),
        (["four_of_a_kind"], "9♥ 9♦ 9♣ 9♠ 9♣ 9♦", -20),
        (["four_of_a_kind"], "9♥ 3♦ 3♣ 9♠ 9♣ 9♦", 24),
        (["four_of_a_kind", "wolfpack"], "J♥ J♦ 3♣ J♠ J♣ 4♦", -33),
        (["ten_penny"], "10♥ 3♦ 3♣ 5♠ 3♥ 3♠", 6),
        (["ten_penny"], "10♥ 3♦ 3♣ 10♠ 3♥ 3♠", 0),
    ],
)
def test_score_of_a_hand(rules, hand, points):
    assert score_hand(from_signs(hand), under(*rules)) == points


# Rounds, with hands made for their points

WORTH = {
    3: "3♥ 4♦ 4♣ K♠ 4♥ 4♠",
    5: "5♥ 4♦ 4♣ K♠ 4♥ 4♠",
    8: "8♥ 4♦ 4♣ K♠ 4♥ 4♠",
    10: "Q♥ 4♦ 4♣ K♠ 4♥ 4♠",
    13: "Q♥ 4♦ 4♣ 3♠ 4♥ 4♠",
    21: "Q♥ 4♦ A♣ J♠ 4♥ K♠",
}


def scores(rules, finisher=None, **points):
    hands = {who: from_signs(WORTH[worth]) for who, worth in points.items()}
    return list(round_scores(hands, finisher, under(*rules)).values())


@pytest.mark.parametrize(
    ("rules", "finisher", "points", "after"),
    [
        ([], "a", {"a": 5, "b": 8}, [5, 8]),
        (["blackjack"], None, {"a": 21, "b": 8}, [0, 8]),
        (["knock_penalty"], "a", {"a": 8, "b": 5}, [18, 5]),
        (["knock_penalty"], "a", {"a": 5, "b": 8}, [5, 8]),
        (["knock_penalty"], "a", {"a": 5, "b": 5}, [5, 5]),
        (["knock_penalty"], None, {"a": 8, "b": 5}, [8, 5]),
        (["knock_bonus"], "b", {"a": 8, "b": 5}, [8, 0]),
        (["knock_bonus"], None, {"a": 8, "b": 5}, [8, 5]),
        (["underdog_bonus"], "a", {"a": 5, "b": 5, "c": 8}, [2, 2, 8]),
        (["tied_shame"], "a", {"a": 5, "b": 5, "c": 8}, [10, 10, 8]),
        (["tied_shame"], "a", {"a": 3, "b": 3, "c": 8}, [8, 8, 8]),
        (["tied_shame"], "a", {"a": 5, "b": 5, "c": 8, "d": 8}, [10, 10, 13, 13]),
        # who has left cannot finish any more
        (["knock_bonus", "knock_penalty"], "gone", {"a": 5, "b": 8}, [5, 8]),
    ],
)
def test_rules_of_a_round(rules, finisher, points, after):
    assert scores(rules, finisher, **points) == after


@pytest.mark.parametrize(
    ("rules", "finisher", "points", "after"),
    [
        # 21 becomes 0 before anybody's minimum is looked at
        (["blackjack", "knock_penalty"], "b", {"a": 21, "b": 3}, [0, 13]),
        # the penalty looks at the minimum before the bonus is taken off
        (["knock_penalty", "knock_bonus"], "a", {"a": 8, "b": 5}, [13, 5]),
        # the bonus makes the finisher the underdog
        (["knock_bonus", "underdog_bonus"], "a", {"a": 8, "b": 5}, [0, 5]),
        # the underdog is let off before ties are counted
        (["underdog_bonus", "tied_shame"], None, {"a": 8, "b": 5, "c": 5}, [8, 7, 7]),
        (["knock_bonus", "tied_shame"], "a", {"a": 10, "b": 5, "c": 3}, [10, 10, 3]),
        # all of them: 0 13 21 → 21 is 0; b pays 10, is let off 5; a and c 3; a and c tie
        (
            ["blackjack", "knock_penalty", "knock_bonus", "underdog_bonus", "tied_shame"],
            "b",
            {"a": 21, "b": 13, "c": 21},
            [2, 18, 2],
        ),
    ],
)
def test_rules_of_a_round_follow_their_order(rules, finisher, points, after):
    assert scores(rules, finisher, **points) == after


def test_everyone_at_the_minimum_wins_the_round():
    assert lowest({"a": 5, "b": -2, "c": -2}) == ["b", "c"]
    assert lowest({}) == []


def test_a_score_is_explained_line_by_line():
    hands = {"a": from_signs("4♣ J♦ J♥ K♦ J♣ J♠"), "b": from_signs(WORTH[3])}
    lines = round_lines(hands, "a", under("wolfpack", "knock_bonus"))
    assert [str(line) for line in lines["a"]] == [
        "column 1, 4♣ and K♦: 4",
        "column 2 pairs: 0",
        "column 3 pairs: 0",
        "wolfpack: -20",
        "knock bonus: -5",
    ]
    assert [line.points for line in lines["b"]] == [3, 0, 0]


# The deck


@pytest.mark.parametrize(
    ("decks", "jokers", "lucky", "count", "last"),
    [
        (1, False, False, 52, "Q♠ K♠"),
        (1, True, False, 54, "★♥ ★♠"),
        (2, True, False, 108, "★♥ ★♠"),
        (2, True, True, 105, "K♠ ★♥"),
        (3, False, True, 156, "Q♠ K♠"),
    ],
)
def test_deck_in_its_order(decks, jokers, lucky, count, last):
    deck = ordered_deck(decks, jokers=jokers, lucky_swing=lucky)
    assert len(deck) == count
    assert in_signs(deck[:3]) == "A♥ 2♥ 3♥"
    assert in_signs(deck[13:15]) == "A♦ 2♦"
    assert in_signs(deck[-2:]) == last


def test_one_seed_shuffles_alike_everywhere():
    deck = shuffled(ordered_deck(1, jokers=False, lucky_swing=False), 850558125)
    assert in_signs(deck[:-7:-1]) == "10♣ 9♦ Q♦ 9♥ A♥ 4♣"
    assert from_signs(in_signs(deck)) == deck
