"""The way in for every request and socket."""

import gc
import os

import django
from channels.routing import ProtocolTypeRouter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "segfault_site.settings")
django.setup(set_prefix=False)

from play.routing import websocket_application  # noqa: E402 – models come after the set-up
from replays.api.chunk_route import ChunkRoute  # noqa: E402 – models come after the set-up
from replays.api.ingest_route import IngestRoute  # noqa: E402 – models come after the set-up
from segfault_site.body_cap import BodyCap  # noqa: E402 – models come after the set-up
from segfault_site.kept_threads import KeptThreads  # noqa: E402 – models come after the set-up
from spectate.live_events import LiveEventsRoute  # noqa: E402 – models come after the set-up
from spectate.streams import EventsRoute  # noqa: E402 – models come after the set-up

application = ProtocolTypeRouter(
    {
        "http": ChunkRoute(EventsRoute(LiveEventsRoute(IngestRoute(BodyCap(KeptThreads()))))),
        "websocket": websocket_application,
    }
)

# What was imported stays, and need not be looked through for what is gone; a pushed chunk of two
# megabytes makes hundreds of thousands of objects, none of them in a circle.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
