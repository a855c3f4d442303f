"""What the docs say of settings, commands and addresses is true."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands, load_command_class
from django.urls import Resolver404, resolve

from games.contract import check_game
from replays import portable
from replays.api.errors import not_found
from spectate import live_events, streams

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SETTINGS = (ROOT / "segfault_site/settings.py").read_text()
READ = set(re.findall(r'env\.?\w*\(\s*"([A-Z_]+)"', SETTINGS))


def words(page: Path, pattern: str) -> set[str]:
    return set(re.findall(pattern, page.read_text()))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_the_docs_is_there_with_its_options(page):
    for name, rest in re.findall(r"manage\.py (\w+)([^`\n|]*)", page.read_text()):
        assert name in get_commands(), name
        app = get_commands()[name]
        parser = load_command_class(app, name).create_parser("manage.py", name)
        known = {option for action in parser._actions for option in action.option_strings}
        for option in re.findall(r"--[a-z-]+", rest):
            assert option in known, f"manage.py {name} {option}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_of_the_docs_is_there(page):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert words(page, r"`make ([a-z-]+)") <= targets


def test_every_setting_is_in_the_docs_and_none_else():
    page = ROOT / "docs/running.md"
    told = words(page, r"`([A-Z][A-Z_]{3,})`")
    assert told - READ == set()
    assert READ - told - {"TEST_DATABASE"} == set()


def test_the_defaults_of_the_docs_are_those_of_the_settings():
    page = (ROOT / "docs/running.md").read_text()
    defaults = {
        name: default.strip("\"'").removesuffix(".0")
        for name, default in re.findall(r'env\.\w+\("([A-Z_]+)", default=([^)]+)\)', SETTINGS)
    }
    rows = re.findall(
        r"^\| ((?:`[A-Z_]+`(?:, )?)+) \| ((?:`[^`]+`(?:, )?)+) \|", page, re.MULTILINE
    )
    told = [
        (name, value)
        for names, values in rows
        for name, value in zip(names.split(", "), values.split(", "), strict=True)
    ]
    told += re.findall(r"(`LIMIT_[A-Z_]+`)\s+(`\d+/\d+`)", page)
    assert len(told) > 25
    for name, value in told:
        assert defaults[name.strip("`")] == value.strip("`").removesuffix(".0"), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_address_of_the_docs_leads_somewhere(page):
    for address in words(page, r"`(?:GET |POST |DELETE |PUT |HEAD )?(/[\w/{}.:-]*)[?`]"):
        path = address.replace("{n}", "0").replace("{code}", "abcdefghijkm")
        path = re.sub(r"\{[^}]+\}", "00000000-0000-4000-8000-000000000000", path)
        if streams.PATH.fullmatch(path) or live_events.PATH.fullmatch(path):
            continue  # which is answered before Django
        try:
            found = resolve(path)
        except Resolver404:
            pytest.fail(f"{address} leads nowhere")
        assert found.func is not not_found, f"{address} leads nowhere"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_the_docs_leads_to_a_file(page):
    for target in words(page, r"\]\((?!https?:)([^)#]+)"):
        assert (page.parent / target).exists(), target


@pytest.mark.django_db
def test_the_file_of_the_format_s_page_is_read_and_written_again_to_the_same_bytes():
    page = (ROOT / "docs/recording-format.md").read_text()
    text = re.search(r"```json\n(.*?)```", page, re.DOTALL)[1]
    shard = portable.read(io.BytesIO(text.encode()))
    assert (shard.total_ticks, str(shard)) == (3, "A short count")
    assert b"".join(portable.write(shard)).decode() == text


def test_the_reader_of_the_format_s_page_reads_its_file():
    page = (ROOT / "docs/recording-format.md").read_text()
    names = {"text": re.search(r"```json\n(.*?)```", page, re.DOTALL)[1]}
    exec(re.search(r"```python\n(.*?)```", page, re.DOTALL)[1], names)
    assert names["scores"] == [0, 1, 3]


def test_the_game_of_the_page_on_adding_one_keeps_the_contract():
    page = (ROOT / "docs/adding-a-game.md").read_text()
    names: dict[str, Any] = {}
    exec(re.search(r"```python\n(.*?)```", page, re.DOTALL)[1], names)
    check_game(names["GAME"])
