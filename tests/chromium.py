"""Fixtures: pages in a real Chromium; what the browser complains of fails the test."""

import asyncio
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from asgiref.sync import AsyncToSync
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    sync_playwright,
)

from tests.find_chromium import ABSENT, find_chromium

AXE = Path(__file__).parent.parent / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items):
    """Mark the tests that use a browser, and run them last: Playwright's event loop stays on."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not find_chromium():
        pytest.skip(ABSENT)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        let_tests_be_synchronous(patch)
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def new_context(chromium, live_site, request) -> Iterator[Callable[..., BrowserContext]]:
    """Return a maker of browser windows with cookies of their own; takes Playwright's options.

    At the end of the test every error that a page wrote to its console, threw, or caused by
    breaking the content security policy fails it, but for those that the marker
    allow_page_errors names.
    """
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def make(**options) -> BrowserContext:
        context = chromium.new_context(base_url=live_site, **options)
        context.set_default_timeout(10_000)
        context.on("console", lambda message: errors.extend(complaint(message)))
        context.on("weberror", lambda error: errors.append(str(error.error)))
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    unexpected = [error for error in errors if not is_allowed(error, request.node)]
    assert not unexpected, "The browser complained:\n" + "\n".join(unexpected)


@pytest.fixture
def page(new_context) -> Page:
    """Return a page of somebody who is not signed in."""
    return new_context().new_page()


@pytest.fixture
def page_of(new_context, live_site) -> Callable[..., Page]:
    """Return a maker of pages for a user: `page_of(ada)`; takes Playwright's options."""

    def make(user, **options) -> Page:
        context = new_context(**options)
        sign_in(context, user, live_site)
        return context.new_page()

    return make


def launch(playwright: Playwright) -> Browser:
    """Start Chromium without a screen; root, as in a container, cannot have its sandbox."""
    sandbox = hasattr(os, "geteuid") and os.geteuid() != 0
    return playwright.chromium.launch(
        executable_path=find_chromium(), args=FLAGS, chromium_sandbox=sandbox
    )


def sign_in(context: BrowserContext, user, address: str) -> None:
    """Give a browser window the session cookie of a user."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    value = client.cookies[name].value
    host = urlsplit(address).hostname
    context.add_cookies([{"name": name, "value": value, "domain": host, "path": "/"}])


def accessibility_violations(page: Page) -> list[str]:
    """Return what axe-core finds wrong on the page as it stands, one sentence each."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})")
    return [
        f"{violation['id']}: {violation['help']} ({node['target']})"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def complaint(message: ConsoleMessage) -> list[str]:
    return [f"{message.text} ({message.location['url']})"] if message.type == "error" else []


def is_allowed(error: str, node: pytest.Item) -> bool:
    marks = node.iter_markers("allow_page_errors")
    return any(re.search(pattern, error) for mark in marks for pattern in mark.args)


def let_tests_be_synchronous(patch: pytest.MonkeyPatch) -> None:
    """Let tests use the database and async_to_sync although Playwright's loop counts as running."""
    call = AsyncToSync.__call__

    def call_outside_the_loop(self, *args, **kwargs):
        loop = asyncio._get_running_loop()
        asyncio._set_running_loop(None)
        try:
            return call(self, *args, **kwargs)
        finally:
            asyncio._set_running_loop(loop)

    patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    patch.setattr(AsyncToSync, "__call__", call_outside_the_loop)
