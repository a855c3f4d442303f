"""What a link opens elsewhere: a frame, oEmbed, JSON, lines, a picture; and not after its end."""

import gzip
import io
import json
from urllib.parse import quote

import pytest
from django.utils import timezone

from games import get_game
from games.game import SPECTATOR
from replays import format, portable, recording, sharing
from replays.models import ReplayShard
from tests.test_pages import POISON, setup_of
from tests.test_sharing import SUFFIXES

EMBED = {"Accept": "text/html"}
AFTER = (".json", ".ndjson", ".png")


@pytest.fixture
def link(record, ada):
    return sharing.make_share(record(250, owner=ada), ada, title="The turn", tick=40)


def body_of(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def lines_at(client, code) -> list[dict]:
    return [json.loads(line) for line in body_of(client.get(f"/r/{code}.ndjson")).splitlines()]


# The frame


def test_only_the_embed_may_be_framed(client, link):
    framed = client.get(f"/embed/{link.code}", headers=EMBED)
    assert framed.status_code == 200
    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert "script-src 'self'" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed
    for address in (f"/replay/{link.code}", "/", f"/r/{link.code}.png", "/oembed", "/nowhere"):
        answer = client.get(address, headers=EMBED)
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"], address
        assert answer["X-Frame-Options"] == "DENY", address


def test_the_embed_reads_and_sets_no_cookie(client, link, ada, mo):
    nobodys = client.get(f"/embed/{link.code}", headers=EMBED)
    for user in (ada, mo):
        client.force_login(user)
        theirs = client.get(f"/embed/{link.code}", headers=EMBED)
        assert theirs.content == nobodys.content
        assert "Cookie" not in theirs.get("Vary", "")
        assert not theirs.cookies
    client.cookies.load({"sessionid": "%00garbage", "csrftoken": "x"})
    assert client.get(f"/embed/{link.code}", headers=EMBED).content == nobodys.content


def test_the_embed_tells_the_viewer_what_to_show(client, link):
    setup = setup_of(client.get(f"/embed/{link.code}", headers=EMBED).content.decode())
    assert setup["embedded"]
    assert setup["base"] == f"/replay/{link.code}"
    assert (setup["tick"], setup["end_tick"], setup["at_live_edge"]) == (40, None, False)
    assert not setup["can_share"]


def test_the_embed_of_a_live_shard_begins_where_it_is(client, record, ada):
    link = sharing.make_share(record(12, live=True), ada)
    setup = setup_of(client.get(f"/embed/{link.code}", headers=EMBED).content.decode())
    assert setup["at_live_edge"]


def test_nobody_can_tell_why_an_embed_is_not_there(client, gone):
    never = client.get("/embed/aaaaaaaaaaaa", headers=EMBED)
    assert never.status_code == 404
    assert "frame-ancestors *" in never["Content-Security-Policy"]
    for why, link in gone.items():
        answer = client.get(f"/embed/{link.code}", headers=EMBED)
        assert (answer.status_code, answer.content) == (404, never.content), why


@pytest.fixture
def gone(record, ada, eve):
    """Links that open nothing any more, by why."""
    shard = record(5, owner=ada)
    found = {name: sharing.make_share(shard, ada) for name in ("expired", "revoked")}
    found["expired"].expires_at = timezone.now()
    found["expired"].save()
    sharing.revoke(found["revoked"])
    found["hidden"] = sharing.make_share(record(5, hidden_at=timezone.now()), ada)
    private = record(5, owner=ada, visibility="private")
    return found | {"made private since": sharing.make_share(private, eve)}


# oEmbed


def asked(client, address, **more):
    return client.get("/oembed", {"url": address, **more})


def test_the_page_of_a_link_says_where_it_is_told_how_to_embed_it(client, link):
    page = client.get(f"/replay/{link.code}", headers=EMBED).content.decode()
    address = (
        f"/oembed?url={quote(f'http://testserver/replay/{link.code}', safe='')}&amp;format=json"
    )
    assert f'type="application/json+oembed" href="http://testserver{address}"' in page


def test_oembed_answers_with_a_frame_of_the_size_that_fits(client, link):
    answer = asked(client, f"http://testserver/replay/{link.code}?tick=7&evil=1", maxwidth="500")
    told = answer.json()
    assert (told["type"], told["version"], told["title"]) == ("rich", "1.0", "The turn")
    assert (told["width"], told["height"]) == (500, 480)
    assert f'src="http://testserver/embed/{link.code}?tick=7"' in told["html"]
    assert "thumbnail_url" not in told
    assert answer["Access-Control-Allow-Origin"] == "*"
    roomy = asked(client, f"http://testserver/embed/{link.code}").json()
    assert roomy["thumbnail_url"] == f"http://testserver/r/{link.code}.png"


def test_oembed_tells_nothing_of_what_is_not_there(client, gone, link, settings):
    never = asked(client, "http://testserver/replay/aaaaaaaaaaaa")
    assert never.status_code == 404
    for why, ended in gone.items():
        answer = asked(client, f"http://testserver/replay/{ended.code}")
        assert (answer.status_code, answer.content) == (404, never.content), why
    for address in (
        f"http://elsewhere.example/replay/{link.code}",
        f"javascript://testserver/replay/{link.code}",
        f"http://testserver/account/links/{link.code}",
        "http://[",
    ):
        assert asked(client, address).status_code == 404, address


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 400), ("url=", 400), ("url=x&maxwidth=no", 400), ("url=x&maxheight=0", 400),
     ("url=x&format=xml", 501)],
)  # fmt: skip
def test_oembed_refuses_what_it_cannot_read(client, db, query, status):
    answer = client.get(f"/oembed?{query}")
    assert answer.status_code == status
    assert answer.json()["status_code"] == status


def test_no_title_breaks_out_of_the_markup(client, record, ada):
    link = sharing.make_share(record(3, owner=ada), ada, title=POISON[:100])
    told = asked(client, f"http://testserver/replay/{link.code}").json()
    assert "<script" not in told["html"]
    assert told["html"].count("<") == 2
    assert b"<script>alert" not in client.get(f"/embed/{link.code}", headers=EMBED).content


# As JSON, lines and a picture


def test_a_link_is_read_as_json_and_as_lines(client, link):
    answer = client.get(f"/r/{link.code}.json")
    told = json.loads(body_of(answer))
    assert answer["Content-Type"] == "application/json"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert (told["share"]["title"], told["share"]["tick"]) == ("The turn", 40)
    assert [line["tick"] for line in told["ticks"]] == list(range(250))
    assert lines_at(client, link.code) == told["ticks"]
    asked = client.head(f"/r/{link.code}.json")
    assert (asked.status_code, asked["ETag"]) == (200, answer["ETag"])
    assert "Content-Length" not in asked


def test_what_is_read_of_a_whole_game_imports_again(client, record, ada, bob):
    link = sharing.make_share(record(250, owner=ada, visibility="unlisted"), ada)
    file = io.BytesIO(body_of(client.get(f"/r/{link.code}.json")))
    assert portable.read(file, owner=bob).total_ticks == 250


def test_a_link_to_a_part_gives_that_part(client, record, ada):
    link = sharing.make_share(record(250, owner=ada), ada, tick=90, end_tick=210)
    told = json.loads(body_of(client.get(f"/r/{link.code}.json")))
    assert [line["tick"] for line in told["ticks"]] == list(range(90, 211))
    row = told["shard"]
    assert (row["first_tick"], row["last_tick"], row["total_ticks"]) == (90, 210, 121)
    assert "total_kills" not in row
    assert [line["tick"] for line in lines_at(client, link.code)] == list(range(90, 211))


def test_what_is_not_public_does_not_give_its_id_away(client, record, ada):
    unlisted = record(5, owner=ada, visibility="unlisted")
    link = sharing.make_share(unlisted, ada)
    for suffix in (".json", ".ndjson"):
        assert str(unlisted.pk).encode() not in body_of(client.get(f"/r/{link.code}{suffix}"))


def test_it_comes_packed_where_that_is_taken(client, link):
    plain = body_of(client.get(f"/r/{link.code}.ndjson"))
    packed = {"gzip": gzip.decompress, "zstd": format.unpack}
    for name, unpack in packed.items():
        answer = client.get(f"/r/{link.code}.ndjson", headers={"Accept-Encoding": name})
        assert answer["Content-Encoding"] == name
        assert unpack(body_of(answer)) == plain


def test_secrets_of_a_live_game_stay_hidden(client, ada):
    game = get_game("golf")
    shard = recording.open_shard(game, owner=ada)
    rng = game.rng("seed", 0)
    state = game.setup({"players": ["ada", "bob"]}, rng)
    recording.append(shard, [recording.Tick(0, 0.0, game.snapshot(state))])
    link = sharing.make_share(ReplayShard.objects.get(pk=shard.pk), ada)
    seen = game.view(game.snapshot(state), SPECTATOR)
    assert lines_at(client, link.code)[0]["snapshot"] == json.loads(json.dumps(seen))


@pytest.mark.parametrize("suffix", AFTER)
def test_nothing_is_kept_past_the_end_of_a_link(client, link, suffix):
    address = f"/r/{link.code}{suffix}"
    first = client.get(address)
    body_of(first)
    assert "no-cache" in first["Cache-Control"]
    known = {"If-None-Match": first["ETag"]}
    assert client.get(address, headers=known).status_code == 304
    sharing.revoke(link)
    assert client.get(address, headers=known).status_code == 404


def test_an_answer_that_is_being_sent_ends_when_the_link_does(client, link):
    pieces = iter(client.get(f"/r/{link.code}.ndjson").streaming_content)
    next(pieces)
    sharing.revoke(link)
    with pytest.raises(Exception, match=link.code):
        list(pieces)


@pytest.mark.parametrize("suffix", AFTER)
def test_nobody_can_tell_why_a_file_is_not_there(client, gone, suffix):
    never = client.get(f"/r/aaaaaaaaaaaa{suffix}")
    for why, link in gone.items():
        answer = client.get(f"/r/{link.code}{suffix}")
        assert (answer.status_code, answer.content) == (404, never.content), why


def test_one_address_reads_one_whole_recording_at_a_time(client, link):
    first = client.get(f"/r/{link.code}.json")
    assert client.get(f"/r/{link.code}.json").status_code == 429
    assert body_of(first)
    assert body_of(client.get(f"/r/{link.code}.json"))


def test_a_damaged_recording_is_said_to_be(client, link):
    link.shard.chunks.filter(number=0).update(sha256=b"x" * 32)
    answer = client.get(f"/r/{link.code}.json")
    assert (answer.status_code, answer.json()["error_code"]) == (410, "DAMAGED")


def test_the_picture_is_that_of_the_link(client, link):
    ours = client.get(f"/r/{link.code}.png")
    assert ours["Content-Type"] == "image/png"
    assert ours.content == client.get(f"/replay/{link.code}{SUFFIXES[-1]}").content
