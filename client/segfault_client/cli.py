"""The command `segfault-client`: push a file, send what is left, watch."""

import argparse
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from . import files, wire
from .patience import Patience
from .pushing import PATIENCE_SECONDS, push_file
from .recording import Recording, site_of
from .sender import LeftListener, Sender
from .site import Away, Refused, Site
from .snapshots import BadSnapshot
from .spool import Spool, Spooled
from .version import __version__
from .watching import Watch, in_words, printable, shard_of

DONE, REFUSED, USAGE, AWAY, INTERRUPTED = 0, 1, 2, 3, 130

EXAMPLES = """examples:
  segfault-client push frames.ndjson --game my-game --title "First try"
  my-game --print-snapshots | segfault-client push - --game my-game
  segfault-client push replay.json --visibility unlisted
  segfault-client send
  segfault-client send --list
  segfault-client watch https://site.example/spectate/2f1c7a52-6f0e-4d55-9a3e-0f6f4f3a9b10

SEGFAULT_URL, SEGFAULT_TOKEN and SEGFAULT_SPOOL stand in for --url, --token and --spool. A token
given by the environment is seen by fewer eyes than one on the command line.

It ends with 0 when all is done, 1 when the site or the file is refused, 2 when it was called
wrongly, 3 when the site did not answer: calling it again goes on from there."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments ask for and return the exit code."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    asked = parser().parse_args(arguments)
    try:
        code: int = asked.do(asked)
    except Refused as refusal:
        return _say(str(refusal), REFUSED)
    except Away as away:
        return _say(f"{away}. Call this again to go on from here.", AWAY)
    except files.BadFile as error:
        return _say(str(error), REFUSED)
    except (ValueError, OSError) as error:
        return _say(str(error), USAGE)
    except KeyboardInterrupt:
        return _say("", INTERRUPTED)
    return code


def _say(sentence: str, code: int = DONE) -> int:
    print(sentence, file=sys.stderr)
    return code


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="segfault-client",
        description="Records games into a site of SEGFAULT replays, and watches them.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"segfault-client {__version__}")
    commands = top.add_subparsers(required=True, metavar="push | send | watch")
    _add_push(commands)
    _add_send(commands)
    _add_watch(commands)
    return top


def _command(commands: Any, name: str, words: str, do: Callable[..., int]) -> Any:
    command = commands.add_parser(
        name, help=words, description=words, epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    command.set_defaults(do=do)
    command.add_argument("--token", help="token of scope push (SEGFAULT_TOKEN)")
    return command


def _add_push(commands: Any) -> None:
    words = "Push a file of snapshots: lines of JSON, a list, an arena's replay, a portable file."
    command = _command(commands, "push", words, push)
    command.add_argument("file", help="the file, .gz too; - reads lines from standard input")
    command.add_argument("--url", help="the site, or its ingest address (SEGFAULT_URL)")
    command.add_argument("--game", help="a slug such as my-game")
    command.add_argument("--title", help="what the recording is called")
    command.add_argument("--visibility", choices=wire.VISIBILITIES, help="who may see it")
    command.add_argument("--tick-seconds", type=float, help="how long a tick lasts")
    command.add_argument("--hints", type=Path, help="a file of JSON that says how to draw the game")
    command.add_argument("--replay-id", help="the recording's own name; else made of what is sent")
    command.add_argument("--patience", **_PATIENCE)
    command.add_argument("--spool", help="the folder for what waits, of - (SEGFAULT_SPOOL)")


def _add_send(commands: Any) -> None:
    words = "Send what recordings that were broken off have left in the spool."
    command = _command(commands, "send", words, send)
    command.add_argument("--url", help="only what is for this site (SEGFAULT_URL)")
    command.add_argument("--spool", help="the folder where it lies (SEGFAULT_SPOOL)")
    command.add_argument("--list", action="store_true", help="only tell what lies there")
    command.add_argument("--drop", metavar="REPLAY_ID", help="throw one away, unsent")
    command.add_argument("--patience", **_PATIENCE)


def _add_watch(commands: Any) -> None:
    words = "Follow a shard in the terminal until it ends."
    command = _command(commands, "watch", words, watch)
    command.add_argument("url", help="the address of its page")
    command.add_argument("--from", dest="start", default="live", help="live, start or a tick")
    command.add_argument("--json", action="store_true", help="print each tick as a line of JSON")
    command.add_argument("--patience", **_PATIENCE)


_PATIENCE: dict[str, Any] = {
    "type": float,
    "default": PATIENCE_SECONDS,
    "metavar": "SECONDS",
    "help": "how long to try while the site does not answer (%(default)s)",
}


# push


def push(asked: argparse.Namespace) -> int:
    """Push a file, or what comes in."""
    site = site_of(asked.url, asked.token)
    names = ("game", "title", "visibility", "tick_seconds", "replay_id")
    options = {name: getattr(asked, name) for name in names if getattr(asked, name) is not None}
    if asked.hints:
        options["hints"] = json.loads(asked.hints.read_text())
    if asked.file == "-":
        return _push_what_comes(site, asked, options)
    bar = Bar()
    file = files.read(Path(asked.file))
    address = push_file(
        site, file, on_progress=bar.show, on_away=bar.say, patience=asked.patience, **options
    )
    bar.end()
    print(address or site.address)
    return DONE


def _push_what_comes(site: Site, asked: argparse.Namespace, options: dict[str, Any]) -> int:
    """Record the lines of standard input while they come."""
    bar = Bar()
    recording = Recording(
        site.address,
        site.token,
        spool=asked.spool,
        progress=lambda told: bar.show(told.stored, told.stored + told.pending),
        **options,
    )
    try:
        for text in sys.stdin.buffer:
            if text.strip():
                recording.tick_when_there_is_room(_snapshot(text))
    finally:
        recording.close(asked.patience)
        bar.end()
    if recording.refused is not None:
        return REFUSED
    print(recording.address or site.address)
    if recording.left_out:
        return _say(f"{recording.left_out} lines were left out.", REFUSED)
    return DONE if recording.whole else AWAY


def _snapshot(text: bytes) -> Any:
    """Return the snapshot of a line; what is none is left out where it is recorded."""
    try:
        return json.loads(files.snapshot_line(json.loads(text)))
    except (ValueError, RecursionError, BadSnapshot):
        return printable(text.decode(errors="replace"))[:100]


class Bar:
    """How far it is, as a bar on a terminal and as a line now and then elsewhere."""

    WIDTH = 30

    def __init__(self) -> None:
        self._on_terminal = sys.stderr.isatty()
        self._shown_at = 0.0

    def show(self, stored: int, ticks: int) -> None:
        now = time.monotonic()
        if now - self._shown_at < (0.05 if self._on_terminal else 5.0) and stored < ticks:
            return
        self._shown_at = now
        part = stored / ticks if ticks else 1.0
        if self._on_terminal:
            full = round(part * self.WIDTH)
            drawn = "█" * full + "░" * (self.WIDTH - full)
            print(f"\r{drawn} {part:4.0%}  {stored:,} of {ticks:,} ticks ", end="", file=sys.stderr)
        else:
            print(f"{stored} of {ticks} ticks", file=sys.stderr)

    def say(self, sentence: str) -> None:
        print(f"\n{sentence}" if self._on_terminal else sentence, file=sys.stderr)

    def end(self) -> None:
        if self._on_terminal:
            print(file=sys.stderr)


# send


def send(asked: argparse.Namespace) -> int:
    """Send, list or drop what lies in the spool."""
    spool = Spool(asked.spool)
    if asked.list:
        return _list(spool)
    if asked.drop:
        return _drop(spool, asked.drop)
    site = _site_of_left(spool, asked)
    if site is None:
        return _say(f"Nothing lies in {spool.folder}.")
    sender = Sender(spool, site)
    outcomes = [_Outcome(found) for found in spool.left(site.address)]
    for outcome in outcomes:
        sender.take_on(outcome.spooled, outcome)
    try:
        while not sender.idle:
            Patience(asked.patience).ask(sender.send_round)
    finally:
        for outcome in outcomes:
            outcome.spooled.release()
    for outcome in outcomes:
        print(f"{outcome.replay_id}: {outcome.words}")
    return REFUSED if any(outcome.refused for outcome in outcomes) else DONE


class _Outcome(LeftListener):
    """What has become of one recording that was left."""

    def __init__(self, spooled: Spooled) -> None:
        super().__init__(spooled.replay_id)
        self.spooled = spooled
        self.refused = ""

    def on_refused(self, sentence: str) -> None:
        self.refused = sentence

    @property
    def words(self) -> str:
        return self.refused or f"{self.ticks} ticks sent"


def _site_of_left(spool: Spool, asked: argparse.Namespace) -> Site | None:
    """Return the site to send to: the one that is named, or the only one there is."""
    sites = {told["site"] for told in spool.listing()}
    url = asked.url or os.environ.get("SEGFAULT_URL")
    if url:
        return site_of(url, asked.token)
    if len(sites) > 1:
        raise ValueError(f"Ticks for several sites lie here: name one by --url: {sorted(sites)}")
    return site_of(sites.pop(), asked.token) if sites else None


def _list(spool: Spool) -> int:
    rows = spool.listing()
    for told in rows:
        print(
            f"{told['replay_id']}  {told['site']}  {told['ticks']} ticks"
            + ("  being recorded or sent" if told["held"] else "")
            + (f"  refused: {told['refused']}" if told["refused"] else "")
        )
    return _say(f"Nothing lies in {spool.folder}.") if not rows else DONE


def _drop(spool: Spool, replay_id: str) -> int:
    for folder in spool.folders():
        found = spool.take(folder)
        if found is not None and found.replay_id == replay_id:
            ticks = found.ticks()
            found.remove()
            return _say(f"{replay_id}: {ticks} ticks thrown away")
        if found is not None:
            found.release()
    return _say(f"No recording {replay_id!r} waits in {spool.folder}, or it is in use.", REFUSED)


# watch


def watch(asked: argparse.Namespace) -> int:
    """Print a shard's ticks as they come."""
    start = asked.start if asked.start in ("live", "start") else int(asked.start)
    site, path = shard_of(asked.url, asked.token)
    if asked.token is None and (url := os.environ.get("SEGFAULT_URL")):
        own = site_of(url, None)
        site = own if own.address == site.address else site  # elsewhere the token is nobody's
    bar = Bar()
    watching = Watch(site, path, start=start, patience=asked.patience, on_away=bar.say)
    greeted = False
    for shown in watching:
        if not greeted and not asked.json:
            greeted = True
            _say(printable(_greeting(watching.shard)))
        if asked.json:
            entry = {"tick": shown.tick, "t": shown.seconds, "snapshot": shown.snapshot}
            print(json.dumps(entry, ensure_ascii=False), flush=True)
        else:
            print(in_words(shown), flush=True)
    if not asked.json:
        _say(f"It has ended, after {watching.shard.get('total_ticks', 0)} ticks.")
    return DONE


def _greeting(shard: dict[str, Any]) -> str:
    name = shard.get("title") or shard.get("shard_id") or "a replay"
    return f"{name} · {shard.get('game')} · {'live' if shard.get('live') else 'ended'}"
