"""Take pictures of the site's pages, as wide as a desk and as narrow as a phone.

`python -m tests.screenshot [PATH …]` writes PNG files to var/screenshots. It asks the site at
SITE, or starts one where none answers. When no path is given it also takes the README's picture,
docs/screenshot.png: a live shard in the viewer, once it has played for a while.
"""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.chromium import launch
from tests.live_site import answers

ROOT = Path(__file__).parent.parent
SITE = os.environ.get("SITE", "http://127.0.0.1:8000")
FOLDER = ROOT / "var" / "screenshots"
SIZES = {"desk": (1280, 800), "phone": (390, 844)}
READY_SECONDS = 60
PLAYED_TICKS = 120
SETTLE_MILLISECONDS = 2_000


def main(paths: list[str]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_site(), sync_playwright() as playwright:
        browser = launch(playwright)
        if not paths:
            shard = played_shard()
            take_readme_picture(browser, shard)
            paths = ["/", "/replays", "/spectate/shards", f"/replay?shard={shard}"]
        for path in paths:
            take_pictures(browser, path)


def take_readme_picture(browser: Browser, shard: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="dark")
    page.goto(f"{SITE}/spectate/{shard}")
    page.wait_for_timeout(SETTLE_MILLISECONDS)
    page.screenshot(path=ROOT / "docs" / "screenshot.png")
    print("docs/screenshot.png")


def played_shard() -> str:
    """Wait for a live shard that has something to show."""
    address = f"{SITE}/replays?live=1&game=segfault&limit=20"
    request = urllib.request.Request(address, headers={"Accept": "application/json"})
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        for shard in json.load(urllib.request.urlopen(request, timeout=10))["shards"]:
            if shard["total_ticks"] >= PLAYED_TICKS:
                return shard["shard_id"]
        time.sleep(2)
    sys.exit(f"No shard has played for {PLAYED_TICKS} ticks.")


def take_pictures(browser: Browser, path: str) -> None:
    for size, (width, height) in SIZES.items():
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(SITE + path)
        page.wait_for_timeout(SETTLE_MILLISECONDS)  # a live page is never idle
        picture = FOLDER / f"{file_name(path)}-{size}.png"
        page.screenshot(path=picture)
        page.close()
        print(picture.relative_to(ROOT))


def file_name(path: str) -> str:
    return re.sub(r"\W+", "-", path).strip("-") or "home"


@contextmanager
def running_site() -> Iterator[None]:
    if answers(SITE):
        yield
        return
    quick = os.environ | {"SEGFAULT_TICK_SECONDS": "0.25"}
    server = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--no-demos"], cwd=ROOT, env=quick
    )
    try:
        wait_for_site(server)
        yield
    finally:
        server.terminate()
        server.wait(20)


def wait_for_site(server: subprocess.Popen) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not answers(SITE):
        if server.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"The site did not start at {SITE}.")
        time.sleep(0.5)


if __name__ == "__main__":
    main(sys.argv[1:])
