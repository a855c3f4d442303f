"""The addresses of replays."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from replays import client_wheel, embeds, link_pages, pages
from replays.api import (
    files,
    frames,
    oembed,
    outside,
    pictures,
    replay_stream,
    sessions,
    shards,
    shares,
    verifications,
    watched,
)


def at(address: str, view: Callable[..., Any], name: str) -> list[URLPattern]:
    """Answer at `address` with and without a slash at its end, and never redirect."""
    return [path(address, view, name=name), path(f"{address}/", view)]


index, ticks, chunk = (view.as_view() for view in (shards.Index, shards.Ticks, shards.Chunk))

urlpatterns: list[URLPattern] = [
    *at("replays", shards.Shards.as_view(), "shards"),
    *at("replays/<str:shard_id>", ticks, "shard"),
    *at("replays/<str:shard_id>/index", index, "shard_index"),
    *at("replays/<str:shard_id>/ticks", ticks, "shard_ticks"),
    *at("replays/<str:shard_id>/chunks/<str:number>", chunk, "shard_chunk"),
    *at("replay/<str:code>/index", index, "share_index"),
    *at("replay/<str:code>/ticks", ticks, "share_ticks"),
    *at("replay/<str:code>/chunks/<str:number>", chunk, "share_chunk"),
    *at("replays/<str:shard_id>/picture.png", pictures.of_shard, "shard_picture"),
    *at("replay/<str:code>/picture.png", pictures.of_link, "share_picture"),
    *at("replays/<str:shard_id>/verify", verifications.verify, "verify"),
    *at("replays/<str:shard_id>/report", shares.report, "shard_report"),
    *at("replay/<str:code>/report", shares.report, "share_report"),
    *at("api/replay/game/<str:shard_id>/share", shares.share, "make_share"),
    *at("api/replay/game/<str:shard_id>", frames.Frames.as_view(), "game"),
    *at("api/replay/game/<str:shard_id>/export", files.Export.as_view(), "export"),
    *at("api/replay/import", files.Import.as_view(), "import"),
    *at("api/replay/shared/<str:code>", shares.shared, "share"),
    *at("replay/<str:code>/watched", watched.Watched.as_view(), "watched"),
    *at("api/v1/replay/load", sessions.Load.as_view(), "replay_load"),
    *at("api/v1/replay/<str:session_id>", sessions.Session.as_view(), "replay_session"),
    *at("api/v1/replay/<str:session_id>/state", sessions.State.as_view(), "replay_state"),
    *at("api/v1/replay/<str:session_id>/chunk", sessions.Chunk.as_view(), "replay_chunk"),
    *at("api/v1/replay/<str:session_id>/seek", sessions.Seek.as_view(), "replay_seek"),
    *at("api/v1/replay/<str:session_id>/stream", replay_stream.Stream.as_view(), "replay_stream"),
    *at("api/v1/replay/<str:session_id>/agent/<path:agent_id>", sessions.Agent.as_view(), "agent"),
    path("", pages.home, name="home"),
    *at("replay", pages.replay, "replay"),
    *at("replay/<str:code>", pages.shared, "shared"),
    *at("embed/<str:code>", embeds.embed, "embed"),
    *at("oembed", oembed.Oembed.as_view(), "oembed"),
    *at("r/<str:code>.json", outside.SharedJSON.as_view(), "shared_json"),
    *at("r/<str:code>.ndjson", outside.SharedLines.as_view(), "shared_lines"),
    *at("r/<str:code>.png", outside.picture, "shared_picture"),
    *at("spectate/<uuid:shard_id>", pages.spectate, "spectate"),
    *at(f"client/{client_wheel.NAME}", client_wheel.download, "client"),
    *at("import", pages.import_page, "import_page"),
    *at("account", pages.account, "account"),
    path("account/tokens", pages.make_token, name="make_token"),
    path("account/tokens/<int:pk>/revoke", pages.revoke_token, name="revoke_token"),
    *at("account/links/<str:code>", link_pages.link, "link"),
    path("account/links/<str:code>/revoke", pages.revoke_link, name="revoke_link"),
]
