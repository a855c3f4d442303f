"""Moderation of the chat: lines are deleted and put back, people muted, banned and let speak."""

from django.contrib import admin, messages
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import Truncator

from replays.admin import Facts, Moderated, named, now
from spectate import chat
from spectate.models import ChatLine, Silence

MINUTE = 60


class IsDeleted(Facts):
    title, parameter_name, yes = "deleted", "deleted", Q(deleted_at__isnull=False)


class IsInForce(Facts):
    title, parameter_name = "in force", "in_force"

    @property
    def yes(self) -> Q:  # type: ignore[override]
        return Q(lifted_at=None) & (Q(until=None) | Q(until__gt=now()))


class Decided(Moderated):
    """Rows that are never edited nor removed by hand: a decision is undone by another."""

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(ChatLine)
class ChatLineAdmin(Decided):
    list_display = ("short", "author", "is_guest", "where", "at", "is_deleted")
    list_filter = (IsDeleted, "at")
    list_select_related = ("shard", "user")
    search_fields = ("message", "author", "=shard__id", "=guest")
    search_help_text = "Words of the message, the author, or the id of a shard"
    ordering = ("-id",)
    actions = ("delete_lines", "restore", "mute_10_minutes", "mute_day", "ban")

    @admin.display(description="message")
    def short(self, line: ChatLine) -> str:
        return Truncator(line.message).chars(80)

    @admin.display(description="guest", boolean=True)
    def is_guest(self, line: ChatLine) -> bool:
        return line.user_id is None

    @admin.display(description="said at", ordering="shard")
    def where(self, line: ChatLine) -> str:
        if line.shard is None:
            return "all of SEGFAULT"
        address = f"{line.shard.get_absolute_url()}&tick={line.tick}"
        name = Truncator(str(line.shard)).chars(40)
        return format_html('<a href="{}">{}, tick {}</a>', address, name, line.tick)

    @admin.display(description="deleted", boolean=True, ordering="deleted_at")
    def is_deleted(self, line: ChatLine) -> bool:
        return line.deleted

    @admin.action(description="Delete from the chat", permissions=["change"])
    def delete_lines(self, request: HttpRequest, queryset: QuerySet[ChatLine]) -> None:
        shown = queryset.filter(deleted_at=None)
        self.decide(request, shown, "Deleted", deleted_at=now(), changed_at=now())

    @admin.action(description="Put back", permissions=["change"])
    def restore(self, request: HttpRequest, queryset: QuerySet[ChatLine]) -> None:
        deleted = queryset.exclude(deleted_at=None)
        self.decide(request, deleted, "Put back", deleted_at=None, changed_at=now())

    @admin.action(description="Mute the author for 10 minutes", permissions=["change"])
    def mute_10_minutes(self, request: HttpRequest, queryset: QuerySet[ChatLine]) -> None:
        self.silence(request, queryset, 10 * MINUTE)

    @admin.action(description="Mute the author for a day", permissions=["change"])
    def mute_day(self, request: HttpRequest, queryset: QuerySet[ChatLine]) -> None:
        self.silence(request, queryset, 24 * 60 * MINUTE)

    @admin.action(description="Ban the author from the chat", permissions=["change"])
    def ban(self, request: HttpRequest, queryset: QuerySet[ChatLine]) -> None:
        self.silence(request, queryset, None)

    def silence(
        self, request: HttpRequest, queryset: QuerySet[ChatLine], seconds: int | None
    ) -> None:
        """Silence each author once, however many of their lines were chosen."""
        authors = {(line.user_id, line.guest): line for line in queryset if is_somebody(line)}
        made = [chat.silence(line, request.user, seconds) for line in authors.values()]
        level = messages.SUCCESS if made else messages.WARNING
        self.message_user(request, f"Silenced: {named(made)}.", level)


def is_somebody(line: ChatLine) -> bool:
    return line.user_id is not None or bool(line.guest)


@admin.register(Silence)
class SilenceAdmin(Decided):
    list_display = ("author", "is_guest", "until", "begun_at", "begun_by", "lifted_at")
    list_filter = (IsInForce, "begun_at")
    list_select_related = ("user", "begun_by")
    search_fields = ("author", "=guest")
    actions = ("lift", "put_back")

    @admin.display(description="guest", boolean=True)
    def is_guest(self, silence: Silence) -> bool:
        return silence.user_id is None

    @admin.action(description="Let speak again", permissions=["change"])
    def lift(self, request: HttpRequest, queryset: QuerySet[Silence]) -> None:
        self.decide(request, queryset.filter(lifted_at=None), "Let speak", lifted_at=now())

    @admin.action(description="Silence again", permissions=["change"])
    def put_back(self, request: HttpRequest, queryset: QuerySet[Silence]) -> None:
        self.decide(request, queryset.exclude(lifted_at=None), "Silenced", lifted_at=None)
