"""The cast that every test shares: ada owns, bob plays, mo moderates, eve is an outsider."""

import inspect
import json
import os
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission

from games import get_game
from replays import recording
from replays.models import ReplayShard

pytest_plugins = [
    "tests.chromium",
    "tests.live_site",
    "tests.client_games",
    "tests.no_skips",
    "tests.played",
    "tests.services",
    "tests.towns",
]

ROOT = Path(__file__).parent.parent
SHARED_DATA = Path(os.environ.get("SHARED_DATA", ROOT.parent / "shared" / "data"))


def pytest_collection_modifyitems(items):
    """Try those tests again that wait for processes, sockets or a browser, which may be late.

    A second failure counts, and a test that needed a second try is counted on the screen.
    """
    for item in items:
        waits = {"live_site", "chromium", "transactional_db"} & set(item.fixturenames)
        if waits or item.get_closest_marker("slow") or inspect.iscoroutinefunction(item.obj):
            item.add_marker(pytest.mark.flaky(reruns=2))


@pytest.fixture(autouse=True)
def _fresh_limits():
    from django.core.cache import cache

    from replays import limits
    from replays.api import files

    cache.clear()
    limits.forget()
    files.EXPORTS.running.clear()  # of answers that a test left unread
    if "shared" in settings.CACHES:  # in Redis, which outlives a test and serves others beside it
        settings.CACHES["shared"]["KEY_PREFIX"] = uuid.uuid4().hex


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch):
    """Hash passwords in one round instead of a million: they are the cast's, and known."""
    monkeypatch.setattr("django.contrib.auth.hashers.PBKDF2PasswordHasher.iterations", 1)


@pytest.fixture
def ada(django_user_model):
    return django_user_model.objects.create_user("ada", password="a long word of ada")


@pytest.fixture
def bob(django_user_model):
    return django_user_model.objects.create_user("bob", password="a long word of bob")


@pytest.fixture
def eve(django_user_model):
    return django_user_model.objects.create_user("eve", password="a long word of eve")


@pytest.fixture
def mo(django_user_model):
    """A moderator: staff who may see, change and delete what is kept here."""
    mo = django_user_model.objects.create_user("mo", password="a long word of mo", is_staff=True)
    kept_here = ("replays", "spectate")
    mo.user_permissions.set(Permission.objects.filter(content_type__app_label__in=kept_here))
    return django_user_model.objects.get(pk=mo.pk)


def shared_recording(name: str) -> Path:
    """Return a recording that lies beside the project, or skip the test where it does not."""
    path = SHARED_DATA / name
    if not path.exists():
        pytest.skip(f"the recording {name} is not beside the project ({SHARED_DATA})")
    return path


def count_up(first: int, count: int) -> list[recording.Tick]:
    """Return ticks of a game that only counts."""
    return [
        recording.Tick(tick, float(tick), {"score": tick, "note": f"at {tick}"})
        for tick in range(first, first + count)
    ]


@pytest.fixture
def record(db):
    """Record a shard of `ticks` ticks of a game that has no rules here; ended unless `live`."""

    def record(ticks: int = 120, *, live: bool = False, **fields: Any) -> ReplayShard:
        shard = recording.open_shard(get_game(fields.pop("game", "counting")), **fields)
        if ticks:
            recording.append(shard, count_up(fields.get("first_tick", 0), ticks))
        if not live:
            recording.finalize(shard)
        shard.refresh_from_db()
        return shard

    return record


@pytest.fixture
def reference_shard() -> dict[str, Any]:
    """The smaller recording of the reference engine, in the shape of its replay API."""
    return json.loads(shared_recording("segfault/shard-small.json").read_bytes())
