"""Pictures of a tick: the card that stands in a chat, and the board on the site's own cards."""

from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from itertools import islice
from pathlib import Path

from PIL import Image, ImageDraw

from games import found, hinted
from games.game import Shape
from replays import drawing, policy, reading
from replays.drawing import colour, drawable, face, lines_of, png
from replays.models import ReplayShard

Box = tuple[int, int, int, int]
Pen = ImageDraw.ImageDraw

CARD = (1200, 630)
BOARD = 320
"""Pixels of a board alone, on the site's own cards."""
FINE = 2
"""Boards are drawn so many times larger, then reduced: their edges come out smooth."""
MARGIN = 54
MAX_SHAPES = 5_000
MAX_POINTS = 1_000


def card(shard: ReplayShard, tick: int | None, title: str) -> bytes:
    """Return a PNG of 1200 × 630: the board at `tick`, what it is of, and where in it."""
    image = Image.new("RGB", CARD, colour("ground"))
    side = CARD[1] - 2 * MARGIN
    image.paste(board(shard, tick, side), (MARGIN, MARGIN))
    pen = ImageDraw.Draw(image)
    pen.rectangle((MARGIN - 1, MARGIN - 1, MARGIN + side, MARGIN + side), outline=colour("edge"))
    words(pen, shard, tick, title, left=MARGIN + side + MARGIN)
    return png(image)


def board_alone(shard: ReplayShard, tick: int | None) -> bytes:
    return png(board(shard, tick, BOARD))


def preview_tick(shard: ReplayShard) -> int | None:
    """Return the tick that stands for the shard: near the edge of a live one, else the middle."""
    if shard.first_tick is None or shard.last_tick is None:
        return None
    if shard.ended:
        return (shard.first_tick + shard.last_tick) // 2
    return max(shard.first_tick, shard.last_tick - shard.last_tick % 10)


def fingerprint(shard: ReplayShard, tick: int | None, title: str, kind: str) -> str:
    """Return a name for a picture that changes with anything it shows."""
    shown = (shard.pk, shard.game, shard.ended, tick, title, kind, facts(shard), style())
    return sha256(repr(shown).encode()).hexdigest()[:32]


@cache
def style() -> str:
    """Return a name for how pictures are drawn, so that none outlives a change of it."""
    modules = (__file__, drawing.__file__, hinted.__file__, found.__file__)
    code = b"".join(Path(module).read_bytes() for module in modules)
    return sha256(code + repr(sorted(drawing.palette().items())).encode()).hexdigest()


# The board


def board(shard: ReplayShard, tick: int | None, side: int) -> Image.Image:
    """Return the board at `tick` as a square of `side` pixels, as anybody may see it."""
    shapes = shapes_at(shard, tick)
    image = Image.new("RGB", (side * FINE, side * FINE), colour("floor"))
    if shapes:
        draw_shapes(ImageDraw.Draw(image), shapes, side * FINE)
    else:
        draw_emblem(ImageDraw.Draw(image), shard, side * FINE)
    return image.resize((side, side), Image.Resampling.LANCZOS)


def shapes_at(shard: ReplayShard, tick: int | None) -> list[Shape]:
    if tick is None:
        return []
    try:
        snapshot = reading.snapshot(shard, tick, policy.perspective(shard))
    except reading.Damaged:
        return []
    return list(islice(shard.rules.picture(snapshot), MAX_SHAPES)) if snapshot else []


def draw_shapes(pen: Pen, shapes: Iterable[Shape], side: int) -> None:
    for shape in shapes:
        points = [within(point) * side for point in shape.points[:MAX_POINTS]]
        fill = colour("wall" if (shape.kind, shape.colour) == ("line", "rule") else shape.colour)
        match shape.kind, points:
            case "rect", [left, top, right, bottom] if left < right and top < bottom:
                pen.rectangle((left, top, right - 1, bottom - 1), fill=fill)
            case "line", [_, _, _, _, *_]:
                pen.line(points, fill=fill, width=max(2, side // 130), joint="curve")
            case "disc", [x, y, radius] if radius > 0:
                pen.circle((x, y), radius, fill=fill)
            case "text", [x, y, height]:
                pen.text((x, y), drawable(shape.text), fill=fill, font=face(max(6, int(height))))


def within(point: float) -> float:
    """Return a coordinate that can be drawn: a little beyond the board at most, never NaN."""
    return min(1.5, max(-0.5, point)) if point == point else 0.0


def draw_emblem(pen: Pen, shard: ReplayShard, side: int) -> None:
    """Draw a mark of its own for a shard whose game draws no board: seven by seven, mirrored."""
    digest = sha256(str(shard.pk).encode()).digest()
    step = side / 9
    for place in range(28):
        row, column = divmod(place, 4)
        if digest[place] < 140:
            tone = ("life-4", "life-3", "rule", "rule")[digest[place] % 4]
            for x in {column, 6 - column}:
                left, top = (x + 1) * step, (row + 1) * step
                pen.rectangle((left + 2, top + 2, left + step - 3, top + step - 3), colour(tone))


# The words beside it


def words(pen: Pen, shard: ReplayShard, tick: int | None, title: str, left: int) -> None:
    right = CARD[0] - MARGIN
    pen.text((left, MARGIN), drawable(game_name(shard), "game"), fill=colour("life"), font=face(30))
    top = MARGIN + 56
    for line in lines_of(drawable(title, game_name(shard)), face(52), right - left, 3):
        pen.text((left, top), line, fill=colour("ink"), font=face(52))
        top += 64
    top += 18
    for fact in facts(shard):
        pen.text((left, top), fact, fill=colour("quiet"), font=face(30))
        top += 42
    draw_time_bar(pen, shard, tick, (left, CARD[1] - MARGIN - 84, right, CARD[1] - MARGIN))


def game_name(shard: ReplayShard) -> str:
    return shard.rules.title or shard.game


def facts(shard: ReplayShard) -> tuple[str, ...]:
    """Return what is worth telling of a shard, a few words each."""
    counts = [
        f"{count} {word}"
        for count, word in (
            (shard.total_processes, "processes"),
            (shard.total_kills, "killed"),
            (shard.total_survivals, "survived"),
        )
        if count
    ]
    return (f"{shard.total_ticks:,} ticks", *([" · ".join(counts)] if counts else []))


def draw_time_bar(pen: Pen, shard: ReplayShard, tick: int | None, box: Box) -> None:
    left, top, right, bottom = box
    if tick is None or shard.first_tick is None or shard.last_tick is None:
        return
    span = max(1, shard.last_tick - shard.first_tick)
    x = left + (right - left) * (tick - shard.first_tick) / span
    pen.text((left, top), f"tick {tick:,}", fill=colour("life"), font=face(30))
    if not shard.ended:
        pen.text((right, top), "live", fill=colour("life"), font=face(30), anchor="ra")
    pen.line((left, bottom - 12, right, bottom - 12), fill=colour("edge"), width=4)
    pen.line((left, bottom - 12, x, bottom - 12), fill=colour("life"), width=4)
    pen.circle((x, bottom - 12), 11, fill=colour("life"))
