"""What the 2D replay API is asked with: bodies read strictly, each fault named by its place."""

import re
from dataclasses import dataclass
from typing import Any

from games.society import columns
from games.society.layouts import LAYOUTS, Layout
from games.society.sampling import STRATEGIES
from replays.api.errors import Problem

MOST_PRELOADED = 100
MOST_AROUND = 200
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class Wanted:
    """What a session is opened with."""

    node_id: str
    layout: Layout
    max_agents: int
    strategy: str
    preload_ticks: int


def asked_for(body: Any) -> Wanted:
    """Return what a body asks for; `downsampling` may be nested, flat or both: nested wins."""
    body = an_object(body, "")
    nested = body.get("downsampling")
    terms = body | (an_object(nested, "/downsampling") if nested is not None else {})
    node = body.get("node_id")
    if not isinstance(node, str) or not _UUID.fullmatch(node):
        raise bad("/node_id", "node_id must be the id of a node, a UUID.")
    layout = body.get("layout_profile", "default")
    if not isinstance(layout, str) or layout not in LAYOUTS:
        sentence = f"There is no layout {str(layout)[:40]!r}; there are {', '.join(LAYOUTS)}."
        raise Problem(
            400, sentence, "UNKNOWN_LAYOUT", valid_range=[*LAYOUTS], pointer="/layout_profile"
        )
    strategy = terms.get("sampling_strategy", "representative")
    if not isinstance(strategy, str) or strategy not in STRATEGIES:
        sentence = f"sampling_strategy must be one of {', '.join(STRATEGIES)}."
        raise bad("/sampling_strategy", sentence, valid_range=[*STRATEGIES])
    return Wanted(
        node,
        LAYOUTS[layout],
        whole(terms, "max_agents", 1000, 1, columns.MOST_AGENTS),
        strategy,
        whole(body, "preload_ticks", 10, 1, MOST_PRELOADED),
    )


def seek_asked(body: Any) -> tuple[int, int]:
    """Return the tick to go to, whether or not the run has it, and how much lies around it."""
    body = an_object(body, "")
    tick = body.get("tick")
    if type(tick) is not int:
        raise bad("/tick", "tick must be a whole number.")
    return tick, whole(body, "preload_range", 10, 0, MOST_AROUND)


def an_object(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise bad(place, f"{place[1:] or 'The body'} must be a JSON object.")
    return value


def whole(terms: dict[str, Any], name: str, default: int, least: int, most: int) -> int:
    value = terms.get(name, default)
    if type(value) is not int or not least <= value <= most:
        span = {"min": least, "max": most}
        sentence = f"{name} must be a whole number from {least} to {most}."
        raise bad(f"/{name}", sentence, valid_range=span)
    return value


def bad(pointer: str, sentence: str, **more: Any) -> Problem:
    return Problem(400, sentence, "INVALID_PARAMETER", pointer=pointer, **more)
