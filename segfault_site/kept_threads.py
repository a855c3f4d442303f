"""Django's pages, each run whole in one of a few kept threads, whose connections stay open.

Django's own way under ASGI makes a thread and a connection for every request, and goes to and fro
between that thread and the event loop. Here a request leaves the loop once and comes back answered.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

from asgiref.sync import ThreadSensitiveContext
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.urls import set_script_prefix

THREADS = 8
"""How many requests are worked on at once; the others wait for their turn."""


class KeptThreads(ASGIHandler):
    """An ASGI application that answers HTTP with Django's synchronous views."""

    def __init__(self) -> None:
        super().__init__()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="django")

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        with closing(body):
            response = await self._in_thread(self._answer, scope, body)
            if not response.streaming:
                await self.send_response(response, send)
                return
            try:
                await self._stream(response, receive, send)
            finally:
                await self._in_thread(response.close)

    async def _in_thread(self, function: Callable[..., Any], *given: Any) -> Any:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, function, *given)

    def _answer(self, scope: Any, body: Any) -> Any:
        """Return the response; what it holds is whole, unless it is streamed as it is made."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refusal = self.create_request(scope, body)
        response: Any = refusal if request is None else self.get_response(request)
        response._handler_class = self.__class__
        if response.streaming and not response.is_async:
            response.streaming_content = one_by_one(list(response.streaming_content))
        if not response.streaming:
            response.close()
        return response

    async def _stream(self, response: Any, receive: Any, send: Any) -> None:
        """Send what is made, until it ends or the client has gone."""
        async with ThreadSensitiveContext():
            gone = asyncio.create_task(self.listen_for_disconnect(receive))
            sent = asyncio.create_task(self.send_response(response, send))
            await asyncio.wait((gone, sent), return_when=asyncio.FIRST_COMPLETED)
            for task in (gone, sent):
                task.cancel()
            _, outcome = await asyncio.gather(gone, sent, return_exceptions=True)
        if isinstance(outcome, Exception):
            raise outcome


async def one_by_one(parts: Iterable[bytes]) -> AsyncIterator[bytes]:
    for part in parts:
        yield part
