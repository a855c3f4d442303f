"""How the page of a link is put into another page, by the oEmbed format (oembed.com), as rich."""

import re
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from django.conf import settings
from django.http import Http404, HttpResponse
from rest_framework.request import Request

from replays import embeds, format, pages, pictures, policy, reading, sharing
from replays.api import outside_schema
from replays.api.answers import send
from replays.api.encodings import encode
from replays.api.errors import Problem
from replays.api.outside import for_anyone
from replays.api.parameters import refused, whole_number, words
from replays.api.shards import ReadingView, encoding
from replays.models import ShareCode

MOST = 10_000
LONGEST_ADDRESS = 2_000
KEPT_SECONDS = 3_600
"""How long the markup may be kept; what it frames is asked for anew each time."""
PATH = re.compile(r"/(?:replay|embed)/([^/]{1,64})/?")
VIEWED = {"tick", "t", "end", "speed", "autoplay", "loop", "theme", "controls", "focus"}
"""What the address of a page may say of how it is seen, which its frame keeps."""


class Oembed(ReadingView):
    """The markup for a link's page, with its title and picture; nobody needs to sign in."""

    def get_permissions(self) -> list[Any]:
        """Ask for no key: the code of the link is one."""
        return []

    @outside_schema.oembed
    def get(self, request: Request) -> HttpResponse:
        """Ask how a link's page is embedded"""
        if request.query_params.get("format", "json") != "json":
            raise Problem(501, "Only format=json is spoken here.", "NOT_IMPLEMENTED")
        box = (
            whole_number(request, "maxwidth", embeds.SIZE[0], 1, MOST),
            whole_number(request, "maxheight", embeds.SIZE[1], 1, MOST),
        )
        asked = words(request, "url", LONGEST_ADDRESS)
        if not asked:
            raise refused("url must be the address of a link's page.")
        page = page_of(asked)
        if page is None or not is_ours(request, page):
            raise Http404
        link = sharing.open_share(PATH.fullmatch(page.path)[1], request._request)  # type: ignore[index]
        body = format.write_json(told(request, link, page, box))
        return for_anyone(send(request, encode(body, encoding(request)), "private, no-cache"))


def page_of(asked: str) -> SplitResult | None:
    """Return the address of a link's page in its parts, or None for any other address."""
    try:
        page = urlsplit(asked)
    except ValueError:
        return None
    return page if page.scheme in ("http", "https") and PATH.fullmatch(page.path) else None


def is_ours(request: Request, page: SplitResult) -> bool:
    return page.netloc in (request.get_host(), urlsplit(settings.SITE_URL).netloc)


def told(
    request: Request, link: ShareCode, page: SplitResult, box: tuple[int, int]
) -> dict[str, Any]:
    shard = reading.held_back(link.shard, late=policy.is_late(None, link.shard))
    width, height = min(embeds.SIZE[0], box[0]), min(embeds.SIZE[1], box[1])
    title = pages.title_of(shard, link)
    return {
        "version": "1.0",
        "type": "rich",
        "provider_name": "Segfault replays",
        "provider_url": pages.absolute(request._request, "/"),
        "title": title,
        "cache_age": KEPT_SECONDS,
        "width": width,
        "height": height,
        "html": embeds.frame(frame_address(request, link, page), title, (width, height)),
        **thumbnail(request, link, request.query_params),
    }


def frame_address(request: Request, link: ShareCode, page: SplitResult) -> str:
    seen = [(name, value) for name, value in parse_qsl(page.query) if name in VIEWED]
    query = f"?{urlencode(seen)}" if seen else ""
    return pages.absolute(request._request, f"/embed/{link.code}{query}")


def thumbnail(request: Request, link: ShareCode, limits: Any) -> dict[str, Any]:
    """Return the picture of the link where it is no larger than was asked for."""
    width, height = pictures.CARD
    if int(limits.get("maxwidth", width)) < width or int(limits.get("maxheight", height)) < height:
        return {}
    address = pages.absolute(request._request, f"/r/{link.code}.png")
    return {"thumbnail_url": address, "thumbnail_width": width, "thumbnail_height": height}
