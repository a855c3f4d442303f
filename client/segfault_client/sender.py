"""The thread that sends what is in the spool: one for each site, token and spool of a process."""

import contextlib
import logging
import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from .patience import LONGEST_WAIT_SECONDS, Backoff
from .site import Away, Refused, Site
from .spool import ChunkFile, Spool, Spooled

log = logging.getLogger("segfault_client")

LAPSE_SECONDS = 5.0
"""How long a thread with nothing to send waits for more before it ends."""
_TOKEN_REFUSALS = (401, 403)


class Listener(Protocol):
    """Who hears how the sending of one recording goes; from the sender's thread."""

    def on_stored(self, ticks: int, answer: dict[str, Any]) -> None: ...
    def on_away(self, why: str) -> None: ...
    def on_refused(self, sentence: str) -> None: ...
    def on_whole(self) -> None: ...


@dataclass(eq=False)
class Sending:
    """A recording that is being sent, and who wants to know."""

    spooled: Spooled
    listener: Listener
    left: bool = False
    greeted: bool = field(default=False, repr=False)

    def next_chunk(self) -> ChunkFile | None:
        return next(iter(self.spooled.sealed()), None)


class LeftListener:
    """Notes in the log how it goes with what an earlier start left."""

    def __init__(self, replay_id: str) -> None:
        self.replay_id = replay_id
        self.ticks = 0

    def on_stored(self, ticks: int, answer: dict[str, Any]) -> None:
        self.ticks += ticks

    def on_away(self, why: str) -> None: ...

    def on_refused(self, sentence: str) -> None:
        log.warning("What was left of the recording %s stays here. %s", self.replay_id, sentence)

    def on_whole(self) -> None:
        log.info("The %d ticks left of the recording %s are sent.", self.ticks, self.replay_id)


class Sender:
    """Sends the recordings of one spool to one site, each chunk when those before it are stored."""

    def __init__(self, spool: Spool, site: Site) -> None:
        self.spool = spool
        self.site = site
        self._sendings: list[Sending] = []
        self._news = threading.Condition()
        self._heard = 0
        self._hurried = False
        self._look_for_left = False
        self._thread: threading.Thread | None = None

    def add(self, spooled: Spooled, listener: Listener) -> None:
        """Send a recording as its chunks are sealed, and what was left here beside it."""
        with self._news:
            self._sendings.append(Sending(spooled, listener))
            self._look_for_left = True
            self._wake()

    def heed(self) -> None:
        """Look again: a chunk was sealed."""
        with self._news:
            self._wake()

    def _wake(self) -> None:
        self._heard += 1
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="segfault-sender", daemon=True)
            self._thread.start()
        self._news.notify_all()

    def _run(self) -> None:
        backoff = Backoff()
        while True:
            try:
                with self._news:
                    heard = self._heard
                if self.send_round():
                    backoff.reset()
                elif not self._wait_for_news(heard):
                    return
            except Away as away:
                self._tell_all(away)
                self._wait_until(time.monotonic() + backoff.after(away), away.retry_after is None)
            except Exception:  # the game goes on, and so does what can be sent
                log.exception("The sender stumbled, and tries again.")
                self._wait_until(time.monotonic() + LONGEST_WAIT_SECONDS, may_hurry=True)

    def hurry(self) -> None:
        """Try again at once, unless the site asked for time: somebody waits for the end."""
        with self._news:
            self._hurried = True
            self._wake()

    def _wait_until(self, moment: float, may_hurry: bool) -> None:
        with self._news:
            while (seconds := moment - time.monotonic()) > 0:
                if may_hurry and self._hurried:
                    break
                self._news.wait(seconds)
            self._hurried = False

    def _wait_for_news(self, heard: int) -> bool:
        """Wait until a chunk is sealed; False where nobody is left who could."""
        with self._news:
            while self._heard == heard:
                if not self._news.wait(LAPSE_SECONDS) and not self._sendings:
                    self._thread = None
                    return False
        return True

    def send_round(self) -> bool:
        """Send the next chunk of each recording; tell whether there was any. Raise Away."""
        if self._look_for_left:
            self._look_for_left = False
            for spooled in self.spool.left(self.site.address):
                self._take_on(spooled)
        with self._news:
            sendings = list(self._sendings)
        sent = [self._send_next(sending) for sending in sendings]
        return any(sent)

    def _take_on(self, spooled: Spooled) -> None:
        refusal = spooled.refusal()
        if refusal and refusal.get("status") not in _TOKEN_REFUSALS:
            log.warning(
                "The recording %s lies here because the site refused it: %s",
                spooled.replay_id, refusal.get("sentence"),
            )  # fmt: skip
            return spooled.release()
        self.take_on(spooled, LeftListener(spooled.replay_id))
        return None

    def take_on(self, spooled: Spooled, listener: Listener) -> None:
        """Send what somebody left."""
        with self._news:
            self._sendings.append(Sending(spooled, listener, left=True))

    @property
    def idle(self) -> bool:
        with self._news:
            return not self._sendings

    def _send_next(self, sending: Sending) -> bool:
        try:
            chunk = sending.next_chunk()
            if chunk is None:
                return False
            self._greet(sending, chunk)
            body, ticks = sending.spooled.body(chunk)
            answer = self.site.push(body)
            chunk.path.unlink(missing_ok=True)
        except Refused as refusal:
            self._give_up(sending, refusal)
            return True
        except OSError as error:
            self._give_up(sending, Refused(f"Its spool cannot be read any more ({error})."))
            return True
        if chunk.last:
            self.drop(sending.spooled)
            sending.spooled.remove()
        sending.listener.on_stored(ticks, answer)
        if chunk.last:
            sending.listener.on_whole()
        return True

    def _greet(self, sending: Sending, chunk: ChunkFile) -> None:
        """Hand in the world, and do not go on with what another token began."""
        if sending.greeted:
            return
        if chunk.index and sending.left and self.site.standing(sending.spooled.replay_id) is None:
            raise Refused("It was begun with another token, and has to be sent with that one.", 403)
        world = sending.spooled.world()
        if world is not None:
            self.site.keep_world(world)
        sending.greeted = True

    def _give_up(self, sending: Sending, refusal: Refused) -> None:
        self.drop(sending.spooled)
        with contextlib.suppress(OSError):
            sending.spooled.refuse(str(refusal), refusal.status)
        if sending.left:
            sending.spooled.release()
        sending.listener.on_refused(str(refusal))

    def drop(self, spooled: Spooled) -> None:
        """Send no more of a recording."""
        with self._news:
            self._sendings = [one for one in self._sendings if one.spooled is not spooled]

    def _tell_all(self, away: Away) -> None:
        with self._news:
            sendings = list(self._sendings)
        for sending in sendings:
            sending.listener.on_away(str(away))


_senders: dict[tuple[Path, str, str], Sender] = {}


def sender_of(spool: Spool, site: Site) -> Sender:
    """Return the sender of this process for a spool, a site and a token."""
    key = (spool.folder.absolute(), site.address, site.token)
    return _senders.setdefault(key, Sender(spool, site))


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_senders.clear)  # threads do not come along
