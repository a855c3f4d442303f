"""Leave out the tests that need a database or a broker which this run is not given.

They are deselected, not skipped: CI runs the suite once on SQLite alone and once on PostgreSQL with
Redis, and each test runs in the run that it was written for. What asks no database is the same on
both, and runs with SQLite.
"""

from django.conf import settings


def pytest_collection_modifyitems(config, items):
    absent = set(absent_services())
    left_out = {
        item
        for item in items
        if absent & {mark.name for mark in item.iter_markers()}
        or ("needs_sqlite" in absent and not asks_a_database(item))
    }
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]


def asks_a_database(item):
    return (
        bool({"db", "transactional_db", "django_db_setup"} & set(item.fixturenames))
        or item.get_closest_marker("django_db") is not None
    )


def absent_services() -> list[str]:
    """Return the markers of what this run does not have."""
    engine = settings.DATABASES["default"]["ENGINE"]
    absent = ["needs_sqlite" if engine.endswith("postgresql") else "needs_postgres"]
    if not getattr(settings, "REDIS_URL", ""):
        absent.append("needs_redis")
    return absent
