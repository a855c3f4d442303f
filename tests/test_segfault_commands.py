"""The door of SEGFAULT takes commands in their plain form and refuses the rest."""

from pathlib import Path

import pytest

from games import get_game
from games.game import Refused

GAME = get_game("segfault")
ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("name", "arg", "plain"),
    [
        ("MOVE", "6", ("MOVE", "6")),
        ("BUFFER", "7", ("BUFFER", "7")),
        ("IDLE", None, ("IDLE", None)),
        ("IDLE", "", ("IDLE", None)),
        ("SAY", "grüß dich 🙂", ("SAY", "grüß dich 🙂")),
        ("BROADCAST", "x" * 300, ("BROADCAST", "x" * 256)),
    ],
)
def test_commands_in_their_plain_form(name, arg, plain):
    assert GAME.command(name, arg) == plain


@pytest.mark.parametrize(
    ("name", "arg"),
    [
        ("MOVE", "²"), ("MOVE", "5"), ("MOVE", "0"), ("MOVE", 6), ("MOVE", "66"), ("MOVE", ""),
        ("MOVE", "６"), ("MOVE", " 6"), ("BUFFER", None), ("IDLE", "6"), ("SAY", ""), ("SAY", "  "),
        ("SAY", None), ("SAY", "a\nb"), ("SAY", "\x00"), ("SAY", "\ud800"), ("BROADCAST", ["x"]),
        ("JOIN", {"call_sign": "x"}), ("BLEED", "x"), ("move", "6"), (None, None), (["MOVE"], "6"),
    ],
)  # fmt: skip
def test_what_is_no_command_is_refused_in_one_sentence(name, arg):
    with pytest.raises(Refused, match=r"\.$"):
        GAME.command(name, arg)
