"""A request leaves the event loop once, in a kept thread; a stream ends when nobody reads it."""

import asyncio
import threading

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.signals import request_finished, request_started
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path

from segfault_site.kept_threads import KeptThreads

THREADS: set[int] = set()
CONNECTIONS: set[int] = set()
ENDED = asyncio.Event()


def plain(request):
    THREADS.add(threading.get_ident())
    connection.ensure_connection()
    CONNECTIONS.add(id(connection.connection))
    return HttpResponse(b"plain " + request.body)


def parts(request):
    return StreamingHttpResponse(iter([b"one ", b"two"]))


def endless(request):
    async def pieces():
        try:
            while True:
                yield b"more "
                await asyncio.sleep(0)
        finally:
            ENDED.set()

    return StreamingHttpResponse(pieces())


urlpatterns = [path("plain", plain), path("parts", parts), path("endless", endless)]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db(transaction=True)]


def asked(application, address, method="GET"):
    scope = {"type": "http", "method": method, "path": address, "raw_path": address.encode()}
    scope |= {"query_string": b"", "headers": [(b"host", b"localhost")], "http_version": "1.1"}
    return ApplicationCommunicator(application, scope)


async def answer(application, address, body=b""):
    client = asked(application, address, "POST" if body else "GET")
    await client.send_input({"type": "http.request", "body": body})
    start = await client.receive_output(10)
    content, more = b"", True
    while more:
        part = await client.receive_output(10)
        content, more = content + part.get("body", b""), part.get("more_body", False)
    await client.wait(10)
    return start["status"], content


@pytest.fixture
def application(settings):
    settings.MIDDLEWARE = []
    return KeptThreads()


async def test_many_requests_share_a_few_threads_and_their_connections(application):
    THREADS.clear()
    CONNECTIONS.clear()
    for _ in range(40):
        assert await answer(application, "/plain") == (200, b"plain ")
    assert len(THREADS) <= 8
    if connection.vendor == "sqlite":  # PostgreSQL's are lent by a pool
        assert len(CONNECTIONS) <= 8


async def test_a_request_is_told_when_it_starts_and_when_it_ends(application):
    told = []

    def start(**_):
        told.append("started")

    def finish(**_):
        told.append("finished")

    request_started.connect(start)
    request_finished.connect(finish)
    await answer(application, "/plain")
    await answer(application, "/parts")
    assert told == ["started", "finished"] * 2


async def test_what_is_made_in_parts_comes_whole(application):
    assert await answer(application, "/parts") == (200, b"one two")
    assert await answer(application, "/plain", b"body") == (200, b"plain body")


async def test_a_stream_ends_when_its_reader_goes(application):
    ENDED.clear()
    client = asked(application, "/endless")
    await client.send_input({"type": "http.request", "body": b""})
    await client.receive_output(10)
    await client.receive_output(10)
    await client.send_input({"type": "http.disconnect"})
    await asyncio.wait_for(ENDED.wait(), 10)
    await client.wait(10)


async def test_a_client_that_goes_before_its_request_is_whole_costs_nothing(application):
    client = asked(application, "/plain", "POST")
    await client.send_input({"type": "http.request", "body": b"ha", "more_body": True})
    await client.send_input({"type": "http.disconnect"})
    await client.wait(10)
    assert await client.receive_nothing()
