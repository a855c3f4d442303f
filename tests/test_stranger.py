"""A stranger does what docs/strangers-game.md says, word for word, and it comes true."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from replays import client_wheel
from replays.models import ReplayShard, ShareCode
from tests.chromium import accessibility_violations
from tests.live_site import ROOT

PAGE = (ROOT / "docs/strangers-game.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
PYTHON = [text for kind, text in BLOCKS if kind == "python"]
SHELL = [text for kind, text in BLOCKS if kind == "sh"]


class Desk:
    """A folder of the stranger's own, and a shell that knows where the site is."""

    def __init__(self, folder: Path, site: str) -> None:
        self.folder = folder
        kept = ("PATH", "HOME", "LANG", "TMPDIR")
        self.environment = {name: os.environ[name] for name in kept if name in os.environ}
        self.environment["SEGFAULT_URL"] = site

    def shell(self, text: str) -> str:
        return self.run(["bash", "-euo", "pipefail", "-c", text])

    def run(self, command: list[str]) -> str:
        done = subprocess.run(
            command, check=False, cwd=self.folder, env=self.environment, capture_output=True,
            text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def save(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)


@pytest.fixture
def desk(tmp_path, live_site) -> Desk:
    return Desk(tmp_path, live_site)


def token_of(page, live_site: str) -> str:
    """Make a token for pushing on the account page, and read it there."""
    page.goto(f"{live_site}/account")
    page.get_by_label("Name").fill("my game")
    page.get_by_label("For").select_option("push")
    page.get_by_role("button", name="Make a token").click()
    return page.locator("#new-token").input_value()


def test_the_page_names_the_client_that_is_here():
    assert client_wheel.NAME in PAGE
    assert len(PYTHON) == 4
    assert len(SHELL) == 4


def test_a_stranger_gets_from_nothing_to_a_shared_link_and_the_data(
    desk, live_site, ada, page_of, new_context
):
    page = page_of(ada)
    game, record, hinted, count = PYTHON
    where, install, take, _ = SHELL
    assert "SEGFAULT_URL" in where
    desk.environment["SEGFAULT_TOKEN"] = token_of(page, live_site)
    desk.save("meadow.py", game)
    desk.shell(install)

    desk.save("record.py", record)
    address = desk.run(["recorder/bin/python", "record.py"]).strip()
    assert address.startswith(f"{live_site}/spectate/")
    page.goto(address)
    expect(page.locator("#viewer-game")).to_have_text("meadow")
    expect(page.locator("#viewer")).to_have_attribute("data-tick", re.compile(r"\d+"))
    expect(page.locator("#board")).to_have_attribute("aria-label", re.compile("of hares, 5 of fox"))
    expect(page.locator('[data-panel="chart"]')).to_contain_text("Choose numbers")

    (hints,) = [text for kind, text in BLOCKS if kind == "json"]
    desk.save("hints.json", hints)
    desk.save("record.py", hinted)
    address = desk.run(["recorder/bin/python", "record.py"]).strip()
    page.goto(f"{address}?tick=60")
    expect(page.locator("#viewer-game")).to_have_text("Foxes and hares")
    expect(page.locator("#viewer-name")).to_have_text("A hard winter")
    expect(page.locator('[data-panel="events"]')).to_contain_text(re.compile(r"fox \d caught hare"))
    expect(page.locator("canvas.chart")).to_have_attribute(
        "aria-label", re.compile(r"hares \(how many\)")
    )
    assert accessibility_violations(page) == []

    page.locator("#share-open").click()
    page.locator("#share-name").fill("Look at this fox")
    page.locator("#share-form button[type=submit], #share-form button:not([type])").first.click()
    expect(page.locator("#share-made")).to_be_visible()
    link = page.locator("#share-link").input_value()
    friend = new_context().new_page()
    friend.goto(link)
    expect(friend.locator("#viewer-name")).to_have_text("Look at this fox")
    expect(friend.locator("#viewer")).to_have_attribute("data-tick", "60")

    desk.environment["CODE"] = ShareCode.objects.get(title="Look at this fox").code
    desk.shell(take)
    told = desk.run([sys.executable, "-c", count])
    assert re.fullmatch(r"200 ticks, \d+ hares caught, \d+ left\n", told)


def test_a_stranger_without_the_client_needs_curl_alone(desk, live_site, ada, page_of):
    page = page_of(ada)
    desk.environment["SEGFAULT_TOKEN"] = token_of(page, live_site)
    told = desk.shell(SHELL[3])
    first, second = re.findall(r"\{[^{}]*\}", told)
    assert json.loads(first)["url"] == json.loads(second)["url"]
    shard = ReplayShard.objects.get(pk=json.loads(first)["shard_id"])
    assert (shard.game, shard.total_ticks, shard.ended) == ("meadow", 3, True)
    page.goto(json.loads(first)["url"])
    expect(page.locator("#board")).to_have_attribute("aria-label", re.compile("1 of hares"))


def test_the_home_page_tells_how_with_this_site_s_address(live_site, page, desk):
    page.goto(live_site)
    install = page.locator("#record-install").inner_text()
    assert install == f"pip install {live_site}/client/{client_wheel.NAME}"
    code = page.locator("#record-python").inner_text()
    assert f'Recording("{live_site}", "TOKEN", game="my-game")' in code
    assert len(code.strip().splitlines()) - code.count("\n\n") == 5
    compile(code, "home", "exec")
    page.get_by_role("link", name="A stranger's game in ten minutes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A stranger's game in ten minutes")
    assert accessibility_violations(page) == []


@pytest.mark.django_db
def test_what_the_home_page_pushes_by_curl_is_taken(live_site, page, ada, desk):
    from replays.tokens import make_token

    page.goto(live_site)
    code = page.locator("#record-curl").inner_text().replace("TOKEN", make_token(ada, "push"))
    answer = json.loads(desk.shell(code))
    assert ReplayShard.objects.get(pk=answer["shard_id"]).total_ticks == 2
