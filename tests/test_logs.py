"""What the site tells on stderr gives no secret away."""

import logging

import pytest

from segfault_site.logs import WithoutTokens

SECRET = "a-token-that-nobody-else-may-know"


@pytest.fixture
def told(caplog):
    """Return the lines that stderr was told, as the site's own handler writes them."""
    handlers = logging.getLogger().handlers
    formatter = next(one.formatter for one in handlers if isinstance(one.formatter, WithoutTokens))
    return lambda: [formatter.format(record) for record in caplog.records]


@pytest.mark.django_db
@pytest.mark.parametrize("rest", ["", "/nope", "/push", "/health", "/worlds/abc?x=1"])
def test_a_token_in_an_address_stands_in_no_log(rest, client, told):
    client.put(f"/ingest/{SECRET}{rest}")
    client.patch(f"/ingest/{SECRET}{rest}")
    lines = told()
    assert any("/ingest/…" in line for line in lines)
    assert SECRET not in "".join(lines)


def test_a_token_stands_in_no_traceback(told):
    try:
        raise ValueError(f"/ingest/{SECRET}/push cannot be")
    except ValueError:
        logging.getLogger("segfault_site").exception("a push failed")
    assert SECRET not in "".join(told())
