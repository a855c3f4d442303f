"""Simulate a shard again from seed, options and commands alone, and compare with what is stored."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from django.utils import timezone

from games.game import Command, Refused
from replays import format, policy, reading
from replays.difference import first_difference
from replays.models import ReplayChunk, ReplayShard
from replays.recording import Whole

State = Literal["verified", "checked", "differs", "damaged", "not verifiable"]
TOTALS = ("processes", "kills", "survivals", "ghosts")
MOST_SIMULATED = 1_000
"""Ticks that are simulated while an import waits: some two seconds."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found, with all of it in one sentence.

    `first_tick` to `last_tick` are the ticks that were compared, are damaged, or the one that
    differs, at `path` of its snapshot. `chain` is the chain's digest at that time, in hex.
    """

    state: State
    sentence: str
    first_tick: int | None = None
    last_tick: int | None = None
    path: str | None = None
    chain: str = ""


class Broken(Exception):
    """Ticks are missing, out of order, or not what was stored."""

    def __init__(self, first: int, last: int, what: str) -> None:
        self.first, self.last = first, last
        super().__init__(f"Ticks {first} to {last} are damaged: {what}.")


def verify(shard: ReplayShard) -> Verdict:
    """Check what is stored against its digests, then simulate all of it again and compare.

    A live shard is verified up to the last tick it has now. One chunk is in memory at a time.
    """
    shard = ReplayShard.objects.get(pk=shard.pk)
    chain = bytes(shard.chain).hex()
    if shard.first_tick is None or shard.last_tick is None:
        return Verdict("not verifiable", "It has no ticks.", chain=chain)
    try:
        holds_commands = check_stored(shard)
        reason = why_not(shard, holds_commands)
        if reason:
            sentence = f"{reason} What is sealed of it is as it was stored."
            return Verdict(
                "not verifiable", sentence, shard.first_tick, shard.last_tick, None, chain
            )
        return compare(shard, (line for lines in runs(shard) for line in lines), chain)
    except Broken as broken:
        return Verdict("damaged", str(broken), broken.first, broken.last, None, chain)


def keep_verdict(shard: ReplayShard, verdict: Verdict) -> dict[str, Any]:
    """Store what was found beside the shard, for whoever opens it; return it as stored."""
    kept = note(shard, verdict)
    ReplayShard.objects.filter(pk=shard.pk).update(
        verified_at=shard.verified_at, verdict=kept, verify_asked_at=None
    )
    return kept


def look_at_import(whole: Whole) -> None:
    """Give a recording that comes in its first verdict, or raise Refused where it is forged.

    With seed and commands it is simulated again, a long one when its turn has come; of others the
    game has checked each tick and that it continues the one before.
    """
    shard, chain = whole.shard, bytes(whole.shard.chain).hex()
    reason = why_not(shard, whole.holds_commands)
    if reason is None and shard.total_ticks <= MOST_SIMULATED:
        verdict = compare(shard, whole.lines(), chain)
        if verdict.state != "verified":
            raise Refused(verdict.sentence)
    else:
        if reason is None:
            shard.verify_asked_at = timezone.now()
            reason = "It will be simulated again when its turn has come."
        sentence = f"Each tick was checked when it was imported. {reason}"
        first, last = shard.first_tick, shard.last_tick
        verdict = Verdict("checked", sentence, first, last, None, chain)
    note(shard, verdict)


def note(shard: ReplayShard, verdict: Verdict) -> dict[str, Any]:
    """Write a verdict on a shard that is not stored yet; return it as it will stand."""
    shard.verified_at = timezone.now()
    shard.verdict = asdict(verdict) | {"verified_at": int(shard.verified_at.timestamp())}
    return shard.verdict


def why_not(shard: ReplayShard, holds_commands: bool) -> str | None:
    """Return in words why a shard cannot be simulated again, or None if it can."""
    game = shard.rules
    elsewhere = shard.origin != ReplayShard.Origin.HOST
    if not game.playable:
        return f"The rules of {shard.game} are not here."
    if shard.rules_version != game.version:
        recorded = (
            f"rules {shard.rules_version}" if shard.rules_version else "rules it does not name"
        )
        return f"It was recorded with {recorded}, and the rules here are {game.version}."
    if not shard.seed:
        return "It was recorded elsewhere, without its seed." if elsewhere else "It has no seed."
    if elsewhere and not holds_commands:
        return "It was recorded elsewhere, without its commands."
    if has_gaps(shard):
        return "Some of its ticks never came."
    begins = shard.first_tick == game.first_tick
    return None if begins else "It does not begin with the first tick."


def has_gaps(shard: ReplayShard) -> bool:
    """Tell whether there are fewer ticks than lie between the first and the last."""
    return shard.total_ticks <= (shard.last_tick or 0) - (shard.first_tick or 0)


# What is stored, against its digests


def check_stored(shard: ReplayShard) -> bool:
    """Raise Broken at the first damage; tell whether there are commands in what is stored."""
    found = [any(b'"commands":' in line for line in lines) for lines in runs(shard)]
    return any(found)


def runs(shard: ReplayShard) -> Iterator[list[bytes]]:
    """Yield the lines of each chunk in order, then those of the tail, up to the last tick."""
    next_tick, number, chain, counted = shard.first_tick or 0, 0, b"", 0
    last_tick = next_tick - 1 if shard.last_tick is None else shard.last_tick
    while next_tick <= last_tick:
        # The tail is read before its chunk is looked for: a live shard may seal it meanwhile.
        tail = tail_lines(shard, next_tick) if number >= shard.chunks_sealed else []
        chunk = shard.chunks.filter(number=number).first()
        if chunk is not None:
            if number and has_gaps(shard):
                next_tick = max(next_tick, chunk.first_tick)
            lines = sound_lines(chunk, next_tick, chain)
            number, chain = number + 1, bytes(chunk.chain)
            if number == shard.chunks_sealed and chain != bytes(shard.chain):
                raise Broken(next_tick, chunk.last_tick, "the shard's row ends the chain otherwise")
        elif number < shard.chunks_sealed:
            raise missing(shard, number, next_tick)
        else:
            lines = tail
        check_ticks(lines, next_tick, last_tick)
        yield lines[: last_tick - next_tick + 1]
        next_tick += len(lines)
        counted += len(lines)
    if has_gaps(shard) and counted != shard.total_ticks:
        what = f"there are {counted} where the shard's row counts {shard.total_ticks}"
        raise Broken(shard.first_tick or 0, last_tick, what)
    if number < shard.chunks_sealed or (shard.ended and number > shard.chunks_sealed):
        raise Broken(shard.first_tick or 0, last_tick, "the shard's row counts other chunks")


def tail_lines(shard: ReplayShard, start: int) -> list[bytes]:
    rows = shard.ticks.filter(tick__gte=start, tick__lte=shard.last_tick).order_by("tick")
    return [bytes(line) for line in rows.values_list("line", flat=True)]


def sound_lines(chunk: ReplayChunk, next_tick: int, chain: bytes) -> list[bytes]:
    """Return the lines of a chunk that is whole and continues the chain."""
    first, last = chunk.first_tick, chunk.last_tick
    if first != next_tick:
        what = f"chunk {chunk.number} holds {first} to {last} where tick {next_tick} should follow"
        raise Broken(next_tick, max(next_tick, last), what)
    try:
        lines = reading.chunk_lines(chunk)
    except reading.Damaged:
        raise Broken(first, last, f"chunk {chunk.number} does not match its digest") from None
    if format.link(chain, bytes(chunk.sha256)) != bytes(chunk.chain):
        raise Broken(first, last, f"chunk {chunk.number} does not continue the chain")
    if len(lines) != last - first + 1:
        raise Broken(first, last, f"chunk {chunk.number} holds {len(lines)} ticks")
    return lines


def missing(shard: ReplayShard, number: int, next_tick: int) -> Broken:
    following = shard.chunks.filter(number__gt=number).order_by("number").first()
    last = following.first_tick - 1 if following else (shard.last_tick or 0) - shard.tail_ticks
    return Broken(next_tick, max(next_tick, last), f"chunk {number} is missing")


def check_ticks(lines: list[bytes], next_tick: int, last_tick: int) -> None:
    """Raise Broken where lines are no lines, or not those of consecutive ticks."""
    for position, line in enumerate(lines):
        tick = next_tick + position
        if not is_entry(line, tick):
            raise Broken(tick, tick, "what is stored there is no line of that tick")
    if not lines:
        raise Broken(next_tick, last_tick, "they are missing")


def is_entry(line: bytes, tick: int) -> bool:
    try:
        entry = format.read_line(line)
    except ValueError:
        return False
    if not isinstance(entry, dict) or entry.get("tick") != tick:
        return False
    commands = entry.get("commands", [])
    whole = isinstance(commands, list) and all(
        isinstance(command, list) and len(command) == 4 for command in commands
    )
    return whole and "t" in entry and isinstance(entry.get("snapshot"), dict)


# What is stored, against the rules


def compare(shard: ReplayShard, lines: Iterable[bytes], chain: str) -> Verdict:
    game = shard.rules
    totals = dict.fromkeys(TOTALS, 0)
    tick = 0
    try:
        state = game.setup(shard.options, game.rng(shard.seed, 0))
        for tick, stored in enumerate(lines, start=game.first_tick):
            entry = format.read_line(stored)
            asked = entry.get("commands", ())
            commands = [Command(*command) for command in asked]
            state = game.step(state, commands, game.rng(shard.seed, tick))
            snapshot = game.snapshot(state)
            if stored != format.line(tick, entry["t"], snapshot, asked):
                return differs(shard, tick, entry["snapshot"], snapshot, chain)
            for name, count in game.tallies(snapshot).items():
                totals[name] += count
    except Broken:
        raise
    except Exception as error:  # noqa: BLE001 – what was forged may make any rule fail
        what = str(error) if isinstance(error, Refused) else f"the rules fail ({error!r})"
        sentence = f"Tick {tick} cannot be simulated again: {what}"
        return Verdict("differs", sentence, tick, tick, None, chain)
    return compare_totals(shard, totals, chain)


def differs(
    shard: ReplayShard, tick: int, stored: dict[str, Any], simulated: dict[str, Any], chain: str
) -> Verdict:
    """Name the first difference; of a live shard as spectators may see it."""
    looking = policy.perspective(shard)
    view = shard.rules.view
    found = first_difference(view(stored, looking), view(simulated, looking))
    if found is None:
        hidden = format.write_json(stored) != format.write_json(simulated)
        where = "in what is not shown while the shard is live" if hidden else "in how it is written"
        return Verdict("differs", f"Tick {tick} differs {where}.", tick, tick, None, chain)
    values = f"{found.stored} in the recording and {found.expected} when simulated again"
    sentence = f"Tick {tick} differs: {found.path} is {values}."
    return Verdict("differs", sentence, tick, tick, found.path, chain)


def compare_totals(shard: ReplayShard, totals: dict[str, int], chain: str) -> Verdict:
    first, last = shard.first_tick, shard.last_tick
    for name, counted in totals.items():
        stated = getattr(shard, f"total_{name}")
        if stated != counted:
            sentence = f"The shard's row states total_{name} {stated}, its ticks make {counted}."
            return Verdict("differs", sentence, last, last, f"total_{name}", chain)
    sentence = f"All {shard.total_ticks} ticks follow from seed, options and commands by the rules."
    return Verdict("verified", sentence, first, last, None, chain)
