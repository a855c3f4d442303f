"""A whole shard as one JSON file: out of any site, into any other, and the same bytes again.

The shape is seed 000's `{"shard": row, "ticks": [...]}` and more: see docs/recording-format.md. A
file is checked tick by tick as it is read, and stored at its end in one commit, or not at all.
"""

import datetime as dt
from collections.abc import Iterator
from hashlib import sha256
from itertools import pairwise
from typing import Any, BinaryIO
from uuid import UUID, uuid4

import msgspec
import orjson
from django.db import IntegrityError, transaction

from games import all_games, game_of, get_game
from games.game import Command, Refused, Snapshot
from replays import format, reading, verify, worlds
from replays.models import ReplayShard, World
from replays.portable_header import LARGEST, LATEST, TOTALS, Header, fault, read_header
from replays.recording import MAX_TICKS, Tick, Whole

FORMAT = "segfault-replay"
VERSION = 1
MAX_BYTES = 128 * 2**20
MAX_TICK_BYTES = 16 * 2**20
MAX_SECONDS = 1e10


class OtherShape(Refused):
    """The file is JSON, and of another shape than the portable file."""


class AlreadyHere(Refused):
    """The same recording is stored; `shard` is it."""

    def __init__(self, shard: ReplayShard) -> None:
        super().__init__(f"This recording is already here as {shard.pk}")
        self.shard = shard


# Out


def write(shard: ReplayShard) -> Iterator[bytes]:
    """Yield the file of a shard that has ended, a chunk in memory at a time; may raise Damaged."""
    if not shard.ended:
        raise Refused("This shard is still live: it can be exported once it has ended.")
    head = {"format": FORMAT, "version": VERSION, "shard": header(shard)}
    yield format.write_json(head)[:-1] + world_of(shard) + b',"ticks":['
    digest = sha256()
    for number in range(shard.chunks_sealed):  # one query each: who reads slowly holds none open
        lines = reading.chunk_lines(shard.chunks.get(number=number))
        digest.update((b"\n" if number else b"") + b"\n".join(lines))
        yield (b",\n" if number else b"\n") + b",\n".join(lines)
    digests = {"lines": digest.hexdigest(), "chain": bytes(shard.chain).hex()}
    yield b'\n],"digests":%b}\n' % format.write_json(digests)


def world_of(shard: ReplayShard) -> bytes:
    """Return the world that the ticks share as a part of the file, if there is one."""
    found = World.objects.filter(name=shard.world).first() if shard.world else None
    return b',"world":%b' % worlds.text_of(found) if found else b""


def header(shard: ReplayShard) -> dict[str, Any]:
    """Return what a file says of the shard as a whole: nothing of this site or its people."""
    return {
        "shard_id": str(shard.pk),
        "game": shard.game,
        "rules_version": shard.rules_version,
        "title": shard.title,
        "seed": shard.seed,
        # A database may keep the keys in another order than they came in.
        "options": orjson.Fragment(orjson.dumps(shard.options, option=orjson.OPT_SORT_KEYS)),
        "tick_seconds": shard.tick_seconds,
        "started_at": int(shard.started_at.timestamp()),
        "ended_at": int(shard.ended_at.timestamp()) if shard.ended_at else None,
        **{name: getattr(shard, name) for name in TOTALS},
        **({"gaps": gaps} if (gaps := gaps_of(shard)) else {}),
    }


def gaps_of(shard: ReplayShard) -> list[list[int]]:
    """Return the ticks that never came, each run by its first and last; a chunk ends before it."""
    ranges = list(shard.chunks.order_by("number").values_list("first_tick", "last_tick"))
    pairs = pairwise(ranges)
    return [[last + 1, first - 1] for (_, last), (first, _) in pairs if first > last + 1]


# In


class File(msgspec.Struct):
    """A file cut into its parts, which are read one by one."""

    shard: msgspec.Raw
    ticks: list[msgspec.Raw]
    digests: msgspec.Raw = msgspec.Raw(b"{}")
    world: msgspec.Raw = msgspec.Raw(b"null")
    format: str = FORMAT
    version: int = VERSION


def read(stream: BinaryIO, *, owner: Any = None, visibility: str = "public") -> ReplayShard:
    """Check a file and store it as a shard of `owner`, all or nothing.

    Raise Refused with one sentence that names the place of the first fault, AlreadyHere for a
    recording that is stored.
    """
    return take(cut(stream.read(MAX_BYTES + 1)), owner=owner, visibility=visibility)


def cut(body: bytes | bytearray) -> File:
    """Return the parts of a file, or raise Refused; OtherShape for JSON that is no such file."""
    if len(body) > MAX_BYTES:
        raise Refused(f"The file is larger than {MAX_BYTES >> 20} MiB.")
    try:
        file = msgspec.json.decode(body, type=File)
    except msgspec.ValidationError as error:
        raise OtherShape(f"This is not a recording: {error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(f"This is not a recording: {error}.") from None
    except RecursionError:
        raise Refused(f"This is nested more than {format.MAX_DEPTH} levels deep.") from None
    if file.format != FORMAT or file.version != VERSION:
        raise Refused(f"format: only {FORMAT} version {VERSION} can be read here.")
    if not file.ticks:
        raise Refused("ticks: there are none.")
    if len(file.ticks) > MAX_TICKS:
        raise Refused(f"ticks: a shard holds at most {MAX_TICKS}.")
    return file


def take(file: File, *, owner: Any, visibility: str) -> ReplayShard:
    head = read_header(bytes(file.shard), len(file.ticks))
    digests = stated_digests(bytes(file.digests))
    whole = Whole(
        game_of(head.game, head.fields["options"]),
        id=free_id(head.id),
        owner=owner,
        visibility=visibility,
        origin=ReplayShard.Origin.IMPORT,
        **head.fields,
    )
    lines = take_in(whole, head, file.ticks, wanted="lines" in digests)
    agree_on_totals(whole.shard, head)
    if whole.gaps != head.gaps:
        raise fault("shard/gaps", "they are not those of the ticks")
    agree_on_digests(digests, {"lines": lines, "chain": whole.close().hex()})
    refuse_what_is_here(whole.shard, owner)
    whole.shard.ended_at = ended = head.ended_at or ended_at(whole.shard, head)
    verify.look_at_import(whole)
    return keep(whole, owner, ended, bytes(file.world))


@transaction.atomic
def keep(whole: Whole, owner: Any, ended_at: dt.datetime, world: bytes = b"null") -> ReplayShard:
    """Store what was taken in, and the world that it names if that came too.

    Raise Refused for another world, and AlreadyHere where somebody was quicker.
    """
    if whole.shard.world is not None and world != b"null":
        try:
            worlds.keep(whole.shard.world, world)
        except Refused as refused:
            raise Refused(f"world: {refused}") from None
    try:
        return whole.store(ended_at)
    except IntegrityError:
        refuse_what_is_here(whole.shard, owner)
        raise Refused("This recording is being stored by somebody else just now.") from None


def take_in(whole: Whole, head: Header, raw_ticks: list[msgspec.Raw], *, wanted: bool) -> str:
    """Pack the ticks while the game checks their snapshots; return the digest of their lines.

    Where it is not `wanted`, as the file states none, it is that of nothing.
    """
    digest = sha256()

    def snapshots() -> Iterator[Snapshot]:
        last = None
        for position, raw in enumerate(raw_ticks):
            tick = read_tick(raw, position, head, last)
            yield tick.snapshot
            if last is not None and tick.tick > last.tick + 1:
                whole.leave_out(tick.tick)
            line = whole.add(tick)
            if wanted:
                digest.update((b"\n" if last else b"") + line)
            last = tick

    checked = snapshots()
    get_game(head.game).check(head.stated, checked)
    for _ in checked:  # which a game without rules did not look at
        pass
    return digest.hexdigest()


def read_tick(raw: msgspec.Raw, position: int, head: Header, last: Tick | None) -> Tick:
    """Return the tick at a place in the list, which continues the one before it."""
    place = f"ticks/{position}"
    if memoryview(raw).nbytes > MAX_TICK_BYTES:
        raise fault(place, f"a tick may have at most {MAX_TICK_BYTES >> 20} MiB")
    try:
        entry = format.read_json(bytes(raw), repeats=True)
    except Refused as error:
        raise Refused(f"{place}: {error}") from None
    if not isinstance(entry, dict):
        raise fault(place, "a tick is an object")
    number, snapshot = entry.get("tick"), entry.get("snapshot")
    if type(number) is not int or not 0 <= number <= LARGEST:
        raise fault(f"{place}/tick", f"it must be a whole number from 0 to {LARGEST}")
    if last is not None and not follows(number, last.tick, head):
        raise fault(f"{place}/tick", f"tick {last.tick + 1} should follow, not {number}")
    if not isinstance(snapshot, dict):
        raise fault(f"{place}/snapshot", "a snapshot is an object")
    if names_its_tick(head.game) and snapshot.get("tick", number) != number:
        raise fault(f"{place}/snapshot/tick", f"it must be {number}, as beside it")
    seconds = entry.get("t", number * head.fields["tick_seconds"])
    earliest = last.seconds if last else 0
    if type(seconds) not in (int, float) or not earliest <= seconds <= MAX_SECONDS:
        raise fault(f"{place}/t", f"it must be a number of seconds from {earliest} on")
    return Tick(number, seconds, snapshot, commands(entry.get("commands", []), place))


def follows(number: int, last: int, head: Header) -> bool:
    """Tell whether a tick follows the one before, at once or after a gap that the file states."""
    return number == last + 1 or (last + 1, number - 1) in head.gaps


def names_its_tick(game: str) -> bool:
    return game in all_games() and not get_game(game).counts_own_ticks


def commands(listed: Any, place: str) -> list[Command]:
    if not isinstance(listed, list):
        raise fault(f"{place}/commands", "it must be a list")
    for position, command in enumerate(listed):
        if not (
            isinstance(command, list)
            and list(map(type, command[:2])) == [str, str]
            and list(map(type, command[3:])) == [int]
        ):
            raise fault(f"{place}/commands/{position}", "a command is [who, name, argument, ms]")
    return [Command(*command) for command in listed]


# What a file says of itself must be true


def agree_on_totals(shard: ReplayShard, head: Header) -> None:
    """Refuse totals that the ticks do not make; where no rules count them, take them as stated."""
    for name, stated in head.totals.items():
        counted = getattr(shard, name)
        if head.game not in all_games() and name != "total_ticks":
            setattr(shard, name, stated)
        elif stated != counted:
            raise fault(f"shard/{name}", f"it states {stated}, the ticks make {counted}")


def stated_digests(raw: bytes) -> dict[str, Any]:
    stated = format.read_json(raw, repeats=True)
    if not isinstance(stated, dict):
        raise fault("digests", "it must be an object")
    return stated


def agree_on_digests(stated: dict[str, Any], made: dict[str, str]) -> None:
    for name, digest in made.items():
        if stated.get(name, digest) != digest:
            raise fault(f"digests/{name}", "the ticks are not those that were written")


def refuse_what_is_here(shard: ReplayShard, owner: Any) -> None:
    """Name the import by its content and owner, so that one file is stored once an owner."""
    chain = bytes(shard.chain)
    shard.digest = sha256(f"{owner and owner.pk} {shard.game} ".encode() + chain).digest()
    listed = ReplayShard.objects.listed_for(owner).ended()
    here = (
        ReplayShard.objects.filter(digest=shard.digest).first()
        or listed.filter(game=shard.game, chain=chain).first()
    )
    if here is not None:
        raise AlreadyHere(here)


def free_id(recorded: UUID | None) -> UUID:
    """Return the recorded id, or a new one where it is taken or was not recorded."""
    taken = recorded is None or ReplayShard.objects.filter(pk=recorded).exists()
    return uuid4() if taken or recorded is None else recorded


def ended_at(shard: ReplayShard, head: Header) -> dt.datetime:
    """Return when a shard that does not say so ended: as late as its ticks make it."""
    lasted = (shard.last_tick or 0) * shard.tick_seconds
    if head.fields["started_at"].timestamp() + lasted > LATEST:
        raise fault("shard/started_at", "with so many ticks it would end after the year 9999")
    return head.fields["started_at"] + dt.timedelta(seconds=lasted)
