"""What a live game needs beside its recording: who steps it, who plays, what they ask for.

A call sign is a lasting name. While a shard is live nobody may tie it to a process: it stands in
seats and recordings, which tell it once the shard has ended, and in the standings, which change
after that.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from games.game import Command
from replays import format
from replays.models import MOST_DELAY_SECONDS, Participant, ReplayShard

MAX_SEATS = 10
FOLLOWED_SECONDS = 10.0
"""How long after a lease has run out another host may still take over: then a shard is dead."""
KEPT_LINES = 16
"""How many ticks of a shard that is not recorded are kept, for those who missed some."""


class LiveShardQuerySet(models.QuerySet["LiveShard"]):
    def free(self) -> Self:
        """Return the shards that no host holds, or whose host has not renewed its lease."""
        return self.filter(leased_until__lt=timezone.now())

    def stepped(self) -> Self:
        """Return the shards that a host steps, or that another is about to take over."""
        return self.filter(leased_until__gt=timezone.now() - timedelta(seconds=FOLLOWED_SECONDS))

    def without(self, call_sign: CallSign) -> Self:
        """Return the shards in which nobody of this name sits."""
        seated = Seat.objects.present().filter(call_sign=call_sign)
        return self.exclude(pk__in=seated.values("shard"))

    def with_room(self, game: str, besides: uuid.UUID | None = None) -> LiveShard | None:
        """Return the shard of a game that has most room, held until the commit."""
        seated = Count("shard__seats", filter=Q(shard__seats__left_at=None))
        others = self.filter(shard__game=game).exclude(pk=besides)
        roomy = others.annotate(seated=seated).filter(seated__lt=MAX_SEATS).order_by("seated")
        for pk in roomy.values_list("pk", flat=True):
            held = LiveShard.objects.held(pk)
            if held is not None and held.shard.seats.present().count() < MAX_SEATS:
                return held
        return None

    def held(self, pk: uuid.UUID) -> LiveShard | None:
        """Return a live shard that no host can step or end before this transaction is over."""
        return self.select_for_update(of=("self",)).select_related("shard").filter(pk=pk).first()


class LiveShard(models.Model):
    """A shard that is being played here, leased by the host that steps it."""

    shard = models.OneToOneField(
        ReplayShard, primary_key=True, on_delete=models.CASCADE, related_name="live_shard"
    )
    slot = models.PositiveIntegerField(
        null=True, blank=True, unique=True, help_text="Which of the always open shards this is."
    )
    holder = models.CharField(max_length=80, blank=True)
    leased_until = models.DateTimeField(default=timezone.now)
    latest = models.BinaryField(
        null=True, help_text="The newest ticks of a shard that is not recorded, a line each."
    )
    latest_at = models.DateTimeField(null=True)

    objects = LiveShardQuerySet.as_manager()

    class Meta:
        db_table = "live_shards"

    def __str__(self) -> str:
        return str(self.shard)

    @property
    def lines(self) -> list[bytes]:
        """Return what is kept of a shard that is not recorded, the newest last."""
        return bytes(self.latest).split(b"\n") if self.latest else []

    @property
    def tick(self) -> int:
        """Return the last tick that was played, 0 before the first."""
        if self.latest:
            return int(format.read_line(self.lines[-1])["tick"])
        return self.shard.last_tick or 0

    def keep(self, line: bytes) -> None:
        """Keep the newest tick of a shard that is not recorded."""
        self.latest = b"\n".join([*self.lines, line][-KEPT_LINES:])
        self.latest_at = timezone.now()
        self.save(update_fields=["latest", "latest_at"])


class CallSignQuerySet(models.QuerySet["CallSign"]):
    def standing(self) -> Self:
        """Return those of whom something has been counted, the best first."""
        played = Q(survivals__gt=0) | Q(deaths__gt=0) | Q(ghosts__gt=0)
        return self.filter(played).order_by("-survivals", "-best_streak", "deaths", "plain")


class CallSign(models.Model):
    """A lasting name and what is counted of it; a streak is of survivals without a death."""

    name = models.CharField(max_length=24, unique=True)
    plain = models.CharField(max_length=48, unique=True, help_text="The name, look-alikes alike.")
    former = models.CharField(
        max_length=48, null=True, blank=True, unique=True, help_text="The one before, kept free."
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="call_sign",
    )
    made_at = models.DateTimeField(default=timezone.now)
    chosen_at = models.DateTimeField(null=True, blank=True)
    survivals = models.PositiveIntegerField(default=0)
    deaths = models.PositiveIntegerField(default=0)
    ghosts = models.PositiveIntegerField(default=0)
    streak = models.PositiveIntegerField(default=0)
    best_streak = models.PositiveIntegerField(default=0)

    objects = CallSignQuerySet.as_manager()

    class Meta:
        db_table = "call_signs"
        constraints = [
            models.CheckConstraint(
                condition=Q(best_streak__gte=F("streak")), name="best_streak_is_the_best"
            ),
        ]
        indexes = [
            models.Index(
                fields=["-survivals", "-best_streak", "deaths", "plain"], name="call_sign_standing"
            )
        ]

    def __str__(self) -> str:
        return self.name


class SeatQuerySet(models.QuerySet["Seat"]):
    def present(self) -> Self:
        return self.filter(left_at=None)

    def of_arrivals(self, commands: Iterable[PendingCommand]) -> Self:
        """Return the seats of the computer players that are about to enter by these commands."""
        who = [command.who for command in commands if command.name == "JOIN"]
        return self.filter(pk__in=who).exclude(bot="") if who else self.none()

    def of_token(self, token: str) -> Seat | None:
        """Return where the process of this token sits now; the same work for any token."""
        seats = self.select_related("shard__live_shard")
        return seats.filter(token_sha256=token_hash(token)).first()


def token_hash(token: str) -> str:
    return sha256(token.encode(errors="replace")).hexdigest()


class Seat(models.Model):
    """A place in a live shard: who takes part under which id."""

    class Outcome(models.TextChoices):
        ESCAPED = "escaped"
        TRANSFERRED = "transferred"
        DEAD = "dead"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    shard = models.ForeignKey(ReplayShard, on_delete=models.CASCADE, related_name="seats")
    name = models.CharField(max_length=40)
    call_sign = models.ForeignKey(
        CallSign, null=True, blank=True, on_delete=models.SET_NULL, related_name="seats"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="seats",
    )
    bot = models.CharField(max_length=20, blank=True, help_text="Which computer player sits here.")
    token_sha256 = models.CharField(max_length=64, null=True, blank=True, unique=True)
    came_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL)
    passages = models.PositiveIntegerField(default=0, help_text="Shards the process was in before.")
    heard = models.BigIntegerField(default=0, help_text="The last event that was acknowledged.")
    joined_at = models.DateTimeField(default=timezone.now)
    since_tick = models.PositiveIntegerField(default=0, help_text="The tick before it could enter.")
    left_at = models.DateTimeField(null=True, blank=True)
    last_tick = models.PositiveIntegerField(null=True, blank=True)
    outcome = models.CharField(max_length=11, choices=Outcome.choices, blank=True)
    counted = models.BooleanField(default=False, help_text="Whether the standings tell of it.")
    there_until = models.DateTimeField(
        default=timezone.now, help_text="Until when a socket or a command vouches for a player."
    )

    objects = SeatQuerySet.as_manager()

    class Meta:
        db_table = "seats"
        indexes = [
            models.Index(fields=["shard"], condition=Q(counted=False), name="seat_not_counted"),
        ]

    def __str__(self) -> str:
        return f"{self.name} in {self.shard_id}"

    @property
    def left(self) -> bool:
        return self.left_at is not None

    @property
    def connected(self) -> bool:
        return bool(self.bot) or self.there_until > timezone.now()

    def enter(self, live: LiveShard, origin: str | None = None) -> None:
        """Let whoever sits here join the shard at its next tick."""
        self.shard, self.since_tick = live.shard, live.tick
        self.left_at, self.last_tick = None, None
        self.save()
        PendingCommand.add(self, "JOIN", {"call_sign": self.name, "origin": origin})

    def follow(self, left: Seat) -> None:
        """Carry over from the seat that was left: who plays, the token, what has been heard."""
        self.name, self.call_sign = left.name, left.call_sign
        self.user, self.bot = left.user, left.bot
        self.came_from, self.passages = left, left.passages + 1
        self.token_sha256, self.heard = left.token_sha256, left.heard
        Seat.objects.filter(pk=left.pk).update(token_sha256=None)


class PendingCommand(models.Model):
    """A command that was accepted and waits for the next tick; the tick takes it away."""

    shard = models.ForeignKey(ReplayShard, on_delete=models.CASCADE, related_name="pending")
    who = models.CharField(max_length=64)
    name = models.CharField(max_length=20)
    arg = models.JSONField(null=True)
    ms = models.PositiveBigIntegerField(default=0)

    class Meta:
        db_table = "pending_commands"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.who} {self.name}"

    @classmethod
    def add(cls, seat: Seat, name: str, arg: object) -> None:
        ms = elapsed_ms(seat.shard)
        cls.objects.create(shard=seat.shard, who=str(seat.pk), name=name, arg=arg, ms=ms)

    @property
    def command(self) -> Command:
        return Command(self.who, self.name, self.arg, self.ms)


class RoomQuerySet(models.QuerySet["Room"]):
    def of(self, code: str) -> Room | None:
        """Return the room of a code, however it is typed, unless a moderator has hidden it."""
        if "\0" in code:
            return None
        rooms = self.select_related("shard", "maker").filter(shard__hidden_at=None)
        return rooms.filter(code=code.upper()).first()

    def seating(self, user: Any) -> Self:
        """Return the live rooms in which `user` sits."""
        seats = Seat.objects.present().filter(user=user.pk)
        return self.filter(shard__in=seats.values("shard"), shard__ended_at=None)

    def waiting(self) -> Self:
        """Return the rooms whose game has yet to begin, and may."""
        return self.filter(begun_at=None, shard__ended_at=None, shard__hidden_at=None)

    def offered_to(self, user: Any) -> Self:
        """Return the rooms that wait for `user`, who has played at the table before."""
        played = Participant.objects.filter(user=user.pk)
        sits = Seat.objects.present().filter(user=user.pk)
        followers = self.waiting().filter(before__shard__in=played.values("shard"))
        return followers.exclude(shard__in=sits.values("shard"))


class Room(models.Model):
    """A table before, in and after its game: who may sit down, what is played, who may watch."""

    code = models.CharField(max_length=12, unique=True)
    shard = models.OneToOneField(
        ReplayShard, primary_key=True, on_delete=models.CASCADE, related_name="room"
    )
    maker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="rooms"
    )
    options = models.JSONField(default=dict)
    delay_seconds = models.PositiveSmallIntegerField(default=0)
    open_to_spectators = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)
    begun_at = models.DateTimeField(null=True, blank=True)
    before = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="followers",
        help_text="The table at which its players have met before.",
    )  # fmt: skip

    objects = RoomQuerySet.as_manager()

    class Meta:
        db_table = "rooms"
        constraints = [
            models.CheckConstraint(
                condition=Q(delay_seconds__lte=MOST_DELAY_SECONDS), name="room_delay_is_short"
            )
        ]

    def __str__(self) -> str:
        return self.code

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the room, and tell its recording who may watch by which code, and how late."""
        super().save(*args, **kwargs)
        watched = {
            "room_code": self.code,
            "open_to_spectators": self.open_to_spectators,
            "delay_seconds": self.delay_seconds,
        }
        ReplayShard.objects.filter(pk=self.shard_id).update(**watched)

    @property
    def waiting(self) -> bool:
        """Whether the game has yet to begin, and may."""
        return self.begun_at is None and not self.shard.ended

    @property
    def next(self) -> Room | None:
        """Return the room that waits for those who have played here; none does before the end."""
        if not self.shard.ended:
            return None
        followers = Room.objects.waiting().filter(before=self.pk).select_related("maker")
        return followers.order_by("created_at").last()

    @property
    def seats(self) -> SeatQuerySet:
        """Return the seats that are taken, in the order in which players sat down."""
        return Seat.objects.present().filter(shard=self.shard_id).order_by("joined_at")


def elapsed_ms(shard: ReplayShard) -> int:
    return max(0, int((timezone.now() - shard.started_at).total_seconds() * 1000))
