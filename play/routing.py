"""The addresses of those who play by a socket, beside those of the spectators."""

from typing import Any

from channels.routing import URLRouter
from django.urls import re_path

from play.live import ProcessConsumer
from play.table_live import TableConsumer
from spectate import routing

routes = URLRouter(
    [
        *routing.at("process/live", ProcessConsumer.as_asgi()),
        *routing.at("golf/rooms/<str:room>/live", TableConsumer.as_asgi()),
        re_path(r"", routing.routes),
    ]
)


async def websocket_application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Look at the Origin before anything is accepted, then find the address."""
    await (routes if routing.is_allowed(scope) else routing.refuse)(scope, receive, send)
