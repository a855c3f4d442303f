"""House rules, backs and manners of computer players in plain words, for who opens a table.

The viewer says the same in `static/viewer/renderers/golf/house.js`; a test holds both to one text.
"""

Words = dict[str, str]

FLIP_MODES: Words = {
    "never": "the turn is over",
    "always": "a card is turned up",
    "endgame": "a card may be turned up, near the end",
}
DECK_COLORS: Words = {"red": "red", "blue": "blue", "gold": "gold", "green": "green"}
MANNERS: Words = {
    "steady": "steady: plays by the book",
    "hunter": "hunter: after pairs",
    "bold": "bold: turns up and knocks",
    "wary": "wary: ends with a good hand only",
    "dreamer": "dreamer: does anything",
}
CARDS: Words = {
    "use_jokers": "Jokers, worth −2",
    "lucky_swing": "A single joker in all decks, worth −5",
    "eagle_eye": "Jokers count 2, a pair of them −4",
    "super_kings": "Kings count −2",
    "ten_penny": "Tens count 1",
    "one_eyed_jacks": "The jacks of hearts and spades count 0",
}
PAIRS: Words = {
    "negative_pairs_keep_value": "Pairs of negative cards keep their value",
    "four_of_a_kind": "Two columns of one rank: −20",
    "wolfpack": "Two columns of jacks: −20",
}
TURNS: Words = {
    "flip_as_action": "A card may be turned up instead of drawing",
    "knock_early": "With one or two cards down, turn them up and end your turn",
}
ROUNDS: Words = {
    "knock_penalty": "Who goes out first pays 10, unless lowest",
    "knock_bonus": "Who goes out first is let off 5",
    "underdog_bonus": "The lowest score is let off 3",
    "tied_shame": "Who shares a score pays 5",
    "blackjack": "Exactly 21 counts 0",
}


def grouped() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the rules that are on or off, by what they are about."""
    groups = {"Cards": CARDS, "Pairs": PAIRS, "Turns": TURNS, "At the end of a round": ROUNDS}
    return [(title, list(rules.items())) for title, rules in groups.items()]


TERMS = {
    "flip_modes": FLIP_MODES.items(),
    "deck_colors": DECK_COLORS.items(),
    "house_rules": grouped(),
}
"""What a form of terms offers to choose from."""
