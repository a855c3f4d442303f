"""A live shard without a pace, a table: it is stepped when somebody asks for something."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random, uniform
from typing import ClassVar

from django.conf import settings
from django.utils import timezone

from games.game import Command, participant
from play.models import Seat
from play.playing import Playing, Step
from replays import recording

STAND_IN = "steady"
"""The manner in which is played for people who are away."""


@dataclass
class Table(Playing):
    """A table with its present state, who of its people is away, and when a computer moves."""

    goes_on: ClassVar[bool] = False

    away: frozenset[str] = frozenset()
    deserted: bool = False
    happened: bool = True
    moves_at: float = 0.0

    def step(self, asked: list[Command]) -> Step:
        """Play at most one event; nothing of it is stored yet."""
        commands = [*asked, *self.farewells(), *self.moves()]
        before, self.state = self.snapshot, self.after(commands)
        snapshot = self.game.snapshot(self.state)
        self.happened = self.game.happened(before, snapshot)
        over = self.game.over(self.state)
        if not self.happened:
            return Step(playing=self, tick=None, over=over, left={})
        self.tick, self.snapshot = self.tick + 1, snapshot
        self.pass_time()
        there = set(self.game.participants(snapshot))
        self.present = len(there)
        left = set() if over else set(self.game.participants(before)) - there
        self.bots = {who: seat for who, seat in self.bots.items() if who not in left}
        return Step(
            playing=self,
            tick=recording.Tick(self.tick, self.seconds, snapshot, commands),
            over=over,
            left=dict.fromkeys(left, ""),
        )

    def after(self, commands: list[Command]) -> object:
        rng = self.game.rng(self.shard.seed, self.tick + 1)
        return self.game.step(self.state, commands, rng)

    def pass_time(self) -> None:
        """Take the time of what has happened, which does not go back, and let computers think."""
        if self.tick > self.game.first_tick:
            self.seconds = max(self.seconds, self.elapsed_ms() / 1000)
        pause = settings.COMPUTER_PAUSE_SECONDS
        self.moves_at = time.monotonic() + uniform(0.5, 1.5) * pause

    def rest(self, now: float) -> None:
        """Go on at once while things happen, else when a computer moves or somebody asks."""
        if self.happened:
            self.due = now
        elif next(self.wishes(), None):
            self.due = max(self.moves_at, now + 0.1 * settings.COMPUTER_PAUSE_SECONDS)
        else:
            self.due = float("inf")

    # Those who do not play themselves

    def moves(self) -> list[Command]:
        """Return the next move of a computer player, once it has thought as long as people do."""
        wish = next(self.wishes(), None) if time.monotonic() >= self.moves_at else None
        return [] if wish is None else [wish]

    def wishes(self) -> Iterator[Command]:
        """Yield what computer players would do now, who see what any player in their place sees."""
        manners = {who: seat.bot for who, seat in self.bots.items()}
        manners |= dict.fromkeys(self.away, STAND_IN)
        for who in self.game.participants(self.snapshot):
            if manners.get(who) in self.game.bots:
                view = self.game.view(self.snapshot, participant(who))
                rng = Random(f"{who}:{self.tick}")
                for name, arg in self.game.bots[manners[who]](view, rng):
                    yield Command(who, *self.game.command(name, arg), self.elapsed_ms())

    def farewells(self) -> list[Command]:
        """Let everybody leave a table that nobody has cared for in a long time."""
        if not self.deserted:
            return []
        self.deserted = False
        ms = self.elapsed_ms()
        here = self.game.participants(self.snapshot)
        return [Command(who, "LEAVE", "disconnected", ms) for who in here]

    def look_round(self, people: Iterable[Seat]) -> None:
        """Take note of who is away, by the seats of those who have not left."""
        last_there = {str(seat.pk): seat.there_until for seat in people}
        now = timezone.now()
        absent = now - timedelta(seconds=settings.ABSENT_SECONDS)
        silent = now - timedelta(seconds=settings.ROOM_SILENT_SECONDS)
        away = frozenset(who for who, until in last_there.items() if until < absent)
        self.deserted = all(until < silent for until in last_there.values())
        if away != self.away or self.deserted:
            self.away = away
            self.due = min(self.due, time.monotonic())
