"""Measure how one live shard reaches many spectators, beside the limit and the usual way.

`python -m benchmarks.fan_out [--spectators 500 2000] [--room 1000] [--usual 200] [--seconds 8]`

The limit is the bare `websockets.broadcast()`; the usual way is a Channels group in which each
consumer encodes the tick for itself. Ours is the whole site: the tick is stored, read, seen, sent.
Time is taken from before a tick is recorded until a client has all of it. The clients are a process
of their own, on 127.0.0.1 only. A room of Golf is watched by its code as it is served: computer
players play, a host of its own steps and records, and the web process tells each event.
"""

import argparse
import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

ROOT = Path(__file__).parent.parent
HERTZ = 5
SNAPSHOT_BYTES = 8 * 1024
DEAF = 20
SHARD = "00000000-0000-4000-8000-0000000fa000"
ROOM_EVENT = {
    "type": "card_swapped",
    "player_id": SHARD,
    "data": {
        "position": 3,
        "new_card": {"rank": "4", "suit": "clubs"},
        "old_card": {"rank": "Q", "suit": "hearts"},
    },
}
ROOM_PAUSE_SECONDS = 1 / HERTZ
GRANIAN = ["granian", "--interface", "asginl", "--no-log", "--backlog", "4096"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--spectators", type=int, nargs="+", default=[500, 2000])
    parser.add_argument("--room", type=int, default=1000, help="spectators of a room of Golf")
    parser.add_argument("--usual", type=int, default=200, help="spectators of the usual way")
    parser.add_argument("--only", action="store_true", help="leave out the usual way and the deaf")
    parser.add_argument("--seconds", type=float, default=8.0)
    options = parser.parse_args()
    raise_file_limit()

    for count in options.spectators:
        limit = measure("broadcast()", reference_server(), count, options.seconds)
        ours = measure("ours", site(), count, options.seconds)
        print(
            f"ratio at {count}: CPU ours / broadcast() = {ours['cpu'] / limit['cpu']:.2f} (≤ 2),"
            f" p99 {ours['p99']:.0f} ms (≤ 100), missed {ours['missed']} (0)"
        )
    if options.room:
        measure_room(options.room, options.seconds)
    if options.only:
        return
    usual = measure("usual way", usual_site(), options.usual, options.seconds)
    ours = measure("ours", site(), options.usual, options.seconds)
    print(f"ratio at {options.usual}: CPU usual way / ours = {usual['cpu'] / ours['cpu']:.1f}")
    deaf = measure(f"ours and {DEAF} deaf", site(), options.usual, options.seconds, deaf=DEAF)
    print(
        f"ratio with {DEAF} that do not read: memory + {deaf['grown']:.1f} MB (≤ 10),"
        f" missed by the others {deaf['missed']} (0)"
    )


def measure_room(count: int, seconds: float) -> None:
    limit = measure("broadcast()", reference_server("room_reference"), count, seconds)
    room = measure("a room", room_site(), count, seconds)
    print(
        f"ratio at {count} of a room: CPU a room / broadcast() = {room['cpu'] / limit['cpu']:.2f},"
        f" p99 {room['p99']:.0f} ms (≤ 100) beside {limit['p99']:.0f} ms,"
        f" missed {room['missed']} (0); load of the machine {os.getloadavg()[0]:.1f}"
        f" on {os.cpu_count()} cores"
    )


def measure(name: str, server: Any, count: int, seconds: float, deaf: int = 0) -> dict[str, Any]:
    """Let `count` clients watch for some seconds; return CPU (cores), latencies (ms) and misses."""
    with server as (pid, port, path):
        arguments = [sys.executable, "-m", "benchmarks.fan_out_clients"]
        arguments += [str(port), path, str(count), str(seconds), str(deaf)]
        with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True) as clients:
            assert clients.stdout is not None
            clients.stdout.readline()  # all are connected
            cpu, memory = cpu_seconds(pid), resident_mb(pid)
            began = time.monotonic()
            clients.stdout.readline()  # the time is over
            spent = (cpu_seconds(pid) - cpu) / (time.monotonic() - began)
            grown = resident_mb(pid) - memory
            found = json.loads(clients.stdout.readline())
    found |= {"cpu": spent, "grown": grown}
    print(
        f"{name:>16} {count:5} spectators: {spent:.2f} cores, p50 {found['p50']:.0f} ms,"
        f" p99 {found['p99']:.0f} ms, {found['received']} messages, {found['missed']} missed,"
        f" memory {resident(found)}",
        flush=True,
    )
    return found


def resident(found: dict[str, Any]) -> str:
    return f"{found['grown']:+.1f} MB"


# The servers. Each yields the process to look at, its port and the address to watch.


@contextmanager
def reference_server(what: str = "reference") -> Iterator[tuple[int, int, str]]:
    with running([sys.executable, "-m", "benchmarks.fan_out", what], {}) as (server, port):
        yield server.pid, port, "/"


@contextmanager
def site() -> Iterator[tuple[int, int, str]]:
    with granian("benchmarks.fan_out:pushed_site") as (pid, port):
        yield pid, port, f"/replays/{SHARD}/live"


@contextmanager
def usual_site() -> Iterator[tuple[int, int, str]]:
    with granian("benchmarks.fan_out:usual_way") as (pid, port):
        yield pid, port, "/"


@contextmanager
def room_site() -> Iterator[tuple[int, int, str]]:
    """Serve a room as the site is served: the web, and the host that steps it, each by itself."""
    with tempfile.TemporaryDirectory() as folder:
        environment = in_folder(folder) | {
            "SPECTATORS_A_GAME": "100000",
            "COMPUTER_PAUSE_SECONDS": str(ROOM_PAUSE_SECONDS),
            "ABSENT_SECONDS": "0",
        }
        command = [sys.executable, "-m", "benchmarks.fan_out", "room"]
        host = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE, text=True
        )
        try:
            assert host.stdout is not None
            code = host.stdout.readline().strip()
            with granian("segfault_site.asgi:application", environment) as (pid, port):
                yield pid, port, f"/api/replay/spectate/{code}"
        finally:
            host.terminate()
            host.wait(10)


@contextmanager
def granian(
    application: str, environment: dict[str, str] | None = None
) -> Iterator[tuple[int, int]]:
    with tempfile.TemporaryDirectory() as folder:
        command = [str(Path(sys.executable).with_name("granian")), *GRANIAN[1:], application]
        with running(command, environment or in_folder(folder)) as (server, port):
            yield worker_of(server.pid), port


def in_folder(folder: str) -> dict[str, str]:
    """Return the environment of a site whose database lies in a folder."""
    return {
        "DATABASE_URL": f"sqlite:///{folder}/site.sqlite3",
        "SECRET_KEY": "only measured with",
        "SOCKETS_AN_ADDRESS": "100000",
        "SOCKETS_A_SHARD": "100000",
        "REDIS_URL": "",
        "LOG_LEVEL": "ERROR",
    }


@contextmanager
def running(
    command: list[str], environment: dict[str, str]
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    server = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | environment | {"GRANIAN_PORT": str(port)}
    )
    try:
        wait_for(port)
        yield server, port
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def free_port() -> int:
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(port: int) -> None:
    import socket

    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The server did not start.")


def worker_of(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[-1])


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def raise_file_limit() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


# What the servers run


def snapshot() -> dict[str, Any]:
    return {"sent": time.time(), "board": "x" * SNAPSHOT_BYTES}


def each_tick() -> Iterator[int]:
    """Yield tick numbers at 5 Hz, for ever; to be used from a thread."""
    due = time.monotonic()
    for tick in range(1 << 30):
        yield tick
        due += 1 / HERTZ
        time.sleep(max(0.0, due - time.monotonic()))


async def each_line() -> AsyncIterator[dict[str, Any]]:
    """Yield ticks at 5 Hz, for ever."""
    due = time.monotonic()
    for tick in range(1 << 30):
        yield {"tick": tick, "t": tick / HERTZ, "snapshot": snapshot()}
        due += 1 / HERTZ
        await asyncio.sleep(max(0.0, due - time.monotonic()))


def prepare() -> Any:
    """Set Django up on an empty database; return the ASGI application."""
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "segfault_site.settings")
    from segfault_site.asgi import application

    call_command("migrate", verbosity=0)
    return application


def push() -> None:
    """Record ticks as a push does: in a thread of the web process."""
    from games import get_game
    from replays import recording

    shard = recording.open_shard(get_game("measured"), id=UUID(SHARD))
    for tick in each_tick():
        recording.append(shard, [recording.Tick(tick, tick / HERTZ, snapshot())])


def play_room() -> None:
    """Open a room for computer players, print its code, and play there until told to stop."""
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "segfault_site.settings")
    import django

    django.setup()
    call_command("migrate", verbosity=0)
    from django.contrib.auth import get_user_model

    from play import rooms
    from play.host import Host

    ada = get_user_model().objects.create_user("ada")
    code = rooms.open_room(ada, {"num_rounds": 18}).code
    for profile in ("steady", "hunter", "wary"):
        rooms.add_computer(ada, code, profile)
    rooms.start(ada, code)
    print(code, flush=True)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    Host(shards=0).run(stop)


def start_thread(work: Any) -> None:
    threading.Thread(target=work, daemon=True).start()


def __getattr__(name: str) -> Any:
    """Make an application when granian asks for it by name."""
    if name == "pushed_site":
        application = prepare()
        start_thread(push)
        return application
    if name == "usual_way":
        return usual_application()
    raise AttributeError(name)


def usual_application() -> Any:
    prepare()
    from channels.generic.websocket import AsyncJsonWebsocketConsumer
    from channels.layers import channel_layers
    from channels.routing import ProtocolTypeRouter
    from django.conf import settings

    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    channel_layers.backends = {}
    ticking: list[asyncio.Task[None]] = []

    class UsualConsumer(AsyncJsonWebsocketConsumer):
        groups = ["shard"]

        async def connect(self) -> None:
            await self.accept()
            if not ticking:
                ticking.append(asyncio.create_task(tell_the_group(self.channel_layer)))

        async def tick(self, event: dict[str, Any]) -> None:
            await self.send_json({"type": "ticks", "ticks": [event["line"]]})

    return ProtocolTypeRouter({"websocket": UsualConsumer.as_asgi()})


async def tell_the_group(layer: Any) -> None:
    async for line in each_line():
        await layer.group_send("shard", {"type": "tick", "line": line})


async def reference(message: Callable[[dict[str, Any]], Any]) -> None:
    import websockets
    from websockets.asyncio.server import broadcast, serve

    connections: set[websockets.ServerConnection] = set()

    async def watch(connection: websockets.ServerConnection) -> None:
        connections.add(connection)
        await connection.wait_closed()
        connections.discard(connection)

    port = int(os.environ["GRANIAN_PORT"])
    async with serve(watch, "127.0.0.1", port, compression=None, ping_interval=None, backlog=4096):
        async for line in each_line():
            broadcast(connections, json.dumps(message(line)))


def ticks(line: dict[str, Any]) -> dict[str, Any]:
    return {"type": "ticks", "ticks": [line]}


def game_update(line: dict[str, Any]) -> dict[str, Any]:
    happened = datetime.now(UTC).isoformat()
    event = ROOM_EVENT | {"sequence": line["tick"]}
    return {"type": "game_update", "event": event, "timestamp": happened}


WORK: dict[str, Callable[[], None]] = {
    "reference": lambda: asyncio.run(reference(ticks)),
    "room_reference": lambda: asyncio.run(reference(game_update)),
    "room": play_room,
}

if __name__ == "__main__":
    work = WORK.get(" ".join(sys.argv[1:]))
    if work is None:
        main()
    else:
        raise_file_limit()
        work()
