"""What is installed is pinned by hash, and no file says from where."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PINS = sorted(ROOT.glob("requirements*.txt"))


@pytest.mark.parametrize("path", PINS, ids=lambda path: path.name)
def test_every_requirement_has_one_version_and_its_hashes(path):
    blocks = re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n", "", path.read_text()).strip())
    assert blocks
    for block in blocks:
        assert re.match(r"[\w.-]+(\[[\w,]+\])?==\S+", block), block
        assert "--hash=sha256:" in block, block


@pytest.mark.parametrize("path", [*PINS, ROOT / "package-lock.json"], ids=lambda path: path.name)
def test_a_pin_names_no_registry(path):
    assert not re.search(r"https?://|--index-url|--find-links", path.read_text())


def test_every_npm_package_is_pinned_by_hash():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
