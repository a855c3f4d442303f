"""What the time bar and the charts tell of a tick."""

from collections.abc import Iterator

from games.game import Marker, Snapshot
from games.golf import reading

MARKED = ("game_started", "player_left", "round_started", "round_ended", "game_ended")
LONGEST_LABEL = 200  # characters


def markers(snapshot: Snapshot) -> list[Marker]:
    """Return the turns of the story: who comes out first, and how rounds begin and end."""
    return list(marks(snapshot))


def marks(snapshot: Snapshot) -> Iterator[Marker]:
    event = reading.event(snapshot)
    if event is None:
        return
    label = reading.text(snapshot.get("words"))[:LONGEST_LABEL]
    actor = event["player_id"]
    if event["type"] in MARKED:
        yield Marker(event["type"], label, actor)
    elif event["type"] == "knock_early":
        yield Marker("knock", label, actor)
    elif finishes(snapshot, actor):
        names = {player["id"]: player["name"] for player in reading.players(snapshot)}
        yield Marker("finisher", f"{names.get(actor, '')} has all cards up", actor)


def finishes(snapshot: Snapshot, actor: str | None) -> bool:
    """Tell whether this event ended the turn that turned a player's last card up.

    Who comes out first has no other turn in that round.
    """
    out_first = actor is not None and snapshot.get("finisher_id") == actor
    return out_first and snapshot.get("phase") == "final_turn"


def metrics(snapshot: Snapshot) -> dict[str, float]:
    """Return every player's total and cards face down; of two with one name, the later is (2)."""
    figures: dict[str, float] = {}
    named: dict[str, int] = {}
    players = reading.players(snapshot)
    labels = []
    for player in players:
        named[player["name"]] = number = named.get(player["name"], 0) + 1
        labels.append(player["name"] if number == 1 else f"{player['name']} ({number})")
    for label, player in zip(labels, players, strict=True):
        figures[f"{label}: total"] = player["total_score"]
    for label, player in zip(labels, players, strict=True):
        figures[f"{label}: cards face down"] = len(reading.face_down(player))
    return figures
