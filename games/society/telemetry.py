"""Read a run from telemetry 1.1.0 as it is met in the wild: keyframes, and what changed each tick.

Every tick is rebuilt, so that what is told of one agent over time is what every state tells of it.
A state is a flat object or has its values under `variables` or `state_delta`; `stance` may be
called `opinion`; a position is `position{x, y}`, `x` and `y`, or `position_x` and `position_y`;
ticks may be texts, lists may be null, keyframes may be missing. What the format cannot hold (named
events that last, reasons, edges) is taken from `events`, `transitions` and `edges` beside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from games.game import Refused, Snapshot
from games.society import columns
from games.society.crowd import KEYFRAME_INTERVAL, Crowd
from games.society.frames import Frame, by_place, snapshot
from games.society.layouts import LAYOUTS

MOST_TICKS = 100_000
MOST_STATES = 5_000_000
LARGEST_TICK = 2**31 - 1
LONGEST_ID = 200
NOTHING_MOVES = (
    "Nothing moves in this run: no agent's stance, emotion, zone or position changes at any tick."
)
NO_POSITIONS = "No positions are recorded: agents are laid out in their zones."
NO_ZONES = "No zones are recorded: agents stand in them by position or stance."

# What each column may be called, the best name first.
CALLED: dict[str, tuple[str, ...]] = {
    "x": ("x", "position_x", "pos_x"),
    "y": ("y", "position_y", "pos_y"),
    "stance": ("stance", "opinion"),
    "emotion": ("emotion", "emotional_state", "mood"),
    "influence": ("influence", "influence_score"),
    "exposure": ("exposure", "awareness"),
    "zone": ("zone",),
    "segment": ("segment",),
    "region": ("region",),
    "action": ("last_action", "recent_action", "action"),
}
NESTED = ("state_delta", "variables", "profile")
REASONED = ("reasoning", "rationale", "explanation")


@dataclass
class Run:
    """A run as it will be recorded: `snapshots` yields each tick, the first with the crowd."""

    crowd: Crowd
    frames: list[Frame]
    run_id: str = ""
    seed: str = ""
    tick_seconds: float = 1.0
    warnings: list[str] = field(default_factory=list)

    def snapshots(self) -> Iterator[Snapshot]:
        before = None
        for frame in self.frames:
            yield snapshot(frame, self.crowd, self.frames[0].tick, before)
            before = frame.columns["zone"]


def looks_like(document: Any) -> bool:
    """Tell whether a JSON document is telemetry, and no other recording."""
    if not isinstance(document, dict) or "shard" in document:
        return False
    return bool({"keyframes", "deltas"} & document.keys())


def read(document: Any, truth: Any = None) -> Run:
    """Return the run of a telemetry document, or raise Refused with one sentence.

    `truth` is a document that tells events, transitions and edges by name; the telemetry may hold
    it itself, under `truth` or beside its keyframes.
    """
    if not looks_like(document):
        raise Refused("This is no telemetry: it has neither keyframes nor deltas.")
    told = document | an_object(document.get("truth")) | an_object(truth)
    source = Source(document)
    ids = source.ids()
    folding = Folding(source, ids)
    frames = folding.frames()
    crowd = Crowd(ids=ids, names=source.names(ids), layout=source.layout())
    spelt = folding.spelt.items()
    crowd.words = {name: list(words) for name, words in spelt if words or name == "zone"}
    notes = settle_zones(crowd, frames)
    tell_events(frames, told, document)
    tell_reasons(frames, crowd, told)
    crowd.edges = edges(crowd, told, document)
    crowd.keyframe_interval = source.keyframe_interval()
    if not settle_constants(crowd, frames):
        notes.insert(0, NOTHING_MOVES)
    crowd.notes = notes
    settle_metrics(crowd, frames)
    run_id = str(document.get("run_id") or "")[:100]
    version = str(document.get("schema_version") or "")[:16]
    crowd.source = {"format": "telemetry", "version": version, "run_id": run_id}
    seed = str(document.get("seed_used") if document.get("seed_used") is not None else "")[:64]
    return Run(crowd, frames, run_id, seed, tick_seconds(document), notes)


# What stands in the document


class Source:
    """Keyframes and deltas by tick, whatever they are written like."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.keyframes = by_tick(document.get("keyframes"), "keyframes")
        self.deltas = by_tick(document.get("deltas"), "deltas")
        self.final = states(document.get("final_states"))
        if not self.keyframes and not self.deltas:
            raise Refused("This telemetry has no ticks.")

    def ticks(self) -> range:
        known = self.keyframes.keys() | self.deltas.keys()
        first, last = min(known), max(known)
        if last - first >= MOST_TICKS:
            raise Refused(f"ticks: a run has at most {MOST_TICKS}.")
        return range(first, last + 1)

    def ids(self) -> list[str]:
        """Return every agent that is ever told of, in the order in which they are met."""
        found: dict[str, None] = {}
        for tick in self.ticks():
            found |= dict.fromkeys(states(self.keyframes.get(tick, {}).get("agent_states")))
            found |= dict.fromkeys(states(self.deltas.get(tick, {}).get("updates")))
        found |= dict.fromkeys(self.final)
        if not found:
            raise Refused("This telemetry tells of no agents.")
        if len(found) > columns.MOST_AGENTS:
            raise Refused(f"A run has at most {columns.MOST_AGENTS} agents.")
        return list(found)

    def names(self, ids: list[str]) -> list[str] | None:
        """Return the recorded names of agents, or None where there are none."""
        first = states(next(iter(self.keyframes.values()), {}).get("agent_states"))
        names = [persona(first.get(id, {})) or persona(self.final.get(id, {})) for id in ids]
        return names if any(names) else None

    def layout(self) -> str:
        """Return the profile whose zones are recorded, the default one where none is."""
        first = states(next(iter(self.keyframes.values()), {}).get("agent_states"))
        quadrant = LAYOUTS["quadrant"].zone_ids
        is_quadrant = any(state.get("zone") in quadrant for state in first.values())
        return "quadrant" if is_quadrant else "default"

    def keyframe_interval(self) -> int:
        gaps = [after - before for before, after in pairwise(sorted(self.keyframes))]
        return max(set(gaps), key=gaps.count) if gaps else KEYFRAME_INTERVAL


def by_tick(listed: Any, place: str) -> dict[int, dict[str, Any]]:
    """Return the entries of a list, or of an object by tick, in the order of their ticks."""
    if isinstance(listed, dict):
        listed = [{"tick": tick} | entry for tick, entry in listed.items() if _is_object(entry)]
    if listed is None:
        return {}
    if not isinstance(listed, list):
        raise Refused(f"{place}: it must be a list.")
    found: dict[int, dict[str, Any]] = {}
    for position, entry in enumerate(listed):
        if entry is None:
            continue
        if not isinstance(entry, dict):
            raise Refused(f"{place}/{position}: it must be an object.")
        found[tick_number(entry.get("tick"), f"{place}/{position}/tick")] = entry
    return dict(sorted(found.items()))


def tick_number(value: Any, place: str) -> int:
    try:
        number = int(value) if isinstance(value, int | str) or float(value).is_integer() else -1
    except (TypeError, ValueError, OverflowError):
        number = -1
    if not 0 <= number <= LARGEST_TICK:
        raise Refused(f"{place}: {str(value)[:20]!r} is no tick.")
    return number


def states(found: Any) -> dict[str, dict[str, Any]]:
    """Return states of agents by id, from a list of them or an object by id; none without one."""
    if isinstance(found, list):
        pairs: Iterable[tuple[Any, Any]] = (
            (entry.get("agent_id", entry.get("id")), entry) for entry in found if _is_object(entry)
        )
    else:
        pairs = found.items() if isinstance(found, dict) else ()
    return {
        agent_id(id): state for id, state in pairs if id not in (None, "") and _is_object(state)
    }


def agent_id(told: Any) -> str:
    id = str(told)
    if len(id) > LONGEST_ID:
        raise Refused(f"The id of an agent has at most {LONGEST_ID} characters.")
    return id


def a_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def an_object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def persona(state: dict[str, Any]) -> str:
    profile = an_object(state.get("profile"))
    found = state.get("persona_name") or state.get("name") or profile.get("label")
    return found[:200] if isinstance(found, str) else ""


def tick_seconds(document: dict[str, Any]) -> float:
    rate = number(document.get("tick_rate"))
    return 1 / rate if rate and 0.001 <= rate <= 1000 else 1.0


def number(value: Any) -> float | None:
    """Return a finite number, also one that is written as a text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


# Folding


class Folding:
    """The state of everybody, carried on from tick to tick."""

    def __init__(self, source: Source, ids: list[str]) -> None:
        self.source = source
        self.places = {id: place for place, id in enumerate(ids)}
        self.values = {name: np.full(len(ids), np.nan) for name in columns.SCALES}
        self.words = {name: np.full(len(ids), columns.NOTHING) for name in columns.WORDS}
        self.spelt: dict[str, dict[str, int]] = {name: {} for name in columns.WORDS}
        self.here = np.zeros(len(ids), bool)
        self.reasoning: dict[int, str] = {}
        self.ticks = source.ticks()
        if len(self.ticks) * len(ids) > MOST_STATES:
            raise Refused(f"A run has at most {MOST_STATES} states: agents times ticks.")

    def frames(self) -> list[Frame]:
        self._begin()
        return [self._tick(tick) for tick in self.ticks]

    def _begin(self) -> None:
        """Take from the end what never changes; where no keyframe begins the run, all are here."""
        for id, state in self.source.final.items():
            profile = {name: state[name] for name in ("profile",) if name in state}
            self._apply(self.places[id], profile)
        self.here[:] = self.ticks[0] not in self.source.keyframes

    def _tick(self, tick: int) -> Frame:
        delta, keyframe = self.source.deltas.get(tick, {}), self.source.keyframes.get(tick, {})
        self.reasoning = {}
        for id, state in states(delta.get("updates")).items():
            self._apply(self.places[id], state)
            self.here[self.places[id]] = True
        whole = states(keyframe.get("agent_states"))
        for id, state in whole.items():
            self._apply(self.places[id], state)
        if whole:
            self.here[:] = False
            self.here[[self.places[id] for id in whole]] = True
        known = {name: columns.scaled(values, name) for name, values in self.values.items()}
        known |= {name: words.astype("<i2") for name, words in self.words.items()}
        for column in known.values():
            column[~self.here] = columns.NOTHING
        metrics = finite(keyframe.get("metrics")) | finite(delta.get("metrics"))
        return Frame(tick, known, metrics=metrics, reasoning=self.reasoning)

    def _apply(self, place: int, state: dict[str, Any]) -> None:
        """Take what a state or an update tells of an agent; the outermost value counts."""
        for nested in NESTED:
            if isinstance(state.get(nested), dict):
                self._apply(place, state[nested])
        position = state.get("position")
        if isinstance(position, dict):
            self._apply(place, {name: position.get(name) for name in ("x", "y")})
        elif isinstance(position, list) and len(position) == 2:
            self._apply(place, dict(zip(("x", "y"), position, strict=True)))
        flat = not isinstance(position, dict | list)
        for name, names in CALLED.items():
            called = next((one for one in names if one in state), None)
            if called is None or (name in ("x", "y") and not flat):
                continue
            if name in self.values:
                value = number(state[called])
                if value is not None:
                    self.values[name][place] = value
            else:
                self._spell(place, name, state[called])
        self._reason(place, state)

    def _spell(self, place: int, name: str, word: Any) -> None:
        if word is None and name == "action":
            self.words[name][place] = columns.NOTHING
        if not isinstance(word, str) or not word:
            return
        known = self.spelt[name]
        if word not in known and len(known) >= columns.LARGEST:
            return
        self.words[name][place] = known.setdefault(word[:200], len(known))

    def _reason(self, place: int, state: dict[str, Any]) -> None:
        decision = state.get("decision")
        for part in (state, decision if isinstance(decision, dict) else {}):
            for name in REASONED:
                text = part.get(name)
                if isinstance(text, str) and text:
                    self.reasoning[place] = text[:2000]
        if isinstance(decision, dict) and isinstance(decision.get("action"), str):
            self._spell(place, "action", decision["action"])


def finite(found: Any) -> dict[str, float]:
    """Return the finite numbers of an object of metrics."""
    if not isinstance(found, dict):
        return {}
    return {
        name[:60]: value
        for name, value in found.items()
        if type(value) in (int, float) and math.isfinite(value) and not name.startswith("zone_")
    }


# What is settled for the whole run


def settle_zones(crowd: Crowd, frames: list[Frame]) -> list[str]:
    """Put everybody into a zone at every tick: the recorded one, else by place, else by stance."""
    layout = LAYOUTS[crowd.layout]
    names = [*layout.zone_ids, *(w for w in crowd.words["zone"] if w not in layout.zone_ids)]
    table = np.array([*map(names.index, crowd.words["zone"]), columns.NOTHING], "<i2")
    recorded = bool(crowd.words["zone"])
    crowd.words["zone"] = names
    notes = [] if recorded else [NO_ZONES]
    fallback = LAYOUTS["default"]
    placed = are_positions(frames)
    if not placed:
        notes.append(NO_POSITIONS)
    for frame in frames:
        there = np.logical_or.reduce([c != columns.NOTHING for c in frame.columns.values()])
        zone = frame.columns["zone"]
        zone = table[np.where(zone == columns.NOTHING, -1, zone)]
        lost = (zone == columns.NOTHING) & there
        if lost.any():
            x = frame.columns["x"] if placed else None
            found = by_place(x, frame.columns["stance"], len(crowd), fallback)
            zone = np.where(lost, found, zone)
        frame.columns["zone"] = zone.astype("<i2")
    return notes


def are_positions(frames: list[Frame]) -> bool:
    return any((frame.columns["x"] != columns.NOTHING).any() for frame in frames)


def settle_constants(crowd: Crowd, frames: list[Frame]) -> bool:
    """Keep once what never changes, drop what is never known; tell whether anything moves."""
    moves = False
    for name in columns.NAMES:
        first = frames[0].columns[name]
        same = all(np.array_equal(frame.columns[name], first) for frame in frames)
        moves |= not same and name in ("x", "y", "stance", "emotion", "zone")
        if name == "zone" or not same:
            continue
        if (first != columns.NOTHING).any():
            crowd.constant[name] = first
        for frame in frames:
            del frame.columns[name]
    return moves


def settle_metrics(crowd: Crowd, frames: list[Frame]) -> None:
    """Add the rates that every run has, where they are not recorded."""
    supporters = (
        crowd.words["zone"].index("supporters") if "supporters" in crowd.words["zone"] else -1
    )
    for frame in frames:
        zone, stance = frame.columns["zone"], frame.column("stance", crowd)
        here = zone != columns.NOTHING
        count = int(here.sum())
        known = stance[here & (stance != columns.NOTHING)] if stance is not None else []
        sentiment = (
            round(float(np.mean(known)) / columns.SCALES["stance"], 4) if len(known) else 0.0
        )
        frame.metrics = {
            "adoption_rate": round(float((zone == supporters).sum()) / max(1, count), 4),
            "avg_sentiment": frame.metrics.get("avg_stance", sentiment),
            "active_agents": count,
        } | frame.metrics


# What is told beside the states


def tell_events(frames: list[Frame], told: dict[str, Any], document: dict[str, Any]) -> None:
    """Let every event stand in each tick that it lasts: named ones first, else what deltas tell."""
    listed = [event for event in a_list(told.get("events")) if isinstance(event, dict)]
    events = [event_of(event, number) for number, event in enumerate(listed, 1)]
    known = {(event["began"], event["type"]) for event in events}
    for name in ("deltas", "keyframes"):
        for tick, delta in by_tick(document.get(name), name).items():
            if isinstance(delta.get("events"), list):
                for event in delta["events"]:
                    found = event_of(named(event, tick), len(events) + 1)
                    if (found["began"], found["type"]) not in known and found["type"]:
                        known.add((found["began"], found["type"]))
                        events.append(found)
    by_number = {frame.tick: frame for frame in frames}
    for event in sorted((event for event in events if event["type"]), key=lambda e: e["began"]):
        for tick in range(event["began"], event["began"] + event["duration"]):
            if tick in by_number:
                by_number[tick].events.append(event)


def named(event: Any, tick: int) -> dict[str, Any]:
    """Return an event of a delta as an object: it may be a word, and need not tell its tick."""
    if isinstance(event, dict):
        return {"tick": tick} | event
    return {"tick": tick, "type": event if isinstance(event, str) else ""}


def event_of(told: dict[str, Any], place: int) -> dict[str, Any]:
    type = next((told[n] for n in ("type", "event_type") if isinstance(told.get(n), str)), "")
    name = told.get("name") if isinstance(told.get("name"), str) else ""
    intensity, lasts = number(told.get("intensity")), number(told.get("duration"))
    zone = told.get("affected_zone")
    event = {
        "id": str(told.get("id") or told.get("event_id") or f"event-{place}")[:100],
        "type": type[:60],
        "name": (name or type.replace("_", " ").capitalize())[:200],
        "began": tick_number(told.get("tick", 0), "events/tick"),
        "duration": int(min(max(lasts or 1, 1), MOST_TICKS)),
        "intensity": 1.0 if intensity is None else intensity,
        "affected_zone": zone if isinstance(zone, str) else None,
    }
    affected = told.get("affected")
    return event | ({"affected": affected} if is_count(affected) else {})


def is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= columns.MOST_AGENTS


def tell_reasons(frames: list[Frame], crowd: Crowd, told: dict[str, Any]) -> None:
    """Keep the reason of each transition that is told, beside the change that it explains."""
    by_number = {frame.tick: frame for frame in frames}
    for entry in a_list(told.get("transitions")):
        if isinstance(entry, dict):
            entry = [entry.get(name) for name in ("tick", "agent_id", "from", "to", "reason")]
        if not (isinstance(entry, list) and len(entry) >= 5 and isinstance(entry[4], str)):
            continue
        frame = by_number.get(tick_number(entry[0], "transitions/tick"))
        place = crowd.places.get(str(entry[1]))
        if frame is not None and place is not None:
            frame.reasons[place] = entry[4][:200]


def edges(crowd: Crowd, told: dict[str, Any], document: dict[str, Any]) -> Any:
    """Return the edges between agents who are here as columns, or None where none are told."""
    found: list[tuple[int, int, float | None]] = []
    for edge in a_list(told.get("edges")) or social_edges(document):
        if isinstance(edge, dict):
            weight = edge.get("strength", edge.get("weight"))
            source, target = (
                edge.get("source", edge.get("from")),
                edge.get("target", edge.get("to")),
            )
            edge = [source, target, weight]
        if isinstance(edge, list) and len(edge) >= 2:
            ends = crowd.places.get(str(edge[0])), crowd.places.get(str(edge[1]))
            if ends[0] is not None and ends[1] is not None:
                found.append((ends[0], ends[1], number(edge[2]) if len(edge) > 2 else None))
    if not found:
        return None
    starts, finishes = (np.array([edge[side] for edge in found], "<i2") for side in (0, 1))
    strengths = [edge[2] for edge in found]
    if any(strength is None for strength in strengths):
        return starts, finishes, None
    return starts, finishes, np.clip(np.array(strengths, float), -32, 32)


def social_edges(document: dict[str, Any]) -> Iterator[Any]:
    for id, state in states(document.get("final_states")).items():
        for edge in a_list(state.get("social_edges")):
            if isinstance(edge, str):
                yield [id, edge]
            elif isinstance(edge, dict):
                other = edge.get("agent_id", edge.get("target", edge.get("to")))
                yield [id, other, edge.get("strength", edge.get("weight"))]
