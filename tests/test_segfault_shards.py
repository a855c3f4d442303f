"""Whole shards of SEGFAULT: what holds at every tick, determinism, speed."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from games import get_game
from games.contract import played
from games.game import Command

GAME = get_game("segfault")
ROOT = Path(__file__).parent.parent


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 10), st.integers(10, 20))
def test_what_holds_at_every_tick(seed, players, size):
    options = {"grid_size": size, "walls": size * size // 5}
    walls, before = size * size // 5, None
    for turn in played(GAME, f"{seed}", 60, players, options):
        state, board = turn.after, turn.after.board
        tiles = [process.tile for process in state.living]
        assert len(set(tiles)) == len(tiles), "no tile is shared"
        assert state.defragger.tile not in tiles
        assert state.defragger.tile not in state.gate_tiles
        assert not state.gate_tiles & set(tiles)
        assert board.walls.bit_count() == walls
        assert board.connected()
        assert all(board.exits(gate.tile) for gate in state.gates)
        assert sum(process.locked for process in state.living) <= 1
        if before:
            moved_walls = (before.board.walls & ~board.walls).bit_count()
            assert walls / 10 <= moved_walls <= walls / 4
        before = state


def test_step_leaves_the_state_it_was_given_as_it_is():
    for turn in played(GAME, "pure", 40):
        before = json.dumps(GAME.snapshot(turn.before))
        GAME.step(turn.before, turn.commands, GAME.rng("other", turn.tick))
        assert json.dumps(GAME.snapshot(turn.before)) == before


def test_a_shard_is_simulated_again_from_its_commands_alone():
    turns = list(played(GAME, "again", 60))
    state = GAME.setup(turns[0].after.options, GAME.rng("again", 0))
    for turn in turns:
        commands = [Command(*command.as_list()) for command in turn.commands]
        state = GAME.step(state, commands, GAME.rng("again", turn.tick))
        assert GAME.snapshot(state) == turn.snapshot


PLAY_AND_HASH = """
import hashlib, json
from games import get_game
from games.contract import played
digest = hashlib.sha256()
for turn in played(get_game("segfault"), "bytes", 120, 9):
    digest.update(json.dumps(turn.snapshot).encode())
print(digest.hexdigest())
"""


def other_python():
    """Return a Python 3.13 if there is one beside the one that runs this, else that one."""
    found = shutil.which("python3.13")
    works = found and subprocess.run([found, "-c", ""], check=False).returncode == 0
    return found if works else sys.executable


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_the_same_bytes_whatever_the_hash_seed_and_the_python(hash_seed):
    digest = hashlib.sha256()
    for turn in played(GAME, "bytes", 120, 9):
        digest.update(json.dumps(turn.snapshot).encode())
    answers = {
        subprocess.run(
            [python, "-c", PLAY_AND_HASH],
            env=os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
            cwd=ROOT, capture_output=True, text=True, check=True,
        ).stdout.strip()
        for python in {sys.executable, other_python()}
    }  # fmt: skip
    assert answers == {digest.hexdigest()}


def test_a_tick_of_ten_processes_takes_at_most_three_milliseconds():
    turns = list(played(GAME, "speed", 80, 10))
    start = time.process_time()
    for turn in turns[20:]:
        GAME.step(turn.before, turn.commands, GAME.rng("speed", turn.tick))
    assert (time.process_time() - start) / 60 < 0.003
