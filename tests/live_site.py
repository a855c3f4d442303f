"""Fixtures: the site as a server of its own process, on the database that the test writes to."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

ROOT = Path(__file__).parent.parent
READY_SECONDS = 30
STOP_SECONDS = 20


@pytest.fixture
def live_site(transactional_db, web_server) -> str:
    """Return the address of a running site, such as http://127.0.0.1:40123.

    What the test commits, the site sees. It has no host: shards stand still until the test
    appends to them.
    """
    return web_server


@pytest.fixture(scope="session")
def web_server(django_db_setup, django_db_blocker, tmp_path_factory):
    with running_site(tmp_path_factory) as address:
        yield address


@contextlib.contextmanager
def running_site(tmp_path_factory) -> Iterator[str]:
    """Run a site on the database of the tests and give its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    log = tmp_path_factory.mktemp("web_server") / "log"
    with log.open("w") as output:
        server = subprocess.Popen(
            command(port), cwd=ROOT, env=environment(), stdout=output, stderr=subprocess.STDOUT
        )
    try:
        wait_until_ready(server, address, log)
        yield address
    finally:
        server.terminate()
        server.wait(STOP_SECONDS)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, tmp_path_factory):
    """Give each run an SQLite file of its own, so that runs side by side do not meet."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


def command(port: int) -> list[str]:
    return [sys.executable, "manage.py", "serve", "--no-host", "--no-demos", "--port", str(port)]


def environment() -> dict[str, str]:
    """Return the environment of a server that shares the test's database and secret key.

    Limits count by address, and all tests come from one: they are raised out of the way here.
    """
    from django.conf import settings

    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "SECRET_KEY": settings.SECRET_KEY,
        "LIMIT_READS": "5000/10",
        "LIMIT_CHUNKS": "5000/10",
        "LIMIT_SHARES": "5000/10",
        "LIMIT_JOINS": "5000/10",
        "LIMIT_REPORTS": "5000/10",
        "DEMOS": "False",
        "PYTHONUNBUFFERED": "1",
    }
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # which is for the browser tests alone
    return environment


def database_url() -> str:
    from django.db import connection

    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until_ready(server: subprocess.Popen, address: str, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        if answers(address):
            return
        time.sleep(0.1)
    pytest.fail(f"The site did not start:\n{log.read_text()[-4000:]}")


def answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
