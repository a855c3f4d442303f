"""Any later change of a stored tick is found, named with its range, and told in one sentence."""

import json
import time

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from games import get_game
from play.errands import Errands
from replays import format, recording
from replays.models import ReplayChunk, ReplayShard
from replays.verify import keep_verdict, verify
from tests.played import segfault_ticks

pytestmark = pytest.mark.django_db


def rewrite(chunk: ReplayChunk, change, *, fix_digest: bool = False) -> None:
    """Change the lines of a stored chunk behind everybody's back."""
    lines = format.unpack(bytes(chunk.body)).split(b"\n")
    lines = change(lines)
    chunk.body = format.pack(lines)
    if fix_digest:
        chunk.sha256 = format.digest(b"\n".join(lines))
    chunk.save()


def forge_chain(shard: ReplayShard) -> None:
    """Make every digest agree with what is stored, as one who may write every row can."""
    chain = b""
    for chunk in shard.chunks.order_by("number"):
        chunk.sha256 = format.digest(format.unpack(bytes(chunk.body)))
        chunk.chain = chain = format.link(chain, chunk.sha256)
        chunk.save()
    ReplayShard.objects.filter(pk=shard.pk).update(chain=chain)


def moved(lines: list[bytes], position: int) -> list[bytes]:
    """Return lines in which the Defragmenter stood elsewhere in one of them."""
    entry = format.read_line(lines[position])
    entry["snapshot"]["defragger"]["pos"] = [99, 99]
    return [*lines[:position], format.write_json(entry), *lines[position + 1 :]]


def test_a_shard_played_here_is_verified(played):
    verdict = verify(played(250))
    assert (verdict.state, verdict.first_tick, verdict.last_tick) == ("verified", 1, 250)


def test_a_live_shard_is_verified_up_to_its_last_tick(played):
    verdict = verify(played(130, live=True))
    assert (verdict.state, verdict.last_tick) == ("verified", 130)


def test_a_shard_that_is_sealed_while_it_is_verified_has_no_gap(played, monkeypatch):
    shard = played(150, live=True)
    more = list(segfault_ticks(shard, 230))[150:]
    unpack = format.unpack

    def seal_meanwhile(body):
        if more:
            recording.append(shard, more)
            more.clear()
        return unpack(body)

    monkeypatch.setattr(format, "unpack", seal_meanwhile)
    verdict = verify(shard)
    assert not more
    assert (verdict.state, verdict.last_tick) == ("verified", 150)


def test_an_edited_row_of_the_tail_differs_and_its_place_is_named(played):
    shard = played(130, live=True)
    row = shard.ticks.get(tick=117)
    row.line = moved([bytes(row.line)], 0)[0]
    row.save()
    verdict = verify(shard)
    assert (verdict.state, verdict.first_tick) == ("differs", 117)
    assert verdict.path == "defragger.pos[0]"
    assert "is 99 in the recording and " in verdict.sentence


def test_a_changed_chunk_is_damaged(played):
    shard = played()
    rewrite(shard.chunks.get(number=1), lambda lines: moved(lines, 3))
    verdict = verify(shard)
    assert (verdict.state, verdict.first_tick, verdict.last_tick) == ("damaged", 101, 200)


def test_a_flipped_bit_is_damage(played):
    shard = played()
    chunk = shard.chunks.get(number=2)
    body = bytearray(chunk.body)
    body[len(body) // 2] ^= 4
    chunk.body = bytes(body)
    chunk.save()
    verdict = verify(shard)
    assert (verdict.state, verdict.first_tick, verdict.last_tick) == ("damaged", 201, 250)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_chunk_packed_anew_with_its_own_digest_breaks_the_chain(played, number):
    shard = played()
    chunk = shard.chunks.get(number=number)
    rewrite(chunk, lambda lines: moved(lines, 3), fix_digest=True)
    verdict = verify(shard)
    assert (verdict.state, verdict.first_tick) == ("damaged", chunk.first_tick)
    assert "does not continue the chain" in verdict.sentence


def test_a_forged_last_chunk_with_its_chain_is_betrayed_by_the_row(played):
    shard = played()
    chunk = shard.chunks.get(number=2)
    rewrite(chunk, lambda lines: moved(lines, 3), fix_digest=True)
    chunk.chain = format.link(bytes(shard.chunks.get(number=1).chain), chunk.sha256)
    chunk.save()
    verdict = verify(shard)
    assert (verdict.state, verdict.first_tick) == ("damaged", 201)


def test_a_forgery_of_every_digest_is_found_by_simulating_it_again(played):
    shard = played()
    rewrite(shard.chunks.get(number=1), lambda lines: moved(lines, 3))
    forge_chain(shard)
    verdict = verify(shard)
    assert (verdict.state, verdict.first_tick) == ("differs", 104)


def test_an_added_command_is_found_by_what_does_not_follow_from_it(played):
    shard = played()

    def shout(lines):
        entry = format.read_line(lines[10])
        who = entry["snapshot"]["processes"][0]["id"]
        entry["commands"].append([who, "BROADCAST", "never said", 0])
        return [*lines[:10], format.write_json(entry), *lines[11:]]

    rewrite(shard.chunks.get(number=0), shout)
    forge_chain(shard)
    verdict = verify(shard)
    assert (verdict.state, verdict.first_tick) == ("differs", 11)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_deleted_chunk_is_missing_with_its_range(played, number):
    shard = played()
    chunk = shard.chunks.get(number=number)
    chunk.delete()
    verdict = verify(shard)
    found = (verdict.state, verdict.first_tick, verdict.last_tick)
    assert found == ("damaged", chunk.first_tick, chunk.last_tick)
    assert f"chunk {number} is missing" in verdict.sentence


def test_two_swapped_chunks_are_found(played):
    shard = played(300)
    shard.chunks.filter(number=1).update(number=7)
    shard.chunks.filter(number=2).update(number=1)
    shard.chunks.filter(number=7).update(number=2)
    verdict = verify(shard)
    assert (verdict.state, verdict.first_tick) == ("damaged", 101)


def test_two_swapped_bodies_break_the_chain(played):
    shard = played(300)
    one, other = shard.chunks.get(number=1), shard.chunks.get(number=2)
    for chunk, body, sha256 in (
        (one, other.body, other.sha256),
        (other, one.body, one.sha256),
    ):
        ReplayChunk.objects.filter(pk=chunk.pk).update(body=body, sha256=sha256)
    verdict = verify(shard)
    assert (verdict.state, verdict.first_tick, verdict.last_tick) == ("damaged", 101, 200)


def test_a_missing_row_of_the_tail_is_named(played):
    shard = played(130, live=True)
    shard.ticks.filter(tick=117).delete()
    verdict = verify(shard)
    assert (verdict.state, verdict.first_tick) == ("damaged", 117)


def test_two_swapped_ticks_are_found(played):
    shard = played()
    swap = [1, 0, *range(2, 100)]
    rewrite(shard.chunks.get(number=0), lambda lines: [lines[n] for n in swap])
    forge_chain(shard)
    verdict = verify(shard)
    assert (verdict.state, verdict.first_tick) == ("damaged", 1)


def test_a_total_that_the_ticks_do_not_make_differs(played):
    shard = played()
    ReplayShard.objects.filter(pk=shard.pk).update(total_kills=77)
    verdict = verify(shard)
    assert (verdict.state, verdict.path) == ("differs", "total_kills")


def test_what_a_live_shard_hides_is_not_told_by_a_verdict(played):
    shard = played(20, live=True)
    row = shard.ticks.get(tick=15)
    row.line = bytes(row.line).replace(b"Runner-1", b"Walker-1")
    row.save()
    verdict = verify(shard)
    assert verdict.state == "differs"
    assert "Runner" not in verdict.sentence
    assert "Walker" not in verdict.sentence


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"game": "counting"}, "The rules of counting are not here."),
        ({"game": "segfault", "rules_version": "0"}, "It was recorded with rules 0"),
        ({"game": "segfault"}, "It has no seed."),
        ({"game": "segfault", "origin": "import"}, "It was recorded elsewhere, without its seed."),
        (
            {"game": "segfault", "origin": "import", "seed": "s"},
            "It was recorded elsewhere, without its commands.",
        ),
        ({"game": "segfault", "seed": "s"}, "It does not begin with the first tick."),
    ],
)
def test_what_cannot_be_simulated_again_is_told_why(record, monkeypatch, fields, reason):
    monkeypatch.setattr(get_game("segfault").__class__, "markers", lambda self, snapshot: [])
    verdict = verify(record(120, **fields))
    assert verdict.state == "not verifiable"
    assert verdict.sentence.startswith(reason)


def test_damage_is_found_in_a_game_without_rules(record):
    shard = record(120)
    shard.chunks.filter(number=1).delete()
    assert verify(shard).state == "damaged"


def test_a_shard_without_ticks_is_not_verifiable(record):
    assert verify(record(0)).state == "not verifiable"


def test_a_long_shard_is_read_a_chunk_at_a_time_and_fast(played):
    shard = played(600)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        started = time.perf_counter()
        assert verify(shard).state == "verified"
        took = time.perf_counter() - started
    assert len(queries) <= 2 * 6 + 2
    assert 600 / took >= 300


# The command


def test_the_command_says_verified_and_stores_it(played, capsys):
    shard = played(30)
    call_command("verify", str(shard.pk))
    assert capsys.readouterr().out.startswith("verified: All 30 ticks follow")
    shard.refresh_from_db()
    assert shard.verdict["state"] == "verified"
    assert shard.verified_at is not None


def test_the_command_ends_with_1_and_the_first_difference(played):
    shard = played(130, live=True)
    shard.ticks.filter(tick=117).delete()
    with pytest.raises(CommandError, match="Ticks 117 to 117 are damaged") as ended:
        call_command("verify", str(shard.pk))
    assert ended.value.returncode == 1


@pytest.mark.parametrize("name", ["nothing", "00000000-0000-4000-8000-000000000000"])
def test_the_command_ends_with_2_where_there_is_nothing_to_verify(name):
    with pytest.raises(CommandError, match="There is no shard") as ended:
        call_command("verify", name)
    assert ended.value.returncode == 2


def test_the_command_ends_with_2_and_the_reason(record):
    with pytest.raises(CommandError, match="rules of counting are not here") as ended:
        call_command("verify", str(record(10).pk))
    assert ended.value.returncode == 2


# The address


def test_bob_verifies_a_shard_and_the_index_tells_the_verdict(client, bob, played):
    shard = played(60)
    client.force_login(bob)
    answer = client.post(f"/replays/{shard.pk}/verify")
    assert (answer.status_code, answer.json()["state"]) == (200, "verified")
    index = client.get(f"/replays/{shard.pk}/index").json()
    assert index["shard"]["verdict"] == answer.json()


def test_a_long_shard_waits_for_its_turn(client, bob, played, monkeypatch, capsys):
    monkeypatch.setattr("replays.api.verifications.MOST_AT_ONCE", 20)
    monkeypatch.setattr("os.nice", lambda more: 0)
    shard = played(60)
    client.force_login(bob)
    answer = client.post(f"/replays/{shard.pk}/verify")
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    assert ReplayShard.objects.waiting_for_verification().get() == shard
    call_command("verify", waiting=True)
    assert not ReplayShard.objects.waiting_for_verification().exists()
    assert client.get(f"/replays/{shard.pk}/index").json()["shard"]["verdict"]["last_tick"] == 60


def test_a_host_lets_what_waits_be_verified_by_one_process(played, monkeypatch):
    started = []

    class Process:
        def __init__(self, command, **options):
            started.append(command)

        def poll(self):
            return None

    monkeypatch.setattr("play.errands.subprocess.Popen", Process)
    errands = Errands()
    errands.begin()
    assert started == []
    ReplayShard.objects.filter(pk=played(5).pk).update(verify_asked_at=timezone.now())
    errands.begin()
    errands.begin()
    assert [command[-2:] for command in started] == [["verify", "--waiting"]]


def test_who_is_not_signed_in_cannot_let_others_compute(client, played):
    assert client.post(f"/replays/{played(5).pk}/verify").status_code == 401


def test_eve_cannot_verify_what_is_private(client, ada, eve, played):
    client.force_login(eve)
    private = played(5, visibility="private", owner=ada)
    absent = client.post("/replays/00000000-0000-4000-8000-000000000000/verify")
    answer = client.post(f"/replays/{private.pk}/verify")
    assert answer.status_code == absent.status_code == 404
    assert answer.content == absent.content


def test_verifications_are_limited(client, bob, played, settings):
    settings.LIMITS = settings.LIMITS | {"verifications": "2/3600"}
    shard = played(5)
    client.force_login(bob)
    codes = [client.post(f"/replays/{shard.pk}/verify").status_code for _ in range(3)]
    assert codes == [200, 200, 429]


def test_a_verdict_stays_while_a_live_shard_goes_on(played):
    shard = played(20, live=True)
    keep_verdict(shard, verify(shard))
    recording.append(shard, list(segfault_ticks(shard, 21))[20:])
    shard.refresh_from_db()
    assert (shard.last_tick, shard.verdict["last_tick"]) == (21, 20)
    assert json.dumps(shard.verdict)
