"""Read a snapshot of whatever origin: what is not of the right form is as if it were not there."""

from typing import Any

from games.game import Snapshot
from games.golf.cards import CARDS, HAND_CARDS
from games.golf.events import EVENTS

Facts = dict[str, Any]
MOST_SEATS = 12


def record(value: Any) -> Facts:
    return value if isinstance(value, dict) else {}


def text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def whole(value: Any) -> int:
    """Return a number that fits a chart, or 0."""
    return value if type(value) is int and abs(value) <= 2**53 else 0


def rules(snapshot: Snapshot) -> Facts:
    return record(snapshot.get("options"))


def players(snapshot: Snapshot) -> list[Facts]:
    """Return the seats that have an id, each with all of its fields in their form."""
    stated = snapshot.get("players")
    seats = stated[:MOST_SEATS] if isinstance(stated, list) else []
    return [player(seat) for seat in seats if isinstance(record(seat).get("id"), str)]


def player(seat: Facts) -> Facts:
    cards = seat.get("cards")
    return {
        "id": seat["id"],
        "name": text(seat.get("name")),
        "cards": [card(item) for item in cards[:HAND_CARDS]] if isinstance(cards, list) else [],
        "score": whole(seat.get("score")),
        "total_score": whole(seat.get("total_score")),
        "rounds_won": whole(seat.get("rounds_won")),
        "is_cpu": seat.get("is_cpu") is True,
        "all_face_up": seat.get("all_face_up") is True,
    }


def card(value: Any) -> Facts:
    """Return a card as it lies: one that is not plainly face up is face down and unknown."""
    stated = record(value)
    rank, suit = text(stated.get("rank")), text(stated.get("suit"))
    known = stated.get("face_up") is True and (rank, suit) in CARDS
    return {"rank": rank, "suit": suit, "face_up": True} if known else dict(UNKNOWN)


UNKNOWN = {"rank": None, "suit": None, "face_up": False}


def face_down(seat: Facts) -> list[int]:
    return [position for position, card in enumerate(seat["cards"]) if not card["face_up"]]


def event(snapshot: Snapshot) -> Facts | None:
    """Return the event of a snapshot if it is one of this game's; its data is read with care."""
    stated = record(snapshot.get("event"))
    kind, told, actor = text(stated.get("type")), stated.get("data"), stated.get("player_id")
    if kind not in EVENTS or not isinstance(told, dict):
        return None
    return {
        "type": kind,
        "player_id": actor if isinstance(actor, str) else None,
        "data": told,
        "sequence": whole(stated.get("sequence")),
    }
