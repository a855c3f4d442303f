"""A game as a snapshot and back: the frame that everybody may see, and one hidden part."""

from typing import Any

from games.game import Snapshot
from games.golf.cards import CARDS, Card, from_signs, in_signs
from games.golf.events import Event
from games.golf.scoring import round_lines
from games.golf.state import Player, State
from games.golf.turns import host_of
from games.golf.words import words

Frame = dict[str, Any]


def frame(state: State) -> Snapshot:
    """Return the whole state as plain JSON that shares nothing with it.

    What nobody at the table knows lies under `hidden`, and in the cards that are face down, a
    card in hand, and the events that tell of them.
    """
    current = state.current_player
    snapshot = {
        "phase": state.phase,
        "players": [seat(player) for player in state.players],
        "current_player_id": current.id if current else None,
        "deck_remaining": len(state.deck),
        "discard_top": face_up(state.pile[-1]) if state.pile else None,
        "drawn_card": face_up(state.drawn) if state.drawn else None,
        "current_round": state.round,
        "total_rounds": state.rounds,
        "finisher_id": state.finisher,
        "turn": state.turn,
        "drawn_from": state.drawn_from,
        "host_id": host_of(state),
        "options": plain(state.rules),
        "event": None,
        "words": "",
        "hidden": hidden(state),
    }
    if state.event is not None:
        snapshot["event"] = event = as_json(state.event)
        snapshot["words"] = words(event, state.names)
        if state.event.type == "round_ended":
            snapshot["explained"] = explained(state)
    return snapshot


def seat(player: Player) -> Frame:
    return {
        "id": player.id,
        "name": player.name,
        "cards": [
            {"rank": card.rank, "suit": card.suit, "face_up": up}
            for card, up in zip(player.cards, player.up, strict=True)
        ],
        "score": player.score,
        "total_score": player.total,
        "rounds_won": player.won,
        "is_cpu": player.is_cpu,
        "all_face_up": player.all_up,
    }


def face_up(card: Card) -> Frame:
    return {"rank": card.rank, "suit": card.suit, "face_up": True}


def as_json(event: Event) -> Frame:
    return {
        "type": event.type,
        "player_id": event.player_id,
        "data": plain(event.data),
        "sequence": event.sequence,
    }


def plain(value: Any) -> Any:
    """Return a copy of plain JSON."""
    if type(value) is dict:
        return {name: plain(item) for name, item in value.items()}
    if type(value) is list:
        return [plain(item) for item in value]
    return value


def explained(state: State) -> dict[str, list[str]]:
    """Return each player's score of the round that has just ended, line by line."""
    hands = {player.id: player.cards for player in state.players}
    lines = round_lines(hands, state.finisher, state.rules)
    return {who: [str(line) for line in score] for who, score in lines.items()}


def hidden(state: State) -> Frame:
    """Return what a game goes on from besides what can be seen; cards bottom first."""
    return {
        "room_code": state.room_code,
        "host_id": state.host_id,
        "names": state.names.copy(),
        "num_decks": state.decks,
        "dealer": state.dealer,
        "current": state.current,
        "flipped": state.flipped.copy(),
        "awaiting": state.awaiting.copy(),
        "deck_seed": state.seed,
        "deck": in_signs(state.deck),
        "pile": in_signs(state.pile),
    }


def state_of(snapshot: Snapshot) -> State:
    """Return the state that `frame` made `snapshot` of."""
    event, kept = snapshot["event"], snapshot["hidden"]
    return State(
        sequence=event["sequence"] if event else 0,
        event=Event(event["type"], event["sequence"], event["player_id"], plain(event["data"]))
        if event
        else None,
        room_code=kept["room_code"],
        host_id=kept["host_id"],
        names=dict(kept["names"]),
        started=bool(snapshot["options"]),
        rules=plain(snapshot["options"]),
        decks=kept["num_decks"],
        rounds=snapshot["total_rounds"],
        phase=snapshot["phase"],
        round=snapshot["current_round"],
        players=[player_of(player) for player in snapshot["players"]],
        dealer=kept["dealer"],
        current=kept["current"],
        turn=snapshot["turn"],
        flipped=list(kept["flipped"]),
        finisher=snapshot["finisher_id"],
        awaiting=list(kept["awaiting"]),
        seed=kept["deck_seed"],
        deck=from_signs(kept["deck"]),
        pile=from_signs(kept["pile"]),
        drawn=card_of(snapshot["drawn_card"]) if snapshot["drawn_card"] else None,
        drawn_from=snapshot["drawn_from"],
    )


def player_of(seat: Frame) -> Player:
    return Player(
        id=seat["id"],
        name=seat["name"],
        is_cpu=seat["is_cpu"],
        cards=[card_of(card) for card in seat["cards"]],
        up=[card["face_up"] for card in seat["cards"]],
        score=seat["score"],
        total=seat["total_score"],
        won=seat["rounds_won"],
    )


def card_of(card: Frame) -> Card:
    return CARDS[card["rank"], card["suit"]]
