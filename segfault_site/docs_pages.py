"""The pages of docs/ as pages of the site, for whoever has only its address."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

FOLDER = Path(settings.BASE_DIR, "docs")
FIRST = ("strangers-game", "hints", "pushing", "watching", "sharing", "playing")
KEPT_SECONDS = 300
_PAGE = re.compile(r"(?:docs/)?([a-z0-9-]+)\.md(#.*)?")


@dataclass(frozen=True)
class Page:
    """One page of docs: its address, its title, its first words, and all of it as HTML."""

    slug: str
    title: str
    begins: str
    html: SafeString


@require_safe
def contents(request: HttpRequest) -> HttpResponse:
    """Show what pages there are, those for who comes from outside first."""
    return shown(request, "pages/docs.html", {"pages": pages().values()})


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    found = pages().get(slug)
    if found is None:
        raise Http404
    return shown(request, "pages/doc.html", {"page": found})


def shown(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    response = render(request, template, context)
    patch_cache_control(response, private=True, max_age=KEPT_SECONDS)
    return response


@cache
def pages() -> dict[str, Page]:
    """Return the pages by slug; they are the same for as long as this process runs."""
    slugs = sorted(file.stem for file in FOLDER.glob("*.md"))
    ordered = [slug for slug in FIRST if slug in slugs]
    ordered += [slug for slug in slugs if slug not in FIRST]
    return {slug: read(slug) for slug in ordered}


def read(slug: str) -> Page:
    tokens = PARSER.parse((FOLDER / f"{slug}.md").read_text())
    texts = [token.content for token in tokens if token.type == "inline"]
    for before, token in pairwise(tokens):
        if before.type == "heading_open":
            before.attrSet("id", name_of(token.content))
        lead_here(token.children or [])
    html = PARSER.renderer.render(tokens, PARSER.options, {})
    # What is made here comes from the house's own files, and HTML in them is shown as text.
    return Page(slug, texts[0], plain(texts[1]), mark_safe(html))  # noqa: S308


def name_of(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")


def plain(text: str) -> str:
    """Return the first sentence or so of a paragraph, without its marks."""
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text).replace("`", "").replace("*", "")
    return " ".join(words.split()).split(". ")[0].rstrip(".:") + "."


def lead_here(tokens: list[Token]) -> None:
    """Have links between the pages lead to their addresses; other files of the house have none."""
    for token in tokens:
        target = str(token.attrGet("href") or "")
        if token.type == "image":
            token.type, token.tag, token.content = "text", "", token.content
        elif found := _PAGE.fullmatch(target):
            token.attrSet("href", f"/docs/{found[1]}{found[2] or ''}")
        elif target and not target.startswith(("https://", "http://", "/", "#")):
            token.attrs.pop("href")


def scrolled_by_keys(draw: Any) -> Any:
    """Return a rule that draws code so that it can be scrolled without a mouse."""
    return lambda *given: draw(*given).replace("<pre", '<pre tabindex="0"', 1)


def table_open(renderer: Any, tokens: list[Token], at: int, options: Any, env: Any) -> str:
    number = sum(token.type == "table_open" for token in tokens[: at + 1])
    label = f'role="region" aria-label="Table {number}"'
    return f'<div class="table-scroll" {label} tabindex="0"><table>\n'


PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")
PARSER.add_render_rule("fence", scrolled_by_keys(RendererHTML.fence))
PARSER.add_render_rule("code_block", scrolled_by_keys(RendererHTML.code_block))
PARSER.add_render_rule("table_open", table_open)
PARSER.add_render_rule("table_close", lambda *_: "</table></div>\n")
