"""What a process may ask for, in its plain form: the door refuses everything else."""

from typing import Any
from unicodedata import bidirectional, category

from games.game import Refused
from games.segfault.grid import KEYPAD

LONGEST_MESSAGE = 256  # characters; what is longer is cut
UNSPEAKABLE = {"Cc", "Cs", "Zl", "Zp"}  # control characters, lone surrogates, line separators
REORDERING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def parse(name: Any, arg: Any) -> tuple[str, Any]:
    """Return a command as (name, argument), or raise Refused with one sentence."""
    reader = READERS.get(name) if isinstance(name, str) else None
    if reader is None:
        raise Refused("A command is one of MOVE, BUFFER, IDLE, SAY and BROADCAST.")
    return name, reader(name, arg)


def direction(name: str, arg: Any) -> str:
    if not isinstance(arg, str) or arg not in KEYPAD:
        raise Refused(f"{name} needs a direction, one digit of the keypad: 1 2 3 4 6 7 8 9.")
    return arg


def nothing(name: str, arg: Any) -> None:
    if arg not in (None, ""):
        raise Refused(f"{name} takes no argument.")


def message(name: str, arg: Any) -> str:
    """Return the text, cut at 256 characters."""
    if not isinstance(arg, str) or not arg.strip():
        raise Refused(f"{name} needs a text.")
    text = arg[:LONGEST_MESSAGE]
    if any(category(c) in UNSPEAKABLE or bidirectional(c) in REORDERING for c in text):
        raise Refused(f"{name} takes plain text in one line, without control characters.")
    return text


READERS = {
    "MOVE": direction,
    "BUFFER": direction,
    "IDLE": nothing,
    "SAY": message,
    "BROADCAST": message,
}
