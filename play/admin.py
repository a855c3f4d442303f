"""Live games as they stand, to look at: who steps them, who sits in them, what waits."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html

from play.models import LiveShard, PendingCommand, Seat


class ReadOnly(admin.ModelAdmin):
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="watch")
    def watch(self, row: Any) -> str:
        return format_html('<a href="/spectate/{}">watch</a>', row.shard_id)


@admin.register(LiveShard)
class LiveShardAdmin(ReadOnly):
    list_display = ("shard", "watch", "slot", "holder", "leased_until")
    list_select_related = ("shard",)
    search_fields = ("shard__id", "shard__title", "holder")
    exclude = ("latest",)


@admin.register(Seat)
class SeatAdmin(ReadOnly):
    list_display = ("name", "shard", "watch", "user", "bot", "joined_at", "left_at")
    list_filter = ("bot", "joined_at")
    list_select_related = ("shard", "user")
    search_fields = ("id", "name", "user__username", "shard__id")


@admin.register(PendingCommand)
class PendingCommandAdmin(ReadOnly):
    list_display = ("shard", "who", "name", "arg", "ms")
    list_select_related = ("shard",)
    search_fields = ("who", "shard__id")
