"""A door of the push server: what was asked and what is answered, before Django or behind it."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from typing import Any

import orjson
from django.conf import settings
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated

from games.game import Refused
from replays.api.errors import Problem
from replays.inflate import TooLarge, unpacked
from replays.models import AccessToken
from replays.tokens import find_token

WIRE_BYTES = 4 * 2**20
PLAIN_BYTES = 32 * 2**20
PACKINGS = {
    "": "identity",
    "identity": "identity",
    "gzip": "gzip",
    "x-gzip": "gzip",
    "zstd": "zstd",
}
TOKEN_SECONDS = 5.0
"""For how long a token that was good is not asked for again."""
MOST_TOKENS = 1_000


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: `names` are the parts of its address, `headers` by name in small letters."""

    method: str
    names: dict[str, str]
    headers: dict[str, str]
    body: bytes
    address: str
    site: str = ""
    """The address of this site, as it was asked: https://site."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


Door = Callable[[Asked], Answer]


def answer_json(value: Any, status: int = 200, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, orjson.dumps(value), headers=named)


def plain_body(asked: Asked) -> bytes:
    """Return what was sent, unpacked up to the cap whatever the headers claim."""
    packing = PACKINGS.get(asked.headers.get("content-encoding", "").strip().lower())
    if packing is None:
        raise Problem(415, "A body may come as it is, or packed with gzip or zstd.")
    if packing == "identity":
        return asked.body
    try:
        return bytes(unpacked(BytesIO(asked.body), PLAIN_BYTES, packing=packing))
    except TooLarge:
        raise too_large() from None
    except Refused as refusal:
        raise Problem(400, f"The body is no {packing}: {refusal}") from None


def too_large() -> Problem:
    wire, plain = WIRE_BYTES >> 20, PLAIN_BYTES >> 20
    return Problem(413, f"A body may have {wire} MiB on the wire and {plain} MiB unpacked.")


# Who pushes


def pusher(asked: Asked) -> Any:
    """Return the user whose token it is; None, nobody in particular, where anybody may push."""
    token = asked.names.get("token") or _bearer(asked)
    if not token:
        if settings.OPEN_PUSH:
            return None
        raise NotAuthenticated
    found = _kept_token(token)
    if found is None:
        raise AuthenticationFailed("This token is unknown or revoked.")
    if found.scope != AccessToken.Scope.PUSH:
        raise Problem(403, "This token is for something else: it takes one with the scope push.")
    return found.user


def known_at_once(asked: Asked) -> bool:
    """Tell whether who pushes is known without asking the database."""
    token = asked.names.get("token") or _bearer(asked)
    return not token or time.monotonic() < _tokens.get(_name_of(token), (0.0, None))[0]


def check_token(asked: Asked) -> None:
    """Hold an address that carries a token to it; without one anybody may read."""
    if asked.names.get("token"):
        pusher(asked)


def _bearer(asked: Asked) -> str:
    scheme, _, token = asked.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


_tokens: OrderedDict[bytes, tuple[float, AccessToken]] = OrderedDict()
"""By digest: no secret is kept longer than the request that brought it."""


def _name_of(token: str) -> bytes:
    return sha256(token.encode()).digest()


def _kept_token(token: str) -> AccessToken | None:
    now, name = time.monotonic(), _name_of(token)
    until, found = _tokens.get(name, (0.0, None))
    if found is not None and now < until:
        return found
    _tokens.pop(name, None)
    found = find_token(token)
    if found is not None:
        _tokens[name] = (now + TOKEN_SECONDS, found)
        while len(_tokens) > MOST_TOKENS:
            _tokens.popitem(last=False)
    return found


def forget_tokens() -> None:
    """Ask anew for every token."""
    _tokens.clear()
