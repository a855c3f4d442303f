"""`manage.py serve` serves the whole site, starts again what dies, and ends without a trace."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.live_site import ROOT, answers, environment, free_port
from tests.test_host import wait_for_ticks

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def children(pid: int) -> set[int]:
    """Return the processes below one, the deepest too."""
    listed = subprocess.run(
        ["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout
    pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
    found, above = set(), {pid}
    while above:
        above = {child for child, parent in pairs if parent in above} - found
        found |= above
    return found


def child_ids(pid: int) -> list[int]:
    """Return the processes just below one."""
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    ).stdout
    return [int(line) for line in listed.split()]


def is_there(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"


@pytest.fixture
def served():
    with serving("--no-demos") as process_and_address:
        yield process_and_address


@contextmanager
def serving(*options, **settings):
    port = free_port()
    quick = environment() | {"SEGFAULT_TICK_SECONDS": "0.1", "SEGFAULT_SHARDS": "1"} | settings
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port), *options], cwd=ROOT, env=quick
    )
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 40
    try:
        while not answers(address):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield process, address
    finally:
        process.kill()
        process.wait()


def test_the_whole_site_is_served_and_ends_cleanly(served):
    process, address = served
    wait_for_ticks(3)
    below = children(process.pid)
    assert len(below) >= 3  # web, its worker, host
    with urllib.request.urlopen(f"{address}/replays") as answer:
        assert answer.status == 200
    process.terminate()
    assert process.wait(25) == 0
    assert not any(is_there(pid) for pid in below)


def test_a_host_that_dies_is_started_again(served):
    process, _ = served
    wait_for_ticks(2)
    (host,) = (pid for pid in children(process.pid) if b"\0host\0" in command_line(pid))
    os.kill(host, signal.SIGKILL)
    wait_for_ticks(10)


def test_a_web_that_dies_leaves_no_worker_behind_and_is_started_again(served):
    process, address = served
    (web,) = (pid for pid in child_ids(process.pid) if b"granian" in command_line(pid))
    workers = children(web)
    assert workers
    os.kill(web, signal.SIGKILL)
    deadline = time.monotonic() + 40
    while any(is_there(pid) for pid in workers) or not answers(address):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_nothing_outlives_a_server_that_is_killed(served):
    process, _ = served
    below = children(process.pid)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 15
    while any(is_there(pid) for pid in below):
        assert time.monotonic() < deadline, "a process of the site is still there"
        time.sleep(0.1)


def test_what_is_shown_beside_the_games_is_served_with_them_and_ends_with_them():
    with serving(DEMOS="True", FIGHT_EVERY_SECONDS="0") as (process, _):
        below = children(process.pid)
        assert [pid for pid in below if b"\0demos\0" in command_line(pid)]
        process.terminate()
        assert process.wait(25) == 0
        assert not any(is_there(pid) for pid in below)


def test_demonstrations_can_be_left_out(served):
    process, _ = served
    assert not any(b"\0demos\0" in command_line(pid) for pid in children(process.pid))


def test_a_port_that_is_taken_is_said_in_one_sentence(served):
    _, address = served
    port = address.rsplit(":", 1)[1]
    second = subprocess.run(
        [sys.executable, "manage.py", "serve", "--no-demos", "--port", port],
        cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert second.returncode == 1
    assert f":{port} cannot be served" in second.stderr
    assert "Traceback" not in second.stderr


def command_line(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def checked(**settings):
    """Return how `manage.py check` ends under these settings."""
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT, env=environment() | settings,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_a_database_that_is_named_by_nothing_is_the_usual_one():
    assert checked(DATABASE_URL="").returncode == 0


def test_without_a_secret_and_with_debug_off_it_refuses_to_start():
    started = checked(SECRET_KEY="", DEBUG="False")
    assert started.returncode != 0
    assert "SECRET_KEY is not set" in started.stderr
