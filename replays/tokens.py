"""Tokens for clients: shown once, kept as a hash, each for one scope."""

import datetime as dt
import secrets
from hashlib import sha256
from typing import Any

from django.utils import timezone
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from replays.models import AccessToken

NOTED = dt.timedelta(minutes=1)
"""How exactly the last use of a token is known: each note costs a commit."""


def make_token(user: Any, scope: str, name: str = "") -> str:
    """Return a new token of `user` for `scope`; it cannot be read again later."""
    token = secrets.token_urlsafe(32)
    AccessToken.objects.create(
        user=user, scope=scope, name=name, prefix=token[:6], sha256=_hash(token)
    )
    return token


def revoke(token: AccessToken) -> None:
    """Close a token for good."""
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def find_token(token: str) -> AccessToken | None:
    """Return the token that is still good, and note its use to the minute."""
    good = AccessToken.objects.filter(sha256=_hash(token), revoked_at=None, user__is_active=True)
    found = good.select_related("user").first()
    now = timezone.now()
    if found is not None and (found.last_used_at is None or now - found.last_used_at > NOTED):
        AccessToken.objects.filter(pk=found.pk).update(last_used_at=now)
    return found


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer <token>`; the token is `request.auth`."""

    def authenticate(self, request: Request) -> tuple[Any, AccessToken] | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        found = find_token(token.strip())
        if found is None:
            raise exceptions.AuthenticationFailed("This token is unknown or revoked.")
        return found.user, found

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
