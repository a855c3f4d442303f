"""The rules of each kind of game: one folder is one game, found by itself."""

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from games import hints
from games.game import Game
from games.hinted import Hinted

__all__ = ["Game", "all_games", "game_of", "get_game"]


@cache
def all_games() -> tuple[str, ...]:
    """Return the slugs of the games whose rules are here, in alphabetical order."""
    folders = Path(__file__).parent.iterdir()
    return tuple(sorted(folder.name for folder in folders if (folder / "__init__.py").is_file()))


@cache
def get_game(slug: str) -> Game:
    """Return the game named `slug`; one without rules here is known from its recordings alone."""
    if slug in all_games():
        return import_module(f"games.{slug}").GAME
    return Hinted(slug, {})


def game_of(slug: str, options: Any) -> Game:
    """Return the game of a recording: by its rules, else by the hints in its options."""
    told = None if slug in all_games() else hints.of(options)
    return Hinted(slug, told) if told else get_game(slug)
