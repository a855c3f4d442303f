"""Take pictures of the site's pages, as wide as a desk and as narrow as a phone.

`python -m tests.screenshot [PATH …]` writes PNG files to var/screenshots. It asks the site at
SITE, or starts one where none answers, and picks the newest replay when no path is given.
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
SETTLE_MILLISECONDS = 2_000


def main(paths: list[str]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_site(), sync_playwright() as playwright:
        browser = launch(playwright)
        for path in paths or default_paths():
            take_pictures(browser, path)


def take_pictures(browser: Browser, path: str) -> None:
    for size, (width, height) in SIZES.items():
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(SITE + path)
        page.wait_for_timeout(SETTLE_MILLISECONDS)  # a live page is never idle
        picture = FOLDER / f"{file_name(path)}-{size}.png"
        page.screenshot(path=picture)
        page.close()
        print(picture.relative_to(ROOT))


def default_paths() -> list[str]:
    request = urllib.request.Request(
        f"{SITE}/replays?limit=1", headers={"Accept": "application/json"}
    )
    shards = json.load(urllib.request.urlopen(request, timeout=10))["shards"]
    viewers = [f"/replay?shard={shard['shard_id']}" for shard in shards]
    return ["/", "/replays", "/spectate", *viewers]


def file_name(path: str) -> str:
    return re.sub(r"\W+", "-", path).strip("-") or "home"


@contextmanager
def running_site() -> Iterator[None]:
    if answers(SITE):
        yield
        return
    server = subprocess.Popen([sys.executable, "manage.py", "serve"], cwd=ROOT)
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
