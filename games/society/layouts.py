"""Layout profiles, as data: which zones there are, where they lie, and who stands in which."""

from dataclasses import dataclass
from typing import Any

Zone = tuple[str, str, int, int, int, int, str]

# The colours stay apart for the colour-blind, and beside each other in grey.
SUPPORTERS, NEUTRAL, SKEPTICS = "#10b981", "#6b7280", "#ef4444"


@dataclass(frozen=True)
class Layout:
    """A canvas and its zones, each (id, name, x, y, width, height, colour).

    `decided_by` is what puts an agent into a zone: the one it was recorded in (`recorded`), or its
    exposure and stance (`awareness`). `like` names the profile whose recorded positions hold here,
    `times` larger.
    """

    id: str
    name: str
    width: int
    height: int
    zones: tuple[Zone, ...]
    decided_by: str = "recorded"
    like: str = ""
    times: int = 1

    @property
    def zone_ids(self) -> list[str]:
        return [zone[0] for zone in self.zones]


LAYOUTS = {
    layout.id: layout
    for layout in (
        Layout(
            "default", "Standard Three-Zone", 1000, 600,
            (
                ("supporters", "Supporters", 0, 0, 300, 600, SUPPORTERS),
                ("neutral", "Neutral", 300, 0, 400, 600, NEUTRAL),
                ("skeptics", "Skeptics", 700, 0, 300, 600, SKEPTICS),
            ),
        ),
        Layout(
            "quadrant", "Four-Quadrant", 800, 800,
            (
                ("high_aware_positive", "Aware, positive", 400, 0, 400, 400, SUPPORTERS),
                ("low_aware_positive", "Unaware, positive", 0, 0, 400, 400, "#7dd3fc"),
                ("low_aware_negative", "Unaware, negative", 0, 400, 400, 400, "#fbbf24"),
                ("high_aware_negative", "Aware, negative", 400, 400, 400, 400, SKEPTICS),
            ),
            decided_by="awareness",
        ),
        Layout(
            "crowd", "Three-Zone for ten thousand", 3000, 1800,
            (
                ("supporters", "Supporters", 0, 0, 900, 1800, SUPPORTERS),
                ("neutral", "Neutral", 900, 0, 1200, 1800, NEUTRAL),
                ("skeptics", "Skeptics", 2100, 0, 900, 1800, SKEPTICS),
            ),
            like="default",
            times=3,
        ),
    )
}  # fmt: skip


def with_bounds(layout: Layout) -> list[dict[str, Any]]:
    """Return the zones as `zone_definitions` have them."""
    return [
        {
            "id": id,
            "name": name,
            "bounds": {"x": x, "y": y, "width": width, "height": height},
            "color": colour,
        }
        for id, name, x, y, width, height, colour in layout.zones
    ]


def profile(layout: Layout) -> dict[str, Any]:
    """Return a layout as the document writes a profile, with flat zones."""
    return {
        "id": layout.id,
        "name": layout.name,
        "canvas_size": {"width": layout.width, "height": layout.height},
        "zones": [
            {"id": id, "x": x, "y": y, "width": width, "height": height}
            for id, _, x, y, width, height, _ in layout.zones
        ],
    }
