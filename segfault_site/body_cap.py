"""No request sends more than so much, whatever its headers say: Django would store all of it."""

from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

from replays.api.errors import problem_response
from replays.api.house_headers import house_headers

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

MOST_BYTES = 16 * 2**20 + 64 * 1024
"""The largest import, and the form that it may come in."""


class BodyCap:
    """An ASGI application that answers 413 as soon as more has come, and lets `inner` go."""

    def __init__(self, inner: Callable[[Any, Any, Any], Awaitable[None]]) -> None:
        self.inner = inner

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        came = 0
        answered = False

        async def counted() -> Message:
            nonlocal came, answered
            message = await receive()
            came += len(message.get("body", b""))
            if came > MOST_BYTES and not answered:
                answered = True
                await refuse(send)
            return {"type": "http.disconnect"} if answered else message

        async def unless_answered(message: Message) -> None:
            if not answered:
                await send(message)

        await self.inner(scope, counted, unless_answered)


async def refuse(send: Send) -> None:
    response = problem_response(413, f"More than {MOST_BYTES >> 20} MiB came.")
    headers = [(name.lower().encode(), value.encode()) for name, value in response.items()]
    headers += house_headers(settings.SECURE_SSL_REDIRECT)
    headers += [(b"content-length", b"%d" % len(response.content)), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})
