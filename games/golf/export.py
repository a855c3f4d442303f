"""Games as Export JSON 1.0, both ways: what others wrote can be read, and they can read ours.

Two weak spots of 1.0 are mended by extra keys: scores keyed by name lose a player where two share
one, so all of it is told by id as well; and a tie has no winner here, where others name somebody.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from games.game import Refused, Snapshot
from games.golf import reading
from games.golf.events import form, seconds, text
from games.golf.record import frame, plain
from games.golf.rules import apply
from games.golf.scoring import lowest
from games.golf.state import State

VERSION = "1.0"
FORMAT = "six-card-golf"
MOST_EVENTS = 20_000  # the longest game, six players and eighteen rounds, has some 2,000
CLOCK_SECONDS = 0.001  # how far a stated duration may be from the last event

Facts = dict[str, Any]
Timed = tuple[float, Snapshot]
"""A snapshot and its time, in seconds since the first event."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A game that was read: its events in plain form, and what a shard of it is opened with."""

    game_id: str
    events: list[Facts]
    options: Facts
    checksum: str

    def frames(self) -> Iterator[Timed]:
        return frames(self.events)


# Reading


def read(document: Any) -> Recorded:
    """Return the game of an export, with the rules run over it, or raise Refused.

    The message names the first event that cannot be and why, or what in the header is not so.
    """
    if type(document) is not dict:
        raise Refused("An export is an object.")
    version = document.get("version")
    if version != VERSION:
        raise Refused(f"Version {str(version)[:20]!r} is unknown: this reads version {VERSION}.")
    stated, events = document.get("game"), document.get("events")
    if type(stated) is not dict or type(events) is not list:
        raise Refused("An export has a game, an object, and events, a list.")
    if not 1 <= len(events) <= MOST_EVENTS:
        raise Refused(f"An export has 1 to {MOST_EVENTS} events, this one has {len(events)}.")
    state, times = State(), timed(events)
    for event, _ in zip(events, times, strict=True):
        state = apply(state, event)
    told = [plain_event(event) for event in events]
    demand_header(stated, header(frame(state), told[-1]["timestamp"]))
    demand_checksum(document, told)
    game_id = form("The game's id", text, stated.get("id"))
    return Recorded(game_id, told, table_options(state), checksum(told))


def timed(events: list[Any]) -> Iterator[float]:
    """Yield the time of each event; time does not go back."""
    latest = 0.0
    for number, event in enumerate(events, start=1):
        named = f"Event {number}"
        if type(event) is dict and "timestamp" not in event:
            raise Refused(f"{named} ({str(event.get('type'))[:40]}): it lacks timestamp.")
        if type(event) is dict:
            named = f"{named} ({str(event.get('type'))[:40]}): timestamp"
            now = form(named, seconds, event["timestamp"])
            if now < latest:
                raise Refused(f"{named} {now} is before that of the event before it, {latest}.")
            latest = now
        yield latest


def demand_header(stated: Facts, right: Facts) -> None:
    """Refuse a header that does not tell of the game that its events make."""
    for name, fact in right.items():
        if name not in stated:
            if name in BY_ID:
                continue
            raise Refused(f"The game's header lacks {name}.")
        if not SAME.get(name, same)(stated[name], fact, right):
            raise Refused(f"The game's {name} is not what its events make of it.")


def same(stated: Any, fact: Any, right: Facts) -> bool:
    return json.dumps(stated, sort_keys=True) == json.dumps(fact, sort_keys=True)


def same_winner(stated: Any, fact: Any, right: Facts) -> bool:
    """A tie has no winner; writers of 1.0 name one of those who tied."""
    if stated is None or fact is not None or right["phase"] != "game_over":
        return same(stated, fact, right)
    scores = right["final_scores_by_id"]
    names = dict(zip(right["player_ids"], right["players"], strict=True))
    return stated in [names[who] for who in lowest(scores)]


def same_scores(stated: Any, fact: Any, right: Facts) -> bool:
    """Where players share a name, their key holds the score of any one of them."""
    possible: dict[str, list[int]] = {}
    for name, score in zip(right["players"], right["final_scores_by_id"].values(), strict=True):
        possible.setdefault(name, []).append(score)
    return (
        type(stated) is dict
        and stated.keys() == possible.keys()
        and all(type(s) is int and s in possible[name] for name, s in stated.items())
    )


def same_duration(stated: Any, fact: Any, right: Facts) -> bool:
    return type(stated) in (int, float) and abs(stated - fact) <= CLOCK_SECONDS


SAME = {
    "winner": same_winner,
    "final_scores": same_scores,
    "duration_seconds": same_duration,
}


def demand_checksum(document: Facts, events: list[Facts]) -> None:
    if document.get("checksum") not in (None, checksum(events)):
        raise Refused("The checksum is not that of the events.")


def checksum(events: list[Facts]) -> str:
    """Return what tells one game from another: a digest of its events, whoever wrote them down."""
    canonical = json.dumps(events, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"sha256:{sha256(canonical.encode()).hexdigest()}"


def plain_event(event: Facts) -> Facts:
    return {
        "type": event["type"],
        "sequence": event["sequence"],
        "player_id": event["player_id"],
        "data": plain(event["data"]),
        "timestamp": float(event["timestamp"]),
    }


def table_options(state: State) -> Facts:
    """Return the options of a shard that holds this game."""
    return {
        "room_code": state.room_code,
        "seats": max(2, len(state.names)),
        "num_decks": state.decks,
        "num_rounds": state.rounds,
        "rules": plain(state.rules),
    }


# Writing


def document(
    ticks: Iterable[Timed], *, game_id: str, exported_at: str, rules_version: str
) -> Facts:
    """Return the export of a recorded game, told by the events of its snapshots from the first on.

    Raise Refused for what was recorded as a game and is none: nobody could read its export.
    """
    events: list[Facts] = []
    state = State()
    for seconds_in, snapshot in ticks:
        state = apply(state, snapshot.get("event"))
        events.append(plain_event(snapshot["event"] | {"timestamp": seconds_in}))
    if not events:
        raise Refused("A game without events cannot be exported.")
    facts = header(frame(state), events[-1]["timestamp"])
    del facts["phase"]
    return {
        "version": VERSION,
        "exported_at": exported_at,
        "game": {"id": game_id} | facts,
        "events": events,
        "format": FORMAT,
        "rules_version": rules_version,
        "checksum": checksum(events),
    }


BY_ID = ("player_ids", "winner_id", "final_scores_by_id", "rounds_won_by_id", "phase")
"""What our header tells beyond 1.0; `phase` is for reading alone and is not written."""


def header(snapshot: Snapshot, duration: float) -> Facts:
    """Return what an export tells of a game at its last snapshot."""
    seats = snapshot["players"]
    ended = snapshot["phase"] == "game_over"
    winner_id = snapshot["event"]["data"]["winner_id"] if ended else None
    return {
        "room_code": snapshot.get("hidden", {}).get("room_code"),
        "players": [seat["name"] for seat in seats],
        "winner": next((seat["name"] for seat in seats if seat["id"] == winner_id), None),
        "final_scores": {seat["name"]: seat["total_score"] for seat in seats},
        "duration_seconds": duration,
        "total_rounds": snapshot["total_rounds"],
        "options": plain(snapshot["options"]),
        "player_ids": [seat["id"] for seat in seats],
        "winner_id": winner_id,
        "final_scores_by_id": {seat["id"]: seat["total_score"] for seat in seats},
        "rounds_won_by_id": {seat["id"]: seat["rounds_won"] for seat in seats},
        "phase": snapshot["phase"],
    }


def metadata(snapshot: Snapshot, duration: float) -> Facts:
    """Return what the replay API tells of a game at its last snapshot, of whatever origin."""
    seats, event = reading.players(snapshot), reading.event(snapshot)
    ended = snapshot.get("phase") == "game_over"
    winner_id = event["data"].get("winner_id") if event and ended else None
    return {
        "players": [seat["name"] for seat in seats],
        "winner": next((seat["name"] for seat in seats if seat["id"] == winner_id), None),
        "final_scores": {seat["name"]: seat["total_score"] for seat in seats},
        "total_rounds": reading.whole(snapshot.get("total_rounds")),
        "options": reading.rules(snapshot),
        "duration": duration,
    }


def filename(game_id: str) -> str:
    return f"golf-game-{game_id[:8]}.json"


# Between events and snapshots


def frames(events: Iterable[Facts]) -> Iterator[Timed]:
    """Yield the time and the snapshot of each event, tick by tick from 0."""
    state = State()
    for event in events:
        state = apply(state, event)
        yield float(event["timestamp"]), frame(state)


def replay_frame(index: int, seconds_in: float, snapshot: Snapshot) -> Facts:
    """Return a tick as the replay API tells it, of a snapshot from any perspective."""
    event = snapshot["event"]
    apart = ("event", "hidden")
    return {
        "index": index,
        "event_type": event["type"],
        "timestamp": seconds_in,
        "player_id": event["player_id"],
        "event_data": event["data"],
        "state": {name: fact for name, fact in snapshot.items() if name not in apart},
    }
