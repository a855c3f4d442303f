"""How many watch, and what they say: counts true for a few seconds, and lines that are kept."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from replays.models import ReplayShard

MOST_MESSAGE = 256
MOST_NAME = 40


class Watching(models.Model):
    """How many spectators one process has for one shard.

    The shard is named without a foreign key: the host locks its row at every tick, and nobody who
    only counts heads shall wait for that, or make it wait.
    """

    process = models.CharField(max_length=32)
    shard_id = models.UUIDField(db_index=True)
    count = models.PositiveIntegerField()
    updated_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        db_table = "watching"
        constraints = [
            models.UniqueConstraint(fields=["process", "shard_id"], name="process_counts_once")
        ]

    def __str__(self) -> str:
        return f"{self.count} of {self.shard_id} at {self.process}"


class ChatLineQuerySet(models.QuerySet["ChatLine"]):
    def shown(self) -> Self:
        return self.filter(deleted_at=None)

    def within(self, first: int, last: int) -> Self:
        """Return the lines that were said from one tick to another, in the order of saying."""
        return self.shown().filter(tick__gte=first, tick__lte=last).order_by("tick", "id")


class ChatLine(models.Model):
    """What one of the crowd said, and at which tick of the shard they were watching.

    A line without a shard was said to all who watch SEGFAULT. A guest is named by a key that lies
    in the session of a browser; no address is kept.
    """

    shard = models.ForeignKey(
        ReplayShard, null=True, blank=True, on_delete=models.CASCADE, related_name="chat"
    )
    tick = models.PositiveIntegerField(null=True, blank=True)
    author = models.CharField(max_length=MOST_NAME)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    guest = models.CharField(max_length=32, blank=True)
    message = models.CharField(max_length=MOST_MESSAGE)
    at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(
        default=timezone.now, db_index=True, help_text="When it was said, deleted or restored."
    )

    objects = ChatLineQuerySet.as_manager()

    class Meta:
        db_table = "chat_lines"
        ordering = ["id"]
        indexes = [models.Index(fields=["shard", "tick", "id"], name="chat_in_step")]

    def __str__(self) -> str:
        return f"{self.author}: {self.message}"

    @property
    def deleted(self) -> bool:
        return self.deleted_at is not None


class SilenceQuerySet(models.QuerySet["Silence"]):
    def in_force(self) -> Self:
        lasting = Q(until=None) | Q(until__gt=timezone.now())
        return self.filter(lasting, lifted_at=None)


class Silence(models.Model):
    """That somebody may not write in the chat: for a time, or for good where none is set."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    guest = models.CharField(max_length=32, blank=True)
    author = models.CharField(max_length=MOST_NAME)
    until = models.DateTimeField(null=True, blank=True)
    begun_at = models.DateTimeField(default=timezone.now)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = SilenceQuerySet.as_manager()

    class Meta:
        db_table = "silences"
        ordering = ["-begun_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False) | ~Q(guest=""), name="silence_is_somebodys"
            )
        ]

    def __str__(self) -> str:
        return f"{self.author}, {'for good' if self.until is None else 'for a time'}"
