"""Verify a shard over HTTP: at once where it is short, else when its turn has come."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from replays.api.parameters import shard_key
from replays.api.schema import in_path, or_null, problems, record, text, whole
from replays.api.shares import require_user
from replays.limits import spend
from replays.models import ReplayShard
from replays.policy import can
from replays.verify import keep_verdict
from replays.verify import verify as verify_shard

MOST_AT_ONCE = 2_000
"""Ticks that are simulated while the client waits: two or three seconds."""

VERDICT = record(
    {
        "state": text(enum=["verified", "differs", "damaged", "not verifiable"]),
        "sentence": text(),
        "first_tick": or_null(whole(0)),
        "last_tick": or_null(whole(0)),
        "path": or_null(text()),
        "chain": text(),
        "verified_at": whole(),
    }
)
WAITING = record({"state": text(enum=["waiting"]), "sentence": text()})


@extend_schema(
    operation_id="verify_shard",
    tags=["recordings"],
    parameters=[in_path("shard_id", text(format="uuid"), "The shard.")],
    request=None,
    responses={200: VERDICT, 202: WAITING, **problems(401, 403, 404, 429)},
)
@api_view(["POST"])
def verify(request: Request, shard_id: str) -> Response:
    """Simulate a shard again and answer the verdict; 202 where that takes longer."""
    require_user(request)
    shard = get_object_or_404(ReplayShard.objects.visible_to(request.user), pk=shard_key(shard_id))
    if not can(request.user, "view", shard):
        raise Http404
    spend("verifications", f"user {request.user.pk}")
    if shard.total_ticks <= MOST_AT_ONCE:
        return Response(keep_verdict(shard, verify_shard(shard)))
    waiting = ReplayShard.objects.filter(pk=shard.pk, verify_asked_at=None)
    waiting.update(verify_asked_at=timezone.now())
    sentence = f"It has {shard.total_ticks} ticks: the verdict will stand in the shard's index."
    return Response({"state": "waiting", "sentence": sentence}, status=202)
