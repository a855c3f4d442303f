"""A site whose disk is full says so, keeps what it had, and goes on when there is room."""

import json
import random
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.live_site import ROOT, environment, free_port, wait_until_ready
from tests.test_push import frame

DISK = """
mount -t tmpfs -o size=6m none "$1" && cp "$2" "$1/site.sqlite3"
head -c 3000000 /dev/zero > "$1/ballast"
shift 2 && exec "$@"
"""
"""Run the rest of the command where one folder is a disk of 6 MB, half of it taken."""


@pytest.fixture
def small_disk(tmp_path):
    """Give a site whose database lies on a small disk, and what makes room on it."""
    folder, made = tmp_path / "disk", tmp_path / "made.sqlite3"
    folder.mkdir()
    port = free_port()
    about = environment() | {"OPEN_PUSH": "True", "DEBUG": "False", "PYTHONPATH": str(ROOT)}
    about["DATABASE_URL"] = f"sqlite:///{made}"
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, cwd=ROOT, env=about, check=True)
    with sqlite3.connect(made) as database:
        database.execute("VACUUM")
    database.close()
    about["DATABASE_URL"] = f"sqlite:///{folder / 'site.sqlite3'}"
    served = [sys.executable, "-m", "granian", "--interface", "asginl", "--port", str(port)]
    namespace = ["unshare", "--map-root-user", "--mount", "sh", "-c", DISK, "sh", folder, made]
    log = tmp_path / "log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [*namespace, *served, "--log-level", "warning", "segfault_site.asgi:application"],
            cwd=ROOT, env=about, stdout=output, stderr=output,
        )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_ready(server, address, log)
        ballast = Path(f"/proc/{server.pid}/root{folder}/ballast")
        yield address, ballast.unlink
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def bulky(number):
    """Return a frame that packs badly."""
    return frame(number) | {"noise": random.Random(number).randbytes(8_000).hex()}


def chunk(index):
    frames = [bulky(4 * index + number) for number in range(4)]
    return {"replay_id": "full", "chunk_index": index, "game": "noise", "frames": frames}


def test_a_full_disk_is_told_and_what_was_answered_stays(small_disk):
    address, make_room = small_disk
    with httpx.Client(base_url=address, timeout=30) as site:
        answers = [site.post("/push", json=chunk(0))]
        while answers[-1].status_code == 200 and len(answers) < 100:
            answers.append(site.post("/push", json=chunk(len(answers))))
        kept, refused = len(answers) - 1, answers[-1]
        assert (refused.status_code, refused.json()["error_code"]) == (507, "STORAGE_FULL")
        assert refused.json()["detail"]
        shard = answers[0].json()["shard_id"]
        check_whole(site, shard, kept)
        make_room()
        assert site.post("/push", json=chunk(kept)).status_code == 200
        closing = chunk(kept + 1) | {"chunk_count": kept + 2, "frames": []}
        assert site.post("/push", json=closing).status_code == 200
        check_whole(site, shard, kept + 1)
        assert site.get("/push/full").json()["complete"]


def check_whole(site, shard, chunks):
    """All that was answered is read back, and nothing of what was not."""
    told = site.get("/push/full").json()
    assert told["arrived"][:chunks] == list(range(chunks))
    assert (told["missing"], told["ticks"]) == ([], 4 * chunks)
    read = []
    for start in range(0, 4 * chunks, 50):
        page = site.get(f"/replays/{shard}?start_tick={start}&limit=50").json()
        read += [json.dumps(tick["snapshot"]) for tick in page["ticks"]]
    assert read == [json.dumps(bulky(number)) for number in range(4 * chunks)]
