"""Games that record through the client as programs of their own, and sites to send them to."""

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from client.segfault_client import recording, sender, wire
from client.segfault_client.spool import Spool
from replays import reading
from replays.models import Push
from replays.tokens import make_token
from tests.live_site import ROOT, command, environment, wait_until_ready

GAME = """
import json, sys, time
from client.segfault_client import Recording
url, spool, pause, count = sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4])
options = json.loads(sys.argv[5])
recording = Recording(url, spool=spool, game="counting-up", replay_id="r1", **options)
for number in range(count):
    recording.tick({"n": number})
    print(number, flush=True)
    time.sleep(pause)
print("over", flush=True)
"""


def start_game(
    url: str,
    spool: Path,
    token: str = "",
    *,
    pause: float = 0.002,
    count: int = 100_000,
    **options: Any,
) -> "subprocess.Popen[str]":
    """Start a program that records `{"n": 0}, {"n": 1}` … as r1, and prints each number."""
    stated = [
        sys.executable,
        "-c",
        GAME,
        url,
        str(spool),
        str(pause),
        str(count),
        json.dumps(options),
    ]
    environment = os.environ | {"SEGFAULT_TOKEN": token}
    return subprocess.Popen(
        stated, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def leave(url: str, replay_id: str, count: int = 3, chunk_ticks: int = 100) -> None:
    """Leave a recording in the spool of the environment, as a killed game does."""
    spooled = Spool().begin(url, wire.about(replay_id, game="pushed"), None, 0.0)
    [chunk] = spooled.chunks()
    for number in range(count):
        with chunk.path.open("a") as file:
            file.write(json.dumps({"n": number}) + "\n")
        if (number + 1) % chunk_ticks == 0:
            following = spooled.open_chunk(chunk.index + 1, number + 1)
            chunk.renamed("chunk")
            chunk = following
    spooled.release()


def client_command(*arguments: Any, **more: str) -> "subprocess.CompletedProcess[str]":
    """Run `segfault-client` as it is installed, with SEGFAULT_* as given."""
    stated = [sys.executable, "-m", "client.segfault_client", *map(str, arguments)]
    return subprocess.run(
        stated,
        check=False,
        cwd=ROOT,
        env=os.environ | more,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def own_spool(monkeypatch, tmp_path) -> Iterator[Path]:
    """Keep what the client does not send in a folder of the test, and let go of it afterwards."""
    for name in ("SEGFAULT_URL", "SEGFAULT_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SEGFAULT_SPOOL", str(tmp_path / "spool"))
    yield tmp_path / "spool"
    recording._open_recordings.clear()
    for started in sender._senders.values():
        started._sendings.clear()
    sender._senders.clear()


@pytest.fixture
def push_site(live_site, ada, own_spool, monkeypatch) -> str:
    """Return the address of a running site, which is where the client records as ada."""
    monkeypatch.setenv("SEGFAULT_URL", live_site)
    monkeypatch.setenv("SEGFAULT_TOKEN", make_token(ada, "push"))
    return live_site


def recorded(replay_id: str = "r1") -> list[dict[str, Any]]:
    """Return the snapshots that the site has of a push, in their order."""
    push = Push.objects.filter(replay_id=replay_id).select_related("shard").first()
    if push is None or push.shard is None:
        return []
    return [entry["snapshot"] for entry in reading.entries(push.shard)]


def numbers(replay_id: str = "r1") -> list[int]:
    return [snapshot["n"] for snapshot in recorded(replay_id)]


@contextlib.contextmanager
def served(port: int, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the site at a port, on the database of the tests."""
    with log.open("a") as output:
        server = subprocess.Popen(
            command(port), cwd=ROOT, env=environment(), stdout=output, stderr=subprocess.STDOUT
        )
    try:
        wait_until_ready(server, f"http://127.0.0.1:{port}", log)
        yield server
    finally:
        server.kill()
        server.wait(20)


class OddSite:
    """A site that answers as a test says: `answer(method, path, body)` gives status and headers."""

    def __init__(self, answer: Callable[[str, str, bytes], tuple[int, dict[str, str]] | None]):
        self.asked: list[tuple[str, str, bytes]] = []
        self.headers: list[dict[str, str]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                site.asked.append((self.command, self.path, body))
                site.headers.append(dict(self.headers))
                told = answer(self.command, self.path, body)
                if told is None:  # the line drops when all has been taken in
                    self.connection.close()
                    return
                status, headers = told
                text = json.dumps({"detail": f"Because of {status}."}).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(text)

            do_GET = do_HEAD = do_POST = do_PUT = handle_any

            def log_message(self, *_: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def bodies(self) -> list[bytes]:
        return [body for method, _, body in self.asked if method == "POST"]

    def __enter__(self) -> "OddSite":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
