"""The plain way, to measure ours against: a JSON row a tick, serialized at every request.

The table is seed 000's; the view is what Django REST framework's tutorial teaches, behind gzip.
"""

import json
import os
import sqlite3
from typing import Any

SCHEMA = """
CREATE TABLE replay_ticks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    shard_id TEXT NOT NULL,
    tick INTEGER NOT NULL,
    snapshot TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE(shard_id, tick)
);
CREATE INDEX idx_replay_shard_tick ON replay_ticks(shard_id, tick);
"""
SHARD = "0b0e6a3c-2b8f-4b0e-9a57-7a1d9b1f2c11"


def store(file: str, snapshots: list[dict[str, Any]]) -> None:
    """Write snapshots the plain way into a new database file."""
    database = sqlite3.connect(file)
    database.executescript("PRAGMA journal_mode=WAL;" + SCHEMA)
    rows = [
        (SHARD, tick, json.dumps(snapshot), 1_770_300_000 + 10 * tick)
        for tick, snapshot in enumerate(snapshots, 1)
    ]
    insert = "INSERT INTO replay_ticks (shard_id, tick, snapshot, created_at) VALUES (?, ?, ?, ?)"
    database.executemany(insert, rows)
    database.commit()
    database.close()


def set_up(file: str) -> Any:
    """Return the ASGI application of the plain site on a database that `store` wrote."""
    import django
    from django.conf import settings
    from django.core.asgi import get_asgi_application

    settings.configure(
        ROOT_URLCONF="benchmarks.plain_views",
        ALLOWED_HOSTS=["127.0.0.1"],
        SECRET_KEY="for measurements only",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": file}},
        INSTALLED_APPS=["rest_framework"],
        MIDDLEWARE=["django.middleware.gzip.GZipMiddleware"],
        REST_FRAMEWORK={
            "DEFAULT_AUTHENTICATION_CLASSES": [],
            "UNAUTHENTICATED_USER": None,
            "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        },
        LOGGING_CONFIG=None,
    )
    django.setup()
    return get_asgi_application()


if file := os.environ.get("PLAIN_DATABASE"):
    application = set_up(file)
