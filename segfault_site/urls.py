"""Every address of the site: each room brings its own."""

from django.contrib import admin
from django.urls import include, path, re_path

from replays.api.errors import not_found

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("", include("replays.urls")),
    path("", include("spectate.urls")),
    path("", include("play.urls")),
    re_path(r"", not_found),
]
