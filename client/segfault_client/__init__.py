"""Record a game, tick by tick, into a site that shows it live and keeps it.

with Recording("https://site.example", token, game="my-game") as recording:
    for snapshot in game:
        recording.tick(snapshot)
"""

from .recording import Progress, Recording
from .version import __version__

__all__ = ["Progress", "Recording", "__version__"]
