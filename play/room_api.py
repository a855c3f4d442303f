"""Rooms of Golf over HTTP: open one, look at it, sit down, agree, begin, play, leave."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse
from rest_framework.request import Request
from rest_framework.views import APIView

from play import room_schema as schema
from play import rooms
from play.models import Room
from play.process import answer
from replays.api.errors import Problem
from replays.api.parameters import refused
from replays.api.shares import require_user
from replays.limits import address, spend
from replays.models import MOST_DELAY_SECONDS

Verb = Callable[..., HttpResponse]
MOST_ROOMS = 50


# At the door


class RoomView(APIView):
    """Rooms are for who is signed in, by a session or a token of scope play."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        require_user(request)
        if request.method == "POST":
            spend("table_commands", f"user {request.user.pk}")


def in_words(verb: Verb) -> Verb:
    """Answer what a room refuses: 404 without a word of it, 403, or 409 with the reason."""

    @wraps(verb)
    def answered(view: RoomView, request: Request, **names: str) -> HttpResponse:
        try:
            return verb(view, request, **names)
        except rooms.NotHere:
            spend("room_misses", address(request))
            raise Http404 from None
        except rooms.NotYours as fault:
            raise Problem(403, str(fault)) from None
        except rooms.Conflict as fault:
            raise Problem(409, str(fault)) from None

    return answered


def fields(request: Request, *known: str) -> dict[str, Any]:
    """Return the fields of a JSON body, or raise Problem; no body is an empty one."""
    body = request.data
    if not isinstance(body, dict):
        raise refused("The body must be a JSON object.", pointer="")
    for name in body:
        if name not in known:
            raise refused(f"There is no field {name[:40]!r} here.", pointer="")
    return body


def terms(body: dict[str, Any]) -> dict[str, Any]:
    """Return the terms of a room that a body states; those that are null are not stated."""
    stated = {name: value for name, value in body.items() if value is not None}
    delay = stated.get("delay_seconds", 0)
    if type(delay) is not int or not 0 <= delay <= MOST_DELAY_SECONDS:
        sentence = f"delay_seconds must be a whole number from 0 to {MOST_DELAY_SECONDS}."
        bounds = {"min": 0, "max": MOST_DELAY_SECONDS}
        raise refused(sentence, pointer="/delay_seconds", valid_range=bounds)
    if type(stated.get("open_to_spectators", True)) is not bool:
        raise refused("open_to_spectators must be true or false.", pointer="/open_to_spectators")
    return stated


def told(request: Request, room: Room) -> HttpResponse:
    return answer(rooms.told(room, request.user))


TERMS = ("options", "delay_seconds", "open_to_spectators")


# Rooms


class Rooms(RoomView):
    """The rooms of whoever asks."""

    @schema.own
    @in_words
    def get(self, request: Request) -> HttpResponse:
        """List the live rooms in which you sit"""
        spend("reads", address(request))
        mine = Room.objects.seating(request.user).select_related("shard", "maker")
        found = mine.order_by("-created_at")[:MOST_ROOMS]
        return answer({"rooms": [rooms.told(room, request.user) for room in found]})

    @schema.opened
    @in_words
    def post(self, request: Request) -> HttpResponse:
        """Open a room and sit down in it"""
        stated = terms(fields(request, *TERMS))
        spend("rooms", f"user {request.user.pk}")
        room = rooms.open_room(request.user, **stated)
        named = {"code": room.code, "shard_id": str(room.shard_id), "url": f"/golf/{room.code}"}
        return answer(named, 201)


class OneRoom(RoomView):
    @schema.room
    @in_words
    def get(self, request: Request, room: str) -> HttpResponse:
        """Read a room: before the game with its code, later if you sit there or have played"""
        spend("reads", address(request))
        return told(request, rooms.room_for(request.user, room))


class Join(RoomView):
    @schema.changed
    @in_words
    def post(self, request: Request, room: str) -> HttpResponse:
        """Take a seat"""
        fields(request)
        return told(request, rooms.join(request.user, room))


class Leave(RoomView):
    @schema.left
    @in_words
    def post(self, request: Request, room: str) -> HttpResponse:
        """Leave the table; or, as its maker before the game, take another seat away"""
        stated = fields(request, "seat")
        if stated.get("seat") is not None:
            return told(request, rooms.send_away(request.user, room, stated["seat"]))
        rooms.leave(request.user, room)
        return HttpResponse(status=204)


class Start(RoomView):
    @schema.changed
    @in_words
    def post(self, request: Request, room: str) -> HttpResponse:
        """Begin the game with the seats that are taken"""
        fields(request)
        return told(request, rooms.start(request.user, room))


class Again(RoomView):
    @schema.changed
    @in_words
    def post(self, request: Request, room: str) -> HttpResponse:
        """Sit down at the table that follows a game; the first who asks opens it"""
        fields(request)
        spend("rooms", f"user {request.user.pk}")
        return told(request, rooms.again(request.user, room))


class Computer(RoomView):
    @schema.computer
    @in_words
    def post(self, request: Request, room: str) -> HttpResponse:
        """Give a seat to a computer player, or another manner to one who has a seat"""
        stated = fields(request, "profile", "seat")
        profile, seat = stated.get("profile"), stated.get("seat")
        return told(request, rooms.add_computer(request.user, room, profile, seat))


class Settings(RoomView):
    @schema.settings
    @in_words
    def post(self, request: Request, room: str) -> HttpResponse:
        """Change the options before the game, and who may watch at any time"""
        stated = terms(fields(request, *TERMS))
        return told(request, rooms.settle(request.user, room, **stated))


class Cmd(RoomView):
    @schema.cmd
    @in_words
    def post(self, request: Request, room: str) -> HttpResponse:
        """Ask for something at the table, for those who keep no socket open"""
        stated = fields(request, "cmd", "arg")
        rooms.ask(request.user, room, stated.get("cmd"), stated.get("arg"))
        return answer({"type": "ok"})
