"""The addresses of the push server, each also with a token before it."""

from django.urls import URLPattern

from replays.api.ingest_doors import PLACES, TOKEN
from replays.api.ingest_views import view_of
from replays.urls import at

urlpatterns: list[URLPattern] = []
for place in PLACES:
    urlpatterns += at(place.address, view_of(place), place.name)
    with_token = view_of(place, with_token=True)
    urlpatterns += at(TOKEN + place.address, with_token, f"{place.name}_with_token")
