"""House rules: what a table may choose, with the plain game as the default."""

from typing import Any

from games.game import Refused

Rules = dict[str, Any]

FLIP_MODES = ("never", "always", "endgame")
DECK_COLORS = ("red", "blue", "gold")
MOST_COLORS = 12
LONGEST_COLOR = 40  # characters

PLAIN: Rules = {
    "flip_mode": "never",
    "initial_flips": 2,
    "knock_penalty": False,
    "use_jokers": False,
    "lucky_swing": False,
    "super_kings": False,
    "ten_penny": False,
    "knock_bonus": False,
    "underdog_bonus": False,
    "tied_shame": False,
    "blackjack": False,
    "wolfpack": False,
    "eagle_eye": False,
    "flip_as_action": False,
    "four_of_a_kind": False,
    "negative_pairs_keep_value": False,
    "one_eyed_jacks": False,
    "knock_early": False,
    "deck_colors": list(DECK_COLORS),
}


def house_rules(chosen: Any) -> Rules:
    """Return all rules, in their order: those chosen, the others as in the plain game."""
    return PLAIN | {"deck_colors": list(DECK_COLORS)} | some_rules(chosen)


def all_rules(stated: Any) -> Rules:
    """Return rules as a game states them when it starts: not one may be missing."""
    rules = some_rules(stated)
    missing = [name for name in PLAIN if name not in rules]
    if missing:
        raise Refused(f"must state {missing[0]}")
    return rules


def some_rules(stated: Any) -> Rules:
    """Return those rules that are stated, or raise Refused with what they should have been."""
    if type(stated) is not dict:
        raise Refused("must be an object")
    for name, choice in stated.items():
        if name not in PLAIN:
            raise Refused(f"cannot hold {str(name)[:40]!r}")
        demand_choice(name, choice)
    return {name: list(c) if type(c) is list else c for name, c in stated.items()}


def demand_choice(name: str, choice: Any) -> None:
    if name == "flip_mode":
        possible, wanted = type(choice) is str and choice in FLIP_MODES, " or ".join(FLIP_MODES)
    elif name == "initial_flips":
        possible, wanted = type(choice) is int and 0 <= choice <= 6, "a number from 0 to 6"
    elif name == "deck_colors":
        possible, wanted = are_colors(choice), "a list of colours"
    else:
        possible, wanted = type(choice) is bool, "true or false"
    if not possible:
        raise Refused(f"must have {name} as {wanted}")


def are_colors(choice: Any) -> bool:
    return (
        type(choice) is list
        and len(choice) <= MOST_COLORS
        and all(type(color) is str and color.isprintable() for color in choice)
        and all(0 < len(color) <= LONGEST_COLOR for color in choice)
    )
