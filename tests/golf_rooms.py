"""What tests of Golf's rooms share: a host that steps at once, and people who play by commands."""

import json
from random import Random
from typing import Any

from django.test import Client

from games import get_game
from games.game import participant
from play import rooms
from play.host import Host
from play.models import Room

GAME = get_game("golf")
SHORT = {"num_rounds": 1}


def settle(host: Host) -> None:
    """Let a host do all that is to be done before it waits for people."""
    host.keep()
    for _ in range(500):
        host.listened_at = 0.0
        host.turn()
        if all(table.due == float("inf") for table in host.tables.values()):
            return
    raise AssertionError("the tables never come to rest")


class Person:
    """A client of the rooms' API."""

    def __init__(self, user: Any, **headers: str) -> None:
        self.user = user
        self.client = Client(headers=headers)
        if not headers:
            self.client.force_login(user)

    def post(self, address: str, **body: Any) -> Any:
        return self.client.post(
            f"/golf/rooms{address}", json.dumps(body), content_type="application/json"
        )

    def done(self, address: str, **body: Any) -> Any:
        answer = self.post(address, **body)
        assert answer.status_code in (200, 201), answer.content
        return answer.json()

    def get(self, address: str) -> Any:
        return self.client.get(f"/golf/rooms{address}")

    def seat(self, room: Room) -> str:
        return str(rooms.seat_of(self.user, room).pk)


def opened(person: Person, *others: Person, computers: int = 0, **options: Any) -> Room:
    """Return a room in which these people and so many computer players sit."""
    code = person.done("", options=SHORT | options)["code"]
    for other in others:
        other.done(f"/{code}/join")
    for _ in range(computers):
        person.done(f"/{code}/computer", profile="steady")
    return Room.objects.get(code=code)


def moves(room: Room, person: Person) -> list[tuple[str, Any]]:
    """Return what a person may do now, as their view of the table tells."""
    room.shard.refresh_from_db()
    snapshot = rooms.newest_snapshot(room.shard)
    view = GAME.view(snapshot, participant(person.seat(room)))
    return [(name, arg) for name, arg in view["moves"] if name != "CANCEL"]


def play_on(host: Host, room: Room, people: list[Person], most: int = 400) -> int:
    """Let people make any possible move until nobody can, or so many; return how many."""
    chance = Random(7)
    for count in range(most):
        able = [(person, possible) for person in people if (possible := moves(room, person))]
        if not able:
            return count
        person, possible = able[0]
        name, arg = chance.choice(possible)
        person.done(f"/{room.code}/cmd", cmd=name, arg=arg)
        settle(host)
    return most
