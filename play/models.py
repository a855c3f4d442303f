"""What a live game needs beside its recording: who steps it, who plays, what they ask for."""

from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils import timezone

from replays.models import ReplayShard

MAX_SEATS = 10


class LiveShardQuerySet(models.QuerySet["LiveShard"]):
    def free(self) -> Self:
        """Return the shards that no host holds, or whose host has not renewed its lease."""
        return self.filter(leased_until__lt=timezone.now())

    def with_room(self, beside: ReplayShard) -> ReplayShard | None:
        """Return the other shard of the same game that has most room, held until the commit."""
        seated = Count("shard__seats", filter=Q(shard__seats__left_at=None))
        others = self.filter(shard__game=beside.game).exclude(pk=beside.pk)
        roomy = others.annotate(seated=seated).filter(seated__lt=MAX_SEATS).order_by("seated")
        for pk in roomy.values_list("pk", flat=True):
            held = self.select_for_update().select_related("shard").filter(pk=pk).first()
            if held is not None:
                return held.shard
        return None


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
        null=True, help_text="The newest tick of a shard that is not recorded, as a line."
    )

    objects = LiveShardQuerySet.as_manager()

    class Meta:
        db_table = "live_shards"

    def __str__(self) -> str:
        return str(self.shard)


class Seat(models.Model):
    """A place in a live shard: who takes part under which id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    shard = models.ForeignKey(ReplayShard, on_delete=models.CASCADE, related_name="seats")
    name = models.CharField(max_length=40)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    bot = models.CharField(max_length=20, blank=True, help_text="Which computer player sits here.")
    joined_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "seats"

    def __str__(self) -> str:
        return f"{self.name} in {self.shard_id}"


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
