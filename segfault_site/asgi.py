"""The way in for every request and socket."""

import os
import warnings

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "segfault_site.settings")
django_application = get_asgi_application()

from play.routing import websocket_application  # noqa: E402 – models come after the set-up
from replays.api.chunk_route import ChunkRoute  # noqa: E402 – models come after the set-up
from replays.api.ingest_route import IngestRoute  # noqa: E402 – models come after the set-up
from segfault_site.body_cap import BodyCap  # noqa: E402 – models come after the set-up
from spectate.streams import EventsRoute  # noqa: E402 – models come after the set-up

# WhiteNoise hands its files over as plain iterators; they are small, and Django reads them whole.
warnings.filterwarnings("ignore", "StreamingHttpResponse must consume synchronous iterators")

application = ProtocolTypeRouter(
    {
        "http": ChunkRoute(EventsRoute(IngestRoute(BodyCap(django_application)))),
        "websocket": websocket_application,
    }
)
