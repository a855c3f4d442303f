"""Whatever is asked of an address that the API describes: no fault, and errors in one shape.

Requests are made up from the description by schemathesis, half of them about things that are here.
"""

import re
from functools import cache

import pytest
import requests
import schemathesis
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from replays import importing, limits, sharing
from replays.tokens import make_token
from spectate.schema import STREAMS
from tests.conftest import shared_recording

METHODS = ("get", "post", "put", "delete", "patch")
EXAMPLES = 25
NAMED = re.compile(r"{(\w+)}")


@cache
def description():
    return SchemaGenerator().get_schema(request=None, public=True)


def operations():
    """Return all that is described, but for the streams: those are answered before Django."""
    return [
        (path, method)
        for path, verbs in description()["paths"].items()
        for method in verbs
        if method in METHODS and path not in STREAMS
    ]


@cache
def described():
    return schemathesis.openapi.from_dict(description())


@pytest.fixture
def here(db, ada, record):
    """Return things that are here by the name that a path gives them, and ada's tokens."""
    shard = record(120, owner=ada)
    return {
        "shard_id": [str(shard.pk)],
        "code": [sharing.make_share(shard, ada).code],
        "number": ["0"],
        "token": [make_token(ada, scope) for scope in ("play", "push")],
    }


def opened_session(client):
    """Return a session over a society that is here, and one of its agents."""
    with shared_recording("society/nothing-moves.json").open("rb") as file:
        town = importing.read(file)
    body = {"node_id": str(town.pk)}
    opened = client.post("/api/v1/replay/load", body, "application/json").json()
    agent = opened["initial_state"]["agents"][0]["id"]
    return {"session_id": [opened["session_id"]], "agent_id": [agent]}


@pytest.mark.slow
@pytest.mark.parametrize(("path", "method"), operations())
def test_no_request_brings_a_fault(path, method, here, client):
    operation = described()[path][method.upper()]
    if "{session_id}" in path:
        here |= opened_session(client)
    named = [name for name in NAMED.findall(path) if name in here]
    told = description()["paths"][path][method]["responses"]

    @given(case=operation.as_strategy(), data=st.data())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    def try_it(case, data):
        for name in named:
            if data.draw(st.booleans(), label=f"a {name} that is here"):
                case.path_parameters[name] = data.draw(st.sampled_from(here[name]))
        token = data.draw(st.sampled_from([None, *here["token"]]))
        limits.forget()
        response = sent(client, case, token)
        keeps_its_word(response)
        assert str(response.status_code) in told, "the description does not tell of this answer"

    try_it()


@pytest.mark.parametrize("method", ["get", "post", "delete"])
@pytest.mark.parametrize(
    "address",
    [
        "/account/links/{}", "/account/links/{}/revoke", "/api/replay/shared/{}", "/golf/{}",
        "/golf/rooms/{}", "/golf/rooms/{}/join", "/push/{}", "/r/{}.json", "/replay/{}",
        "/replays/{}", "/spectate/{}", "/admin/replays/sharecode/{}/change/",
    ],
)  # fmt: skip
def test_an_address_with_a_zero_byte_leads_nowhere(address, method, client, mo):
    client.force_login(mo)
    answer = getattr(client, method)(address.format("ABC%00DE"))
    assert answer.status_code == 404
    assert answer.json()["error_code"] == "NOT_FOUND"


def test_a_code_with_a_zero_byte_is_no_table_s(client, ada):
    client.force_login(ada)
    assert "There is no table" in client.get("/golf", {"code": "ABC\0DE"}).content.decode()


FORM = "application/x-www-form-urlencoded"
UNREADABLE = {
    "many fields": ("&".join(f"a{place}=1" for place in range(2000)), FORM, 400),
    "a large form": ("name=" + "a" * 3_000_000, FORM, 413),
    "no parts": ("junk", "multipart/form-data; boundary=" + "x" * 300, 400),
}


@pytest.mark.parametrize("checked", [True, False])
@pytest.mark.parametrize("form", UNREADABLE)
@pytest.mark.parametrize("address", ["/account/tokens", "/accounts/login/", "/account/call-sign"])
def test_a_form_that_cannot_be_read_is_refused(address, form, checked, ada):
    client = Client(enforce_csrf_checks=checked)
    client.cookies["csrftoken"] = "a" * 32
    if address != "/accounts/login/":
        client.force_login(ada)
    body, kind, status = UNREADABLE[form]
    answer = client.post(address, body, content_type=kind)
    assert answer.status_code == status
    keeps_its_word(answer)


def test_a_link_is_not_made_of_a_form_that_cannot_be_read(client, ada, record):
    client.force_login(ada)
    address = f"/api/replay/game/{record(3, owner=ada).pk}/share"
    for form in ("many fields", "a large form"):
        body, kind, status = UNREADABLE[form]
        assert client.post(address, body, content_type=kind).status_code == status
    assert not ada.shares.exists()


def sent(client, case, token):
    """Send a case as an HTTP client would, through Django."""
    asked = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
    kind = asked.headers.get("Content-Type", "")
    body = asked.body.encode() if isinstance(asked.body, str) else asked.body or b""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return client.generic(case.method, asked.path_url, body, kind, headers=headers)


def keeps_its_word(response):
    assert response.status_code < 500 or response.status_code == 503
    assert response.status_code not in (429, 503) or response["Retry-After"]
    if response.status_code >= 400 and not response.streaming and response.content:
        told = response.json()
        assert told["status_code"] == response.status_code
        assert told["detail"]
        assert told["error_code"]
