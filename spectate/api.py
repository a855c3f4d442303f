"""The chat over HTTP: read in step with the ticks, deleted from the page, a name for a guest."""

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework.decorators import api_view
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from replays import format
from replays.api.answers import reading_of, send
from replays.api.encodings import encode
from replays.api.parameters import LARGEST, shard_key, whole_number
from replays.api.shards import ReadingView, encoding
from replays.api.shares import require_user
from replays.limits import address, spend
from replays.models import ReplayShard
from spectate import chat, news, schema
from spectate.chats import LOBBY
from spectate.models import ChatLine

MOST_LINES = 500


class Chat(ReadingView):
    """What was said of a shard, a range of ticks at a time."""

    limit = "chat_reads"

    @schema.chat
    def get(self, request: Request, **named: str) -> HttpResponse:
        """Read the chat of a range of ticks"""
        first = whole_number(request, "start_tick", 0, 0, LARGEST)
        last = whole_number(request, "end_tick", LARGEST, 0, LARGEST)
        after = whole_number(request, "after", 0, 0, LARGEST)
        asked = reading_of(request, **named)
        until = asked.shard.seen_until
        lines = asked.shard.chat.within(first, last if until is None else min(last, until))
        if after:
            line = get_object_or_404(asked.shard.chat, pk=after)
            lines = lines.filter(Q(tick__gt=line.tick) | Q(tick=line.tick, pk__gt=line.pk))
        found = list(lines[: MOST_LINES + 1])
        body = {
            "shard_id": asked.shown_id,
            "lines": [chat.told(line) for line in found[:MOST_LINES]],
            "has_more": len(found) > MOST_LINES,
            "may_delete": not asked.through_link and chat.may_delete(request.user, asked.shard),
        }
        encoded = encode(format.write_json(body), encoding(request))
        return send(request, encoded, "private, no-cache")


@schema.delete_line
@api_view(["DELETE"])
def line(request: Request, shard_id: str, line: str) -> Response:
    """Delete a line of the chat"""
    require_user(request)
    shards = ReplayShard.objects.visible_to(request.user)
    shard = get_object_or_404(shards, pk=shard_key(shard_id))
    if not line.isascii() or not line.isdigit() or len(line) > 15:
        raise Http404
    found = get_object_or_404(ChatLine.objects.shown(), shard=shard, pk=int(line))
    if not chat.may_delete(request.user, shard):
        raise PermissionDenied
    chat.delete(found, request.user)
    news.pass_on([LOBBY])
    return Response(status=204)


@schema.guest
@api_view(["POST"])
def guest(request: Request) -> Response:
    """Give a guest a name that lasts as long as the session of the browser"""
    key = request.session.get(chat.GUEST)
    if key is None:
        spend("guests", address(request))
        key = request.session[chat.GUEST] = chat.new_guest()
    return Response({"name": chat.guest(key, kept=True).name})
