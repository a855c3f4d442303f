"""What pictures are drawn with: the site's colours, one face, words that fit, PNG."""

import re
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from PIL import Image, ImageFont

Colour = str
MAX_LETTERS = 160


def lines_of(text: str, font: Any, width: int, most: int) -> list[str]:
    """Break a text into at most `most` lines that fit, the last one cut with an ellipsis."""
    lines: list[str] = []
    rest = text
    while rest and len(lines) < most:
        fitting = fit(rest, font, width)
        at_space = rest[:fitting].rfind(" ")
        cut = at_space if at_space > 0 and fitting < len(rest) else fitting
        lines.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    if rest:
        lines[-1] = lines[-1][: fit(lines[-1], font, width - int(font.getlength("…")))] + "…"
    return lines


def fit(text: str, font: Any, width: int) -> int:
    """Return how many characters of `text` fit `width`, one at least."""
    length = len(text)
    while length > 1 and font.getlength(text[:length]) > width:
        length -= 1
    return length


def drawable(text: str, otherwise: str = "") -> str:
    """Return what the face can draw of a text, or `otherwise` where that is nothing."""
    letters = (letter if has_glyph(letter) else " " for letter in text[:MAX_LETTERS])
    return " ".join("".join(letters).split()) or otherwise


@lru_cache(maxsize=4096)
def has_glyph(letter: str) -> bool:
    """Tell whether the face has this letter, and not the crossed box of those it lacks."""
    lacking = face(24).getmask("\uffff")
    mask = face(24).getmask(letter)
    return letter.isprintable() and (mask.size, bytes(mask)) != (lacking.size, bytes(lacking))


@cache
def face(size: int) -> Any:
    return ImageFont.load_default(size)


def colour(name: str) -> Colour:
    """Return a colour of the site's dark palette; what is not in it is drawn quietly."""
    return palette().get(name, palette()["quiet"])


@cache
def palette() -> dict[str, Colour]:
    """Return the colours of the one stylesheet that has them: `--name: light-dark(day, night)`."""
    tokens = r"--([a-z0-9-]+):[^;]*(#[0-9a-fA-F]{6})\)?;"
    return dict(re.findall(tokens, stylesheet()))


@cache
def stylesheet() -> str:
    return Path(settings.BASE_DIR, "static", "tokens.css").read_text()


def png(image: Image.Image) -> bytes:
    """Return an image as a PNG of at most 256 colours: there are few, and it stays small."""
    out = BytesIO()
    image.quantize(256, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()
