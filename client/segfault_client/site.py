"""The site over HTTP: what the push server answers, as values, Refused or Away."""

import contextlib
import gzip
import http.client
import json
import re
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from importlib import import_module
from typing import Any
from urllib.parse import quote, urlsplit

from .version import __version__

ANSWER_SECONDS = 30.0
MOST_ANSWER_BYTES = 64 * 2**20
GZIP_LEVEL = 5
_PUSH_ADDRESS = re.compile(r"(?P<base>.*?)(?:/ingest/(?P<token>[^/]+))?(?:/push)?/*")
_TOKEN = re.compile(r"[\x21-\x7e]+")
REFUSALS = {
    401: "The site does not know this token: {detail}",
    403: "The site does not let this token do that: {detail}",
    404: "There is nothing to push to at {address}: is it the site's address?",
    409: "The site has something else stored there already: {detail}",
    413: "This is too big for the site: {detail}",
}
REFUSED = "The site refused what was sent ({status}): {detail}"
_TRY_AGAIN = {408, 425, 429, 507}


class Refused(Exception):
    """The site will not take this, however often it is sent; its text is one sentence."""

    def __init__(self, sentence: str, status: int = 0) -> None:
        super().__init__(sentence)
        self.status = status


class Away(Exception):
    """The site cannot take this now; `retry_after` is for how many seconds it asked, or None."""

    def __init__(self, why: str, retry_after: float | None = None) -> None:
        super().__init__(why)
        self.retry_after = retry_after


@dataclass
class Site:
    """A site and the token to push with; `address` has no slash at its end and no token in it."""

    address: str
    token: str = field(default="", repr=False)
    packing: str = "auto"

    @classmethod
    def at(cls, url: str, token: str | None = None, packing: str = "auto") -> "Site":
        """Return the site of an address, which may be that of an ingest; raise ValueError."""
        parts = urlsplit(url.strip())
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            raise ValueError(f"{hidden(url)!r} is not the address of a site, https://site.example")
        found = _PUSH_ADDRESS.fullmatch(parts.path)
        base, within = (found["base"], found["token"]) if found else ("", None)
        token = (token or within or "").strip()
        if token and not _TOKEN.fullmatch(token):
            raise ValueError("A token has no white space and no letters beyond ASCII.")
        if packing not in PACKINGS and packing != "auto":
            raise ValueError(f"packing is auto, {', '.join(PACKINGS)}")
        if packing == "zstd" and _zstd() is None:
            raise ValueError("packing by zstd needs `pip install segfault-client[zstd]`")
        if packing == "auto":
            packing = "zstd" if _zstd() else "gzip"
        return cls(f"{parts.scheme}://{parts.netloc}{base.rstrip('/')}", token, packing)

    def push(self, body: bytes) -> dict[str, Any]:
        """Hand in a chunk and return what the site says; it is on its disk then."""
        return self._send_packed("POST", "/push", body)

    def keep_world(self, text: bytes) -> None:
        """Hand in a world, unless the site has it."""
        path = f"/worlds/{world_name(text)}"
        try:
            self._ask("HEAD", path)
        except Refused as refusal:
            if refusal.status != 404:
                raise
            self._send_packed("PUT", path, text)

    def standing(self, replay_id: str) -> dict[str, Any] | None:
        """Return what the site has of a recording, or None where this token knows of none."""
        try:
            return self._ask("GET", f"/push/{quote(replay_id, safe='')}")
        except Refused as refusal:
            if refusal.status == 404:
                return None
            raise

    def read(self, path: str) -> dict[str, Any]:
        """Return the JSON at an address of the site."""
        return self._ask("GET", path)

    def _send_packed(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        try:
            return self._ask(method, path, pack(body, self.packing), self.packing)
        except Refused as refusal:
            if refusal.status != 415 or self.packing == "identity":
                raise
            self.packing = "gzip" if self.packing == "zstd" else "identity"
            return self._send_packed(method, path, body)

    def _ask(
        self, method: str, path: str, body: bytes | None = None, packing: str = "identity"
    ) -> dict[str, Any]:
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "User-Agent": f"segfault-client/{__version__}",
        }
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
        if packing != "identity":
            headers["Content-Encoding"] = packing
        request = urllib.request.Request(  # noqa: S310 – its scheme was checked in `at`
            self.address + path, body, headers, method=method
        )
        try:
            with _opener.open(request, timeout=ANSWER_SECONDS) as answer:
                return _object(_content(answer))
        except urllib.error.HTTPError as error:
            raise self._problem(error) from None
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            raise Away(f"{self.address} does not answer ({reason})") from None

    def _problem(self, error: urllib.error.HTTPError) -> Refused | Away:
        """Return what an answer that is no 200 means."""
        told: dict[str, Any] = {}
        with contextlib.suppress(OSError, http.client.HTTPException, Away), error:
            told = _object(_content(error))
        status, detail = error.code, str(told.get("detail") or error.reason or "")[:500]
        if status in _TRY_AGAIN or status >= 500:
            wait = _seconds(error.headers.get("Retry-After"))
            return Away(f"{self.address} answers {status}: {detail}", wait)
        if 300 <= status < 400:
            there = hidden(error.headers.get("Location") or "elsewhere")
            return Refused(f"{self.address} sends us on to {there}: give that address.", status)
        if status == 401 and not self.token:
            return Refused("The site takes this with a token only, and none was given.", status)
        sentence = REFUSALS.get(status, REFUSED)
        return Refused(sentence.format(detail=detail, status=status, address=self.address), status)


def world_name(text: bytes) -> str:
    """Return the name of a world: 16 digits of the hash of its text."""
    return sha256(text).hexdigest()[:16]


def world_text(world: dict[str, Any]) -> bytes:
    """Return the text of a world, from which its name is made."""
    return json.dumps(world, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def hidden(url: str) -> str:
    """Return an address without what is secret in it."""
    url = re.sub(r"(/ingest/)[^/]+", r"\1…", url)
    return re.sub(r"//[^/@]*@", "//…@", url)[:200]


def _object(text: bytes) -> dict[str, Any]:
    """Return what was answered, if it is an object: of anything else there is nothing to say."""
    try:
        told = json.loads(text or b"{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _content(answer: Any) -> bytes:
    content: bytes = answer.read(MOST_ANSWER_BYTES + 1)
    if len(content) > MOST_ANSWER_BYTES:
        raise Away("the answer is too long")
    if answer.headers.get("Content-Encoding") != "gzip":
        return content
    try:
        return gzip.decompress(content)
    except (EOFError, OSError) as error:
        raise Away(f"the answer is torn ({error})") from None


def _seconds(stated: str | None) -> float | None:
    """Return the seconds of a Retry-After, which states them or a date."""
    if not stated:
        return None
    with contextlib.suppress(ValueError):
        return max(0.0, float(stated))
    try:
        when = parsedate_to_datetime(stated)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Follow no redirect: a token is for the address that it was given for."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_opener = urllib.request.build_opener(_StayHere)


# Packing


def pack(body: bytes, packing: str) -> bytes:
    return PACKINGS[packing](body)


def _zstd() -> Any:
    """Return the module that packs by zstd, or None where there is none."""
    for name in ("compression.zstd", "backports.zstd"):
        with contextlib.suppress(ImportError):
            return import_module(name)
    return None


PACKINGS = {
    "zstd": lambda body: _zstd().compress(body, 3),
    "gzip": lambda body: gzip.compress(body, GZIP_LEVEL, mtime=0),
    "identity": bytes,
}
