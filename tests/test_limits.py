"""How often anybody may ask, alone and with a shared Redis that comes and goes."""

import asyncio
import shutil
import socket
import subprocess
import threading
import time

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIRequestFactory

from replays import limits
from replays.limits import Limited, address, spend

START = 1_900_000_000.0
WINDOW = 10


@pytest.fixture(autouse=True)
def three_in_ten_seconds(settings):
    limits.forget()
    settings.LIMITS = {"reads": f"3/{WINDOW}", "other": "3/10"}
    settings.CACHES = {"default": settings.CACHES["default"]}


def spent_until_limited(who: str = "ada", most: int = 50) -> int:
    for count in range(most):
        try:
            spend("reads", who)
        except Limited:
            return count
    return most


def test_the_fourth_of_three_is_refused_and_told_when_to_come_back():
    with time_machine.travel(START, tick=False) as clock:
        assert spent_until_limited() == 3
        with pytest.raises(Limited) as refused:
            spend("reads", "ada")
        assert "reads is 3 in 10 s" in str(refused.value.detail)
        clock.shift(refused.value.wait)
        spend("reads", "ada")


def test_limits_and_people_are_counted_apart():
    with time_machine.travel(START, tick=False):
        assert spent_until_limited("ada") == 3
        assert spent_until_limited("bob") == 3
        spend("other", "ada")


@given(st.lists(st.floats(0, 8), min_size=1, max_size=60))
def test_no_ten_seconds_hold_more_than_the_window_before_lets_pass(pauses):
    """A sliding window of two counters lets at most twice the count pass in any window."""
    limits.forget()
    passed: list[float] = []
    now = START
    for pause in pauses:
        now += pause
        with time_machine.travel(now, tick=False):
            try:
                spend("reads", "ada")
            except Limited as refused:
                with time_machine.travel(now + refused.wait, tick=False):
                    fits = limits.wait_seconds(3, WINDOW, *_counted_now(), 1)
                    assert fits == 0
            else:
                passed.append(now)
    for moment in passed:
        window = [other for other in passed if moment - WINDOW < other <= moment]
        assert len(window) <= 2 * 3


def _counted_now() -> tuple[float, int, int]:
    window, elapsed = divmod(time.time(), WINDOW)
    spent, before = limits._own._at("limit:reads:ada", int(window))
    return elapsed, before, spent


def test_the_process_forgets_the_oldest_rather_than_grow(monkeypatch):
    monkeypatch.setattr(limits, "MOST_COUNTERS", 100)
    for number in range(1000):
        spend("reads", f"somebody {number}")
    assert len(limits._own.rows) == 100


# Who asks


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "counted"),
    [
        (0, "192.0.2.7", "198.51.100.1", "192.0.2.7"),
        (1, "127.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        (2, "127.0.0.1", "203.0.113.9, 198.51.100.1", "203.0.113.9"),
        (3, "127.0.0.1", "203.0.113.9, 198.51.100.1", "203.0.113.9"),
        (1, "127.0.0.1", "not an address", "127.0.0.1"),
        (1, "127.0.0.1", "", "127.0.0.1"),
        (0, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        (0, "2001:db8:1:2:ffff::1", "", "2001:db8:1:2::/64"),
        (0, "::ffff:192.0.2.7", "", "192.0.2.7"),
        (0, "fe80::1%eth0", "", "fe80::/64"),
        (0, "", "", "unknown"),
    ],
)
def test_an_address_is_the_peers_or_what_trusted_proxies_say(
    settings, proxies, peer, forwarded, counted
):
    settings.TRUSTED_PROXIES = proxies
    request = APIRequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    assert address(request) == counted
    assert address({"client": (peer, 1234), "headers": headers}) == counted


@given(st.text(max_size=80))
def test_no_forwarded_header_breaks_the_count(text):
    request = APIRequestFactory().get("/", REMOTE_ADDR="192.0.2.7", HTTP_X_FORWARDED_FOR=text)
    assert address(request)


# With Redis


@pytest.fixture
def redis_server(tmp_path):
    """A Redis of this test's own, as (port, stop)."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    server = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.02)
    yield port, server
    server.kill()
    server.wait(10)


def share_through(settings, port: int) -> None:
    settings.CACHES = settings.CACHES | {
        "shared": {
            "LOCATION": f"redis://127.0.0.1:{port}/0",
            "OPTIONS": {"socket_timeout": 0.25, "socket_connect_timeout": 0.25},
        }
    }


def test_two_processes_share_one_count(settings, redis_server):
    share_through(settings, redis_server[0])
    with time_machine.travel(START, tick=False):
        assert spent_until_limited() == 3
        limits.forget()  # as another process, that has counted nothing itself
        with pytest.raises(Limited) as refused:
            spend("reads", "ada")
        assert refused.value.wait >= 1


def test_a_flushed_redis_does_not_open_the_limit(settings, redis_server):
    share_through(settings, redis_server[0])
    with time_machine.travel(START, tick=False):
        assert spent_until_limited() == 3
        limits._shared().client.flushall()
        limits._shared().client.script_flush()
        assert spent_until_limited() == 0
        assert spent_until_limited("bob") == 3


def test_a_redis_that_dies_leaves_the_processs_own_count(settings, redis_server):
    port, server = redis_server
    share_through(settings, port)
    with time_machine.travel(START, tick=False):
        spend("reads", "ada")
        server.kill()
        server.wait(10)
        assert spent_until_limited() == 2


def test_a_redis_that_hangs_costs_one_request_a_quarter_second_and_the_others_nothing(settings):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        share_through(settings, silent.getsockname()[1])
        began = time.monotonic()
        for number in range(100):
            spend("reads", f"somebody {number}")
        assert time.monotonic() - began < 1.5


def test_the_event_loop_goes_on_while_redis_hangs(settings):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        share_through(settings, silent.getsockname()[1])

        async def longest_pause() -> float:
            spending = asyncio.create_task(limits.spend_from_loop("reads", "ada"))
            longest, last = 0.0, time.monotonic()
            while not spending.done():
                await asyncio.sleep(0.005)
                longest, last = max(longest, time.monotonic() - last), time.monotonic()
            await spending
            return longest

        assert asyncio.run(longest_pause()) < 0.15


def test_threads_together_spend_no_more_than_the_limit(settings):
    settings.LIMITS = {"reads": "50/10"}
    passed: list[int] = []
    with time_machine.travel(START, tick=False):
        threads = [
            threading.Thread(target=lambda: passed.append(spent_until_limited(most=20)))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sum(passed) == 50
