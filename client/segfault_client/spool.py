"""The folder where ticks lie until the site has them: one folder a recording, one file a chunk.

    SPOOL/my-game-2f1c…-9a3e0f6f/about.json      what is pushed beside the ticks
                                 world.json      the world, if it has one
                                 000000-0000000.chunk   sealed: this file, as it is, will be chunk 0
                                 000001-0000100.open    growing: a line of JSON a tick
          my-game-2f1c…-9a3e0f6f.lock           held by whoever records or sends it

A chunk is sent only when it is sealed, and sealed by renaming, so that the same lines are sent
under the same number however often. The one that ends a recording is called `.last`. A file goes
when the site has said that it is stored. The token is not kept here.
"""

import contextlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

from . import wire
from .locks import Lock, hold

_CHUNK = re.compile(r"(?P<index>\d{6})-(?P<first>\d{7,})\.(?P<kind>open|chunk|last)")


def default_folder() -> Path:
    """Return where ticks wait unless somebody says otherwise."""
    if stated := os.environ.get("SEGFAULT_SPOOL"):
        return Path(stated)
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "segfault-client" / "spool"


@dataclass(frozen=True, order=True)
class ChunkFile:
    """A file of ticks: `first` is the number of its first tick in the game."""

    index: int
    first: int
    kind: str
    path: Path

    @property
    def last(self) -> bool:
        return self.kind == "last"

    def lines(self) -> list[bytes]:
        """Return its ticks, each a line of JSON; one that was torn in writing is none."""
        return self.path.read_bytes().split(b"\n")[:-1]

    def renamed(self, kind: str) -> "ChunkFile":
        path = self.path.with_suffix(f".{kind}")
        self.path.rename(path)
        return ChunkFile(self.index, self.first, kind, path)


def chunk_file(path: Path) -> ChunkFile | None:
    found = _CHUNK.fullmatch(path.name)
    return (
        ChunkFile(int(found["index"]), int(found["first"]), found["kind"], path) if found else None
    )


def mend(path: Path) -> int:
    """Cut a file back to its last whole tick; return how many bytes went.

    Whoever was killed in the middle of a write leaves half a line; a machine that lost power may
    leave zeros as well.
    """
    content = path.read_bytes()
    end = 0
    for line in content.split(b"\n")[:-1]:
        if not _is_object(line):
            break
        end += len(line) + 1
    if end < len(content):
        os.truncate(path, end)
    return len(content) - end


def _is_object(line: bytes) -> bool:
    if not (line.startswith(b"{") and line.endswith(b"}")):
        return False
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


class Spooled:
    """One recording in the spool, held by this process until `release`."""

    def __init__(self, folder: Path, lock: Lock, about: dict[str, Any], site: str, started: float):
        self.folder = folder
        self.about = about
        self.site = site
        self.started = started
        self._lock = lock

    @property
    def replay_id(self) -> str:
        replay_id: str = self.about["replay_id"]
        return replay_id

    # Writing

    def open_chunk(self, index: int, first: int) -> ChunkFile:
        """Begin a chunk."""
        path = self.folder / f"{index:06}-{first:07}.open"
        path.touch(mode=0o600)
        return ChunkFile(index, first, "open", path)

    def end(self, chunk: ChunkFile) -> None:
        """Seal the chunk that ends the recording; one that has no tick at all leaves nothing."""
        if chunk.index == 0 and not chunk.path.stat().st_size:
            chunk.path.unlink()
        else:
            chunk.renamed("last")

    # Reading

    def chunks(self) -> list[ChunkFile]:
        """Return all files of ticks in order."""
        found = (chunk_file(path) for path in self.folder.iterdir())
        return sorted(chunk for chunk in found if chunk)

    def sealed(self) -> list[ChunkFile]:
        return [chunk for chunk in self.chunks() if chunk.kind != "open"]

    def body(self, chunk: ChunkFile) -> tuple[bytes, int]:
        """Return the body that pushes a sealed chunk, durable by now, and how many ticks it has."""
        _sync(chunk.path)
        _sync(self.folder)
        lines = chunk.lines()
        return wire.body(self.about, chunk.index, lines, last=chunk.last), len(lines)

    def world(self) -> bytes | None:
        path = self.folder / "world.json"
        return path.read_bytes() if path.exists() else None

    def ticks(self) -> int:
        return sum(len(chunk.lines()) for chunk in self.chunks())

    # What somebody left

    def mend(self) -> None:
        """Bring to order what somebody who was killed left, so that it can go on."""
        chunks = self.chunks()
        for chunk in chunks:
            mend(chunk.path)
        for chunk in chunks[:-1]:
            if chunk.kind != "chunk":  # killed while it was being sealed
                chunk.renamed("chunk")
        for before, after in pairwise(chunks):
            for index in range(before.index + 1, after.index):  # power was lost, and with it these
                self.open_chunk(index, after.first).renamed("chunk")

    def close_left(self) -> None:
        """Say that what somebody left is all there will be."""
        if (chunks := self.chunks()) and chunks[-1].kind == "open":
            self.end(chunks[-1])

    # Refusals

    def refuse(self, sentence: str, status: int) -> None:
        """Note that the site refused this, and why."""
        told = json.dumps({"sentence": sentence, "status": status})
        (self.folder / "refused.json").write_text(told)

    def refusal(self) -> dict[str, Any] | None:
        with contextlib.suppress(OSError, ValueError):
            told = json.loads((self.folder / "refused.json").read_text())
            return told if isinstance(told, dict) else None
        return None

    # The end

    def remove(self) -> None:
        """Remove the recording from the spool: the site has all of it, or nobody wants it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            _lock_of(self.folder).unlink()
        self.release()

    def release(self) -> None:
        self._lock.release()


class Spool:
    """A folder of recordings that are on their way."""

    def __init__(self, folder: str | os.PathLike[str] | None = None) -> None:
        self.folder = Path(folder) if folder else default_folder()

    def begin(
        self, site: str, about: dict[str, Any], world: bytes | None, started: float
    ) -> Spooled:
        """Return a new recording, or the one that was broken off under this name, to go on with.

        Raise ValueError where that one has ended or another process goes on with it, OSError where
        the folder cannot be written to.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder = self.folder / _folder_name(site, about["replay_id"])
        lock = hold(_lock_of(folder))
        if lock is None:
            raise ValueError(f"somebody is recording as {about['replay_id']!r} just now")
        try:
            found = _read(folder, lock) or self._make(folder, lock, site, about, world, started)
            found.mend()
            if found.chunks()[-1].last:
                raise ValueError(f"the recording {about['replay_id']!r} has ended, and waits here")
        except BaseException:
            lock.release()
            raise
        return found

    def _make(
        self,
        folder: Path,
        lock: Lock,
        site: str,
        about: dict[str, Any],
        world: bytes | None,
        started: float,
    ) -> Spooled:
        """Make a recording's folder aside and put it in place whole."""
        told = {"version": 1, "site": site, "started": started, "about": about}
        text = json.dumps(told, allow_nan=False)
        aside = Path(tempfile.mkdtemp(prefix=".new-", dir=self.folder))
        try:
            (aside / "about.json").write_text(text)
            if world is not None:
                (aside / "world.json").write_bytes(world)
            made = Spooled(aside, lock, about, site, started)
            made.open_chunk(0, 0)
            shutil.rmtree(folder, ignore_errors=True)  # what cannot be read, or was sent already
            aside.rename(folder)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
        made.folder = folder
        return made

    def take(self, folder: Path) -> Spooled | None:
        """Return the recording of a folder if nobody holds it."""
        with contextlib.suppress(OSError):
            lock = hold(_lock_of(folder))
            if lock is not None:
                found = _read(folder, lock)
                if found is None:
                    lock.release()
                return found
        return None

    def folders(self) -> list[Path]:
        """Return the folders of all recordings, the one that was begun first at the head."""
        found = []
        with contextlib.suppress(OSError):
            for folder in list(self.folder.iterdir()):
                if not folder.name.startswith("."):
                    with contextlib.suppress(OSError):  # it was sent just now, or is none
                        found.append(((folder / "about.json").stat().st_mtime, folder))
        return [folder for _, folder in sorted(found)]

    def left(self, site: str | None = None) -> Iterator[Spooled]:
        """Take what others left, brought to order and ended; all of it, or that for one site."""
        for folder in self.folders():
            found = self.take(folder)
            if found is None:
                continue
            if site not in (None, found.site):
                found.release()
                continue
            found.mend()
            found.close_left()
            if found.chunks():
                yield found
            else:
                found.remove()

    def listing(self) -> list[dict[str, Any]]:
        """Tell what lies here: replay_id, site, ticks, whether somebody holds it, why refused."""
        rows = []
        for folder in self.folders():
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                found = self.take(folder)
                told = json.loads((folder / "about.json").read_text())
                chunks = filter(None, map(chunk_file, folder.iterdir()))
                rows.append(
                    {
                        "replay_id": told["about"]["replay_id"],
                        "site": told["site"],
                        "ticks": sum(len(chunk.lines()) for chunk in chunks),
                        "held": found is None,
                        "refused": ((found and found.refusal()) or {}).get("sentence", ""),
                    }
                )
                if found is not None:
                    found.release()
        return rows

    def size(self) -> int:
        """Return how many bytes lie here."""
        total = 0
        for folder, _, names in os.walk(self.folder):  # which minds nothing that goes meanwhile
            for name in names:
                with contextlib.suppress(OSError):
                    total += Path(folder, name).stat().st_size
        return total


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")


def _read(folder: Path, lock: Lock) -> Spooled | None:
    """Return the recording of a folder that is held, if it is one and has something to send."""
    try:
        told = json.loads((folder / "about.json").read_text())
        found = Spooled(folder, lock, told["about"], told["site"], float(told["started"]))
        return found if found.chunks() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _folder_name(site: str, replay_id: str) -> str:
    """Return a name that every file system takes, and that two recordings never share."""
    words = re.sub(r"[^A-Za-z0-9-]", "-", replay_id)[:48]
    return f"{words}-{sha256(f'{site} {replay_id}'.encode()).hexdigest()[:12]}"


def _sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except PermissionError:  # a folder on Windows
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
