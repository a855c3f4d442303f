"""Links to one shard: made, opened, revoked."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone

from replays.limits import address, spend
from replays.models import ReplayShard, ShareCode

ROOM_CODE_LETTERS = 11
"""Codes of rooms are shorter than those of links."""


def make_share(
    shard: ReplayShard,
    user: Any,
    *,
    title: str = "",
    description: str = "",
    expires_days: int | None = None,
    tick: int | None = None,
    end_tick: int | None = None,
) -> ShareCode:
    """Return a new link of `user` to `shard`; what is passed has been checked at the door."""
    ends = None if expires_days is None else timezone.now() + dt.timedelta(days=expires_days)
    return ShareCode.objects.create(
        shard=shard,
        created_by=user,
        title=title,
        description=description,
        expires_at=ends,
        tick=tick,
        end_tick=end_tick,
    )


def open_share(code: str, request: HttpRequest, *, rooms_alone: bool = False) -> ShareCode:
    """Return the link that `code` opens now, with its shard, or raise Http404.

    Unknown, expired, revoked and hidden are one and the same; misses are counted by address.
    """
    found = room_opened_by(code) if rooms_alone else opened_by(code)
    if found is None:
        spend("share_misses", address(request))
        raise Http404
    return found


def opened_by(code: str) -> ShareCode | None:
    """Return the open link of a code; a room's code is as good as a link, as long as it lets in."""
    if "\0" in code:
        return None
    link = ShareCode.objects.open().select_related("shard").filter(code=code).first()
    return link or room_opened_by(code)


def room_opened_by(code: str) -> ShareCode | None:
    if not 0 < len(code) <= ROOM_CODE_LETTERS or "\0" in code:
        return None
    shard = ReplayShard.objects.of_room(code).first()
    return ShareCode(code=shard.room_code, shard=shard) if shard else None


def revoke(share: ShareCode) -> None:
    """Close a link for good."""
    share.revoked_at = timezone.now()
    share.save(update_fields=["revoked_at"])
