"""Show a fight of the arena: simulate it and push it into a site, as any trainer would."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone

from client.segfault_client import Recording
from games.arena.fight import frames
from games.arena.state import Fight
from games.game import Refused
from replays.models import AccessToken
from replays.tokens import find_token, make_token

HERE = "http://127.0.0.1:8000"
KEEPER = "arena"
TOKEN_NAME = "run_fight"  # noqa: S105 – what the token is for, and no token
FORGOTTEN = timedelta(days=1)
CHUNK_SECONDS = 0.5
SPOOL = Path(settings.BASE_DIR) / "var" / "fights"


def show(
    fight: Fight,
    url: str,
    token: str,
    *,
    title: str = "",
    pace: float = 1.0,
    visibility: str = "public",
    spool: Path = SPOOL,
    closing_seconds: float = 30.0,
) -> str:
    """Record a fight at so many times its real pace, 0 for at once, and return where it is shown.

    What is interrupted is closed where it stands. Raises Refused with what the site says.
    """
    spool.mkdir(parents=True, exist_ok=True)
    recording = Recording(
        url, token,
        game="arena", title=title or f"Fight over the zone, seed {fight.seed}",
        visibility=visibility, world=fight.world, tick_seconds=0.25,
        run={"kind": "pilots_vs_pilots", "seed": fight.seed, "mechs": len(fight.mechs)},
        chunk_seconds=CHUNK_SECONDS, spool=spool,
    )  # fmt: skip
    try:
        play(fight, recording, pace)
    except KeyboardInterrupt:
        recording.close(min(closing_seconds, 3.0))
        raise
    recording.close(closing_seconds)
    if recording.refused:
        raise Refused(recording.refused)
    if recording.address is None:
        raise Refused(f"{url} did not answer; what was fought is sent by the next start.")
    return recording.address


def play(fight: Fight, recording: Recording, pace: float) -> None:
    """Hand in each frame when its time has come, as long as the site takes them."""
    began = time.monotonic()
    for frame in frames(fight):
        if recording.refused:
            return
        if pace:
            time.sleep(max(0.0, began + frame["t"] / pace - time.monotonic()))
            recording.tick(frame)
        else:
            recording.tick_when_there_is_room(frame)


@contextmanager
def lent_token() -> Iterator[str]:
    """Give a token of the fights' own user, for as long as it is used."""
    user = keeper()
    earlier = timezone.now() - FORGOTTEN
    user.access_tokens.filter(name=TOKEN_NAME, created_at__lt=earlier).delete()
    token = make_token(user, AccessToken.Scope.PUSH, TOKEN_NAME)
    try:
        yield token
    finally:
        if kept := find_token(token):
            kept.delete()


def keeper() -> Any:
    """Return the user whom fights belong to: one without a password, whom nobody can sign in as."""
    users = get_user_model().objects
    for name in (KEEPER, *(f"{KEEPER}-{number}" for number in range(2, 100))):
        user = users.filter(username=name).first() or users.create_user(username=name)
        if not user.has_usable_password():
            return user
    raise Refused("All names for the fights' own user are taken.")
