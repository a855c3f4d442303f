"""Moderation: what is kept and who may see it; recordings are facts and are never edited."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, F, Model, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator

from replays.models import AccessToken, ReplayChunk, ReplayShard, Report, ShareCode


class Moderated(admin.ModelAdmin):
    """Rows that moderators look at and decide on; each decision leaves an entry in the history."""

    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def response_action(self, request: HttpRequest, *args: Any, **named: Any) -> Any:
        with transaction.atomic():
            return super().response_action(request, *args, **named)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save what the form changed and nothing else: a recorder may be writing the same row."""
        obj.save(update_fields=form.changed_data)

    def decide(self, request: HttpRequest, rows: QuerySet[Any], done: str, **change: Any) -> None:
        """Change `rows`, write down who did, and tell how many there were."""
        decided = list(rows.select_for_update(of=("self",)))
        for row in decided:
            for name, value in change.items():
                setattr(row, name, value)
            row.save(update_fields=list(change))
            self.log_change(request, row, done)
        level = messages.SUCCESS if decided else messages.WARNING
        self.message_user(request, f"{done}: {named(decided)}.", level)


def named(rows: list[Any]) -> str:
    """Return what was decided on, a few by name."""
    if not rows:
        return "nothing, as none of them called for it"
    names = ", ".join(Truncator(str(row)).chars(40) for row in rows[:3])
    return f"{len(rows)} ({names}{', …' if len(rows) > 3 else ''})"


# Filters


class Facts(admin.SimpleListFilter):
    """A filter with the choices yes and no; `yes` says which rows are meant."""

    yes: Q

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Yes"), ("no", "No")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "yes":
                return queryset.filter(self.yes)
            case "no":
                return queryset.exclude(self.yes)
        return queryset


class IsLive(Facts):
    title, parameter_name, yes = "live", "live", Q(ended_at=None)


class IsHidden(Facts):
    title, parameter_name, yes = "hidden", "hidden", Q(hidden_at__isnull=False)


class IsReported(Facts):
    title, parameter_name, yes = "open reports", "reported", Q(open_reports__gt=0)


class IsOpen(Facts):
    title, parameter_name, yes = "open", "open", Q(resolved_at=None)


class IsRevoked(Facts):
    title, parameter_name, yes = "revoked", "revoked", Q(revoked_at__isnull=False)


class GameFilter(admin.AllValuesFieldListFilter):
    """The games that there are recordings of."""


# Shards


class Inline(admin.TabularInline):
    """What hangs on a shard, to look at."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class SharesInline(Inline):
    model = ShareCode
    fields = ("code", "title", "created_by", "created_at", "expires_at", "revoked_at")


class ReportsInline(Inline):
    model = Report
    fields = ("reason", "reporter", "created_at", "resolved_at")


@admin.register(ReplayShard)
class ReplayShardAdmin(Moderated):
    list_display = (
        "name", "watch", "reports_open", "is_hidden", "is_live", "visibility", "game",
        "total_ticks", "stored", "origin", "verdict_state", "owner",
    )  # fmt: skip
    list_filter = (
        IsReported, IsHidden, IsLive, "visibility", "origin", ("game", GameFilter), "started_at",
    )  # fmt: skip
    list_select_related = ("owner",)
    search_fields = ("^id", "title", "owner__username", "=shares__code")
    search_help_text = "Title, id, owner, or the code of a link"
    ordering = ("-started_at", "-id")
    actions = ("hide", "restore")
    inlines = (ReportsInline, SharesInline)
    raw_id_fields = ("owner",)
    fieldsets = (
        (None, {"fields": ("watch", "title", "visibility", "hidden_at")}),
        ("Recording", {"fields": (
            "id", "game", "rules_version", "origin", "owner", "started_at", "ended_at",
            "changed_at", "first_tick", "last_tick", "total_ticks", "total_processes",
            "total_kills", "total_survivals", "total_ghosts", "tick_seconds", "plain_bytes",
            "stored", "found",
        )}),
    )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        shown = [name for _, block in self.fieldsets for name in block["fields"]]
        return [name for name in shown if name not in ("title", "visibility")]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReplayShard]:
        chunks = ReplayChunk.objects.filter(shard=OuterRef("pk")).values("shard")
        sealed = Subquery(chunks.annotate(bytes=Sum("stored_bytes")).values("bytes"))
        reports = Report.objects.filter(shard=OuterRef("pk"), resolved_at=None).values("shard")
        count = Subquery(reports.annotate(count=Count("pk")).values("count"))
        return (
            super()
            .get_queryset(request)
            .annotate(
                stored_bytes=Coalesce(sealed, 0) + F("tail_bytes"),
                open_reports=Coalesce(count, 0),
            )
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ReplayShard], search_term: str
    ) -> tuple[QuerySet[ReplayShard], bool]:
        """Find an id however it is written; a database may keep it with its dashes or without."""
        with suppress(ValueError):
            search_term = str(UUID(search_term.strip()))
        return super().get_search_results(request, queryset, search_term)

    # Columns

    @admin.display(description="title", ordering="title")
    def name(self, shard: ReplayShard) -> str:
        return Truncator(str(shard)).chars(60)

    @admin.display(description="watch")
    def watch(self, shard: ReplayShard) -> str:
        return format_html('<a href="{}">watch</a>', shard.get_absolute_url())

    @admin.display(description="live", boolean=True, ordering="ended_at")
    def is_live(self, shard: ReplayShard) -> bool:
        return not shard.ended

    @admin.display(description="stored", ordering="stored_bytes")
    def stored(self, shard: Any) -> str:
        return filesizeformat(shard.stored_bytes)

    @admin.display(description="verdict")
    def verdict_state(self, shard: ReplayShard) -> str:
        return (shard.verdict or {}).get("state", "")

    @admin.display(description="verdict")
    def found(self, shard: ReplayShard) -> str:
        verdict = shard.verdict
        return f"{verdict['state']}: {verdict['sentence']}" if verdict else "never verified"

    @admin.display(description="hidden", boolean=True, ordering="hidden_at")
    def is_hidden(self, shard: ReplayShard) -> bool:
        return shard.hidden

    @admin.display(description="reports", ordering="open_reports")
    def reports_open(self, shard: Any) -> int:
        return shard.open_reports

    # Decisions

    @admin.action(description="Hide from everybody", permissions=["change"])
    def hide(self, request: HttpRequest, queryset: QuerySet[ReplayShard]) -> None:
        self.decide(request, plain(queryset).filter(hidden_at=None), "Hidden", hidden_at=now())

    @admin.action(description="Show again", permissions=["change"])
    def restore(self, request: HttpRequest, queryset: QuerySet[ReplayShard]) -> None:
        hidden = plain(queryset).exclude(hidden_at=None)
        self.decide(request, hidden, "Shown again", hidden_at=None)

    # Deleting

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        live = isinstance(obj, ReplayShard) and not obj.ended
        return not live and super().has_delete_permission(request, obj)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[Any], list[Any]]:
        """Name what goes with shards by counting it: their ticks are too many to be read."""
        shards = list(objs)
        live = [f"{shard} is live" for shard in shards if not shard.ended]
        going = {"recordings": len(shards)} | {
            word: sum(getattr(shard, relation).count() for shard in shards)
            for word, relation in (
                ("chunks", "chunks"),
                ("links", "shares"),
                ("reports", "reports"),
                ("seats", "seats"),
            )
        }
        going["ticks"] = sum(shard.total_ticks for shard in shards)
        counts = {word: count for word, count in going.items() if count}
        return [goes_with(shard) for shard in shards], counts, set(), live


def goes_with(shard: ReplayShard) -> str:
    owner = f", of {shard.owner}" if shard.owner else ""
    return f"{shard} ({shard.pk}{owner}): {shard.total_ticks:,} ticks"


def plain(queryset: QuerySet[ReplayShard]) -> QuerySet[ReplayShard]:
    """Return the same rows without what was counted for the list, so that they can be locked."""
    return ReplayShard.objects.filter(pk__in=[shard.pk for shard in queryset])


# What hangs on shards


@admin.register(ShareCode)
class ShareCodeAdmin(Moderated):
    list_display = ("code", "named", "watch", "created_by", "created_at", "expires_at", "state")
    list_filter = (IsRevoked, "created_at", "expires_at")
    list_select_related = ("shard", "created_by")
    search_fields = ("code", "title", "shard__title", "created_by__username")
    actions = ("revoke", "expire")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)

    @admin.display(description="title", ordering="title")
    def named(self, link: ShareCode) -> str:
        return Truncator(link.title or str(link.shard)).chars(60)

    @admin.display(description="watch")
    def watch(self, link: ShareCode) -> str:
        return format_html('<a href="{}">watch</a>', link.shard.get_absolute_url())

    @admin.display(description="state")
    def state(self, link: ShareCode) -> str:
        return "revoked" if link.revoked else "ended" if link.expired else "open"

    @admin.action(description="Revoke", permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ShareCode]) -> None:
        self.decide(request, queryset.filter(revoked_at=None), "Revoked", revoked_at=now())

    @admin.action(description="Let end now", permissions=["change"])
    def expire(self, request: HttpRequest, queryset: QuerySet[ShareCode]) -> None:
        lasting = queryset.filter(Q(expires_at=None) | Q(expires_at__gt=now()))
        self.decide(request, lasting, "Ended", expires_at=now())


@admin.register(Report)
class ReportAdmin(Moderated):
    list_display = ("short", "shard_title", "watch", "reporter", "created_at", "resolved_at")
    list_filter = (IsOpen, "created_at")
    list_select_related = ("shard", "reporter")
    search_fields = ("reason", "shard__title", "shard__id", "reporter__username")
    actions = ("resolve", "reopen")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)

    @admin.display(description="reason")
    def short(self, report: Report) -> str:
        return Truncator(report.reason).chars(80)

    @admin.display(description="shard", ordering="shard__title")
    def shard_title(self, report: Report) -> str:
        address = f"/admin/replays/replayshard/{report.shard_id}/change/"
        return format_html('<a href="{}">{}</a>', address, Truncator(str(report.shard)).chars(60))

    @admin.display(description="watch")
    def watch(self, report: Report) -> str:
        return format_html('<a href="{}">watch</a>', report.shard.get_absolute_url())

    @admin.action(description="Resolve", permissions=["change"])
    def resolve(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        self.decide(request, queryset.filter(resolved_at=None), "Resolved", resolved_at=now())

    @admin.action(description="Open again", permissions=["change"])
    def reopen(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        self.decide(request, queryset.exclude(resolved_at=None), "Opened again", resolved_at=None)


@admin.register(AccessToken)
class AccessTokenAdmin(Moderated):
    list_display = ("user", "name", "scope", "prefix", "created_at", "last_used_at", "revoked_at")
    list_filter = (IsRevoked, "scope", "created_at")
    list_select_related = ("user",)
    search_fields = ("name", "user__username", "prefix")
    exclude = ("sha256",)
    actions = ("revoke",)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)

    @admin.action(description="Revoke", permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[AccessToken]) -> None:
        self.decide(request, queryset.filter(revoked_at=None), "Revoked", revoked_at=now())


now = timezone.now
