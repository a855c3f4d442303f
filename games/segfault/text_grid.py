"""What a process sees as text: a cell for each tile, the digit that leads there, what is on it."""

from typing import Any

from games.segfault.grid import KEYPAD

DIGITS = {step: digit for digit, step in KEYPAD.items()} | {(0, 0): "5"}
UNSEEN = " " * 10
Place = tuple[int, int]


def text_grid(seen: dict[str, Any]) -> str:
    """Return the bounding box of what is visible, north at the top, every cell ten wide."""
    visible = places(seen["visible"])
    if not visible:
        return ""
    labels = labelled(seen)
    across = range(min(x for x, _ in visible), max(x for x, _ in visible) + 1)
    down = range(min(y for _, y in visible), max(y for _, y in visible) + 1)
    rows = ([cell((x, y), visible, labels) for x in across] for y in down)
    return "\n".join("".join(row) for row in rows)


def cell(place: Place, visible: set[Place], labels: dict[Place, str]) -> str:
    """Return `[d LABEL]` and a blank between cells, or ten blanks where nothing is seen."""
    if place not in visible:
        return UNSEEN
    return f"[{DIGITS.get(place, ' ')} {labels.get(place, ''):<5}] "


def labelled(seen: dict[str, Any]) -> dict[Place, str]:
    """Return what stands on each tile; what matters more comes later and wins."""
    labels = dict.fromkeys(places(seen["gates"]), "GATE")
    labels |= dict.fromkeys(places(seen["other_processes"]), "PROC")
    if seen["defragger"]:
        labels |= dict.fromkeys(places([seen["defragger"]]), "DEFRG")
    return labels | {(0, 0): "SELF"}


def places(pairs: list[list[int]]) -> set[Place]:
    return {(x, y) for x, y in pairs}
