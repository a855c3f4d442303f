"""The plain way, to measure ours against: a JSON row a tick, parsed and dumped a request."""

import json
import os
import sqlite3

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path

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
"""  # as in seed 000
PAGE = """
SELECT tick, snapshot FROM replay_ticks WHERE shard_id = %s AND tick >= %s ORDER BY tick LIMIT %s
"""
SHARD = "0b0e6a3c-2b8f-4b0e-9a57-7a1d9b1f2c11"


def store(file: str, snapshots: list[dict]) -> None:
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


def replay(request: HttpRequest, shard_id: str) -> JsonResponse:
    start, limit = int(request.GET.get("start_tick", 0)), int(request.GET.get("limit", 100))
    with connection.cursor() as cursor:
        cursor.execute(PAGE, [shard_id, start, limit + 1])
        rows = cursor.fetchall()
    ticks = [{"tick": tick, "snapshot": json.loads(snapshot)} for tick, snapshot in rows[:limit]]
    return JsonResponse({"shard_id": shard_id, "ticks": ticks, "has_more": len(rows) > limit})


urlpatterns = [path("replays/<str:shard_id>", replay)]

if file := os.environ.get("PLAIN_DATABASE"):
    settings.configure(
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["127.0.0.1"],
        SECRET_KEY="for measurements only",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": file}},
        MIDDLEWARE=["django.middleware.gzip.GZipMiddleware"],
        LOGGING_CONFIG=None,
    )
    django.setup()
    application = get_asgi_application()
