"""The addresses of sockets, and whose pages may open them."""

from typing import Any
from urllib.parse import SplitResult, urlsplit

from channels.routing import URLRouter
from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.urls import path, re_path

from spectate.chat_live import ChatConsumer, LobbyConsumer
from spectate.consumers import LiveConsumer
from spectate.original import OriginalConsumer
from spectate.room_live import RoomConsumer
from spectate.spectator import NOT_HERE

THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


async def refuse(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Close a socket before it is accepted: the client is answered 403."""
    await receive()
    await send({"type": "websocket.close", "code": NOT_HERE})


def at(address: str, consumer: Any) -> list[Any]:
    """Take a socket at `address` with and without a slash at its end."""
    return [path(address, consumer), path(f"{address}/", consumer)]


routes = URLRouter(
    [
        *at("replays/<str:shard_id>/live", LiveConsumer.as_asgi()),
        *at("replay/<str:code>/live", LiveConsumer.as_asgi()),
        *at("replays/<str:shard_id>/chat", ChatConsumer.as_asgi()),
        *at("replay/<str:code>/chat", ChatConsumer.as_asgi()),
        *at("chat/ws", LobbyConsumer.as_asgi()),
        *at("spectate/ws/<str:shard_id>", OriginalConsumer.as_asgi()),
        *at("api/replay/spectate/<str:code>", RoomConsumer.as_asgi()),
        re_path(r"", refuse),  # type: ignore[arg-type]
    ]
)


async def websocket_application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Look at the Origin before anything is accepted, then find the address."""
    await (routes if is_allowed(scope) else refuse)(scope, receive, send)


def is_allowed(scope: dict[str, Any]) -> bool:
    headers = dict(scope["headers"])
    origin = headers.get(b"origin", b"").decode("latin-1")
    return not origin or may_open(origin, headers.get(b"host", b"").decode("latin-1"))


def may_open(origin: str, host: str) -> bool:
    """Tell whether a page of `origin` may open sockets here: our own pages, and this machine's."""
    if origin == settings.SITE_URL:
        return True
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return False
    page = _page_of(origin)
    if page.scheme in ("http", "https") and page.netloc == host:
        return True
    return {page.hostname, urlsplit(f"//{host}").hostname} <= THIS_MACHINE


def _page_of(origin: str) -> SplitResult:
    try:
        page = urlsplit(origin)
        _ = page.port
    except ValueError:
        return urlsplit("")
    return page
