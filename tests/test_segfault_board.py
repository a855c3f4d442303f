"""The board of SEGFAULT: steps, sight, layouts, drift."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from games.game import Refused
from games.segfault.grid import KEYPAD, Board, bits, grid
from games.segfault.layout import (
    GATE_DISTANCE,
    Gate,
    drift_gates,
    drift_walls,
    lay_walls,
    place_gates,
)
from games.segfault.moves import opposite
from games.segfault.state import new_shard
from tests.boards import rng

sizes = st.integers(10, 20)
seeds = st.integers(0, 10_000)


def laid_out(size, seed):
    return lay_walls(grid(size), size * size // 5, rng(seed))


def test_a_wall_blocks_the_straight_step_both_ways():
    board = Board.of(10, [[4, 4, 5, 4]])
    tile = board.grid.tile
    assert board.step(tile(4, 4), "6") is None
    assert board.step(tile(5, 4), "4") is None
    assert board.step(tile(4, 4), "2") == tile(4, 5)


def test_a_diagonal_needs_one_of_the_two_ways_round_its_corner():
    here, there = grid(10).tile(4, 4), grid(10).tile(5, 5)
    assert Board.of(10, [[4, 4, 5, 4]]).step(here, "3") == there
    assert Board.of(10, [[4, 4, 4, 5]]).step(here, "3") == there
    assert Board.of(10, [[4, 4, 5, 4], [4, 4, 4, 5]]).step(here, "3") is None
    assert Board.of(10, [[4, 4, 5, 4], [4, 5, 5, 5]]).step(here, "3") is None
    assert Board.of(10, [[5, 4, 5, 5], [4, 5, 5, 5]]).step(here, "3") is None


def legal_by_the_book(walls, size, x, y, digit):
    """The rule of the spec in its plainest words, for comparison."""

    def walled(a, b):
        low, high = min(a, b), max(a, b)
        return [*low, *high] in walls

    dx, dy = KEYPAD[digit]
    end = (x + dx, y + dy)
    if not (0 <= end[0] < size and 0 <= end[1] < size):
        return False
    corners = {(x + dx, y), (x, y + dy)} - {(x, y)}
    ways = [[(x, y), corner, end] if corner != end else [(x, y), end] for corner in corners]
    return any(not any(walled(a, b) for a, b in pairwise(way)) for way in ways)


@settings(max_examples=25, deadline=None)
@given(sizes, seeds)
def test_every_step_is_legal_as_the_book_has_it_and_both_ways(size, seed):
    board = laid_out(size, seed)
    walls = board.wall_list()
    for tile in range(board.grid.count):
        x, y = board.grid.place(tile)
        for digit in KEYPAD:
            to = board.step(tile, digit)
            assert (to is not None) == legal_by_the_book(walls, size, x, y, digit)
            if to is not None:
                assert board.step(to, opposite(digit)) == tile
                assert board.spread(1 << tile) >> to & 1


@settings(max_examples=25, deadline=None)
@given(sizes, seeds)
def test_a_spread_holds_exactly_the_exits(size, seed):
    board = laid_out(size, seed)
    for tile in range(board.grid.count):
        around = set(bits(board.spread(1 << tile))) - {tile}
        assert around == set(board.exits(tile).values())


def test_sight_goes_along_rows_columns_and_exact_diagonals():
    board, tile = Board.of(10, []), grid(10).tile
    assert board.sees(tile(2, 2), tile(9, 2))
    assert board.sees(tile(2, 2), tile(2, 0))
    assert board.sees(tile(2, 7), tile(7, 2))
    assert not board.sees(tile(2, 2), tile(4, 3))
    assert not board.sees(tile(2, 2), tile(2, 2))


def test_a_wall_on_the_way_ends_sight():
    board, tile = Board.of(10, [[5, 2, 6, 2]]), grid(10).tile
    assert not board.sees(tile(2, 2), tile(9, 2))
    assert not board.sees(tile(9, 2), tile(2, 2))
    assert board.sees(tile(2, 2), tile(5, 2))


@settings(max_examples=25, deadline=None)
@given(sizes, seeds)
def test_sight_is_mutual(size, seed):
    board = laid_out(size, seed)
    generator = rng(seed)
    for _ in range(200):
        a, b = generator.randrange(size * size), generator.randrange(size * size)
        assert board.sees(a, b) == board.sees(b, a)


def test_rings_count_the_steps_round_a_wall():
    wall = [[4, y, 5, y] for y in range(9)]
    board, tile = Board.of(10, wall), grid(10).tile
    assert len(board.rings(tile(4, 0), tile(5, 0))) - 1 == 18
    assert board.rings(tile(4, 0), tile(5, 0), closed=1 << tile(4, 9) | 1 << tile(5, 9)) == []


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_a_new_shard_is_valid(seed):
    state = new_shard({}, rng(seed))
    ground, board = state.board.grid, state.board
    assert board.connected()
    assert all(board.exits(tile) for tile in range(ground.count))
    assert len(board.wall_list()) == 80
    assert [gate.kind for gate in state.gates].count("stable") == 1
    assert 2 <= len(state.gates) <= 4
    assert state.defragger.tile not in state.gate_tiles
    for index, gate in enumerate(state.gates):
        for other in state.gates[:index]:
            assert ground.distance(gate.tile, other.tile) >= GATE_DISTANCE


@settings(max_examples=20, deadline=None)
@given(sizes, seeds)
def test_drift_moves_a_tenth_to_a_quarter_of_the_walls_and_keeps_the_layout_valid(size, seed):
    board, generator = laid_out(size, seed), rng(seed)
    for _ in range(12):
        after = drift_walls(board, generator)
        count = board.walls.bit_count()
        moved = (board.walls & ~after.walls).bit_count()
        assert after.walls.bit_count() == count
        assert count / 10 <= moved <= count / 4
        assert after.connected()
        assert all(after.exits(tile) for tile in range(board.grid.count))
        board = after


def test_a_wall_slides_round_one_of_its_ends():
    board = Board.of(10, [[4, 4, 5, 4]])
    ends = {(5, 4), (5, 5)}
    for seed in range(20):
        ((ax, ay, bx, _),) = drift_walls(board, rng(seed)).wall_list()
        new_ends = {(ax + 1, ay), (ax + 1, ay + 1)} if bx > ax else {(ax, ay + 1), (ax + 1, ay + 1)}
        assert len(ends & new_ends) == 1


def test_a_wall_that_would_part_the_board_stays():
    pocket = [[0, 1, 0, 2], [1, 0, 2, 0], [1, 1, 2, 1]]
    for seed in range(30):
        assert drift_walls(Board.of(10, pocket), rng(seed)).connected()


def test_every_gate_drifts_one_tile_and_keeps_its_distance():
    ground = grid(20)
    board = Board(ground, 0)
    gates = place_gates(ground, 3, rng())
    for seed in range(100):
        after = drift_gates(board, gates, set(), rng(seed))
        for gate, new in zip(gates, after, strict=True):
            x, y = ground.place(gate.tile)
            nx, ny = ground.place(new.tile)
            assert abs(x - nx) + abs(y - ny) == 1
            assert gate.kind == new.kind
        for index, gate in enumerate(after):
            assert all(ground.distance(gate.tile, o.tile) >= 3 for o in after[:index])
        gates = after


def test_a_gate_hemmed_in_stays():
    ground = grid(10)
    gate = Gate(ground.tile(0, 0), "stable")
    taken = {ground.tile(1, 0), ground.tile(0, 1)}
    assert drift_gates(Board(ground, 0), [gate], taken, rng()) == [gate]


@pytest.mark.parametrize(
    "options",
    [
        {"grid_size": 9},
        {"grid_size": "20"},
        {"grid_size": True},
        {"walls": 1000},
        {"walls": -1},
        {"ghost_gates": 0},
        {"ghost_gates": 4},
        {"max_processes": 11},
        {"say_noise": 1.5},
        {"say_noise": float("nan")},
        {"tick_seconds": 0},
        {"shard_id": 7},
    ],
)
def test_options_that_cannot_be_are_refused_with_a_sentence(options):
    with pytest.raises(Refused, match=r"\.$"):
        new_shard(options, rng())


def test_a_shard_is_laid_out_within_fifty_milliseconds():
    start = time.process_time()
    for seed in range(5):
        new_shard({}, rng(seed))
    assert (time.process_time() - start) / 5 < 0.050
