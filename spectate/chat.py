"""What may be said in the chat, by whom, and where it is kept: at the tick at which it was said."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any
from unicodedata import bidirectional, category

from django.conf import settings
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from games.game import Refused
from replays import reading
from replays.models import AccessToken, ReplayShard
from replays.policy import is_user
from spectate.admission import Visitor
from spectate.models import MOST_MESSAGE, MOST_NAME, ChatLine, Silence

UNSPEAKABLE = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Control characters, lone surrogates, what has no meaning, line separators."""
UNSEEN = {"Zs", "Cf", "Mn", "Me"}
EMBEDDINGS = {"LRE", "RLE", "LRO", "RLO"}
ISOLATES = {"LRI", "RLI", "FSI"}
GUEST = "guest"
"""Under this name the key of a guest lies in the session."""

said = Signal()
"""Sent after a commit with `line`: somebody said something."""


class Silenced(Refused):
    """Whoever speaks is muted, until a time, or banned."""

    def __init__(self, until: dt.datetime | None) -> None:
        self.until = until
        when = "" if until is None else f" until {until:%H:%M} UTC"
        super().__init__(f"You are muted{when}." if when else "You are banned from the chat.")


@dataclass(frozen=True, slots=True)
class Author:
    """Who speaks: a user by name, a guest by a key; `may_speak` is false for a token that reads."""

    name: str
    user_id: int | None = None
    guest: str = ""
    kept: bool = True
    may_speak: bool = True

    @property
    def counted_as(self) -> str | None:
        """Return what limits count a user by; guests are counted by their address."""
        return None if self.user_id is None else f"user {self.user_id}"


def author_of(visitor: Visitor) -> Author:
    """Return who opened a socket; a guest without a session is somebody else each time."""
    user = visitor.user
    if user.is_authenticated:
        reads_only = visitor.token is not None and visitor.token.scope != AccessToken.Scope.PLAY
        return Author(user.get_username()[:MOST_NAME], user.pk, may_speak=not reads_only)
    key = visitor.session.get(GUEST) if visitor.session else None
    return guest(key or new_guest(), kept=key is not None)


def guest(key: str, *, kept: bool) -> Author:
    return Author(f"guest-{key[:6]}", guest=key, kept=kept, may_speak=settings.CHAT_GUESTS)


def new_guest() -> str:
    return secrets.token_hex(8)


# Speaking


@transaction.atomic
def say(author: Author, shard_id: Any, message: str) -> ChatLine:
    """Keep what somebody says of a live shard, or of none; or raise Refused with one sentence."""
    text = plain(message)
    if not author.may_speak or (author.user_id is not None and not is_active(author.user_id)):
        raise Refused("Sign in to write here.")
    silence = silence_of(author)
    if silence is not None:
        raise Silenced(silence.until)
    shard = None if shard_id is None else ReplayShard.objects.get(pk=shard_id)
    line = ChatLine.objects.create(
        shard=shard,
        tick=None if shard is None else tick_of(shard),
        author=author.name,
        user_id=author.user_id,
        guest=author.guest,
        message=text,
    )
    transaction.on_commit(lambda: said.send(sender=ChatLine, line=line), robust=True)
    return line


def is_active(user_id: int) -> bool:
    return get_user_model().objects.filter(pk=user_id, is_active=True).exists()


def tick_of(shard: ReplayShard) -> int:
    """Return the tick that the crowd sees now: at a table that is shown late, an earlier one."""
    late = shard.room_code is not None
    if reading.over(shard, late=late):
        raise Refused("This shard has ended; its chat can be read, and no more be written in.")
    return reading.held_back(shard, late=late).last_tick or 0


def silence_of(author: Author) -> Silence | None:
    """Return what keeps somebody silent now, the longest of several."""
    theirs = Silence.objects.in_force().filter(user=author.user_id)
    if author.user_id is None:
        theirs = theirs.filter(guest=author.guest)
    found = list(theirs)
    return next((one for one in found if one.until is None), None) or max(
        found, key=lambda one: one.until or timezone.now(), default=None
    )


def plain(message: str) -> str:
    """Return a message as it is kept: one line of 1 to 256 characters that all can be seen."""
    text = message.strip()
    if len(text) > MOST_MESSAGE:
        raise Refused(f"A message has at most {MOST_MESSAGE} characters.")
    kinds = {category(letter) for letter in text}
    if kinds & UNSPEAKABLE:
        raise Refused("A message is one line of plain text, without control characters.")
    if not kinds - UNSEEN:
        raise Refused("Say something.")
    if not is_balanced(text):
        raise Refused("A message may not turn the direction of the text that follows it.")
    return text


def is_balanced(text: str) -> bool:
    """Tell whether every change of direction (UAX 9) ends within the text that begins it."""
    opened: list[str] = []
    for kind in map(bidirectional, text):
        if kind in EMBEDDINGS | ISOLATES:
            opened.append("PDI" if kind in ISOLATES else "PDF")
        elif kind in ("PDI", "PDF") and (not opened or opened.pop() != kind):
            return False
    return not opened


def told(line: ChatLine) -> dict[str, Any]:
    """Return a line as clients are told it; no more of its author than the name."""
    return {
        "id": line.pk,
        "tick": line.tick,
        "author": line.author,
        "guest": line.user_id is None and bool(line.guest),
        "message": line.message,
        "timestamp_ms": int(line.at.timestamp() * 1000),
    }


# Moderation


def may_delete(user: Any, shard: ReplayShard) -> bool:
    """Tell whether somebody may delete lines of a shard's chat: its owner, and moderators."""
    return is_user(user, shard.owner_id) or moderates(user)


def moderates(user: Any) -> bool:
    return bool(user is not None and user.is_staff and user.has_perm("spectate.change_chatline"))


@transaction.atomic
def delete(line: ChatLine, user: Any) -> None:
    """Take a line out of the chat; a moderator can put it back."""
    now = timezone.now()
    shown = ChatLine.objects.shown().filter(pk=line.pk)
    if shown.update(deleted_at=now, changed_at=now):
        write_down(user, line, CHANGE, "Deleted from the page.")


@transaction.atomic
def silence(line: ChatLine, user: Any, seconds: int | None) -> Silence:
    """Keep the author of a line from writing, for a time or for good; it can be lifted."""
    until = None if seconds is None else timezone.now() + dt.timedelta(seconds=seconds)
    made = Silence.objects.create(
        user_id=line.user_id, guest=line.guest, author=line.author, until=until, begun_by=user
    )
    write_down(user, made, ADDITION, f"For “{line.message[:80]}”.")
    return made


def write_down(user: Any, thing: Any, kind: int, words: str) -> None:
    """Leave an entry in the history of the admin."""
    LogEntry.objects.log_actions(user.pk, [thing], kind, words, single_object=True)
