"""Senders and viewers of pushes, light enough to leave the machine to the site that is measured."""

import json
import os
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.trial import ROOT


class Sender:
    """One connection that posts the chunks of a replay, each when the one before is answered."""

    def __init__(self, port: int, replay_id: str, frames: str, chunks: int | None = None) -> None:
        self.line = socket.create_connection(("127.0.0.1", port))
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.requests = requests(port, replay_id, frames, chunks)
        self.answered = 0
        self._answer = b""
        self._left = memoryview(b"")
        self.next()

    def next(self) -> bool:
        """Take up the next chunk; tell whether there was one."""
        self._left = memoryview(next(self.requests, b""))
        return bool(self._left)

    @property
    def sends(self) -> bool:
        return bool(self._left)

    def send(self) -> None:
        self._left = self._left[self.line.send(self._left) :]

    def hear(self) -> bool:
        """Read what came; tell whether the answer is whole."""
        self._answer += self.line.recv(65536)
        if not is_whole(self._answer):
            return False
        if not self._answer.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(self._answer)
        self.answered += 1
        self._answer = b""
        return True


def requests(port: int, replay_id: str, frames: str, chunks: int | None) -> Iterator[bytes]:
    """Yield the requests of a replay, of so many chunks or without an end."""
    rest = f', "chunk_count": {chunks or "null"}, "frames": {frames}}}'.encode()
    for index in range(chunks) if chunks else count():
        about = f'{{"replay_id": "{replay_id}", "game": "arena", "chunk_index": {index}'.encode()
        head = (
            f"POST /push HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(about) + len(rest)}\r\n\r\n"
        )
        yield b"".join((head.encode(), about, rest))


def is_whole(answer: bytes) -> bool:
    head, gap, body = answer.partition(b"\r\n\r\n")
    stated = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]
    return bool(gap) and len(body) >= int(stated)


def send_all(senders: list[Sender], seconds: float) -> tuple[int, float]:
    """Let them send for so long, or all they have; return how many were answered, and its time."""
    selector = selectors.DefaultSelector()
    for sender in senders:
        sender.line.setblocking(False)
        selector.register(sender.line, selectors.EVENT_WRITE, sender)
    began = time.perf_counter()
    while selector.get_map() and time.perf_counter() - began < seconds:
        for key, _ in selector.select(1.0):
            sender: Sender = key.data
            if sender.sends:
                sender.send()
                if not sender.sends:
                    selector.modify(sender.line, selectors.EVENT_READ, sender)
            elif sender.hear():
                if sender.next():
                    selector.modify(sender.line, selectors.EVENT_WRITE, sender)
                else:
                    selector.unregister(sender.line)
    took = time.perf_counter() - began
    for sender in senders:
        sender.line.close()
    return sum(sender.answered for sender in senders), took


def one_frame(port: int, frame: dict[str, Any], times: int) -> list[float]:
    """Return how long each of so many frames took from its sending to a viewer, in seconds."""
    viewer = open_stream(port, packed=False)
    waits = []
    replay_id = f"frame-{time.time_ns()}"
    sender = Sender(port, replay_id, json.dumps([frame]))
    for index in range(times):
        began = time.perf_counter()
        while sender.sends:
            sender.send()
        wanted, told = f'"{replay_id}","chunk_index":{index},'.encode(), b""
        while wanted not in told:
            told = told[-100:] + viewer.recv(65536)
        waits.append(time.perf_counter() - began)
        while not sender.hear():
            pass
        sender.next()
    viewer.close()
    return waits


# Viewers


def open_stream(port: int, *, packed: bool = True) -> socket.socket:
    """Watch as a browser does, packed with gzip, or as a client does that reads it as it is."""
    line = socket.create_connection(("127.0.0.1", port))
    asked = "Accept-Encoding: gzip" if packed else "Accept: text/event-stream"
    head = f"GET /events?worlds=0 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{asked}\r\n\r\n"
    line.sendall(head.encode())
    line.recv(4096)
    return line


@contextmanager
def watched(port: int, reading: int, silent: int) -> Iterator[None]:
    """Let so many watch who read, and so many who do not, in a process of their own."""
    command = [sys.executable, "-m", "benchmarks.push_clients", str(port), str(reading)]
    viewers = subprocess.Popen([*command, str(silent)], cwd=ROOT, stdout=subprocess.PIPE)
    assert viewers.stdout is not None
    viewers.stdout.readline()
    try:
        yield
    finally:
        viewers.terminate()
        viewers.wait()


def watch(port: int, reading: int, silent: int) -> None:
    idle = [open_stream(port) for _ in range(silent)]
    selector = selectors.DefaultSelector()
    for _ in range(reading):
        selector.register(open_stream(port), selectors.EVENT_READ)
    print(f"{reading} read, {len(idle)} do not", flush=True)
    space = bytearray(2**20)
    while True:
        for key, _ in selector.select():
            if not key.fileobj.recv_into(space):  # type: ignore[union-attr]
                selector.unregister(key.fileobj)


# The site


def resident(pid: int) -> float:
    """Return how many MB a process holds."""
    pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGESIZE") / 1e6


def busy(pid: int) -> float:
    """Return for how many seconds a process has had a core."""
    told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def worker_of(port: int) -> int:
    """Return the process that serves a port: of granian's the largest."""
    mark = b"\0--port\0%d\0" % port
    folders = [folder for folder in Path("/proc").iterdir() if folder.name.isdigit()]
    serving = [int(one.name) for one in folders if mark in command_of(one)]
    return max(serving, key=busy)


def command_of(folder: Path) -> bytes:
    try:
        return (folder / "cmdline").read_bytes()
    except OSError:
        return b""


if __name__ == "__main__":
    watch(*map(int, sys.argv[1:]))
