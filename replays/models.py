"""What is stored: shards, their ticks and chunks, links, tokens and reports."""

from __future__ import annotations

import datetime as dt
import uuid
from functools import lru_cache
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.functional import cached_property

from games import Game, all_games, game_of, get_game, hints
from replays import codes

STALE_SECONDS = 60
"""A live shard that has been silent for this long is shown as stale."""
MOST_DELAY_SECONDS = 60
AFTERWARDS_SECONDS = 600
"""How long after its end the code of a room still opens the game to those who watched it."""


class ReplayShardQuerySet(models.QuerySet["ReplayShard"]):
    def visible_to(self, user: Any) -> Self:
        """Return the shards that `user` may open by their id."""
        if sees_everything(user):
            return self
        shown = Q(visibility__in=("public", "unlisted"))
        if user is not None and user.is_authenticated:
            shown |= own(user)
        return self.filter(shown, hidden_at=None)

    def listed_for(self, user: Any) -> Self:
        """Return the shards that stand in the gallery of `user`: public ones, and one's own."""
        shown = Q(visibility="public") & ~shown_late()
        if user is not None and user.is_authenticated:
            shown |= own(user)
        return self.filter(shown, hidden_at=None)

    def played_by(self, user: Any) -> Self:
        """Return the shards in which `user` took part by name, as at a table."""
        return self.filter(participants__user=user)

    def of_room(self, code: str) -> Self:
        """Return the shard that the code of a room opens to spectators now, if there is one."""
        lately = timezone.now() - dt.timedelta(seconds=AFTERWARDS_SECONDS)
        watched = Q(ended_at=None) | Q(ended_at__gt=lately)
        known = self.filter(room_code=code.upper(), open_to_spectators=True)
        return known.filter(watched, hidden_at=None)

    def live(self) -> Self:
        return self.filter(ended_at=None)

    def ended(self) -> Self:
        return self.exclude(ended_at=None)

    def newest(self) -> Self:
        return self.order_by("-started_at", "-id")

    def search(self, words: str) -> Self:
        """Return the shards whose title or game holds `words`, or whose id begins with them."""
        words = words.replace("\0", "").strip()
        named = Q(title__icontains=words) | Q(game__icontains=words)
        return self.filter(named | Q(id__istartswith=words))

    def recorded(self) -> Self:
        return self.filter(total_ticks__gt=0)

    def waiting_for_verification(self) -> Self:
        return self.exclude(verify_asked_at=None).order_by("verify_asked_at", "id")


def own(user: Any) -> Q:
    """Return what is true of the shards that `user` owns or took part in."""
    return Q(owner=user) | Q(pk__in=Participant.objects.filter(user=user).values("shard"))


def shown_late() -> Q:
    """Return what is true of shards that spectators see late, until they may see all of it."""
    shown_whole = timezone.now() - dt.timedelta(seconds=MOST_DELAY_SECONDS)
    return Q(delay_seconds__gt=0) & (Q(ended_at=None) | Q(ended_at__gt=shown_whole))


def sees_everything(user: Any) -> bool:
    return bool(user is not None and user.is_staff and user.has_perm("replays.view_replayshard"))


class ReplayShard(models.Model):
    """One playing of a game, live until `ended_at` is set; true at every commit."""

    class Visibility(models.TextChoices):
        PUBLIC = "public"
        UNLISTED = "unlisted"
        PRIVATE = "private"

    class Origin(models.TextChoices):
        HOST = "host", "played here"
        IMPORT = "import", "imported"
        PUSH = "push", "pushed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, db_column="shard_id")
    game = models.CharField(max_length=32)
    title = models.CharField(max_length=100, blank=True)
    rules_version = models.CharField(max_length=16, blank=True)
    seed = models.CharField(max_length=64, blank=True)
    options = models.JSONField(default=dict, blank=True)
    tick_seconds = models.FloatField(default=1.0)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)

    first_tick = models.PositiveIntegerField(null=True, blank=True)
    last_tick = models.PositiveIntegerField(null=True, blank=True)
    total_ticks = models.PositiveIntegerField(default=0)
    total_processes = models.PositiveIntegerField(default=0)
    total_kills = models.PositiveIntegerField(default=0)
    total_survivals = models.PositiveIntegerField(default=0)
    total_ghosts = models.PositiveIntegerField(default=0)
    plain_bytes = models.PositiveBigIntegerField(default=0)
    tail_ticks = models.PositiveIntegerField(default=0)
    tail_bytes = models.PositiveIntegerField(default=0)
    chunks_sealed = models.PositiveIntegerField(default=0)
    chain = models.BinaryField(default=bytes, max_length=32)
    digest = models.BinaryField(
        null=True, unique=True, max_length=32, help_text="Names an import: its content and owner."
    )
    verify_asked_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verdict = models.JSONField(
        null=True, blank=True, help_text="What the last verification found (see replays/verify.py)."
    )

    visibility = models.CharField(
        max_length=8, choices=Visibility.choices, default=Visibility.PUBLIC
    )
    hidden_at = models.DateTimeField(null=True, blank=True)
    veiled = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Shown as while it was live: somebody who left it plays elsewhere.",
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    origin = models.CharField(max_length=6, choices=Origin.choices, default=Origin.HOST)
    room_code = models.CharField(
        max_length=12, null=True, blank=True, unique=True, help_text="Of the room it is played in."
    )
    open_to_spectators = models.BooleanField(
        default=True, help_text="Whether the room's code lets anybody watch."
    )
    delay_seconds = models.PositiveSmallIntegerField(
        default=0, help_text="How much later those see it who take no part."
    )

    seen_until: int | None = None
    """The newest tick that is read through this row, if that is not the newest there is."""

    objects = ReplayShardQuerySet.as_manager()

    class Meta:
        db_table = "replay_shards"
        constraints = [
            models.CheckConstraint(
                condition=Q(first_tick=None, last_tick=None, total_ticks=0)
                | Q(first_tick__lte=F("last_tick"), total_ticks__gt=0),
                name="shard_ticks_are_a_range",
            ),
            models.CheckConstraint(
                condition=Q(visibility__in=("public", "unlisted", "private")),
                name="shard_visibility_is_known",
            ),
            models.CheckConstraint(
                condition=Q(tick_seconds__gt=0), name="shard_tick_lasts_some_time"
            ),
        ]
        indexes = [
            models.Index(fields=["-started_at", "-id"], name="shard_newest"),
            models.Index(fields=["game", "-started_at"], name="shard_newest_of_game"),
            models.Index(
                fields=["verify_asked_at"],
                condition=Q(verify_asked_at__isnull=False),
                name="shard_waits_for_verification",
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"{self.rules.title or self.game} {str(self.id)[:8]}"

    def get_absolute_url(self) -> str:
        return f"/replay?shard={self.id}"

    @property
    def who_took_part(self) -> str:
        """Return how many took part, in words; nothing where none were counted."""
        count = self.total_processes
        one, many = self.rules.who_plays
        return f"{count:,} {one if count == 1 else many}" if count else ""

    @cached_property
    def rules(self) -> Game:
        """Return the game by its rules, else by the hints that were recorded with it."""
        if self.game in all_games():
            return get_game(self.game)
        return game_of(self.game, {"hints": self.hints})

    @property
    def world(self) -> str | None:
        """Return the name of the world that its ticks share, if there is one."""
        name = self.options.get("world")
        return name if isinstance(name, str) and name else None

    @property
    def hints(self) -> dict[str, Any] | None:
        """Return how its sender wants it to be shown, where that can be (see docs/hints.md)."""
        unread = "options" in self.get_deferred_fields()
        return _hints_kept(self.pk) if unread else hints.of(self.options)

    @property
    def ended(self) -> bool:
        return self.ended_at is not None

    @property
    def hidden(self) -> bool:
        return self.hidden_at is not None

    @property
    def stale(self) -> bool:
        silent = (timezone.now() - self.changed_at).total_seconds()
        return not self.ended and silent > max(STALE_SECONDS, 3 * self.tick_seconds)

    @property
    def next_tick(self) -> int | None:
        """Return the only tick that continues this shard; None when any may begin it."""
        return None if self.last_tick is None else self.last_tick + 1


@lru_cache(maxsize=1024)
def _hints_kept(pk: uuid.UUID) -> dict[str, Any] | None:
    """Return the hints of a stored shard, which never change, read once for all its ticks."""
    return hints.of(ReplayShard.objects.values_list("options", flat=True).get(pk=pk))


class Participant(models.Model):
    """Somebody who took part in a shard by name, and may open it for that."""

    shard = models.ForeignKey(
        ReplayShard, on_delete=models.CASCADE, related_name="participants", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="participations"
    )

    class Meta:
        db_table = "participants"
        constraints = [
            models.UniqueConstraint(fields=["shard", "user"], name="participant_stands_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.shard_id}"


class ReplayTick(models.Model):
    """A stored tick that is not yet part of a sealed chunk."""

    shard = models.ForeignKey(
        ReplayShard, on_delete=models.CASCADE, related_name="ticks", db_index=False
    )
    tick = models.PositiveIntegerField()
    line = models.BinaryField()
    summary = models.BinaryField(help_text="Markers and metrics of this tick, as JSON.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "replay_ticks"
        ordering = ["tick"]
        constraints = [models.UniqueConstraint(fields=["shard", "tick"], name="tick_stands_once")]

    def __str__(self) -> str:
        return f"tick {self.tick} of {self.shard_id}"


class ReplayChunk(models.Model):
    """A sealed run of ticks, compressed once, served as stored, never changed."""

    shard = models.ForeignKey(
        ReplayShard, on_delete=models.CASCADE, related_name="chunks", db_index=False
    )
    number = models.PositiveIntegerField()
    first_tick = models.PositiveIntegerField()
    last_tick = models.PositiveIntegerField()
    first_seconds = models.FloatField()
    last_seconds = models.FloatField()
    plain_bytes = models.PositiveIntegerField()
    stored_bytes = models.PositiveIntegerField()
    sha256 = models.BinaryField(max_length=32, help_text="Digest of the lines, unpacked.")
    chain = models.BinaryField(max_length=32, help_text="Digest of all chunks up to this one.")
    summary = models.BinaryField(help_text="Markers and metrics of these ticks, JSON in zstd.")
    body = models.BinaryField(help_text="The lines, zstd.")

    class Meta:
        db_table = "replay_chunks"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["shard", "number"], name="chunk_stands_once"),
            models.CheckConstraint(
                condition=Q(first_tick__lte=F("last_tick")), name="chunk_ticks_are_a_range"
            ),
        ]

    def __str__(self) -> str:
        return f"chunk {self.number} of {self.shard_id}: ticks {self.first_tick}–{self.last_tick}"


class ShareCodeQuerySet(models.QuerySet["ShareCode"]):
    def open(self) -> Self:
        """Return the links that still open what they name.

        A private shard is opened by the links of its owner, and of those who took part in it.
        """
        unexpired = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        took_part = Participant.objects.filter(shard=OuterRef("shard"), user=OuterRef("created_by"))
        shared = ~Q(shard__visibility="private") | Q(created_by=F("shard__owner"))
        shared |= Q(Exists(took_part))
        return self.filter(unexpired, shared, revoked_at=None, shard__hidden_at=None)


class ShareCode(models.Model):
    """A link to one shard, and to nothing else: read only, with an end if one is set."""

    code = models.CharField(max_length=12, primary_key=True, default=codes.new_code)
    shard = models.ForeignKey(ReplayShard, on_delete=models.CASCADE, related_name="shares")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="shares"
    )
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    title = models.CharField(max_length=100, blank=True)
    description = models.TextField(max_length=2000, blank=True)
    tick = models.PositiveIntegerField(null=True, blank=True)
    end_tick = models.PositiveIntegerField(null=True, blank=True)

    objects = ShareCodeQuerySet.as_manager()

    class Meta:
        db_table = "share_codes"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.title or self.code

    def get_absolute_url(self) -> str:
        return f"/replay/{self.code}"

    @property
    def expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def revoked(self) -> bool:
        return self.revoked_at is not None


class ReplaySession(models.Model):
    """Somebody who looks at a run through the 2D replay API, and how; gone when it expires."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    shard = models.ForeignKey(ReplayShard, on_delete=models.CASCADE, related_name="sessions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    layout = models.CharField(max_length=16)
    strategy = models.CharField(max_length=16)
    max_agents = models.PositiveIntegerField()
    preload_ticks = models.PositiveIntegerField()
    used_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        db_table = "replay_sessions"

    def __str__(self) -> str:
        return f"session {self.pk} of {self.shard_id}"


class ReplayView(models.Model):
    """That somebody watched through a link on a day, for how long and how far.

    `viewer` is a digest under the key of that day, which is thrown away with it (see watching.py);
    `user` is who was signed in, whom nobody is shown.
    """

    share = models.ForeignKey(
        ShareCode, on_delete=models.CASCADE, related_name="views", db_index=False
    )
    viewer = models.BinaryField(max_length=32)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    day = models.DateField()
    watch_duration_seconds = models.PositiveIntegerField(default=0)
    furthest_tick = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        db_table = "replay_views"
        constraints = [
            models.UniqueConstraint(
                fields=["share", "day", "viewer"], name="viewer_counts_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"a view of {self.share_id} on {self.day}"


class ViewKey(models.Model):
    """The key that viewers of one day are told apart by."""

    day = models.DateField(primary_key=True)
    secret = models.BinaryField(max_length=32)

    class Meta:
        db_table = "view_keys"

    def __str__(self) -> str:
        return f"the key of {self.day}"


class Report(models.Model):
    """Somebody's word that a shard should be looked at."""

    shard = models.ForeignKey(ReplayShard, on_delete=models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    reason = models.TextField(max_length=1000)
    created_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"report on {self.shard}"


class AccessToken(models.Model):
    """What a client signs in with; only its hash is kept."""

    class Scope(models.TextChoices):
        READ = "read", "read: what I may see"
        PLAY = "play", "play: take part, share, export and import as me"
        PUSH = "push", "push: record games into this site"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="access_tokens"
    )
    name = models.CharField(max_length=60, blank=True)
    scope = models.CharField(max_length=8, choices=Scope.choices)
    prefix = models.CharField(max_length=8)
    sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name or self.prefix} ({self.scope})"


class World(models.Model):
    """Static data that shards share, named by the first 16 digits of its hash, never changed."""

    name = models.CharField(max_length=16, primary_key=True)
    sha256 = models.BinaryField(max_length=32, help_text="The whole digest, of its canonical JSON.")
    plain_bytes = models.PositiveIntegerField()
    body = models.BinaryField(help_text="Its canonical JSON, zstd.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "worlds"

    def __str__(self) -> str:
        return self.name


class Push(models.Model):
    """A replay that comes in chunks from outside, and how far it has come."""

    replay_id = models.CharField(max_length=64)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="pushes"
    )
    shard = models.OneToOneField(
        ReplayShard, null=True, on_delete=models.CASCADE, related_name="push"
    )
    world = models.ForeignKey(World, null=True, on_delete=models.PROTECT, related_name="pushes")
    chunk_count = models.PositiveIntegerField(
        null=True, help_text="Nothing while whoever sends them has not said how many there will be."
    )
    placed = models.PositiveIntegerField(default=0, help_text="Chunks in the recording, in order.")
    waiting = models.PositiveIntegerField(default=0, help_text="Chunks that came ahead of others.")
    ticks = models.PositiveIntegerField(default=0, help_text="Of all chunks that have come.")
    seconds = models.FloatField(default=0.0, help_text="Of the newest tick in the recording.")
    changed_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, help_text="When it was whole, or given up.")
    closed_position = models.PositiveBigIntegerField(
        null=True, unique=True, help_text="Where it was given up, in the order of chunks recorded."
    )

    class Meta:
        db_table = "pushes"
        constraints = [
            models.UniqueConstraint(fields=["owner", "replay_id"], name="push_stands_once"),
            models.UniqueConstraint(
                fields=["replay_id"], condition=Q(owner=None), name="open_push_stands_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["changed_at"], condition=Q(closed_at=None), name="push_comes_still"
            )
        ]

    def __str__(self) -> str:
        return self.replay_id

    @property
    def whole(self) -> bool:
        return self.placed == self.chunk_count


class PushedChunk(models.Model):
    """One chunk of a push: its digest for ever; its frames only until it can be placed."""

    push = models.ForeignKey(Push, on_delete=models.CASCADE, related_name="chunks", db_index=False)
    index = models.PositiveIntegerField()
    sha256 = models.BinaryField(max_length=32, help_text="Digest of the chunk as it came.")
    ticks = models.PositiveIntegerField()
    first_tick = models.PositiveIntegerField(null=True)
    position = models.PositiveBigIntegerField(
        null=True, unique=True, help_text="Its place in the order in which all were recorded."
    )
    body = models.BinaryField(null=True, help_text="Its frames as JSON, zstd, while it waits.")

    class Meta:
        db_table = "pushed_chunks"
        ordering = ["index"]
        constraints = [
            models.UniqueConstraint(fields=["push", "index"], name="pushed_chunk_stands_once")
        ]

    def __str__(self) -> str:
        return f"chunk {self.index} of {self.push_id}"
