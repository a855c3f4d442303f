"""A site and recordings for measurements only, in a folder that goes away."""

import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).parent.parent
SHARED_DATA = Path(os.environ.get("SHARED_DATA", ROOT.parent / "shared" / "data"))
OUT_OF_THE_WAY = "1000000000/10"


@contextmanager
def trial_site(database: str = "") -> Iterator[Path]:
    """Set up Django on an empty database, with limits out of the way; give a folder for the rest.

    The database is one of SQLite, unless the address of another is given.
    """
    folder = Path(tempfile.mkdtemp(prefix="benchmark-"))
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "segfault_site.settings",
        "DATABASE_URL": database or f"sqlite:///{folder / 'site.sqlite3'}",
        "SECRET_KEY": "for measurements only",
        "DEBUG": "False",
        "LOG_LEVEL": "ERROR",
        "LIMIT_READS": OUT_OF_THE_WAY,
        "LIMIT_CHUNKS": OUT_OF_THE_WAY,
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def snapshots(count: int, recording: str = "segfault/shard-medium.json") -> list[dict[str, Any]]:
    """Return snapshots of a real recording where it lies beside the project, else made-up ones."""
    path = SHARED_DATA / recording
    if path.exists():
        whole = json.loads(path.read_bytes())
        entries = whole.get("ticks") or whole["frames"]
        recorded = [entry.get("snapshot", entry) for entry in entries]
    else:
        print(f"no {recording} in {SHARED_DATA}: made-up ticks are measured")
        recorded = list(made_up(500))
    repeats = -(-count // len(recorded))
    return (recorded * repeats)[:count]


def made_up(count: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(1)
    walls = [[x, y, x + 1, y] for x in range(9) for y in range(8)]
    for tick in range(1, count + 1):
        walls[chance.randrange(len(walls))] = [chance.randrange(9) for _ in range(4)]
        processes = [
            {"id": f"{number:032x}", "call_sign": "Null-Runner", "alive": True,
             "pos": [chance.randrange(10), chance.randrange(10)], "buffered_cmd": "IDLE"}
            for number in range(8)
        ]  # fmt: skip
        yield {"tick": tick, "grid_size": 10, "walls": list(walls), "processes": processes}


def record(snapshots: list[dict[str, Any]], batch: int = 500) -> Any:
    """Record an ended shard of these snapshots, of a game without rules, and return it."""
    from games import get_game
    from replays import recording

    shard = recording.open_shard(get_game("measured"))
    for start in range(0, len(snapshots), batch):
        ticks = [
            recording.Tick(tick, tick * 10.0, snapshot)
            for tick, snapshot in enumerate(snapshots[start : start + batch], start + 1)
        ]
        recording.append(shard, ticks)
    recording.finalize(shard)
    shard.refresh_from_db()
    return shard


@contextmanager
def trial_postgres(server: str) -> Iterator[str]:
    """Create an empty database on a PostgreSQL server and give its address; it goes away again."""
    import psycopg
    from psycopg.sql import SQL, Identifier

    name = f"benchmark_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as line:
        line.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            line.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


@contextmanager
def served(application: str, folder: Path) -> Iterator[str]:
    """Serve an ASGI application by one granian worker; give its address."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "asgi", "--workers", "1"),
        *("--host", "127.0.0.1", "--port", str(port), "--no-ws", application),
    ]
    with running(command, port, folder / f"log-{port}"):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def running(command: list[str], port: int, log: Path) -> Iterator[None]:
    with log.open("w") as output:
        server = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)
    try:
        wait_for(port, server, log)
        yield
    finally:
        server.terminate()
        server.wait(10)


def wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"The server did not start:\n{log.read_text()[-2000:]}")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
