"""The client is built, installed and used as its README says."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv

import pytest

from client.segfault_client import __version__
from replays.models import Push, ReplayShard
from replays.tokens import make_token
from tests.live_site import ROOT

README = (ROOT / "client/README.md").read_text()


def run(*command, **more):
    done = subprocess.run(
        [str(word) for word in command],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
        **more,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Return the bin folder of an environment that has the client and nothing else."""
    folder = tmp_path_factory.mktemp("client")
    shutil.copytree(
        ROOT / "client", folder / "source", ignore=shutil.ignore_patterns("__pycache__")
    )
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    offline = ["--no-index", "--no-deps", "--quiet"]
    wheels = folder / "wheels"
    run(*pip, "wheel", *offline, "--no-build-isolation", "--wheel-dir", wheels, folder / "source")
    venv.create(folder / "venv", symlinks=True)
    [wheel] = wheels.iterdir()
    run(*pip, "--python", folder / "venv/bin/python", "install", *offline, wheel)
    return folder / "venv/bin"


def environment(installed, live_site, token, tmp_path, **more):
    stated = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return stated | {
        "PATH": f"{installed}:{os.environ['PATH']}",
        "SEGFAULT_URL": live_site,
        "SEGFAULT_TOKEN": token,
        "SEGFAULT_SPOOL": str(tmp_path / "spool"),
        **more,
    }


def blocks(language, live_site="", token=""):
    """Return the README's blocks of code, with a site that is there in place of its example."""
    found = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    return [
        block.replace("https://site.example", live_site).replace("TOKEN=TOKEN", f"TOKEN={token}")
        .replace('"TOKEN"', repr(token))
        for block in found
    ]  # fmt: skip


@pytest.mark.slow
def test_the_client_needs_nothing_but_python(installed, live_site, ada, tmp_path):
    token = make_token(ada, "push")
    lean = environment(installed, live_site, token, tmp_path)
    assert run(installed / "segfault-client", "--version", env=lean) == (
        f"segfault-client {__version__}\n"
    )
    block = blocks("python", live_site, token)[0]
    run(installed / "python", "-I", "-c", block, env=lean, cwd=tmp_path)
    assert [(push.ticks, push.whole) for push in Push.objects.all()] == [(300, True)]


@pytest.mark.slow
def test_the_code_of_the_readme_does_what_it_says(installed, live_site, ada, tmp_path):
    """Gymnasium comes from the environment of the tests: it is no part of the client."""
    token = make_token(ada, "push")
    more = {"PYTHONPATH": sysconfig.get_path("purelib")}
    told = environment(installed, live_site, token, tmp_path, **more)
    for number, block in enumerate(blocks("python", live_site, token)):
        head = "" if number == 0 else "from segfault_client import Recording\n"
        out = run(installed / "python", "-c", head + block, env=told, cwd=tmp_path)
        if "progress" in block:
            assert out.endswith("2 stored, 0 on their way, 1 left out\n")
    shards = {shard.game: shard for shard in ReplayShard.objects.all()}
    assert set(shards) == {"my-game", "cartpole-v1"}
    assert ReplayShard.objects.filter(title="Level 3", visibility="unlisted").count() == 1
    assert all(shard.ended for shard in shards.values())


@pytest.mark.slow
def test_the_commands_of_the_readme_do_what_they_say(installed, live_site, ada, tmp_path):
    token = make_token(ada, "push")
    told = environment(installed, live_site, token, tmp_path)
    [block] = blocks("sh", live_site, token)
    out = run("bash", "-euo", "pipefail", "-c", block, env=told, cwd=tmp_path)
    first, second, *watched = out.splitlines()
    assert first.startswith(f"{live_site}/")
    assert second.startswith(f"{live_site}/")
    assert [line.split()[-2:] for line in watched] == [["score", "1"], ["score", "2"]]
    assert Push.objects.count() == 2


def test_the_client_is_the_version_that_it_says_and_asks_for_nothing():
    project = tomllib.loads((ROOT / "client/pyproject.toml").read_text())["project"]
    assert project["dependencies"] == []
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)


def test_the_client_imports_nothing_of_the_site():
    rooms = "games|replays|spectate|play|segfault_site|django|numpy"
    for path in (ROOT / "client/segfault_client").glob("*.py"):
        assert not re.search(rf"^\s*(?:from|import) (?:{rooms})\b", path.read_text(), re.MULTILINE)
        assert "from client" not in path.read_text()
