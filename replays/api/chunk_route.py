"""The one route before Django: sealed chunks of ended shards that anybody may open.

Django's own path to a view costs ten times what sending a stored chunk does. This answers only the
plain case, with the same check, limit and headers; everything else goes on to Django untouched.
"""

import re
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import OperationalError
from django.http import HttpResponse
from django.http.request import split_domain_port, validate_host
from django.utils.http import parse_etags

from replays.api import chunk_rows, errors
from replays.api.answers import A_YEAR
from replays.api.chunks import CONTENT_TYPE, KEPT, kept_as
from replays.api.encodings import Encoded, chosen, etag
from replays.api.house_headers import house_headers
from replays.limits import Limited, address, spend_from_loop

Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]

ADDRESS = re.compile(
    r"/replays/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/chunks/([0-9]{1,9})/?", re.ASCII
)


class ChunkRoute:
    """An ASGI application that answers for sealed chunks and leaves the rest to `inner`."""

    def __init__(self, inner: App) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Any, send: Send) -> None:
        if not await answered(scope, send):
            await self.inner(scope, receive, send)


async def answered(scope: Scope, send: Send) -> bool:
    """Answer a request for a chunk that is open to all; tell whether it was one."""
    asked = ADDRESS.fullmatch(scope["path"])
    if asked is None or scope["method"] not in ("GET", "HEAD") or settings.SEGFAULT_API_KEY:
        return False
    headers = dict(scope["headers"])
    if not plain_request(scope, headers):
        return False
    shard_id, number = UUID(asked[1]), int(asked[2])
    encoding = chosen(headers.get(b"accept-encoding", b"").decode("latin-1"))
    try:
        found = await chunk_rows.open_to_all(shard_id, number)
        body = found and await encoded(shard_id, number, found.digest, encoding)
    except OperationalError as error:
        await refuse(scope, send, errors.database_away(error))
        return True
    if not found or not body:
        return False
    try:
        await spend_from_loop("chunks", address(scope))
    except Limited as limited:
        wait = {"Retry-After": str(limited.wait)}
        await refuse(scope, send, errors.problem_response(429, str(limited.detail), headers=wait))
    else:
        keeper = "public" if found.visibility == "public" else "private"
        await send_chunk(scope, send, headers, body, f"{keeper}, {A_YEAR}")
    return True


def plain_request(scope: Scope, headers: dict[bytes, bytes]) -> bool:
    """Tell whether Django would let this request pass to its views, and nothing needs its care."""
    if not is_ours(headers.get(b"host", b"").decode("latin-1"), tuple(settings.ALLOWED_HOSTS)):
        return False
    if settings.SECURE_SSL_REDIRECT and not secure(scope, headers):
        return False
    return b"if-match" not in headers


@lru_cache(maxsize=512)
def is_ours(host: str, allowed: tuple[str, ...]) -> bool:
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, allowed)


def secure(scope: Scope, headers: dict[bytes, bytes]) -> bool:
    if settings.TRUSTED_PROXIES and b"x-forwarded-proto" in headers:
        return headers[b"x-forwarded-proto"].split(b",")[0].strip() == b"https"
    return scope.get("scheme") == "https"


async def encoded(shard_id: UUID, number: int, digest: bytes, encoding: str) -> Encoded | None:
    """Return the chunk where it is kept, or as it is stored; None where Django has to make it."""
    key = kept_as(shard_id, number, digest, encoding)
    kept = KEPT.get(key)
    if kept is not None or encoding != "zstd":
        return kept
    body = await chunk_rows.verified_body(shard_id, number)
    if body is None:
        return None
    return KEPT.keep(key, Encoded(body, encoding, etag(digest.hex()[:32], encoding)))


# Answers


async def send_chunk(
    scope: Scope, send: Send, headers: dict[bytes, bytes], body: Encoded, cache_control: str
) -> None:
    about = [
        (b"etag", body.etag.encode()),
        (b"cache-control", cache_control.encode()),
        (b"vary", b"Accept-Encoding"),
        (b"allow", b"GET, HEAD, OPTIONS"),
    ]
    if unchanged(headers.get(b"if-none-match", b"").decode("latin-1"), body.etag):
        await answer(scope, send, 304, about, b"")
    else:
        if body.encoding != "identity":
            about.append((b"content-encoding", body.encoding.encode()))
        about += [
            (b"content-type", CONTENT_TYPE.encode()),
            (b"content-length", str(len(body.body)).encode()),
        ]
        await answer(scope, send, 200, about, body.body)


def unchanged(if_none_match: str, current: str) -> bool:
    known = parse_etags(if_none_match) if if_none_match else []
    return "*" in known or any(one.removeprefix("W/") == current for one in known)


async def refuse(scope: Scope, send: Send, response: HttpResponse) -> None:
    about = [(name.lower().encode(), value.encode()) for name, value in response.items()]
    about.append((b"content-length", str(len(response.content)).encode()))
    await answer(scope, send, response.status_code, about, response.content)


async def answer(
    scope: Scope, send: Send, status: int, about: list[tuple[bytes, bytes]], body: bytes
) -> None:
    named = [(b"x-request-id", uuid4().hex[:12].encode())]
    https = secure(scope, dict(scope["headers"]))
    head = [*about, *named, *house_headers(https)]
    await send({"type": "http.response.start", "status": status, "headers": head})
    content = b"" if scope["method"] == "HEAD" else body
    await send({"type": "http.response.body", "body": content})
