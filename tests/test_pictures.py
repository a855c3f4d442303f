"""A picture shows a moment to those who may see it, costs little, and is drawn once."""

from io import BytesIO

import pytest
from django.utils import timezone
from PIL import Image

from games import get_game
from games.game import Game, Shape
from games.hinted import Hinted
from replays import drawing, pictures, recording, sharing
from replays.models import ReplayShard


def image_of(answer):
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    return Image.open(BytesIO(answer.content)).convert("RGB")


def colours(image):
    return {f"#{r:02x}{g:02x}{b:02x}" for _, (r, g, b) in image.getcolors(maxcolors=2**24)}


@pytest.fixture
def board(monkeypatch):
    """Let every game draw a red left half, and count how often it is asked."""
    asked = []

    def picture(self, snapshot):
        asked.append(snapshot)
        return [Shape("rect", (0, 0, 0.5, 1), "danger"), Shape("disc", (0.75, 0.5, 0.1), "life")]

    monkeypatch.setattr(Hinted, "picture", picture)
    return asked


def test_a_card_has_the_size_that_chats_show(client, record):
    shard = record(30, title="A count")
    assert image_of(client.get(f"/replays/{shard.pk}/picture.png?tick=3")).size == (1200, 630)
    assert image_of(client.get(f"/replays/{shard.pk}/picture.png?board")).size == (320, 320)


def test_a_card_shows_the_board_at_its_tick(client, record, board):
    shard = record(30)
    image = image_of(client.get(f"/replays/{shard.pk}/picture.png?tick=3"))
    assert [snapshot["score"] for snapshot in board] == [3]
    red = tuple(bytes.fromhex(drawing.colour("danger")[1:]))
    assert image.getpixel((200, 300)) == red
    assert image.getpixel((420, 200)) != red


def test_a_link_shows_its_own_moment(client, record, ada, board):
    link = sharing.make_share(record(30), ada, tick=9)
    image_of(client.get(f"/replay/{link.code}/picture.png"))
    assert [snapshot["score"] for snapshot in board] == [9]


def test_a_game_without_a_board_has_a_card_of_its_own(client, record):
    first, second = record(5), record(5)
    one, other = (client.get(f"/replays/{s.pk}/picture.png") for s in (first, second))
    assert image_of(one).size == (1200, 630)
    assert one.content != other.content


def test_a_shard_without_ticks_has_a_card(client, record):
    image_of(client.get(f"/replays/{record(0, live=True).pk}/picture.png"))


@pytest.mark.parametrize("tick", ["x", "-1", "999", "", "9" * 50, "%00", "٣"])
def test_a_bad_tick_is_ignored(client, record, tick):
    image_of(client.get(f"/replays/{record(5).pk}/picture.png?tick={tick}"))


@pytest.mark.parametrize(
    "title",
    ["x" * 100, "日本語のタイトル", "\u202eevil\x07", "a " * 50, "<b>&amp;", "💥" * 40, " "],
)
def test_any_title_can_be_drawn(client, record, title):
    image_of(client.get(f"/replays/{record(3, title=title).pk}/picture.png"))


def test_shapes_that_cannot_be_are_left_out():
    image = Image.new("RGB", (100, 100))
    nowhere = float("nan")
    pictures.draw_shapes(
        pictures.ImageDraw.Draw(image),
        [
            Shape("rect", (1, 1, 0, 0), "life"),
            Shape("rect", (nowhere, 0, 1e300, 1), "life"),
            Shape("rect", (0,), "life"),
            Shape("line", (0, 0), "life"),
            Shape("disc", (0.5, 0.5, -3), "life"),
            Shape("text", (0, 0, 1e9), "life", "x"),
            Shape("spiral", (0, 0), "no such colour"),
        ],
        100,
    )


def test_what_is_hidden_while_live_is_not_drawn(client, record, monkeypatch):
    seen = []
    monkeypatch.setattr(
        Game, "view", lambda self, snapshot, perspective: {"seen": perspective.kind}
    )
    monkeypatch.setattr(Game, "hides", True)
    monkeypatch.setattr(Hinted, "picture", lambda self, snapshot: seen.append(snapshot) or [])
    live, ended = record(5, live=True), record(5)
    image_of(client.get(f"/replays/{live.pk}/picture.png?tick=3"))
    image_of(client.get(f"/replays/{ended.pk}/picture.png?tick=3"))
    assert seen == [{"seen": "spectator"}, {"score": 3, "note": "at 3"}]


def test_a_picture_is_drawn_once(client, record, board):
    address = f"/replays/{record(30).pk}/picture.png?tick=3"
    first, again = client.get(address), client.get(address)
    assert first.content == again.content
    assert len(board) == 1
    assert "max-age=" in first["Cache-Control"]
    unchanged = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert unchanged.status_code == 304
    assert unchanged["ETag"] == first["ETag"]
    assert not unchanged.content


def test_a_picture_changes_with_what_it_shows(client, record):
    shard = record(30)
    address = f"/replays/{shard.pk}/picture.png?tick=3"
    before = client.get(address)["ETag"]
    ReplayShard.objects.filter(pk=shard.pk).update(title="Renamed")
    assert client.get(address)["ETag"] != before


def test_drawing_is_limited_and_showing_again_is_not(client, record, settings):
    settings.LIMITS = settings.LIMITS | {"pictures": "2/60"}
    address = f"/replays/{record(30).pk}/picture.png"
    answers = [client.get(f"{address}?tick={tick}").status_code for tick in (1, 2, 3, 1, 2)]
    assert answers == [200, 200, 429, 200, 200]


def test_what_may_not_be_seen_has_no_picture(client, record, ada, eve, mo):
    private = record(5, owner=ada, visibility="private")
    hidden = record(5, owner=ada, hidden_at=timezone.now())
    client.force_login(eve)
    never = client.get("/replays/00000000-0000-4000-8000-000000000000/picture.png")
    for shard in (private, hidden):
        answer = client.get(f"/replays/{shard.pk}/picture.png")
        assert (answer.status_code, answer.content) == (404, never.content)
    client.force_login(mo)
    image_of(client.get(f"/replays/{hidden.pk}/picture.png"))


def test_a_damaged_chunk_still_has_a_card(client, record, board):
    shard = record(30)
    shard.chunks.update(sha256=b"x" * 32)
    image_of(client.get(f"/replays/{shard.pk}/picture.png?tick=3"))
    assert not board


def test_segfaults_board_is_drawn(client, db):
    game = get_game("segfault")
    shard = recording.open_shard(game)
    state = game.setup({}, game.rng("seed", 0))
    recording.append(shard, [recording.Tick(1, 1.0, game.snapshot(state))])
    recording.finalize(shard)
    drawn = colours(image_of(client.get(f"/replays/{shard.pk}/picture.png?board")))
    assert {drawing.colour("danger"), drawing.colour("gate")} <= drawn


def test_words_fit_where_they_stand():
    font = drawing.face(52)
    lines = drawing.lines_of("word " * 60, font, 520, 3)
    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert all(font.getlength(line) <= 520 for line in lines)
    assert drawing.lines_of("W" * 300, font, 520, 2)[0].strip("W") == ""
    assert drawing.lines_of("", font, 520, 3) == []
