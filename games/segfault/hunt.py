"""The Defragmenter: whom it is after, and how it gets there."""

from dataclasses import dataclass
from random import Random

from games.segfault.grid import bits
from games.segfault.state import Process, State
from games.segfault.watchdog import bonus

DETOUR = 0.15  # chance of each step of a pursuit to be a slightly worse one


@dataclass(frozen=True, slots=True)
class Aim:
    """Why the Defragmenter moves, after whom, how far, and whom it may not kill yet."""

    reason: str
    target: Process | None
    steps: int
    spared: Process | None = None


def hunt(state: State, rng: Random) -> bool:
    """Move the Defragmenter; tell whether that was liveness: a kill or a new lock."""
    aim = take_aim(state)
    state.defragger.reason = aim.reason
    state.defragger.target_id = aim.target.id if aim.target else None
    if aim.spared:
        aim.spared.locked = True
    for _ in range(aim.steps):
        state.defragger.tile = next_tile(state, aim, rng)
        if kill(state, state.defragger.tile):
            break
    return bool(state.events.kills or aim.spared)


def take_aim(state: State) -> Aim:
    return (
        aim_at_broadcast(state)
        or aim_at_locked(state)
        or aim_at_seen(state)
        or (Aim("watchdog", None, 1 + state.watchdog.bonus_step) if state.watchdog.active else None)
        or Aim("patrol", None, 1)
    )


def aim_at_broadcast(state: State) -> Aim | None:
    """Choose the latest sender who is still here; of two at once, the one that joined first."""
    times = {sent["process_id"]: sent["timestamp_ms"] for sent in state.broadcasts}
    senders = [process for process in state.living if process.id in times]
    if not senders:
        return None
    sender = max(senders, key=lambda process: times[process.id])
    sent = sum(broadcast["process_id"] == sender.id for broadcast in state.broadcasts)
    return Aim("broadcast", sender, 1 + bonus(sent))


def aim_at_locked(state: State) -> Aim | None:
    locked = next((process for process in state.living if process.locked), None)
    return Aim("los", locked, 1) if locked else None


def aim_at_seen(state: State) -> Aim | None:
    """Choose the nearest in line of sight that did not sprint; it is spared on this tick."""
    board, tile = state.board, state.defragger.tile
    seen = [
        process
        for process in state.living
        if process.last_sprint != state.tick and board.sees(tile, process.tile)
    ]
    if not seen:
        return None
    nearest = min(seen, key=lambda process: board.grid.distance(tile, process.tile))
    return Aim("los", nearest, 1, spared=nearest)


def next_tile(state: State, aim: Aim, rng: Random) -> int:
    """Return the tile the Defragmenter enters next, or its own where it cannot go on.

    It never enters a gate, nor the tile of a process that it may not kill yet.
    """
    tile = state.defragger.tile
    closed = mask(state.gate_tiles) | (1 << aim.spared.tile if aim.spared else 0)
    around = state.board.spread(1 << tile) & ~(1 << tile) & ~closed
    if aim.target is None:
        return choose(around, tile, rng)
    rings = state.board.rings(aim.target.tile, tile, mask(state.gate_tiles))
    if not rings:
        return choose(around, tile, rng)
    nearer, level = around & rings[-2], around & rings[-1]
    return choose(level if level and rng.random() < DETOUR else nearer, tile, rng)


def choose(tiles: int, stay: int, rng: Random) -> int:
    return rng.choice(list(bits(tiles))) if tiles else stay


def mask(tiles: set[int]) -> int:
    return sum(1 << tile for tile in tiles)


def kill(state: State, tile: int) -> bool:
    """Kill the process on a tile, if there is one, and mark the place."""
    for process in state.living:
        if process.tile == tile:
            process.alive = process.locked = False
            state.events.kills.append(process.id)
            state.echoes.append((tile, state.tick))
            return True
    return False


def preview(state: State) -> list[int]:
    """Return the tiles of the Defragmenter's likely way to the process it is after."""
    aim = aim_at_locked(state) or aim_at_seen(state)
    if aim is None or aim.target is None:
        return []
    tile, way = state.defragger.tile, []
    rings = state.board.rings(aim.target.tile, tile, mask(state.gate_tiles))
    for ring in reversed(rings[:-1]):
        tile = next(bits(state.board.spread(1 << tile) & ring))
        way.append(tile)
    return way
