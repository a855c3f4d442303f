"""A sealed chunk over HTTP, and the same ticks through Django, beside plain and nginx."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import plain_site
from benchmarks.trial import free_port, record, running, served, snapshots, trial_site

SECONDS = 5
ROUNDS = 3
CONNECTIONS = 16
LARGE_TICKS = "arena/replay-fx.json"
NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off; sendfile on; keepalive_requests 10000000; open_file_cache max=100;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{ listen 127.0.0.1:{port}; root {folder}/files; }}
}}
"""


def main() -> None:
    if shutil.which("wrk") is None:
        print("chunk over HTTP: not measured, wrk is not installed")
        return
    with trial_site() as folder:
        measure(folder)


def measure(folder: Path) -> None:
    recorded = snapshots(500, LARGE_TICKS)
    shard = record(recorded)
    chunk = shard.chunks.get(number=1)
    plain_site.store(str(folder / "plain.sqlite3"), recorded)
    os.environ["PLAIN_DATABASE"] = str(folder / "plain.sqlite3")  # for the server that is started
    (folder / "files").mkdir()
    (folder / "files" / "chunk").write_bytes(bytes(chunk.body))
    print(f"100 ticks: {chunk.plain_bytes:,} bytes of JSON, {chunk.stored_bytes:,} as stored")

    with (
        served("segfault_site.asgi:application", folder) as ours,
        served("benchmarks.plain_site:application", folder) as plain,
        nginx(folder) as disk,
    ):
        page = "?start_tick=101&limit=100"
        tell(
            chunk=median_rate(f"{ours}/replays/{shard.pk}/chunks/1", "zstd"),
            ticks=median_rate(f"{ours}/replays/{shard.pk}{page}", "zstd"),
            plain=median_rate(f"{plain}/replays/{plain_site.SHARD}{page}", "gzip"),
            disk=median_rate(f"{disk}/chunk", "zstd") if disk else None,
        )


def tell(chunk: float, ticks: float, plain: float, disk: float | None) -> None:
    print(f"plain, a row a tick, serialized: {plain:,.1f} requests a second")
    print(f"sealed chunk: {chunk:,.0f} a second, {chunk / plain:,.0f} × plain (to reach: 500)")
    print(f"/replays/{{id}}: {ticks:,.0f} a second, {ticks / plain:,.0f} × plain (to reach: 25)")
    if disk is None:
        print("nginx is not installed: not compared with files on disk")
    else:
        print(f"nginx from disk: {disk:,.0f} a second; ours is {chunk / disk:.2f} of it (0.15)")


def median_rate(address: str, encoding: str) -> float:
    rates = sorted(rate(address, encoding) for _ in range(ROUNDS))
    return rates[len(rates) // 2]


def rate(address: str, encoding: str) -> float:
    """Return the requests a second that wrk counts, all of them answered with 200."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--timeout", "20s"]
    command += ["-H", f"Accept-Encoding: {encoding}", address]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in told:
        raise SystemExit(f"{address} does not answer 200:\n{told}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1])


@contextmanager
def nginx(folder: Path) -> Iterator[str | None]:
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        yield None
        return
    port = free_port()
    folder.chmod(0o755)
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
    command = [program, "-p", str(folder), "-e", f"{folder}/error.log", "-c", "nginx.conf"]
    with running(command, port, folder / "log-nginx"):
        yield f"http://127.0.0.1:{port}"


if __name__ == "__main__":
    main()
