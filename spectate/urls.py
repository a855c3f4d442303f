"""The addresses of spectate."""

from django.urls import URLPattern

from replays.urls import at
from spectate import api, original, pages

urlpatterns: list[URLPattern] = [
    *at("spectate/shards", original.Shards.as_view(), "spectate_shards"),
    *at("spectate/shard/<str:shard_id>", original.Shard.as_view(), "spectate_shard"),
    *at("spectate/<str:room>", pages.room, "spectate_room"),
    *at("replays/<str:shard_id>/chat", api.Chat.as_view(), "shard_chat"),
    *at("replays/<str:shard_id>/chat/<str:line>", api.line, "chat_line"),
    *at("replay/<str:code>/chat", api.Chat.as_view(), "share_chat"),
    *at("chat/guest", api.guest, "chat_guest"),
]
