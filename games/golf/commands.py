"""What a player may ask for, in its plain form: the door refuses everything else."""

from collections.abc import Callable
from typing import Any

from games.game import Refused
from games.golf.cards import HAND_CARDS

REASONS = ("left", "disconnected", "kicked")
LAST = HAND_CARDS - 1


def parse(name: Any, arg: Any) -> tuple[str, Any]:
    """Return a command as (name, argument), or raise Refused with one sentence.

    JOIN is not among them: a host gives it in the name of whoever takes a seat.
    """
    reader = READERS.get(name) if isinstance(name, str) else None
    if reader is None:
        raise Refused(f"A command is one of {', '.join(READERS)}.")
    return name, reader(name, arg)


def nothing(name: str, arg: Any) -> None:
    if arg not in (None, ""):
        raise Refused(f"{name} takes no argument.")


def pile(name: str, arg: Any) -> str:
    if not isinstance(arg, str) or arg not in ("deck", "discard"):
        raise Refused(f"{name} needs deck or discard.")
    return arg


def position(name: str, arg: Any) -> int:
    if type(arg) is not int or not 0 <= arg <= LAST:
        raise Refused(f"{name} needs the position of a card, from 0 to {LAST}.")
    return arg


def positions(name: str, arg: Any) -> list[int]:
    """Return a list of positions; one alone need not be in a list."""
    stated = arg if type(arg) is list else [arg]
    if not 1 <= len(stated) <= HAND_CARDS:
        raise Refused(f"{name} needs 1 to {HAND_CARDS} positions.")
    return [position(name, item) for item in stated]


def reason(name: str, arg: Any) -> str:
    if arg in (None, ""):
        return REASONS[0]
    if not isinstance(arg, str) or arg not in REASONS:
        raise Refused(f"{name} takes no argument, or one of {', '.join(REASONS)}.")
    return arg


READERS: dict[str, Callable[[str, Any], Any]] = {
    "START": nothing,
    "FLIP": positions,
    "DRAW": pile,
    "SWAP": position,
    "DISCARD": nothing,
    "CANCEL": nothing,
    "SKIP": nothing,
    "KNOCK": nothing,
    "LEAVE": reason,
}
