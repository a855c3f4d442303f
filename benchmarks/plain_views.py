"""The view of the plain way, which is measured beside ours: see plain_site.py."""

from django.db import models
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class Tick(models.Model):
    """A tick as a row of its own, with its snapshot as JSON."""

    shard_id = models.CharField(max_length=36)
    tick = models.IntegerField()
    snapshot = models.JSONField()

    class Meta:
        app_label = "plain"
        managed = False
        db_table = "replay_ticks"

    def __str__(self) -> str:
        return f"tick {self.tick}"


class TickSerializer(serializers.ModelSerializer):
    class Meta:
        model = Tick
        fields = ["tick", "snapshot"]


class Replay(APIView):
    def get(self, request: Request, shard_id: str) -> Response:
        start = int(request.query_params.get("start_tick", 0))
        limit = int(request.query_params.get("limit", 100))
        rows = Tick.objects.filter(shard_id=shard_id, tick__gte=start).order_by("tick")
        found = list(rows[: limit + 1])
        ticks = TickSerializer(found[:limit], many=True).data
        return Response({"shard_id": shard_id, "ticks": ticks, "has_more": len(found) > limit})


urlpatterns = [path("replays/<str:shard_id>", Replay.as_view())]
