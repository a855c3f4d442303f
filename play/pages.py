"""The pages of players: what an agent reads to play, and what a user has played."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from games.game import Refused
from play import call_signs, golf_words, rooms
from play.models import LiveShard, Room, Seat
from replays.api.keys import let_viewer_read
from replays.limits import address, spend
from replays.models import ReplayShard

MOST_GAMES = 200
MOST_LIVE = 5
MOST_TABLES = 20
MOST_CODE = 12
AGENT = settings.BASE_DIR / "docs" / "agent.py"


@require_safe
def terminal(request: HttpRequest) -> HttpResponse:
    """Show the page on which a person plays."""
    user = request.user
    shown = ReplayShard.objects.listed_for(user).live().recorded()
    context = {
        "setup": {"tick_seconds": settings.SEGFAULT_TICK_SECONDS},
        "sign": call_signs.call_sign_of(user) or call_signs.of_session(request),
        "login_url": f"{settings.LOGIN_URL}?{urlencode({'next': request.path})}",
        "live": shown.filter(live_shard__in=LiveShard.objects.stepped()).newest()[:MOST_LIVE],
    }
    response = render(request, "process.html", context)
    if user.is_authenticated:
        get_token(request)
    return let_viewer_read(response)


@never_cache
@require_safe
def golf(request: HttpRequest) -> HttpResponse:
    """Show where tables are opened and found; a code leads to its table, or is said to be none."""
    code = request.GET.get("code", "").strip().upper()[:MOST_CODE]
    if code and request.user.is_authenticated and is_there(request, code):
        return redirect("golf_table", room=code)
    context: dict[str, Any] = {
        "missing": code if request.user.is_authenticated else "",
        "login_url": f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}",
    } | golf_words.TERMS
    if request.user.is_authenticated:
        context["tables"] = Room.objects.seating(request.user).order_by("-created_at")[:MOST_TABLES]
        offered = Room.objects.offered_to(request.user).select_related("before", "maker")
        context["offered"] = offered.order_by("-created_at")[:MOST_TABLES]
        get_token(request)
    return render(request, "golf/lobby.html", context)


@never_cache
@login_required
@require_safe
def table(request: HttpRequest, room: str) -> HttpResponse:
    """Show the table of a room, to whoever may see the room."""
    if not is_there(request, room):
        raise Http404
    code = room.upper()
    context = {"code": code, "setup": {"code": code}, "manners": golf_words.MANNERS.items()}
    response = render(request, "golf/table.html", context | golf_words.TERMS)
    get_token(request)
    return response


def is_there(request: HttpRequest, code: str) -> bool:
    """Tell whether there is a room of that code for this user; who tries many codes is held up."""
    try:
        rooms.room_for(request.user, code)
    except rooms.NotHere:
        spend("room_misses", address(request))
        return False
    return True


@require_safe
def skill(request: HttpRequest) -> HttpResponse:
    """Tell an agent all that it needs to play here, with the addresses of this very site."""
    context = {
        "site": settings.SITE_URL or request.build_absolute_uri("/").rstrip("/"),
        "agent": AGENT.read_text(),
        "key": bool(settings.SEGFAULT_API_KEY),
    }
    text = render_to_string("play/skill.md", context)
    return HttpResponse(text, content_type="text/markdown; charset=utf-8")


@never_cache
@login_required
def history(request: HttpRequest, wanted: str = "", refused: str = "") -> HttpResponse:
    """Show a user's own games that have ended, and their call sign."""
    ended = Seat.objects.filter(user=request.user.pk, shard__ended_at__isnull=False)
    seats = ended.filter(shard__room=None)
    context = {
        "sign": call_signs.call_sign_of(request.user),
        "seats": seats.select_related("shard").order_by("-joined_at")[:MOST_GAMES],
        "tables": rooms.history_of(request.user, MOST_GAMES),
        "wanted": wanted,
        "refused": refused,
    }
    return render(request, "play/history.html", context, status=400 if refused else 200)


@login_required
def choose_call_sign(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("/account/history")
    spend("call_signs", f"user {request.user.pk}")
    wanted = request.POST.get("name", "").strip()
    try:
        sign = call_signs.choose(request.user, wanted)
    except Refused as refusal:
        return history(request, wanted[:40], str(refusal))
    messages.success(request, f"You play as {sign.name} from now on.")
    return redirect("/account/history")
