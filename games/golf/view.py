"""Who may see what of a snapshot: the one place where secrets are hidden."""

from typing import Any

from games.game import Perspective, Snapshot
from games.golf import reading
from games.golf.events import EVENTS
from games.golf.moves import moves
from games.golf.words import words

OPEN = (
    "phase",
    "current_player_id",
    "deck_remaining",
    "discard_top",
    "current_round",
    "total_rounds",
    "finisher_id",
    "turn",
    "drawn_from",
    "host_id",
    "options",
)
"""What lies open on the table. What is not named here is not shown."""

DEALT = ("deck_seed", "dealt_cards")
"""What round_started tells of the deck and of cards that lie face down."""


def view(snapshot: Snapshot, perspective: Perspective) -> Snapshot:
    """Return what may be seen; nobody sees a card that lies face down, its owner included."""
    if perspective.kind == "omniscient":
        return snapshot
    if perspective.kind == "participant":
        return as_player(snapshot, perspective.who or "")
    return as_spectator(snapshot)


def as_player(snapshot: Snapshot, who: str) -> Snapshot:
    """Return what a spectator sees, the card in the own hand, and what may be done with it."""
    seen = as_spectator(snapshot, holder=who)
    return seen | {"you": who, "moves": [list(move) for move in moves(seen, who)]}


def as_spectator(snapshot: Snapshot, holder: str | None = None) -> Snapshot:
    """Return the open cards: no card face down, none in hand from the deck, no seed, no deck.

    `holder` sees the card in hand if it is theirs.
    """
    players = reading.players(snapshot)
    seen = {name: snapshot[name] for name in OPEN if name in snapshot}
    seen["players"] = players
    seen["drawn_card"] = card_in_hand(snapshot, holder)
    seen["event"] = event = open_event(snapshot, holder)
    seen["words"] = reading.text(snapshot.get("words"))
    if event and "card" in event["data"] and event["data"]["card"] is None:
        seen["words"] = words(event, {player["id"]: player["name"] for player in players})
    if event and event["type"] == "round_ended" and "explained" in snapshot:
        seen["explained"] = snapshot["explained"]
    return seen


def card_in_hand(snapshot: Snapshot, holder: str | None) -> Any:
    """Return the drawn card; from the deck it is known to its holder alone."""
    drawn = snapshot.get("drawn_card")
    mine = holder is not None and holder == snapshot.get("current_player_id")
    if drawn is None or mine or snapshot.get("drawn_from") == "discard":
        return drawn
    return dict(reading.UNKNOWN)


def open_event(snapshot: Snapshot, holder: str | None) -> Any:
    """Return the event without what only the deck, or the player who drew, knows of it."""
    event = reading.event(snapshot)
    if event is None:
        return None
    _, fields = EVENTS[event["type"]]
    told = {name: event["data"][name] for name in fields if name in event["data"]}
    if event["type"] == "round_started":
        told = {name: fact for name, fact in told.items() if name not in DEALT}
    elif event["type"] == "card_drawn" and told.get("source") != "discard":
        mine = holder is not None and holder == event.get("player_id")
        told = told if mine else {"source": "deck", "card": None}
    return {
        "type": event["type"],
        "player_id": event["player_id"],
        "data": told,
        "sequence": event["sequence"],
    }
