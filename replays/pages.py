"""The pages around the viewer: what is on, the gallery, a shard, an account."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from games import all_games, get_game
from replays import listing, policy, reading, sharing, tokens
from replays.api.keys import let_viewer_read
from replays.api.parameters import shard_key
from replays.models import AccessToken, ReplayShard, ShareCode
from replays.policy import can

A_PAGE = 24
A_SHELF = 6
LATELY = 1_000
"""Among so many newest recordings the most eventful are sought: all are read at each visit."""
MOST_TOKENS = 50
FOR_ANY_GAME = {"index", "generic"}
RENDERERS = sorted(
    {file.stem for file in (settings.BASE_DIR / "static/viewer/renderers").glob("*.js")}
    - FOR_ANY_GAME
)
"""The games for which the viewer has a board of their own."""


# What is on


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    shown = ReplayShard.objects.listed_for(request.user).recorded().select_related("owner")
    events = F("total_kills") + F("total_survivals") + F("total_ghosts")
    ended = shown.ended()
    lately = ended.filter(pk__in=ended.newest().values("pk")[:LATELY])
    context = {
        "live": shown.live().newest()[:A_SHELF],
        "newest": ended.newest()[:A_SHELF],
        "site_url": absolute(request, "/").rstrip("/"),
        "client_url": absolute(request, reverse("client")),
        "eventful": lately.alias(events=events).filter(events__gt=0).order_by("-events")[:A_SHELF],
    }
    return render(request, "pages/home.html", context)


def gallery(request: HttpRequest) -> HttpResponse:
    """Show the shards that stand in the gallery: searched, filtered, a page at a time."""
    words = request.GET.get("q", "").strip()[:100]
    game = request.GET.get("game", "").replace("\0", "")[:32]
    live = request.GET.get("live", "")
    state = {"1": True, "0": False}.get(live)
    shards = listing.filtered(request.user, game=game, live=state, words=words).recorded()
    page = Paginator(shards.select_related("owner"), A_PAGE).get_page(request.GET.get("page"))
    asked = {"q": words, "game": game, "live": live}
    context = {
        "page": page,
        **asked,
        "games": games_to_choose(game),
        "filtered": any(asked.values()),
        "query": urlencode({name: value for name, value in asked.items() if value}),
    }
    return render(request, "pages/gallery.html", context)


def games_to_choose(chosen: str) -> list[tuple[str, str]]:
    """Return slug and title of the games with rules here, and of the chosen one."""
    slugs = [*all_games(), *({chosen} - {"", *all_games()})]
    return [(slug, get_game(slug).title or slug) for slug in slugs]


@never_cache
@require_safe
def import_page(request: HttpRequest) -> HttpResponse:
    """Show where a recording is brought in as a file."""
    context = {"login_url": f"{settings.LOGIN_URL}?{urlencode({'next': request.path})}"}
    if request.user.is_authenticated:
        get_token(request)
    return render(request, "pages/import.html", context)


# The viewer


@require_safe
def replay(request: HttpRequest) -> HttpResponse:
    """Show a shard by its id, from a tick on; without one, there is the gallery."""
    asked = request.GET.get("shard", "")
    if not asked:
        return redirect("/replays")
    shard = visible_shard(request, asked)
    tick = whole_number(request.GET.get("tick", ""))
    return viewer(request, shard, {"tick": tick}, at_live_edge=False)


@require_safe
def spectate(request: HttpRequest, shard_id: UUID) -> HttpResponse:
    """Show a shard at its live edge."""
    shard = visible_shard(request, str(shard_id))
    return viewer(request, shard, {}, at_live_edge=not shard.ended)


@require_safe
def shared(request: HttpRequest, code: str) -> HttpResponse:
    """Show what a link opens."""
    link = sharing.open_share(code, request)
    asked = whole_number(request.GET.get("tick", ""))
    tick = link.tick if asked is None else asked
    moment = {"tick": tick, "end_tick": link.end_tick}
    return viewer(request, link.shard, moment, at_live_edge=False, link=link)


def viewer(
    request: HttpRequest,
    shard: ReplayShard,
    moment: dict[str, int | None],
    *,
    at_live_edge: bool,
    link: ShareCode | None = None,
) -> HttpResponse:
    """Answer with the viewer's page: what to fetch where, and what a chat shows of the address."""
    late = policy.is_late(None if link else request.user, shard)
    shard = reading.held_back(shard, late=late)
    setup = setup_of(shard, link) | {
        **moment,
        "at_live_edge": at_live_edge,
        "can_share": link is None and can(request.user, "share", shard),
        "signed_in": request.user.is_authenticated,
        "login_url": f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}",
    }
    address = link.get_absolute_url() if link else shard.get_absolute_url()
    context = {
        "setup": setup,
        "shard": shard,
        "share": link,
        "preview_title": title_of(shard, link),
        "preview_text": (link and link.description) or sentence_about(shard),
        "preview_url": absolute(request, address),
        "preview_image": absolute(request, f"{setup['base']}/picture.png{at(moment.get('tick'))}"),
        "listed": shard.visibility == "public" and not shard.hidden,
        "oembed": link and oembed_address(request, link),
    }
    response = render(request, "viewer.html", context)
    if request.user.is_authenticated:
        get_token(request)
    return let_viewer_read(response)


def setup_of(shard: ReplayShard, link: ShareCode | None = None) -> dict[str, Any]:
    """Return what the viewer is told of a recording, whoever asks."""
    return {
        "base": link.get_absolute_url() if link else f"/replays/{shard.pk}",
        "shard_id": None if link else str(shard.pk),
        "game": shard.game,
        "game_title": shard.rules.title,
        "world": shard.world,
        "hints": shard.hints,
        "title": (link.title if link else "") or shard.title,
        "tick": link and link.tick,
        "end_tick": link and link.end_tick,
        "at_live_edge": False,
        "can_share": False,
        "signed_in": False,
        "share": link and share_entry(link),
        "renderers": RENDERERS,
        "login_url": "",
    }


def title_of(shard: ReplayShard, link: ShareCode | None = None) -> str:
    return (link.title if link else "") or str(shard)


def visible_shard(request: HttpRequest, asked: str) -> ReplayShard:
    return get_object_or_404(ReplayShard.objects.visible_to(request.user), pk=shard_key(asked))


def whole_number(text: str) -> int | None:
    """Return a viewer parameter as a number; a bad one is ignored."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def at(tick: int | None) -> str:
    return "" if tick is None else f"?tick={tick}"


def share_entry(link: ShareCode) -> dict[str, Any]:
    ends = link.expires_at and int(link.expires_at.timestamp())
    return {"code": link.code, "title": link.title, "expires_at": ends}


def sentence_about(shard: ReplayShard) -> str:
    game = shard.rules.title or shard.game
    state = "a recording of" if shard.ended else "live now, at"
    counts = f"{shard.total_ticks:,} ticks"
    if shard.total_processes:
        counts += f" with {shard.who_took_part}"
    if shard.total_kills:
        counts += f", {shard.total_kills:,} killed"
    return f"{game}: {state} {counts}. Watch it tick by tick."


def oembed_address(request: HttpRequest, link: ShareCode) -> str:
    """Return where it is told how the page of a link is put into another page."""
    shown = absolute(request, link.get_absolute_url())
    return absolute(request, f"/oembed?{urlencode({'url': shown, 'format': 'json'})}")


def absolute(request: HttpRequest, path: str) -> str:
    return settings.SITE_URL + path if settings.SITE_URL else request.build_absolute_uri(path)


# An account


@never_cache
@login_required
def account(request: HttpRequest, new_token: str = "", refused: str = "") -> HttpResponse:
    """Show links, shards and tokens of whoever is signed in; a new token this once."""
    user: Any = request.user
    context = {
        "links": user.shares.filter(revoked_at=None).select_related("shard")[:200],
        "shards": ReplayShard.objects.filter(owner=user).newest()[:200],
        "tokens": user.access_tokens.filter(revoked_at=None),
        "scopes": AccessToken.Scope.choices,
        "new_token": new_token,
        "refused": refused,
    }
    return render(request, "pages/account.html", context, status=400 if refused else 200)


@login_required
def make_token(request: HttpRequest) -> HttpResponse:
    """Make a token and show it, on this answer alone; who asks again is led to the account."""
    if request.method != "POST":
        return redirect("/account#tokens")
    name, scope = request.POST.get("name", "").strip(), request.POST.get("scope", "")
    if scope not in AccessToken.Scope.values:
        return account(request, refused="Choose what the token is for.")
    if not 1 <= len(name) <= 60 or not name.isprintable():
        return account(request, refused="A token needs a name of at most 60 characters.")
    if AccessToken.objects.filter(user=request.user.pk, revoked_at=None).count() >= MOST_TOKENS:
        return account(request, refused=f"{MOST_TOKENS} tokens are enough: revoke one first.")
    return account(request, new_token=tokens.make_token(request.user, scope, name))


@require_POST
@login_required
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    tokens.revoke(get_object_or_404(AccessToken, pk=pk, user=request.user, revoked_at=None))
    return redirect("/account#tokens")


@require_POST
@login_required
def revoke_link(request: HttpRequest, code: str) -> HttpResponse:
    sharing.revoke(get_object_or_404(ShareCode, pk=code, created_by=request.user, revoked_at=None))
    return redirect("/account#links")
