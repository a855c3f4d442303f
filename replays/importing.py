"""Take in a recording from a file of any shape that is read here, all of it or nothing.

The portable file, the reference's own recordings of SEGFAULT, telemetry of societies, replays of
the arena as its trainer writes them, and the kinds of file that games have of their own; packed
with gzip or zstd, or plain.
"""

import datetime as dt
from codecs import BOM_UTF8
from typing import Any, BinaryIO
from uuid import UUID

import msgspec

from games import all_games, get_game
from games.game import Game, Refused, Retold
from games.society.telemetry import looks_like
from replays import format, portable, telemetry, trainer_files, verify
from replays.inflate import unpacked
from replays.models import ReplayShard
from replays.portable_header import EARLIEST, LATEST, UUID_FORM
from replays.recording import Tick, Whole

MOST_OWN_BYTES = 8 * 2**20
"""How long a game's own kind of file may be: it is read strictly, and whole."""
LONGEST_MOMENT = 40
NO_RECORDING = (
    "This is no recording that is read here: one holds shard and ticks, or keyframes and deltas, "
    "or world and frames, or game and events."
)


def read(
    stream: BinaryIO,
    *,
    owner: Any = None,
    visibility: str = "public",
    packing: str = "",
    most_packed: int | None = None,
) -> ReplayShard:
    """Check a file and store it as a shard of `owner`, or raise Refused with the first fault.

    AlreadyHere names the shard where the recording is stored, TooLarge is raised at the cap.
    """
    body = unpacked(stream, portable.MAX_BYTES, packing=packing, most_packed=most_packed)
    if body.startswith(BOM_UTF8):  # which some editors put before JSON
        del body[: len(BOM_UTF8)]
    try:
        file = portable.cut(body)
    except portable.OtherShape:
        keys = keys_of(body)
        if looks_like(keys):
            document = format.read_json(bytes(body), repeats=True)
            return telemetry.store(document, owner=owner, visibility=visibility)[0]
        if keys.keys() >= trainer_files.KEYS:
            document = format.read_json(bytes(body), repeats=True)
            return trainer_files.store(document, owner=owner, visibility=visibility)
        game = game_of(keys)
        if game is None and not keys.keys() & {"shard", "ticks"}:
            raise Refused(NO_RECORDING) from None
        if game is None:
            raise
        return take_own(game, body, owner, visibility)
    return portable.take(file, owner=owner, visibility=visibility)


def keys_of(body: bytearray) -> dict[str, msgspec.Raw]:
    """Return a file's outermost object by its keys, nothing for another value; or raise Refused."""
    try:
        return msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except msgspec.ValidationError:
        return {}
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(f"This is no whole JSON file: {error}.") from None
    except RecursionError:
        raise Refused(f"This is nested more than {format.MAX_DEPTH} levels deep.") from None


def game_of(keys: dict[str, msgspec.Raw]) -> Game | None:
    """Return the game whose own kind of file this is, by its keys."""
    games = map(get_game, all_games())
    return next((game for game in games if game.file_keys and game.file_keys <= keys.keys()), None)


def take_own(game: Game, body: bytearray, owner: Any, visibility: str) -> ReplayShard:
    if len(body) > MOST_OWN_BYTES:
        raise Refused(f"A file of {game.slug} has at most {MOST_OWN_BYTES >> 20} MiB.")
    told = game.read_file(format.read_json(bytes(body)))
    written_at = moment(told.written_at)
    whole = Whole(
        game,
        id=portable.free_id(UUID(told.game_id) if UUID_FORM.fullmatch(told.game_id) else None),
        owner=owner,
        visibility=visibility,
        origin=ReplayShard.Origin.IMPORT,
        options=told.options,
        rules_version=game.version,
        tick_seconds=game.tick_seconds,
    )
    lasted = take_in(whole, told)
    whole.close()
    portable.refuse_what_is_here(whole.shard, owner)
    whole.shard.started_at = max(EARLIEST, written_at - dt.timedelta(seconds=lasted))
    verify.note(whole.shard, verdict_of(whole))
    return portable.keep(whole, owner, written_at)


def take_in(whole: Whole, told: Retold) -> float:
    """Add every tick; return how many seconds they lasted."""
    seconds = 0.0
    for number, (seconds, snapshot) in enumerate(told.ticks, start=whole.game.first_tick):
        whole.add(Tick(number, seconds, snapshot))
    return seconds


def verdict_of(whole: Whole) -> verify.Verdict:
    shard = whole.shard
    sentence = f"All {shard.total_ticks} ticks followed by the rules when it was imported."
    chain = bytes(shard.chain).hex()
    return verify.Verdict("verified", sentence, shard.first_tick, shard.last_tick, None, chain)


def moment(text: Any) -> dt.datetime:
    """Return when a file says that it was written; where it says nothing, now."""
    if text is None:
        return dt.datetime.now(dt.UTC)
    try:
        if type(text) is not str or len(text) > LONGEST_MOMENT:
            raise ValueError
        found = dt.datetime.fromisoformat(text)
        found = found.replace(tzinfo=dt.UTC) if found.tzinfo is None else found.astimezone(dt.UTC)
        if not 0 <= found.timestamp() <= LATEST:
            raise ValueError
    except (ValueError, OverflowError):
        raise Refused("exported_at: it must be a time as ISO 8601 has it.") from None
    return found
