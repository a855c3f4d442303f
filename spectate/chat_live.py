"""The WebSockets of the chat: a message is a text, what is heard is JSON.

`BASE/chat` sends `{"type": "hello", "name", "guest", "kept", "can_write", "may_delete",
"silenced"}` first, then `{"type": "lines", "lines": [{id, tick, author, guest, message,
timestamp_ms}]}` with the last 50 and whenever something is said, `{"type": "deleted", "ids"}`, and
to who wrote what is not taken `{"type": "refused", "detail", "until"?}`. `/chat/ws` is the
original's: `{author, message, timestamp_ms}` a line, the last 50 first, of all public SEGFAULT
shards and of this address. Both send `{"type": "ping"}` every 30 s.

Close codes: 1000 the shard has ended, 1013 the database is away, 4004 nothing here for you, 4005
too many sockets, 4008 too slow, 4029 too much was sent.
"""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from django.db import DatabaseError

from games.game import Refused
from replays import reading
from replays.api.keys import lets_in
from replays.limits import Limited, spend_from_loop
from replays.models import ReplayShard
from spectate import chat, chats, news
from spectate.admission import Visitor, Way
from spectate.chat import Author, Silenced, told
from spectate.chats import LOBBY, Chats, Listener, Words
from spectate.consumers import MAX_MESSAGE_BYTES, LiveConsumer
from spectate.spectator import AWAY, ENDED, REASONS, TOO_MANY, TOO_MUCH
from spectate.threads import in_thread
from spectate.wires import text_of

PONGS = ("pong", '{"type":"pong"}', '{"type": "pong"}')
"""What clients may answer to a ping; it is nothing that they say."""
ORIGINAL = ("author", "message", "timestamp_ms")


class ViewerWords(Words):
    def lines(self, lines: list[dict[str, Any]]) -> list[str]:
        return [text_of(type="lines", lines=lines)]

    def deleted(self, ids: list[int]) -> list[str]:
        return [text_of(type="deleted", ids=ids)]


class OriginalWords(Words):
    def lines(self, lines: list[dict[str, Any]]) -> list[str]:
        return [text_of(**{name: line[name] for name in ORIGINAL}) for line in lines]


class ChatConsumer(LiveConsumer):
    """Lets somebody listen to the chat of a shard, and write while it is live."""

    words: Words = ViewerWords()
    key: UUID | None = None
    listener: Listener | None = None
    chats: Chats
    author: Author

    async def _join(self) -> int | None:
        if self._are_too_many():
            return TOO_MANY
        entered = await self._enter()
        if entered is None:
            return await self._missed()
        way, shard = entered
        texts = [await in_thread(self._hello, shard)]
        if reading.over(shard, late=way.late):
            texts += self.words.lines(await in_thread(all_told, shard.pk))
            for text in texts:
                await self.send({"type": "websocket.send", "text": text})
            return ENDED
        await self._listen(shard.pk, way, texts)
        return None

    def _hello(self, shard: ReplayShard | None) -> str:
        """Find out who this is, and say how they stand."""
        visitor = Visitor(self.scope["headers"])
        self.author = author = chat.author_of(visitor)
        silence = chat.silence_of(author)
        told = silence and {
            "until": silence.until and int(silence.until.timestamp()),
            "detail": str(Silenced(silence.until)),
        }
        return text_of(
            type="hello",
            name=author.name,
            guest=author.user_id is None,
            kept=author.kept,
            can_write=author.may_speak,
            may_delete=shard is not None and chat.may_delete(visitor.user, shard),
            silenced=told,
        )

    async def _listen(self, key: UUID, way: Way, first: list[str]) -> None:
        self.chats = chats.here()
        listener = Listener(way, self.base_send, self._close)
        history = await self.chats.join(key, listener, self.words)
        self.key, self.listener = key, listener
        if self.let_go:
            self.chats.leave(key, listener)
        for text in first + (self.words.lines(history) if history else []):
            listener.hear({"type": "websocket.send", "text": text})

    def _close(self, code: int) -> None:
        self.goodbye = asyncio.ensure_future(self._say_goodbye(code))

    async def _say_goodbye(self, code: int) -> None:
        try:
            await self._refuse(code)
        except Exception:  # noqa: BLE001 – whatever the server says of a client that has gone
            self.hang_up()

    def _leave(self) -> None:
        super()._leave()
        if self.key is not None and self.listener is not None:
            self.chats.leave(self.key, self.listener)

    # Speaking

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        text = message.get("text") or ""
        if len(message.get("bytes") or text) > MAX_MESSAGE_BYTES or self._says_too_much():
            await self._say_goodbye(TOO_MUCH)
        elif self.listener is not None and text.strip() not in ("", *PONGS):
            await self._say(text)

    async def _say(self, text: str) -> None:
        try:
            chat.plain(text)
            await spend_from_loop("chat", self.author.counted_as or self.address)
            await in_thread(chat.say, self.author, self._said_of, text)
        except Silenced as silence:
            until = silence.until and int(silence.until.timestamp())
            self._answer(type="refused", detail=str(silence), until=until, silenced=True)
        except Refused as fault:
            self._answer(type="refused", detail=str(fault))
        except Limited as limit:
            self._answer(type="refused", detail=f"Not so fast: wait {limit.wait} s.")
        except DatabaseError:
            self._answer(type="refused", detail=REASONS[AWAY])
        else:
            news.pass_on([LOBBY])

    @property
    def _said_of(self) -> UUID | None:
        return self.key

    def _answer(self, **message: Any) -> None:
        if self.listener is not None:
            self.listener.hear({"type": "websocket.send", "text": text_of(**message)})


class LobbyConsumer(ChatConsumer):
    """The original's chat: of all SEGFAULT shards; what is written here is said of none."""

    words: Words = OriginalWords()

    async def _join(self) -> int | None:
        if self._are_too_many():
            return TOO_MANY
        if not await in_thread(lets_in, Visitor(self.scope["headers"])):
            return await self._missed()
        await in_thread(self._hello, None)
        await self._listen(LOBBY, Way(), [])
        return None

    @property
    def _said_of(self) -> UUID | None:
        return None


def all_told(key: UUID) -> list[dict[str, Any]]:
    return [told(line) for line in chats.latest(key)]
