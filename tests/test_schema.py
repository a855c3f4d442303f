"""The description of the API, the page that shows it, and whether the site is up."""

import json

import pytest
from django.db import connection
from django.db.utils import OperationalError
from django.urls import get_resolver
from drf_spectacular.validation import validate_schema
from rest_framework.views import APIView

from segfault_site import health
from spectate.schema import STREAMS


@pytest.fixture
def schema(client, db):
    return client.get("/api/schema").json()


def test_the_description_is_valid_openapi_3_1(schema):
    assert schema["openapi"].startswith("3.1")
    validate_schema(schema)


def test_every_api_address_is_described_once(schema):
    rooms = (get_resolver(f"{room}.urls").url_patterns for room in ("replays", "spectate"))
    patterns = [pattern for room in rooms for pattern in room]
    named = {pattern.name for pattern in patterns if pattern.name and is_api(pattern.callback)}
    ours = ("/replay", "/api/", "/spectate", "/chat", "/r/", "/oembed")
    described = [path for path in schema["paths"] if path.startswith(ours)]
    assert len([path for path in described if path not in STREAMS]) == len(named)
    assert STREAMS.keys() <= schema["paths"].keys()
    assert not [path for path in schema["paths"] if path.endswith("/")]


def is_api(view) -> bool:
    return issubclass(getattr(view, "cls", object), APIView)


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("/replays", {"limit", "game", "live", "q", "before"}),
        ("/replays/{shard_id}", {"shard_id", "start_tick", "limit"}),
        ("/replays/{shard_id}/index", {"shard_id"}),
        ("/replays/{shard_id}/ticks", {"shard_id", "start_tick", "limit"}),
        ("/replays/{shard_id}/chunks/{number}", {"shard_id", "number"}),
        ("/replay/{code}/index", {"code"}),
        ("/replay/{code}/ticks", {"code", "start_tick", "limit"}),
        ("/replay/{code}/chunks/{number}", {"code", "number"}),
    ],
)
def test_reading_is_described_with_parameters_answers_and_errors(schema, path, parameters):
    operation = schema["paths"][path]["get"]
    assert {parameter["name"] for parameter in operation["parameters"]} == parameters
    assert {"200", "401", "429"} <= set(operation["responses"])
    assert {"key": []} in operation["security"]
    problem = operation["responses"]["429"]["content"]["application/json"]["schema"]
    assert {"detail", "status_code", "error_code"} <= set(problem["required"])


def test_answers_keep_to_their_description(client, schema, record):
    import jsonschema

    shard = record(250, live=True)
    for path in ("/replays", "/replays/{shard_id}", "/replays/{shard_id}/index"):
        answer = client.get(path.replace("{shard_id}", str(shard.pk))).json()
        described = schema["paths"][path]["get"]["responses"]["200"]["content"]
        jsonschema.validate(answer, described["application/json"]["schema"])
    problem = schema["paths"]["/replays/{shard_id}"]["get"]["responses"]["404"]["content"]
    answer = client.get("/replays/nothing").json()
    jsonschema.validate(answer, problem["application/json"]["schema"])


def test_who_has_the_description_is_not_sent_it_again(client, db):
    first = client.get("/api/schema")
    again = client.get("/api/schema", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert client.head("/api/schema/").status_code == 200


def test_the_description_reads_in_a_browser_under_our_policy(page):
    """Swagger UI comes from the site itself, and breaks no rule of the content security policy."""
    page.goto("/api/docs")
    page.get_by_text("/replays/{shard_id}/index").first.wait_for()
    page.locator(".opblock-summary").first.click()
    page.locator(".opblock-body").first.wait_for()


# Whether the site is up


def test_the_site_says_that_it_lives_and_is_ready(client, db):
    for address in ("/healthz", "/readyz", "/readyz/"):
        response = client.get(address)
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]
    assert client.post("/healthz").status_code == 405


def test_a_site_whose_database_is_away_lives_and_is_not_ready(client, monkeypatch):
    def away():
        raise OperationalError("no")

    monkeypatch.setattr(connection, "cursor", away)
    assert client.get("/healthz").status_code == 200
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response["Retry-After"]
    assert response.json()["detail"] == "The database does not answer."


def test_a_site_that_lacks_a_migration_is_not_ready(client, db, monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'play'")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "Migrations" in json.loads(response.content)["detail"]
