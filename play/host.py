"""Step the live shards that this process holds, and record each tick before anyone sees it."""

import gc
import heapq
import itertools
import json
import logging
import os
import secrets
import socket
import threading
import time
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, IntegrityError, close_old_connections, transaction
from django.utils import timezone

from games import Game, get_game
from games.game import Command
from play import standings, veils
from play.errands import Errands
from play.lateness import Lateness
from play.models import MAX_SEATS, LiveShard, PendingCommand, Seat
from play.playing import Playing, Step
from play.tables import Table
from replays import format, reading, recording
from replays.models import ReplayShard

log = logging.getLogger(__name__)

LEASE_SECONDS = 3.0
COUNT_SECONDS = 10.0
"""How often the standings follow the shards that have ended, and errands are looked for."""
KEEP_SECONDS = 1.0
"""How often leases are renewed and free shards looked for: a dead host is followed within 4 s."""
LISTEN_SECONDS = 0.05
"""How often is asked whether a table is called, which nobody waits long for."""
TAKEN_AT_ONCE = 10
PULSE_SECONDS = 0.05
"""Ticks begin on these beats, so that one commit, and one sync of the disk, stores many."""
MOST_AT_ONCE = 25
"""Shards that are stepped for one commit: what was due first is stored soon, however many wait."""
REPORT_SECONDS = 5.0


class LostLease(Exception):
    """Another host has taken a shard over; what was played here meanwhile is forgotten."""


class Host:
    """Holds live shards by lease and steps each at its own pace, until it is told to stop."""

    def __init__(
        self,
        shards: int | None = None,
        tick_seconds: float | None = None,
        report: Path | None = None,
    ) -> None:
        self.name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
        self.shards = settings.SEGFAULT_SHARDS if shards is None else shards
        self.tick_seconds = tick_seconds or settings.SEGFAULT_TICK_SECONDS
        self.playing: dict[UUID, Playing] = {}
        self.kept_at = -KEEP_SECONDS
        self.listened_at = 0.0
        self.counted_at = time.monotonic()
        self.begun = itertools.count()
        self.errands = Errands()
        self.report = report
        self.lateness = Lateness()

    def run(self, stop: threading.Event) -> None:
        log.info("host %s steps %d shards every %g s", self.name, self.shards, self.tick_seconds)
        # A look through all objects takes longer than a tick may be late, and finds little.
        gc.freeze()
        gc.set_threshold(50_000, 20, 20)
        while not stop.is_set():
            try:
                self.turn()
            except (DatabaseError, LostLease) as error:
                log.warning("starting over from what is stored: %s", error)
                close_old_connections()
                self.playing.clear()
                stop.wait(KEEP_SECONDS)
            stop.wait(self.seconds_to_next())
        self.let_go()
        self.errands.end()

    def turn(self) -> None:
        """Do what is due now."""
        if time.monotonic() - self.kept_at >= KEEP_SECONDS:
            self.kept_at = time.monotonic()
            self.keep()
        if time.monotonic() - self.counted_at >= COUNT_SECONDS:
            self.counted_at = time.monotonic()
            standings.update()
            self.errands.begin()
        if self.report and time.monotonic() - self.lateness.began >= REPORT_SECONDS:
            self.write_report(self.report)
        self.listen()
        now = time.monotonic()
        due = [playing for playing in self.playing.values() if playing.due <= now]
        if due:
            self.step(sorted(due, key=lambda playing: playing.due)[:MOST_AT_ONCE])

    def seconds_to_next(self) -> float:
        next_due = min((playing.due for playing in self.playing.values()), default=float("inf"))
        if self.tables:
            next_due = min(next_due, self.listened_at + LISTEN_SECONDS)
        return max(0.0, min(next_due, self.kept_at + KEEP_SECONDS) - time.monotonic())

    # Tables, which have no pace

    @property
    def tables(self) -> dict[UUID, Table]:
        return {pk: held for pk, held in self.playing.items() if isinstance(held, Table)}

    def listen(self) -> None:
        """Have those tables stepped at which somebody has asked for something."""
        now, tables = time.monotonic(), self.tables
        if not tables or now < self.listened_at + LISTEN_SECONDS:
            return
        self.listened_at = now
        asked = PendingCommand.objects.filter(shard__in=tables).order_by()
        for pk in set(asked.values_list("shard", flat=True)):
            tables[pk].due = min(tables[pk].due, now)

    def look_round(self) -> None:
        """See who is away from the tables."""
        tables = self.tables
        people: dict[UUID, list[Seat]] = {pk: [] for pk in tables}
        for seat in Seat.objects.present().filter(shard__in=tables, bot="") if tables else ():
            people[seat.shard_id].append(seat)
        for pk, table in tables.items():
            table.look_round(people[pk])

    def write_report(self, path: Path) -> None:
        """Append a line about the last few seconds: how much was stepped, and how late."""
        present = sum(playing.present for playing in self.playing.values())
        held = {"shards": len(self.playing), "processes": present}
        with path.open("a") as file:
            file.write(json.dumps(held | self.lateness.report()) + "\n")
        self.lateness = Lateness()

    # Leases

    def keep(self) -> None:
        """Renew what is held, take over what nobody holds, open what is missing."""
        held = LiveShard.objects.filter(holder=self.name, leased_until__gt=timezone.now())
        renewed = held.filter(pk__in=self.playing).update(leased_until=self.lease_end())
        if renewed < len(self.playing):
            raise LostLease("a lease ran out")
        for live in LiveShard.objects.free().select_related("shard")[:TAKEN_AT_ONCE]:
            self.take(live)
        self.look_round()
        taken = set(LiveShard.objects.exclude(slot=None).values_list("slot", flat=True))
        missing = [slot for slot in range(self.shards) if slot not in taken]
        for slot in missing[:TAKEN_AT_ONCE]:
            self.open(slot)

    def lease_end(self) -> Any:
        return timezone.now() + timedelta(seconds=LEASE_SECONDS)

    def take(self, live: LiveShard) -> None:
        """Go on with a shard that nobody holds, from its last stored tick."""
        mine = LiveShard.objects.free().filter(pk=live.pk)
        if mine.update(holder=self.name, leased_until=self.lease_end()):
            shard = ReplayShard.objects.get(pk=live.pk)
            filled = live.slot is not None
            kind = Playing if shard.rules.paced else Table
            try:
                self.begin(kind.take_up(shard, latest_line(shard, live), filled))
            except DatabaseError:
                raise
            except Exception:  # what is damaged in one shard stops no other
                log.exception("shard %s ends where it stands: it cannot be taken up", shard.pk)
                self.abandon(shard)
            else:
                log.info("took up shard %s at tick %d", shard.pk, self.playing[shard.pk].tick)

    def open(self, slot: int | None) -> ReplayShard | None:
        """Open a shard for a slot; None where another host was faster."""
        game = get_game("segfault")
        try:
            with transaction.atomic():
                shard = open_shard(game, self.tick_seconds)
                LiveShard.objects.create(
                    shard=shard, slot=slot, holder=self.name, leased_until=self.lease_end()
                )
        except IntegrityError:
            return None
        self.begin(Playing.take_up(shard, None, slot is not None))
        log.info("opened shard %s", shard.pk)
        return shard

    def begin(self, playing: Playing) -> None:
        """Step a shard from now on, on a beat that few others have: ticks spread over the time."""
        self.playing[playing.shard.pk] = playing
        if not playing.game.paced:
            return
        beats = max(1, int(playing.shard.tick_seconds / PULSE_SECONDS))
        turn = next(self.begun) * 7 % beats if beats % 7 else next(self.begun) % beats
        playing.due = (time.monotonic() // PULSE_SECONDS + turn) * PULSE_SECONDS

    def let_go(self) -> None:
        """Give the leases back, so that another host need not wait for their end."""
        LiveShard.objects.filter(holder=self.name).update(leased_until=timezone.now())

    # Ticks

    def step(self, due: list[Playing]) -> None:
        """Play one tick of each shard and store all of it in one commit."""
        rows = PendingCommand.objects.filter(shard__in=[playing.shard.pk for playing in due])
        pending: dict[UUID, list[PendingCommand]] = {}
        for row in rows:
            pending.setdefault(row.shard_id, []).append(row)
        for seat in Seat.objects.of_arrivals(rows):
            self.playing[seat.shard_id].bots[str(seat.pk)] = seat
        steps = []
        for playing in due:
            asked = pending.get(playing.shard.pk, [])
            try:
                steps.append(playing.step([row.command for row in asked]))
            except Exception:  # a fault in the rules of one game stops no other shard
                log.exception("shard %s ends where it stands: its rules failed", playing.shard.pk)
                self.abandon(playing.shard)
        if rows or any(step.tick is not None for step in steps):
            self.store(steps, [row.pk for row in rows])
        now = time.monotonic()
        for step in steps:
            self.lateness.add(now - step.playing.due)
            step.playing.rest(now)
            if step.over:
                del self.playing[step.playing.shard.pk]

    @transaction.atomic
    def store(self, steps: list[Step], taken: list[int]) -> None:
        self.fence([step.playing.shard.pk for step in steps])
        Seat.objects.bulk_create([seat for step in steps for seat in step.newcomers])
        record({step.playing.shard: step.tick for step in steps if step.tick is not None})
        PendingCommand.objects.filter(pk__in=taken).delete()
        for step in steps:
            self.see_off(step)
            for command in step.transfers:
                self.send_on(step.playing.shard, command)
            for command in step.turned_away:
                self.seat_elsewhere(step.playing.shard, command)
            if step.over:
                self.close(step)

    def fence(self, pks: list[UUID]) -> None:
        """Make sure that this host still holds the shards it is about to write."""
        held = LiveShard.objects.select_for_update().filter(
            pk__in=pks, holder=self.name, leased_until__gt=timezone.now()
        )
        if len(held.values_list("pk")) < len(pks):
            raise LostLease("another host has taken over")

    def see_off(self, step: Step) -> None:
        """Note who left at this tick, and how."""
        for who, fate in step.left.items():
            Seat.objects.filter(pk=who, left_at=None).update(
                left_at=timezone.now(), last_tick=step.playing.tick, outcome=fate
            )

    def send_on(self, here: ReplayShard, command: Command) -> None:
        """Let one who left enter another shard, a new one if there is no other."""
        live = self.another(here)
        if live is not None:
            seat = Seat(name=command.arg["call_sign"])
            left = Seat.objects.filter(pk=command.who).first()
            if left is not None:
                seat.follow(left)
            seat.enter(live, command.arg["origin"])

    def seat_elsewhere(self, here: ReplayShard, command: Command) -> None:
        """Let one who has not entered yet do so in another shard, under the same id."""
        seat = Seat.objects.filter(pk=command.who, bot="").first()
        live = self.another(here) if seat else None
        if seat is not None and live is not None:
            seat.enter(live, command.arg["origin"])

    def another(self, here: ReplayShard) -> LiveShard | None:
        found = self.roomy(here) or LiveShard.objects.with_room(here.game, besides=here.pk)
        if found is None and (opened := self.open(None)):
            return opened.live_shard
        return found

    def roomy(self, here: ReplayShard) -> LiveShard | None:
        """Return the emptiest other shard that is stepped here; no query over all that live."""
        others = [
            playing
            for playing in self.playing.values()
            if playing.shard.game == here.game
            and playing.shard.pk != here.pk
            and playing.present < MAX_SEATS
        ]
        for playing in heapq.nsmallest(3, others, key=lambda playing: playing.present):
            held = LiveShard.objects.held(playing.shard.pk)
            if held is not None and held.shard.seats.present().count() < MAX_SEATS:
                playing.present += 1  # until its next tick counts anew
                return held
        return None

    def close(self, step: Step) -> None:
        """Shut a shard down; people who are still there, or about to enter, go on in another."""
        shard = step.playing.shard
        if step.playing.goes_on:
            self.send_all_on(shard)
        self.end(shard)
        log.info("shard %s was shut down at tick %d", shard.pk, step.playing.tick)

    def send_all_on(self, shard: ReplayShard) -> None:
        for row in PendingCommand.objects.filter(shard=shard, name="JOIN"):
            self.seat_elsewhere(shard, row.command)
        for seat in Seat.objects.present().filter(shard=shard, bot=""):
            arrival = {"call_sign": seat.name, "origin": None}
            self.send_on(shard, Command(str(seat.pk), "JOIN", arrival))

    @transaction.atomic
    def abandon(self, shard: ReplayShard) -> None:
        """End a shard that cannot be stepped any further."""
        self.fence([shard.pk])
        self.end(shard)
        self.playing.pop(shard.pk, None)

    def end(self, shard: ReplayShard) -> None:
        PendingCommand.objects.filter(shard=shard).delete()
        if shard.rules.paced:  # those round a table sit there to its end
            Seat.objects.filter(shard=shard, left_at=None).update(left_at=timezone.now())
        LiveShard.objects.filter(pk=shard.pk).delete()
        veils.draw(shard)
        recording.finalize(shard)


def open_shard(game: Game, tick_seconds: float) -> ReplayShard:
    """Open a shard of `game` with the settings of this site; its options are recorded."""
    pk = uuid.uuid4()
    options = {
        "shard_id": str(pk),
        "min_active_processes": settings.MIN_ACTIVE_PROCESSES,
        "empty_shard_ticks": settings.EMPTY_SHARD_TICKS,
        "max_processes": MAX_SEATS,
    }
    return recording.open_shard(
        game, id=pk, seed=secrets.token_hex(8), options=options, tick_seconds=tick_seconds
    )


def record(ticks: dict[ReplayShard, recording.Tick]) -> None:
    """Record one tick a shard; where SEGFAULT is not recorded, keep the newest to go on from."""
    kept = [] if settings.SEGFAULT_REPLAY_LOGGING else [s for s in ticks if s.game == "segfault"]
    recorded = [(shard.pk, [tick]) for shard, tick in ticks.items() if shard not in kept]
    if recorded:
        recording.append_all(dict(recorded))
    for shard in kept:
        tick = ticks[shard]
        live = LiveShard.objects.get(pk=shard.pk)
        live.keep(format.line(tick.tick, tick.seconds, tick.snapshot))


def latest_line(shard: ReplayShard, live: LiveShard) -> bytes | None:
    """Return the tick to go on from: the last one recorded, or the newest that was kept."""
    if live.lines:
        return live.lines[-1]
    return None if shard.last_tick is None else reading.last_line(shard)
