"""Many WebSocket clients in one process, for benchmarks.fan_out: they note when each tick arrives.

`python -m benchmarks.fan_out_clients PORT PATH COUNT SECONDS DEAF`: prints a line when all
watch, a line when the time is over, and what was found as JSON. The DEAF ones never read.
"""

import asyncio
import base64
import itertools
import json
import os
import resource
import sys
import time
from datetime import datetime

CONNECTING_AT_ONCE = 50
SETTLE_SECONDS = 2.0


class Client(asyncio.Protocol):
    """The least of a client: it tells ticks apart by number and reads when they were sent."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.buffer = bytearray()
        self.shaking_hands = True
        self.open = asyncio.get_running_loop().create_future()
        self.ticks: list[int] = []
        self.delays: list[float] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(
            f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if self.shaking_hands:
            head, found, rest = self.buffer.partition(b"\r\n\r\n")
            if not found:
                return
            assert head.startswith(b"HTTP/1.1 101"), bytes(head)
            self.shaking_hands = False
            self.buffer = bytearray(rest)
            self.open.set_result(None)
        self.read_frames()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.open.done():
            self.open.set_exception(ConnectionError("closed while connecting"))

    def read_frames(self) -> None:
        buffer, start = self.buffer, 0
        while len(buffer) - start >= 2:
            size, at = buffer[start + 1], start + 2
            if size == 126:
                size, at = int.from_bytes(buffer[at : at + 2]), at + 2
            elif size == 127:
                size, at = int.from_bytes(buffer[at : at + 8]), at + 8
            if len(buffer) < at + size:
                break
            self.take(buffer[at : at + size])
            start = at + size
        if start:
            del buffer[:start]

    def take(self, message: bytearray) -> None:
        """Note what arrives: a tick by when it was sent, an event of a room by when it happened."""
        now, beginning = time.time(), message[:200]
        place = beginning.find(b'"sent":')
        if place >= 0:
            sent = float(beginning[place + 7 : beginning.index(b",", place)])
            number = beginning.index(b'"tick":') + 7
            self.ticks.append(int(beginning[number : beginning.index(b",", number)]))
            self.delays.append(now - sent)
        elif b'"game_update"' in beginning:
            event = json.loads(message)
            self.ticks.append(event["event"]["sequence"])
            self.delays.append(now - datetime.fromisoformat(event["timestamp"]).timestamp())


async def main(port: int, path: str, count: int, seconds: float, deaf: int) -> None:
    clients = await connect(port, path, count)
    while not all(client.ticks for client in clients):
        await asyncio.sleep(0.1)
    await asyncio.sleep(SETTLE_SECONDS)
    for client in clients:
        client.ticks.clear()
        client.delays.clear()
    print("connected", flush=True)
    if deaf:
        for client in await connect(port, path, deaf):
            client.transport.pause_reading()
    await asyncio.sleep(seconds)
    print("over", flush=True)
    delays = sorted(delay for client in clients for delay in client.delays)
    missed = sum(gaps(client.ticks) for client in clients)
    found = {
        "received": len(delays),
        "missed": missed,
        "p50": 1000 * delays[len(delays) // 2],
        "p99": 1000 * delays[len(delays) * 99 // 100],
    }
    print(json.dumps(found), flush=True)
    for client in clients:
        client.transport.abort()


async def connect(port: int, path: str, count: int) -> list[Client]:
    loop = asyncio.get_running_loop()
    clients: list[Client] = []
    while len(clients) < count:
        some = [
            loop.create_connection(lambda: Client(path), "127.0.0.1", port)
            for _ in range(min(CONNECTING_AT_ONCE, count - len(clients)))
        ]
        made = [client for _, client in await asyncio.gather(*some)]
        await asyncio.gather(*(client.open for client in made))
        clients += made
    return clients


def gaps(ticks: list[int]) -> int:
    """Return how many ticks are missing, doubled or out of order."""
    if not ticks:
        return 1
    return sum(1 for one, another in itertools.pairwise(ticks) if another != one + 1)


if __name__ == "__main__":
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    port, path, count, seconds, deaf = sys.argv[1:]
    asyncio.run(main(int(port), path, int(count), float(seconds), int(deaf)))
