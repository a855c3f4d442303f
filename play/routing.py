"""The address of a process's socket, beside those of the spectators."""

from typing import Any

from play.live import ProcessConsumer
from spectate import routing

ADDRESS = "/process/live"
process = ProcessConsumer.as_asgi()


async def websocket_application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer a process's socket here, after a look at its Origin; all others are spectators'."""
    ours = scope["path"] == ADDRESS and routing.is_allowed(scope)
    await (process if ours else routing.websocket_application)(scope, receive, send)
