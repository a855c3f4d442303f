"""The viewer in a frame of another site's page, in a real browser: seen, used and spoken with."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from replays import recording, sharing
from tests.chromium import accessibility_violations
from tests.conftest import count_up
from tests.test_viewer import wait_until

LISTEN = """
window.told = [];
addEventListener('message', ({ origin, data }) => window.told.push({ origin, ...data }));
"""


@pytest.fixture
def link(live_site, record, ada):
    return sharing.make_share(record(120, owner=ada), ada, title="The turn", tick=40)


class Blog(BaseHTTPRequestHandler):
    """A site of somebody else, all of whose addresses show one page."""

    body = b""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_):
        pass


@pytest.fixture
def blog():
    """Serve another site, at an address that is no relative of ours."""
    served = type("Served", (Blog,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), served)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    served.address = f"http://localhost:{server.server_port}/post"
    yield served
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def framed(page, blog, live_site):
    """Show a frame on a page of another site: `framed(code, query)` gives what is in it."""

    def framed(code, query="", size=(480, 360), page=page):
        source = f"{live_site}/embed/{code}{query}"
        frame = f'<iframe src="{source}" width="{size[0]}" height="{size[1]}" allowfullscreen>'
        body = (
            f"<!doctype html><link rel=icon href=data:,><script>{LISTEN}</script>{frame}</iframe>"
        )
        blog.body = body.encode()
        page.goto(blog.address)
        return page.frame_locator("iframe")

    return framed


def tick_in(frame) -> int:
    return int(frame.locator("#viewer").get_attribute("data-tick") or -1)


def ask(page, **message):
    page.evaluate(
        "message => document.querySelector('iframe').contentWindow.postMessage(message, '*')",
        {"segfault": 1, **message},
    )


def told(page, kind) -> list[dict]:
    return [one for one in page.evaluate("window.told") if one["type"] == kind]


def test_a_frame_shows_the_moment_of_its_link_and_is_used_by_keys(page, framed, link, live_site):
    frame = framed(link.code)
    wait_until(lambda: tick_in(frame) == 40)
    frame.locator("#timeline").focus()
    page.keyboard.press("ArrowRight")
    wait_until(lambda: tick_in(frame) == 41)
    page.keyboard.press("Home")
    wait_until(lambda: tick_in(frame) == 0)
    frame.locator("#full-page").focus()
    full = f"{live_site}/replay/{link.code}?tick=0"
    expect(frame.locator("#full-page")).to_have_attribute("href", full)
    for absent in ("#share-open", "#export", ".viewer-side"):
        expect(frame.locator(absent)).to_be_hidden()


def test_the_address_of_a_frame_says_how_it_is_seen_and_what_is_bad_is_ignored(framed, link):
    frame = framed(link.code, "?tick=7&controls=0&theme=light&speed=fast&loop=maybe")
    wait_until(lambda: tick_in(frame) == 7)
    expect(frame.locator("#controls")).to_be_hidden()
    expect(frame.locator("#full-page")).to_be_visible()
    expect(frame.locator("html")).to_have_attribute("data-theme", "light")
    playing = framed(link.code, "?t=5s&end=20&autoplay=1&loop=1&speed=8&focus=none")
    wait_until(lambda: playing.locator("#viewer").get_attribute("data-playing") == "true")
    expect(playing.locator("#loop")).to_have_attribute("aria-pressed", "true")


def test_all_of_a_small_frame_is_in_it(page, framed, link):
    frame = framed(link.code, size=(320, 240))
    wait_until(lambda: tick_in(frame) == 40)
    inner = page.frames[1]
    sizes = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    assert inner.evaluate(sizes) == [320, 240]
    for part in ("#board", "#timeline", "#play", "#fullscreen", "#full-page"):
        box = frame.locator(part).bounding_box()
        outer = page.locator("iframe").bounding_box()
        assert min(box["width"], box["height"]) > 25, part
        assert box["x"] + box["width"] <= outer["x"] + 324, part
        assert box["y"] + box["height"] <= outer["y"] + 244, part


def test_a_page_speaks_with_its_frame(page, framed, link, live_site):
    frame = framed(link.code)
    wait_until(lambda: told(page, "ready"))
    ready = told(page, "ready")[0]
    assert ready["origin"] == live_site
    assert (ready["first_tick"], ready["last_tick"], ready["tick"]) == (0, 119, 40)
    ask(page, type="seek", tick=60)
    wait_until(lambda: tick_in(frame) == 60)
    ask(page, type="play")
    wait_until(lambda: told(page, "play"))
    ask(page, type="pause")
    wait_until(lambda: told(page, "pause"))
    assert told(page, "tick")[0]["tick"] == 60


def test_a_frame_is_shown_without_cookies_even_to_who_has_some(page_of, framed, link, ada):
    page = page_of(ada)
    asked = []
    page.on("request", lambda request: asked.append(request.all_headers() | {"to": request.url}))
    frame = framed(link.code, page=page)
    wait_until(lambda: tick_in(frame) == 40)
    read = [headers for headers in asked if f"/replay/{link.code}/" in headers["to"]]
    assert len(read) >= 2
    assert not [headers["to"] for headers in read if "cookie" in headers]


def test_a_live_shard_is_followed_in_a_frame(page, framed, live_site, record, ada):
    shard = record(12, live=True)
    frame = framed(sharing.make_share(shard, ada).code)
    wait_until(lambda: tick_in(frame) == 11)
    recording.append(shard, count_up(12, 3))
    wait_until(lambda: tick_in(frame) == 14)


@pytest.mark.allow_page_errors("404")
def test_a_link_that_was_taken_back_shows_a_panel_in_its_frame(framed, link):
    sharing.revoke(link)
    frame = framed(link.code)
    expect(frame.get_by_role("heading")).to_contain_text("There is nothing here")


@pytest.mark.allow_page_errors("frame-ancestors|X-Frame-Options|Refused to frame|violates")
def test_no_other_page_can_be_framed(page, framed, link, live_site):
    framed(link.code)
    page.evaluate("address => document.querySelector('iframe').src = address",
                  f"{live_site}/replay/{link.code}")  # fmt: skip
    page.wait_for_timeout(1000)
    assert "chrome-error" in page.frames[1].url


def test_a_frame_can_be_used_by_everyone(new_context, live_site, link):
    page = new_context().new_page()
    page.goto(f"{live_site}/embed/{link.code}")
    expect(page.locator("#viewer")).to_have_attribute("data-tick", "40")
    assert not accessibility_violations(page)


def test_the_share_dialog_hands_out_the_markup_of_a_frame(page_of, live_site, record, ada):
    shard = record(30, owner=ada)
    page = page_of(ada)
    page.goto(f"{live_site}/replay?shard={shard.pk}&tick=9")
    expect(page.locator("#viewer")).to_have_attribute("data-tick", "9")
    page.locator("#share-open").click()
    expect(page.locator("#share-embed-field")).to_be_hidden()
    page.locator("#share-name").fill('A "turn" & more')
    page.get_by_role("button", name="Make the link").click()
    expect(page.locator("#share-embed-field")).to_be_visible()
    code = shard.shares.get().code
    markup = page.locator("#share-embed").input_value()
    assert f'<iframe src="{live_site}/embed/{code}"' in markup
    assert 'title="A &#34;turn&#34; &#38; more"' in markup
    page.goto(f"{live_site}/replay/{code}")
    expect(page.locator("#viewer")).to_have_attribute("data-tick", "9")
    page.locator("#share-open").click()
    assert f'/embed/{code}?tick=9"' in page.locator("#share-embed").input_value()
