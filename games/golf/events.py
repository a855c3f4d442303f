"""The sixteen events: who may act, and the exact shape of what each tells."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unicodedata import category

from games.game import Refused
from games.golf.cards import CARDS, HAND_CARDS
from games.golf.house import all_rules, some_rules

MOST_DECKS = 3
MOST_ROUNDS = 18
MOST_PLAYERS = 6
LONGEST_TEXT = 100  # characters of an id, a name, a room code, a reason
LARGEST_NUMBER = 2**53
MOST_SECONDS = 1e10  # some three hundred years
UNSPEAKABLE = {"Cc", "Cs", "Zl", "Zp"}  # control characters, lone surrogates, line separators

Check = Callable[[Any], Any]
"""Return a value of the right form, sharing nothing with the one given; else raise Refused
with the form that it must have."""


@dataclass(frozen=True, slots=True)
class Event:
    """What happened; `player_id` is None where no player acted."""

    type: str
    sequence: int
    player_id: str | None
    data: dict[str, Any]


def text(value: Any) -> str:
    if type(value) is str and 0 < len(value) <= LONGEST_TEXT and is_speakable(value):
        return value
    raise Refused(f"must be a text of 1 to {LONGEST_TEXT} characters in one line")


def is_speakable(value: str) -> bool:
    return value.isprintable() or not UNSPEAKABLE & set(map(category, value))


def text_or_null(value: Any) -> str | None:
    return None if value is None else text(value)


def yes_or_no(value: Any) -> bool:
    if type(value) is bool:
        return value
    raise Refused("must be true or false")


def whole(low: int, high: int) -> Check:
    def check(value: Any) -> int:
        if type(value) is int and low <= value <= high:
            return value
        raise Refused(f"must be a whole number from {low} to {high}")

    return check


def source(value: Any) -> str:
    if type(value) is str and value in ("deck", "discard"):
        return value
    raise Refused("must be deck or discard")


def card(value: Any) -> dict[str, str]:
    if type(value) is dict and value.keys() == {"rank", "suit"}:
        rank, suit = value["rank"], value["suit"]
        if type(rank) is str and type(suit) is str and (rank, suit) in CARDS:
            return {"rank": rank, "suit": suit}
    raise Refused("must be a card {rank, suit}")


def list_of(check: Check, low: int, high: int) -> Check:
    def check_list(value: Any) -> list[Any]:
        if type(value) is list and low <= len(value) <= high:
            return [check(item) for item in value]
        raise Refused(f"must be a list of {low} to {high}")

    return check_list


def by_player(check: Check) -> Check:
    def check_all(value: Any) -> dict[str, Any]:
        if type(value) is dict and len(value) <= MOST_PLAYERS:
            return {text(who): check(item) for who, item in value.items()}
        raise Refused("must be an object by player id")

    return check_all


position = whole(0, HAND_CARDS - 1)
positions = list_of(position, 0, HAND_CARDS)
cards = list_of(card, 0, HAND_CARDS)
hand = list_of(card, HAND_CARDS, HAND_CARDS)
points = whole(-LARGEST_NUMBER, LARGEST_NUMBER)
count = whole(0, MOST_ROUNDS)

PLAYER, NOBODY = text, lambda value: None if value is None else nobody(value)


def nobody(value: Any) -> None:
    raise Refused("must be null")


EVENTS: dict[str, tuple[Check, dict[str, Check]]] = {
    "game_created": (PLAYER, {"room_code": text, "host_id": text, "options": some_rules}),
    "player_joined": (
        PLAYER,
        {"player_name": text, "is_cpu": yes_or_no, "cpu_profile": text_or_null},
    ),
    "player_left": (PLAYER, {"reason": text}),
    "game_started": (
        NOBODY,
        {
            "player_order": list_of(text, 2, MOST_PLAYERS),
            "num_decks": whole(1, MOST_DECKS),
            "num_rounds": whole(1, MOST_ROUNDS),
            "options": all_rules,
        },
    ),
    "round_started": (
        NOBODY,
        {
            "round_num": whole(1, MOST_ROUNDS),
            "deck_seed": whole(0, LARGEST_NUMBER),
            "dealt_cards": by_player(hand),
            "first_discard": card,
            "current_player_idx": whole(0, MOST_PLAYERS - 1),
        },
    ),
    "initial_flip": (PLAYER, {"positions": positions, "cards": cards}),
    "card_drawn": (PLAYER, {"source": source, "card": card}),
    "draw_cancelled": (PLAYER, {"card": card}),
    "card_swapped": (PLAYER, {"position": position, "new_card": card, "old_card": card}),
    "card_discarded": (PLAYER, {"card": card}),
    "card_flipped": (PLAYER, {"position": position, "card": card}),
    "flip_skipped": (PLAYER, {}),
    "flip_as_action": (PLAYER, {"position": position, "card": card}),
    "knock_early": (PLAYER, {"positions": positions, "cards": cards}),
    "round_ended": (
        NOBODY,
        {
            "round_num": whole(1, MOST_ROUNDS),
            "scores": by_player(points),
            "final_hands": by_player(hand),
            "finisher_id": text_or_null,
        },
    ),
    "game_ended": (
        NOBODY,
        {
            "final_scores": by_player(points),
            "rounds_won": by_player(count),
            "winner_id": text_or_null,
        },
    ),
}
"""By type: the form of player_id, and the form of each field of data."""

FIELDS = {"type", "sequence", "player_id", "data"}


def read_event(stated: Any) -> Event:
    """Return an event of exactly the shape of its type, or raise Refused with what is wrong.

    `timestamp` may be there and is left out: time is the recording's matter, not the rules'.
    """
    if type(stated) is not dict:
        raise Refused("an event is an object.")
    name, sequence, told = stated.get("type"), stated.get("sequence"), stated.get("data")
    if type(name) is not str or name not in EVENTS:
        raise Refused(f"there is no event of type {str(name)[:40]!r}.")
    demand_fields("an event", stated.keys() - {"timestamp"}, FIELDS)
    if "timestamp" in stated:
        form("timestamp", seconds, stated["timestamp"])
    actor, fields = EVENTS[name]
    if type(told) is not dict:
        raise Refused("data is not an object.")
    demand_fields("its data", told.keys(), fields.keys())
    return Event(
        type=name,
        sequence=form("sequence", whole(1, LARGEST_NUMBER), sequence),
        player_id=form("player_id", actor, stated["player_id"]),
        data={field: form(field, check, told[field]) for field, check in fields.items()},
    )


def demand_fields(where: str, stated: Any, wanted: Any) -> None:
    missing, unknown = sorted(wanted - stated), sorted(map(str, stated - wanted))
    if missing:
        raise Refused(f"{where} lacks {missing[0]}.")
    if unknown:
        raise Refused(f"{where} has no {unknown[0][:40]!r}.")


def form(field: str, check: Check, value: Any) -> Any:
    try:
        return check(value)
    except Refused as wanted:
        raise Refused(f"{field} {wanted}.") from None


def seconds(value: Any) -> float:
    """Return a time since the first event."""
    if type(value) in (int, float) and 0 <= value <= MOST_SECONDS:
        return float(value)
    raise Refused(f"must be a time in seconds from 0 to {MOST_SECONDS:.0f}")
