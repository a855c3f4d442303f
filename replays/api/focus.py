"""The story of one agent: where it has been, what moved it, whom it knows."""

from itertools import pairwise
from typing import Any

from games.society import frames
from games.society.columns import NOTHING, SCALES
from games.society.crowd import Crowd
from replays import crowds
from replays.api.states import Sight
from replays.crowds import Moment

MOVED = 0.15
"""From which change of stance on, in one tick, a moment is a key one."""
DECIDED = {"adopted": "adopted", "rejected": "rejected"}
BY_ZONE = {"supporters": "adopted", "skeptics": "rejected"}
WORDS = {
    "peer_influence": "Peer recommendation received",
    "media_event": "Media exposure shifted perception",
    "drift": "Changed their mind gradually",
}


def story(sight: Sight, place: int, tick: int, reasoning: bool, whole: bool) -> dict[str, Any]:
    """Return what the document tells of an agent, with its state as at `tick`."""
    crowd, shard = sight.town.crowd, sight.shard
    moments = crowds.history(shard, sight.town, place)
    path = [state_of(sight, place, moment) for moment in moments]
    current = next((state for state in reversed(path) if state["tick"] <= tick), path[0])
    found = {
        "agent_id": crowd.ids[place],
        "persona_name": crowd.name(place),
        "segment": current["segment"],
        "region": crowd.word("region", place),
        "current_state": current,
        "trajectory_summary": summary(path),
        "key_moments": key_moments(path, moments),
        "influence_connections": connections(crowd, place),
    }
    if reasoning:
        found["reasoning"] = [
            {"tick": moment.tick - sight.first, "text": moment.reasoning}
            for moment in moments
            if moment.reasoning
        ]
    if whole:
        names = ("tick", "zone", "stance", "emotion", "position")
        found["history"] = {name: [state[name] for state in path] for name in names}
    return found


def state_of(sight: Sight, place: int, moment: Moment) -> dict[str, Any]:
    """Return one agent's part of a state, by the rules that place everybody."""
    frame, alone = crowds.one_at(moment, sight.town.crowd)
    stand = frames.stand(frame, alone, sight.layout, sight.town.hashes[place : place + 1])
    zone = int(stand.zone[0])
    here = zone != NOTHING
    return {
        "tick": moment.tick - sight.first,
        "zone": sight.layout.zone_ids[zone] if here else None,
        "position": {"x": float(stand.x[0]), "y": float(stand.y[0])} if here else None,
        **{
            field: measured(moment.values.get(name, NOTHING), name)
            for field, name in (
                ("stance", "stance"), ("emotion", "emotion"), ("influence_score", "influence")
            )
        },
        "segment": sight.town.crowd.spelt("segment", moment.values.get("segment", NOTHING)),
        "recent_action": sight.town.crowd.spelt("action", moment.values.get("action", NOTHING)),
    }  # fmt: skip


def measured(number: int, name: str) -> float | None:
    return None if number == NOTHING else number / SCALES[name]


def summary(path: list[dict[str, Any]]) -> dict[str, Any]:
    """Return where an agent has been and what it decided: by a recorded act, else by its zone."""
    there = [state for state in path if state["zone"]]
    visited = list(dict.fromkeys(state["zone"] for state in there))
    turns = [after["tick"] for before, after in pairwise(there) if before["zone"] != after["zone"]]
    acts = [state for state in path if state["recent_action"] in DECIDED]
    if acts:
        decision = acts[-1]["recent_action"]
        first = next(state["tick"] for state in acts if state["recent_action"] == decision)
    else:
        decision = BY_ZONE.get(there[-1]["zone"], "undecided") if there else "undecided"
        first = turns[-1] if turns and decision != "undecided" else None
    return {
        "zones_visited": visited,
        "total_transitions": len(turns),
        "final_decision": decision,
        "decision_tick": first,
    }


def key_moments(path: list[dict[str, Any]], moments: list[Moment]) -> list[dict[str, Any]]:
    """Return the ticks at which the zone changed, or the stance by at least MOVED."""
    found = []
    for before, after in pairwise(zip(path, moments, strict=True)):
        (was, _), (now, moment) = before, after
        turned = was["zone"] and now["zone"] and was["zone"] != now["zone"]
        known = was["stance"] is not None and now["stance"] is not None
        if turned or (known and abs(now["stance"] - was["stance"]) >= MOVED - 1e-9):
            change = {"stance": was["stance"], "to_stance": now["stance"]}
            if turned:
                change |= {"zone": was["zone"], "to_zone": now["zone"]}
            said = sentence(moment.reason, was["zone"], now["zone"])
            found.append(
                {
                    "tick": now["tick"],
                    "event": said,
                    "reason": moment.reason,
                    "state_change": change,
                }
            )
    return found


def sentence(reason: str | None, was: str | None, now: str | None) -> str:
    if reason:
        return WORDS.get(reason, reason.replace("_", " ").capitalize())
    return f"Moved from {was} to {now}" if was != now else "Stance shifted"


def connections(crowd: Crowd, place: int) -> list[dict[str, Any]]:
    return [
        {"agent_id": crowd.ids[other], "strength": strength, "direction": direction}
        for other, strength, direction in crowd.neighbours(place)
    ]
