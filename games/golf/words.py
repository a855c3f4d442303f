"""Each event in words, as it is read out beside the table."""

from collections.abc import Callable, Mapping
from typing import Any

from games.golf.cards import CARDS, COLUMNS
from games.golf.scoring import lowest

Facts = Mapping[str, Any]
Names = Mapping[str, str]


def words(event: Facts, names: Names) -> str:
    """Return what happened in one sentence without a full stop; a hidden card is `a card`."""
    name = names.get(event["player_id"] or "", "")
    return SENTENCES[event["type"]](name, event["data"], names)


def game_created(name: str, told: Facts, names: Names) -> str:
    return f"Room {told['room_code']} was opened"


def player_joined(name: str, told: Facts, names: Names) -> str:
    return f"{name} joined as a computer player" if told["is_cpu"] else f"{name} joined"


def player_left(name: str, told: Facts, names: Names) -> str:
    return f"{name} left" if told["reason"] == "left" else f"{name} left ({told['reason']})"


def game_started(name: str, told: Facts, names: Names) -> str:
    rounds, decks = many(told["num_rounds"], "round"), many(told["num_decks"], "deck")
    return f"The game began: {rounds} with {decks}"


def round_started(name: str, told: Facts, names: Names) -> str:
    first = list(told["dealt_cards"])[told["current_player_idx"]]
    opened = sign(told["first_discard"])
    return f"Round {told['round_num']} was dealt: the {opened} lies open, {names[first]} begins"


def initial_flip(name: str, told: Facts, names: Names) -> str:
    return f"{name} turned up {listed([f'the {sign(card)}' for card in told['cards']])}"


def card_drawn(name: str, told: Facts, names: Names) -> str:
    if told["source"] == "discard":
        return f"{name} took the {sign(told['card'])} from the discard pile"
    card = f"the {sign(told['card'])}" if told["card"] else "a card"
    return f"{name} drew {card} from the deck"


def draw_cancelled(name: str, told: Facts, names: Names) -> str:
    return f"{name} put the {sign(told['card'])} back on the discard pile"


def card_swapped(name: str, told: Facts, names: Names) -> str:
    new, old = sign(told["new_card"]), sign(told["old_card"])
    return f"{name} swapped the {new} into column {column(told)}, discarded the {old}"


def card_discarded(name: str, told: Facts, names: Names) -> str:
    return f"{name} discarded the {sign(told['card'])}"


def card_flipped(name: str, told: Facts, names: Names) -> str:
    return f"{name} turned up the {sign(told['card'])} in column {column(told)}"


def flip_skipped(name: str, told: Facts, names: Names) -> str:
    return f"{name} turned up no card"


def flip_as_action(name: str, told: Facts, names: Names) -> str:
    return f"{card_flipped(name, told, names)} instead of drawing"


def knock_early(name: str, told: Facts, names: Names) -> str:
    return f"{name} knocked early with {listed([f'the {sign(card)}' for card in told['cards']])}"


def round_ended(name: str, told: Facts, names: Names) -> str:
    scores = told["scores"]
    winners = listed([names[who] for who in lowest(scores)])
    points = ", ".join(f"{names[who]} {score}" for who, score in scores.items())
    return f"Round {told['round_num']} went to {winners}: {points}"


def game_ended(name: str, told: Facts, names: Names) -> str:
    scores, winner = told["final_scores"], told["winner_id"]
    if winner is not None:
        return f"{names[winner]} won the game with {scores[winner]}"
    tied = lowest(scores)
    if not tied:
        return "The game ended without players"
    return f"The game ended in a tie at {scores[tied[0]]} of {listed([names[who] for who in tied])}"


SENTENCES: dict[str, Callable[[str, Facts, Names], str]] = {
    "game_created": game_created,
    "player_joined": player_joined,
    "player_left": player_left,
    "game_started": game_started,
    "round_started": round_started,
    "initial_flip": initial_flip,
    "card_drawn": card_drawn,
    "draw_cancelled": draw_cancelled,
    "card_swapped": card_swapped,
    "card_discarded": card_discarded,
    "card_flipped": card_flipped,
    "flip_skipped": flip_skipped,
    "flip_as_action": flip_as_action,
    "knock_early": knock_early,
    "round_ended": round_ended,
    "game_ended": game_ended,
}


def sign(card: Facts) -> str:
    return str(CARDS[card["rank"], card["suit"]])


def column(told: Facts) -> int:
    """Return the column of the position that is told, counted from 1."""
    return told["position"] % len(COLUMNS) + 1


def listed(items: list[str]) -> str:
    return " and ".join([*([", ".join(items[:-1])] if items[:-1] else []), *items[-1:]])


def many(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
