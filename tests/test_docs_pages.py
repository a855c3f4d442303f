"""The pages of docs/ can be read on the site, and nothing in them does any harm."""

import re

import pytest

from segfault_site import docs_pages


@pytest.mark.parametrize("slug", docs_pages.pages())
def test_every_page_of_the_docs_is_shown(client, db, slug):
    answer = client.get(f"/docs/{slug}")
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "<h1 id=" in html
    assert docs_pages.pages()[slug].title in html.replace("&#x27;", "'")
    article = html.split('<article class="doc">')[1].split("</article>")[0]
    for address in re.findall(r'href="([^"]*)"', article):
        assert address.startswith(("https://", "/", "#")), address
        if address.startswith("/docs/"):
            assert client.get(address.split("#")[0]).status_code == 200, address


def test_the_contents_lead_to_every_page_what_strangers_need_first(client, db):
    html = client.get("/docs").content.decode()
    found = re.findall(r'<dt><a href="/docs/([^"]+)">', html)
    assert found == list(docs_pages.pages())
    assert found[:2] == ["strangers-game", "hints"]


def test_a_page_that_is_not_there_is_not_found(client, db):
    for slug in ("nothing", "architecture.md"):
        assert client.get(f"/docs/{slug}").status_code == 404


def test_html_in_a_page_is_shown_as_text(tmp_path, monkeypatch):
    (tmp_path / "odd.md").write_text(
        "# <b>Odd</b>\n\n<script>alert(1)</script> [go](javascript:alert(1)) "
        "[file](../x.py) ![i](x.png)\n"
    )
    monkeypatch.setattr(docs_pages, "FOLDER", tmp_path)
    html = docs_pages.read("odd").html
    assert "<script" not in html
    assert "<img" not in html
    assert "<b>" not in html
    assert "href" not in html


def test_the_client_is_a_wheel_that_stays_the_same(client, db):
    from io import BytesIO
    from zipfile import ZipFile

    from replays import client_wheel

    answer = client.get(f"/client/{client_wheel.NAME}")
    archive = ZipFile(BytesIO(answer.content))
    assert archive.testzip() is None
    names = archive.namelist()
    assert "segfault_client/recording.py" in names
    assert "segfault_client-0.1.0.dist-info/RECORD" in names
    client_wheel.wheel.cache_clear()
    again = client.get(f"/client/{client_wheel.NAME}", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
