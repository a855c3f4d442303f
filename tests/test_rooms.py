"""The house stands as docs/architecture.md draws it: imports go one way."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "games": {"games"},
    "replays": {"games", "replays"},
    "spectate": {"games", "replays", "spectate"},
    "play": {"games", "replays", "spectate", "play"},
    "segfault_site": {"games", "replays", "spectate", "play", "segfault_site"},
}
ROOMS = set(MAY_IMPORT)


def imports(path: Path) -> set[str]:
    """Return the top-level packages that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return found


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_room_imports_only_the_rooms_below_it(room):
    for path in modules(room):
        above = (imports(path) & ROOMS) - MAY_IMPORT[room]
        assert not above, f"{path.relative_to(ROOT)} imports {above}"


@pytest.mark.parametrize("path", [*modules("games"), ROOT / "replays/format.py"], ids=str)
def test_rules_and_format_know_nothing_of_the_web(path):
    assert not imports(path) & {"django", "rest_framework", "channels"}


def test_no_room_is_called_after_nothing():
    for room in ROOMS:
        names = {path.stem for path in (ROOT / room).rglob("*")}
        assert not names & {"services", "utils", "helpers", "core", "common"}
