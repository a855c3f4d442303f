"""Serve the whole site: the web, the host of live shards and what is shown beside them."""

import contextlib
import ctypes
import logging
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

log = logging.getLogger(__name__)

STOP_SECONDS = 10
MOST_AT_ONCE = 16_384
"""Requests and streams that a web process takes at once: unless told, granian stops at 1,024."""
WATCH_SECONDS = 0.5


class Command(BaseCommand):
    help = "Serve the site until SIGTERM: the web, the host of live shards, and demonstrations."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--address", default="127.0.0.1", help="Where to listen.")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=1, help="Web processes.")
        parser.add_argument("--no-host", action="store_true", help="Serve the web alone.")
        parser.add_argument(
            "--no-demos", action="store_true", help="Show neither fights nor a society."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        address, port = options["address"], options["port"]
        refuse_taken_port(address, port)
        allow_many_connections()
        migrate()
        programs = {"web": web(address, port, options["workers"])}
        if not options["no_host"]:
            programs["host"] = [sys.executable, "manage.py", "host"]
        if settings.DEMOS and not (options["no_demos"] or options["no_host"]):
            programs["demos"] = demos(address, port)
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        self.stdout.write(f"Serving http://{address}:{port}/ – Ctrl-C ends it.")
        supervise(programs, stop)


def refuse_taken_port(address: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise CommandError(f"{address}:{port} cannot be served: {error.strerror}.") from None


def allow_many_connections() -> None:
    """Let this process and those that it starts open as many files and sockets as they may."""
    try:
        import resource
    except ImportError:  # which systems other than Unix do not have
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def migrate() -> None:
    """Bring the database up to date, if it is not; two that start at once take turns."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(7331)")
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0)
    if connection.vendor == "postgresql":
        # The pool keeps the session open, and with it the lock, unless it is given back.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(7331)")
    connection.close()


def web(address: str, port: int, workers: int) -> list[str]:
    return [
        sys.executable, "-m", "granian", "--interface", "asginl", "--host", address,
        "--port", str(port), "--workers", str(workers), "--no-access-log", "--log-level", "warning",
        "--backpressure", str(MOST_AT_ONCE), "segfault_site.asgi:application",
    ]  # fmt: skip


def demos(address: str, port: int) -> list[str]:
    """Return what pushes fights: to this web, or where plain HTTP is turned away to the proxy."""
    here = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(address, address)  # noqa: S104
    here = f"[{here}]" if ":" in here and not here.startswith("[") else here
    url = settings.SITE_URL if settings.HTTPS else f"http://{here}:{port}"
    return [sys.executable, "manage.py", "demos", "--url", url]


def supervise(programs: dict[str, list[str]], stop: threading.Event) -> None:
    """Keep each program running until `stop`, then end them all and wait for them."""
    running = {name: start(program) for name, program in programs.items()}
    started = dict.fromkeys(programs, time.monotonic())
    log_of_database = open_log()
    while not stop.wait(WATCH_SECONDS):
        for name, process in running.items():
            if process.poll() is not None and time.monotonic() - started[name] > 1:
                log.warning("the %s ended with %s and is started again", name, process.returncode)
                end(process)
                running[name] = start(programs[name])
                started[name] = time.monotonic()
        if log_of_database:
            checkpoint(log_of_database)
    if (shown := running.pop("demos", None)) is not None:
        # What pushes is ended before what it pushes to.
        shown.terminate()
        end(shown)
    for process in running.values():
        process.terminate()
    for process in running.values():
        end(process)


def start(program: list[str]) -> subprocess.Popen[bytes]:
    """Start a program of the site; whatever DEBUG lends us, the site is served with it off."""
    environment = os.environ | {
        "DEBUG": "False",
        "SECRET_KEY": settings.SECRET_KEY,
        "PYTHONPATH": str(settings.BASE_DIR),
    }
    return subprocess.Popen(  # noqa: S603 – our own programs
        program,
        cwd=settings.BASE_DIR,
        env=environment,
        start_new_session=True,
        preexec_fn=end_with_parent(),  # noqa: PLW1509 – this process has one thread
    )


def end_with_parent() -> Callable[[], None] | None:
    """Let a child be told to end when its parent dies without a word, where the system can."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    set_death_signal = 1  # PR_SET_PDEATHSIG of prctl(2)
    return lambda: libc.prctl(set_death_signal, signal.SIGTERM)


def end(process: subprocess.Popen[bytes]) -> None:
    """Wait until a program has ended, and let nothing that it started outlive it."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def open_log() -> sqlite3.Connection | None:
    """Open the one connection that moves SQLite's log into the database (see settings)."""
    if connection.vendor != "sqlite":
        return None
    return sqlite3.connect(str(connection.settings_dict["NAME"]), timeout=1)


def checkpoint(database: sqlite3.Connection) -> None:
    try:
        database.execute("PRAGMA wal_checkpoint(PASSIVE)")
    except sqlite3.Error as error:
        log.warning("the log of the database could not be moved: %s", error)
