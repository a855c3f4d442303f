"""Every game keeps the contract, finds itself, and knows nothing of Django."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from games import all_games, get_game
from games.contract import Broken, check_game
from games.game import OMNISCIENT, SPECTATOR, Game, Refused, participant

ROOT = Path(__file__).parent.parent
ALLOWED = {"games", "numpy"}


@pytest.mark.parametrize("slug", all_games())
def test_game_keeps_the_contract(slug):
    check_game(get_game(slug))


def test_a_game_without_rules_keeps_it_too():
    check_game(get_game("chess960"), samples=[{"board": "rnbqkbnr", "tick": 1}])


def test_a_folder_is_a_game():
    assert "segfault" in all_games()
    assert get_game("segfault").slug == "segfault"
    assert not get_game("chess960").playable


def test_a_game_without_rules_hides_nothing_and_takes_no_commands():
    game, snapshot = get_game("chess960"), {"board": "rnbqkbnr"}
    for perspective in (OMNISCIENT, SPECTATOR, participant("white")):
        assert game.view(snapshot, perspective) is snapshot
    with pytest.raises(Refused):
        game.command("MOVE", "e4")


def modules():
    return sorted((ROOT / "games").rglob("*.py"))


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_rules_are_pure_python(path):
    tops = {name.split(".")[0] for name in imported(path)}
    assert tops <= ALLOWED | sys.stdlib_module_names
    assert not tops & {"time", "secrets", "socket", "threading", "asyncio"}


def test_importing_the_games_imports_no_django():
    code = (
        "import sys; from games import *; [get_game(s) for s in all_games()];"
        "assert not any(m.split('.')[0] in ('django', 'replays') for m in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


class Forgetful(Game):
    """A game that keeps something beside its snapshot, which the contract must find out."""

    playable = True

    def setup(self, options, rng):
        return {"tick": 0, "hidden": 0}

    def step(self, state, commands, rng):
        return {"tick": state["tick"] + 1, "hidden": state["hidden"] + rng.random()}

    def snapshot(self, state):
        return {"tick": state["tick"], "loud": state["hidden"] > 3}

    def restore(self, options, snapshot):
        return {"tick": snapshot["tick"], "hidden": 0}


class Sharing(Forgetful):
    """A game whose snapshots are its state."""

    def snapshot(self, state):
        return state

    def restore(self, options, snapshot):
        return snapshot


class Odd(Sharing):
    """A game whose snapshots are no plain JSON."""

    def snapshot(self, state):
        return {"tick": state["tick"], "worth": float("nan")}


@pytest.mark.parametrize(
    ("kind", "promise"),
    [
        (Forgetful, "a state restored"),
        (Sharing, "shares nothing with its state"),
        (Odd, "no plain JSON"),
    ],
)
def test_the_contract_finds_out_a_game_that_breaks_it(kind, promise):
    with pytest.raises(Broken, match=promise):
        check_game(kind("broken"))
