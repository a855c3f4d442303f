"""The two ways of a socket, which is closed with nobody listening: granian waits for that."""

import asyncio
from collections.abc import Awaitable, Callable

from spectate.wires import Event


class Line:
    """Passes on what a socket says and hears; `hang_up` is called once its goodbye is sent."""

    def __init__(
        self,
        receive: Callable[[], Awaitable[Event]],
        send: Callable[[Event], Awaitable[None]],
        hang_up: Callable[[], None],
    ) -> None:
        self._receive = receive
        self._send = send
        self._hang_up = hang_up
        self._listening: asyncio.Future[Event] | None = None
        self._closing = False

    async def receive(self) -> Event:
        """Return what is heard next; nothing at all once the socket is being closed."""
        if not self._closing:
            self._listening = asyncio.ensure_future(self._receive())
            try:
                return await self._listening
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task is not None and task.cancelling():
                    raise
        return await asyncio.Future()

    def send(self, event: Event) -> Awaitable[None]:
        """Send as the server does; what it returns may be a future that is under way."""
        if event["type"] != "websocket.close":
            return self._send(event)
        return asyncio.ensure_future(self._close(event))

    async def _close(self, event: Event) -> None:
        self._closing = True
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.sleep(0)
        await self._send(event)
        self._hang_up()
