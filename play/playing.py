"""One live shard in the memory of the host that steps it."""

from __future__ import annotations

import secrets
import time
import uuid
from dataclasses import dataclass, field
from random import Random
from typing import Any, ClassVar, Self

from django.conf import settings

from games import get_game
from games.game import Command, Game, State, participant
from play.models import Seat, elapsed_ms
from play.names import call_sign
from replays import format, recording
from replays.models import ReplayShard

COMPUTER_JOINS = 40
"""How many computer players enter a shard; when the last has gone, it runs empty and ends."""


@dataclass
class Playing:
    """A shard with its present state; what is played next hangs on that and the commands alone."""

    goes_on: ClassVar[bool] = True
    """Whether those who are there when the shard ends go on in another."""

    shard: ReplayShard
    state: State
    snapshot: dict[str, Any]
    tick: int
    bots: dict[str, Seat]
    names: set[str]
    joins: int
    filled: bool
    present: int
    seconds: float = 0.0
    due: float = field(default_factory=time.monotonic)

    @classmethod
    def take_up(cls, shard: ReplayShard, latest: bytes | None, filled: bool) -> Self:
        """Take a shard up where its last stored tick left it, or set it up.

        One that is `filled` is kept alive with computer players, up to their number.
        """
        game = get_game(shard.game)
        if latest is None:
            tick, state = game.first_tick - 1, game.setup(shard.options, game.rng(shard.seed, 0))
            seconds, snapshot = 0.0, game.snapshot(state)
        else:
            entry = format.read_line(latest)
            tick, seconds, snapshot = entry["tick"], entry["t"], entry["snapshot"]
            state = game.restore(shard.options, snapshot)
        seats = list(Seat.objects.filter(shard=shard))
        return cls(
            shard=shard,
            state=state,
            snapshot=snapshot,
            tick=tick,
            bots={str(seat.pk): seat for seat in seats if seat.bot and seat.left_at is None},
            names={seat.name for seat in seats},
            joins=sum(1 for seat in seats if seat.bot),
            filled=filled,
            present=len(game.participants(snapshot)),
            seconds=seconds,
        )

    @property
    def game(self) -> Game:
        return get_game(self.shard.game)

    def step(self, asked: list[Command]) -> Step:
        """Play one tick; nothing of it is stored yet."""
        newcomers = self.newcomers()
        joins = [self.join(seat) for seat in newcomers]
        commands = [*asked, *joins, *self.bot_commands()]
        before = set(self.game.participants(self.snapshot))
        self.tick += 1
        rng = self.game.rng(self.shard.seed, self.tick)
        self.state = self.game.step(self.state, commands, rng)
        self.snapshot = self.game.snapshot(self.state)
        after = set(self.game.participants(self.snapshot))
        self.present = len(after)
        entered = {command.who for command in commands if command.name == "JOIN"}
        left = {who: self.fate(who) for who in (before | entered) - after}
        no_room = {who for who, fate in left.items() if who not in before and not fate}
        self.bots = {who: seat for who, seat in self.bots.items() if who not in left}
        self.seconds = self.tick * self.shard.tick_seconds
        return Step(
            playing=self,
            tick=recording.Tick(self.tick, self.seconds, self.snapshot, commands),
            newcomers=newcomers,
            left=left,
            turned_away=[c for c in commands if c.name == "JOIN" and c.who in no_room],
            transfers=self.game.transfers(self.snapshot),
            over=self.game.over(self.state),
        )

    def rest(self, now: float) -> None:
        """Say when the next tick is due, once a step is stored."""
        self.due = max(self.due + self.shard.tick_seconds, now)

    def fate(self, who: str) -> str:
        return self.game.view(self.snapshot, participant(who)).get("status") or ""

    def newcomers(self) -> list[Seat]:
        """Let at most one computer player in at a tick, as long as there is room for it."""
        wanted = settings.SEGFAULT_COMPUTER_PLAYERS
        if not self.filled or self.present >= wanted or self.joins >= COMPUTER_JOINS:
            return []
        rng = Random(secrets.randbits(64))
        name = call_sign(rng, self.names)
        kind = rng.choice(sorted(self.game.bots))
        seat = Seat(pk=uuid.uuid4(), shard=self.shard, name=name, bot=kind)
        self.bots[str(seat.pk)] = seat
        self.names.add(name)
        self.joins += 1
        return [seat]

    def join(self, seat: Seat, origin: str | None = None) -> Command:
        arg = {"call_sign": seat.name, "origin": origin}
        return Command(str(seat.pk), "JOIN", arg, self.elapsed_ms())

    def bot_commands(self) -> list[Command]:
        """Ask each computer player, who sees what any participant in its place would see."""
        commands: list[Command] = []
        ms = self.elapsed_ms()
        game, present = self.game, set(self.game.participants(self.snapshot))
        who = [who for who, seat in self.bots.items() if who in present and seat.bot in game.bots]
        for name, view in zip(who, game.views(self.snapshot, who), strict=True):
            asked = game.bots[self.bots[name].bot](view, Random(f"{name}:{self.tick}"))
            plain = [game.command(command, arg) for command, arg in asked]
            commands += [Command(name, command, arg, ms) for command, arg in plain]
        return commands

    def elapsed_ms(self) -> int:
        return elapsed_ms(self.shard)


@dataclass
class Step:
    """What one tick brought, to be stored in one commit."""

    playing: Playing
    tick: recording.Tick | None
    """None where nothing happened."""
    over: bool
    left: dict[str, str]
    """Who is there no more, and how each left; no word for one whose shard had no room."""
    newcomers: list[Seat] = field(default_factory=list)
    turned_away: list[Command] = field(default_factory=list)
    transfers: list[Command] = field(default_factory=list)
