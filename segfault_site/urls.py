"""Every address of the site: each room brings its own."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from replays.api.errors import not_found
from replays.urls import at
from segfault_site import api_docs, docs_pages, health, metrics

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = "Segfault moderation"
admin.site.index_title = "What is kept"
admin.site.enable_nav_sidebar = False

handler400 = "segfault_site.handlers.bad_request"
handler403 = "segfault_site.handlers.forbidden"
handler404 = "segfault_site.handlers.missing"
handler429 = "segfault_site.handlers.too_many"
handler500 = "segfault_site.handlers.fault"

# There are no e-mail addresses here: what allauth does with them is not there.
E_MAIL = r"^accounts/(?:email|confirm-email|password/(?:reset|set)|login/code)(?:/|$)"

urlpatterns = [
    path("admin", RedirectView.as_view(url="/admin/")),
    path("admin/", admin.site.urls),
    *at("healthz", health.alive, "alive"),
    *at("readyz", health.ready, "ready"),
    *at("metrics", metrics.metrics, "metrics"),
    *at("api/schema", api_docs.schema, "schema"),
    *at("api/docs", api_docs.docs, "api_docs"),
    *at("docs", docs_pages.contents, "docs"),
    *at("docs/<slug:slug>", docs_pages.page, "doc"),
    re_path(E_MAIL, not_found),
    path("accounts/", include("allauth.urls")),
    path("", include("replays.urls")),
    path("", include("replays.ingest_urls")),
    path("", include("spectate.urls")),
    path("", include("play.urls")),
    re_path(r"", not_found),
]
