"""How many watch: a small row for each process and shard, true for a few seconds."""

from django.db import models
from django.utils import timezone


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
