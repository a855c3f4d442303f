"""Share links and reports over HTTP (seed 003): make, look at, revoke; report a shard."""

from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from rest_framework.decorators import api_view, parser_classes
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.response import Response

from replays import policy, reading, sharing, watching
from replays.api import share_schema
from replays.api.answers import Reading, send
from replays.api.bodies import StrictJSONParser
from replays.api.errors import Problem
from replays.api.frames import answer, page_asked
from replays.api.parameters import refused, shard_key
from replays.api.rows import shard_row
from replays.api.shards import encoding
from replays.limits import address, spend
from replays.models import AccessToken, ReplayShard, Report, ShareCode
from replays.policy import can

MAX_TITLE = 100
MAX_DESCRIPTION = 2000
MAX_DAYS = 365
MAX_REASON = 1000
NUMBERS = ("expires_days", "tick", "end_tick")


@share_schema.share
@api_view(["POST"])
@parser_classes([StrictJSONParser, FormParser])
def share(request: Request, shard_id: str) -> Response:
    """Make a link to a shard; title and expires_days may also come as a form or in the query."""
    require_user(request)
    shard = get_object_or_404(ReplayShard.objects.visible_to(request.user), pk=shard_key(shard_id))
    if not can(request.user, "share", shard):
        raise PermissionDenied
    wanted = asked_for(request)
    terms: dict[str, Any] = {
        "title": text(wanted, "title", MAX_TITLE),
        "description": text(wanted, "description", MAX_DESCRIPTION),
        "expires_days": number(wanted, "expires_days", 1, MAX_DAYS),
        **range_within(shard, wanted),
    }
    spend("shares", f"user {request.user.pk}")
    made = sharing.make_share(shard, request.user, **terms)
    answer = {"share_code": made.code, "share_url": made.get_absolute_url()}
    return Response(answer | {"expires_days": terms["expires_days"]}, status=201)


@share_schema.shared
@share_schema.revoke
@api_view(["GET", "HEAD", "DELETE"])
def shared(request: Request, code: str) -> HttpResponse:
    """Tell what a link opens, or revoke it."""
    if request.method == "DELETE":
        return revoke(request, code)
    return read_link(request, code)


def read_link(request: Request, code: str) -> HttpResponse:
    """Answer with what a link tells and opens; that it is told counts as no view."""
    spend("reads", address(request))
    start, limit = page_asked(request)
    link = sharing.open_share(code, request)
    shown = reading.held_back(link.shard, late=policy.is_late(None, link.shard))
    asked = Reading(shown, through_link=True)
    around = {
        "title": link.title,
        "description": link.description,
        "view_count": watching.views_of(link),
        "tick": link.tick,
        "end_tick": link.end_tick,
        "expires_at": link.expires_at and int(link.expires_at.timestamp()),
        "replay": through_link(link, shown),
    }
    where = f"/api/replay/shared/{link.code}"
    body = answer(asked, asked.perspective, where, start, limit, encoding(request), around)
    return send(request, body, asked.cache_control())


def revoke(request: Request, code: str) -> Response:
    require_user(request)
    link = ShareCode.objects.filter(code=code, revoked_at=None).first()
    if link is None or not can(request.user, "revoke", link):
        sharing.open_share(code, request)
        raise PermissionDenied
    sharing.revoke(link)
    return Response(status=204)


@share_schema.report
@api_view(["POST"])
def report(request: Request, shard_id: str = "", code: str = "") -> Response:
    """Take somebody's word that a shard should be looked at, from its own address or a link's."""
    shard = sharing.open_share(code, request).shard if code else reportable(request, shard_id)
    reason = text(asked_for(request), "reason", MAX_REASON)
    if not reason:
        raise refused("reason: say in a few words what is wrong.", pointer="/reason")
    spend("reports", address(request))
    reporter = request.user if request.user.is_authenticated else None
    Report.objects.create(shard=shard, reporter=reporter, reason=reason)
    return Response({"detail": "Thank you. A moderator will look at it."}, status=201)


def reportable(request: Request, shard_id: str) -> ReplayShard:
    shard = get_object_or_404(ReplayShard.objects.visible_to(request.user), pk=shard_key(shard_id))
    if not can(request.user, "report", shard):
        raise Http404
    return shard


def through_link(link: ShareCode, shown: ReplayShard) -> dict[str, Any]:
    """Return the shard's row as it is shown now, and its addresses, as they stand behind a link."""
    base = link.get_absolute_url()
    addresses = {"index_url": f"{base}/index", "ticks_url": f"{base}/ticks"}
    public = link.shard.visibility == "public"
    row = shard_row(shown) | {"shard_id": str(link.shard.pk) if public else None}
    return row | addresses | {"live_url": f"{base}/live", "page_url": base}


# At the door


def require_user(request: Request) -> None:
    """Let in who is signed in, with a session or a token that may do more than read."""
    if not request.user.is_authenticated:
        raise NotAuthenticated
    if isinstance(request.auth, AccessToken) and request.auth.scope != AccessToken.Scope.PLAY:
        raise Problem(403, "This token is for something else: it takes one with the scope play.")


def asked_for(request: Request) -> dict[str, Any]:
    """Return the fields of a request: those of the query, and of a JSON object or a form."""
    body = request.data
    if not isinstance(body, dict):
        raise refused("The body must be a JSON object.", pointer="")
    if isinstance(body, QueryDict):
        return from_texts(request.query_params) | from_texts(body)
    return from_texts(request.query_params) | body


def from_texts(fields: QueryDict) -> dict[str, Any]:
    return {name: from_text(name, str(value)) for name, value in fields.items()}


def from_text(field: str, value: str) -> int | str | None:
    """Return what a field of a form means: an empty one is left out, a number is a number."""
    if field not in NUMBERS:
        return value
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else value or None


def text(wanted: dict[str, Any], field: str, longest: int) -> str:
    value = wanted.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise refused(f"{field} must be text.", pointer=f"/{field}")
    if len(value) > longest:
        raise refused(f"{field} may have at most {longest} characters.", pointer=f"/{field}")
    if "\0" in value:
        raise refused(f"{field} may not hold U+0000.", pointer=f"/{field}")
    return value.strip()


def number(wanted: dict[str, Any], field: str, least: int, most: int) -> int | None:
    value = wanted.get(field)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        sentence = f"{field} must be a whole number from {least} to {most}."
        raise refused(sentence, pointer=f"/{field}", valid_range={"min": least, "max": most})
    return value


def range_within(shard: ReplayShard, wanted: dict[str, Any]) -> dict[str, int | None]:
    """Return the first and last tick of a link, which must lie within the shard, in order."""
    if shard.first_tick is None or shard.last_tick is None:
        if wanted.get("tick") is None and wanted.get("end_tick") is None:
            return {}
        raise refused("tick: this shard has no ticks yet.", pointer="/tick")
    tick = number(wanted, "tick", shard.first_tick, shard.last_tick)
    least = shard.first_tick if tick is None else tick
    return {"tick": tick, "end_tick": number(wanted, "end_tick", least, shard.last_tick)}
