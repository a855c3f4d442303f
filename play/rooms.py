"""A room of Golf: opened under a code, agreed on, begun, played by commands, left."""

import re
import secrets
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from random import Random
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models.functions import Greatest
from django.utils import timezone

from games import get_game
from games.game import Command, Refused, Snapshot
from games.golf import play as golf
from games.golf.events import MOST_PLAYERS
from play.models import LiveShard, PendingCommand, Room, Seat
from replays import format, reading, recording
from replays.models import Participant, ReplayShard
from spectate import watching

GAME = get_game("golf")
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"
"""A code is spoken and typed: no I, L or O."""
CODE_LETTERS = 5
TRIES = 20
MOST_NAME = 40
MOST_TITLE = 100
OPTIONS = ("seats", "num_decks", "num_rounds", "rules")
NAMES = (
    "River", "Sage", "Robin", "Juniper", "Quinn", "Rowan", "Marlow", "Wren", "Hollis", "Briar",
    "Linden", "Ellis",
)  # fmt: skip
PLACE = re.compile(r"Event \d+( \(\w+\))?: ")


class NotHere(Exception):
    """There is no such room for whoever asks."""


class NotYours(Refused):
    """The room may be seen, but this is for its maker to do."""


class Conflict(Refused):
    """What was asked does not fit what is: the table is full, the game has begun, the rules."""


# Finding


def room_for(user: Any, code: str) -> Room:
    """Return a room for whoever sits there or has played; before the game for all with its code."""
    room = Room.objects.of(code)
    if room is None or not (room.waiting or has_played(user, room)):
        raise NotHere
    return room


def has_played(user: Any, room: Room) -> bool:
    return Participant.objects.filter(shard=room.shard_id, user=user.pk).exists()


def seat_of(user: Any, room: Room) -> Seat | None:
    """Return the seat of a user, the last one they had if they have left."""
    seats = Seat.objects.select_related("shard").filter(shard=room.shard_id, user=user.pk)
    return seats.order_by("joined_at").last()


def present_seat(user: Any, room: Room) -> Seat | None:
    return room.seats.select_related("shard").filter(user=user.pk).first()


def history_of(user: Any, most: int) -> list[tuple[ReplayShard, str]]:
    """Return the games of a user that have ended, newest first, each with how it went in words."""
    ended = ReplayShard.objects.played_by(user).ended().recorded().filter(hidden_at=None)
    shards = list(ended.newest()[:most])
    mine: dict[UUID, set[str]] = {shard.pk: set() for shard in shards}
    seats = Seat.objects.filter(shard__in=shards, user=user.pk)
    for shard_id, seat_id in seats.values_list("shard", "pk"):
        mine[shard_id].add(str(seat_id))
    return [(shard, outcome(shard, mine[shard.pk])) for shard in shards]


def outcome(shard: ReplayShard, mine: set[str]) -> str:
    """Return in a word or two how a game went for who had the seats `mine`."""
    try:
        snapshot = format.read_line(reading.last_line(shard))["snapshot"]
    except reading.Damaged:
        return "damaged"
    if snapshot["phase"] != "game_over":
        return "not finished"
    winner = snapshot["event"]["data"]["winner_id"]
    if winner in mine:
        return "won"
    stayed = mine & set(snapshot["event"]["data"]["final_scores"])
    return ("lost" if winner else "tied") if stayed else "left early"


# Before a game


def open_room(
    user: Any, options: Any = None, delay_seconds: int = 0, *, open_to_spectators: bool = True
) -> Room:
    """Open a room in which `user` sits, and is recorded from now on; or raise Refused."""
    agreed = agreed_options({} if options is None else options)
    for _ in range(TRIES):
        code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LETTERS))
        try:
            with transaction.atomic():
                return opened(user, code, agreed, delay_seconds, open_to_spectators)
        except IntegrityError:
            if not Room.objects.filter(code=code).exists():
                raise
    raise RuntimeError(f"no free code in {TRIES} tries")


def opened(
    user: Any, code: str, options: dict[str, Any], delay_seconds: int, open_to_spectators: bool
) -> Room:
    shard = recording.open_shard(
        GAME,
        seed=secrets.token_hex(16),
        visibility=ReplayShard.Visibility.PRIVATE,
        title="A table of Golf",
        options={"room_code": code, "seats": MOST_PLAYERS, "waits": True},
    )
    room = Room.objects.create(
        code=code,
        shard=shard,
        maker=user,
        options=options,
        delay_seconds=delay_seconds,
        open_to_spectators=open_to_spectators,
    )
    LiveShard.objects.create(shard=shard)
    sit_down(room, user.get_username()[:MOST_NAME], user=user)
    return room


def agreed_options(asked: Any, before: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return all options of a table: those asked for, else those before, else the usual ones."""
    if type(asked) is not dict:
        raise Refused("options must be an object.")
    for name in asked:
        if name not in OPTIONS:
            raise Refused(f"options cannot hold {str(name)[:40]!r}; they are {', '.join(OPTIONS)}.")
    if before and type(asked.get("rules")) is dict:
        asked = asked | {"rules": before["rules"] | asked["rules"]}
    table = golf.Table.of((before or {}) | asked)
    return {
        "seats": table.seats,
        "num_decks": table.decks,
        "num_rounds": table.rounds,
        "rules": table.rules,
    }


def sit_down(room: Room, name: str, *, user: Any = None, bot: str = "") -> Seat:
    seat = Seat.objects.create(shard=room.shard, name=name, user=user, bot=bot)
    PendingCommand.add(seat, "JOIN", {"call_sign": name, "cpu_profile": bot or None})
    if user is not None:
        Participant.objects.get_or_create(shard=room.shard, user=user)
    return seat


def at_table(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Let a verb have the room to itself: no host steps or ends it before the verb is done."""

    @wraps(verb)
    def held(user: Any, code: str, *arguments: Any, **more: Any) -> Any:
        with transaction.atomic():
            room = room_for(user, code)
            if LiveShard.objects.held(room.shard_id) is None:
                raise Conflict("This game is over.")
            return verb(user, room_for(user, code), *arguments, **more)

    return held


@at_table
def join(user: Any, room: Room) -> Room:
    """Give `user` a seat; who has one keeps it."""
    if present_seat(user, room) is None:
        demand_waiting(room)
        demand_free_seat(room)
        sit_down(room, user.get_username()[:MOST_NAME], user=user)
    return room


@at_table
def add_computer(user: Any, room: Room, profile: Any, seat_id: Any = None) -> Room:
    """Give a free seat to a computer player, or the seat of one to one of another manner."""
    demand_maker(user, room)
    if type(profile) is not str or profile not in GAME.bots:
        raise Refused(f"profile must be one of {', '.join(sorted(GAME.bots))}.")
    demand_waiting(room)
    if seat_id is not None:
        before = next((seat for seat in room.seats if seat.bot and str(seat.pk) == seat_id), None)
        if before is None:
            raise Refused("seat must be the id of a computer player at this table.")
        take_away(room, before, "left")
        sit_down(room, before.name, bot=profile)
        return room
    demand_free_seat(room)
    taken = set(room.seats.values_list("name", flat=True))
    name = secrets.choice([name for name in NAMES if name not in taken])
    sit_down(room, name, bot=profile)
    return room


@at_table
def leave(user: Any, room: Room) -> Room:
    """Let `user` leave; before the game the next one at the table is its maker then."""
    seat = present_seat(user, room)
    if seat is None:
        raise Conflict("You have no seat at this table.")
    take_away(room, seat, "left")
    return room


@at_table
def send_away(user: Any, room: Room, seat_id: Any) -> Room:
    """Let the maker take somebody, or a computer player, from the table before the game."""
    demand_maker(user, room)
    demand_waiting(room)
    seat = next((seat for seat in room.seats if str(seat.pk) == seat_id), None)
    if seat is None or seat.user_id == user.pk:
        raise Refused("seat must be the id of another seat at this table.")
    take_away(room, seat, "kicked")
    return room


def take_away(room: Room, seat: Seat, reason: str) -> None:
    PendingCommand.add(seat, "LEAVE", reason)
    Seat.objects.filter(pk=seat.pk).update(left_at=timezone.now())
    if not room.waiting:
        return
    Participant.objects.filter(shard=room.shard, user=seat.user_id).delete()
    heir = room.seats.exclude(user=None).first()
    if seat.user_id == room.maker_id and heir is not None:
        room.maker = heir.user
        room.save(update_fields=["maker"])


@at_table
def settle(
    user: Any,
    room: Room,
    options: Any = None,
    delay_seconds: int | None = None,
    open_to_spectators: bool | None = None,
) -> Room:
    """Change what is stated: the options before the game only, who may watch at any time."""
    demand_maker(user, room)
    if options is not None:
        demand_waiting(room)
        room.options = agreed_options(options, before=room.options)
        if room.options["seats"] < room.seats.count():
            raise Conflict("More seats than that are taken.")
    if delay_seconds is not None:
        room.delay_seconds = delay_seconds
    if open_to_spectators is not None:
        room.open_to_spectators = open_to_spectators
    room.save(update_fields=["options", "delay_seconds", "open_to_spectators"])
    return room


@at_table
def start(user: Any, room: Room) -> Room:
    """Begin the game with the seats that are taken."""
    demand_maker(user, room)
    demand_waiting(room)
    seats = list(room.seats.select_related("shard"))
    if len(seats) < 2:
        raise Conflict("A game takes two players or more; add a computer player or wait.")
    PendingCommand.add(seats[0], "START", room.options)
    title = ", ".join(seat.name for seat in seats)
    ReplayShard.objects.filter(pk=room.shard_id).update(title=title[:MOST_TITLE])
    room.begun_at = timezone.now()
    room.save(update_fields=["begun_at"])
    return room


# After a game


def again(user: Any, code: str) -> Room:
    """Seat `user` at the table that follows a game that is over; the first who asks opens it."""
    with transaction.atomic():
        room = Room.objects.select_for_update().get(pk=room_for(user, code).pk)
        if not room.shard.ended:
            raise Conflict("This game is not over yet.")
        following = room.next
        return join(user, following.code) if following else opened_after(user, room)


def opened_after(user: Any, room: Room) -> Room:
    """Open a room on the terms of another, with the same computer players."""
    watched = room.open_to_spectators
    following = open_room(user, room.options, room.delay_seconds, open_to_spectators=watched)
    following.before = room
    following.save(update_fields=["before"])
    for seat in room.seats.exclude(bot=""):
        sit_down(following, seat.name, bot=seat.bot)
    return following


def demand_maker(user: Any, room: Room) -> None:
    if room.maker_id != user.pk:
        raise NotYours("Who opened the room does that.")


def demand_waiting(room: Room) -> None:
    if not room.waiting:
        raise Conflict("The game has begun.")


def demand_free_seat(room: Room) -> None:
    if room.seats.count() >= room.options["seats"]:
        raise Conflict("Every seat is taken.")


# In a game


def ask(user: Any, code: str, name: Any, arg: Any) -> None:
    """Take a player's command, or raise Refused with what the rules say against it."""
    if name == "START":
        start(user, code)
    elif name == "LEAVE":
        leave(user, code)
    else:
        command(user, code, name, arg)


@at_table
def command(user: Any, room: Room, name: Any, arg: Any) -> None:
    name, arg = GAME.command(name, arg)
    seat = present_seat(user, room)
    if seat is None:
        raise Conflict("You have no seat at this table.")
    demand_rules(room.shard, Command(str(seat.pk), name, arg))
    PendingCommand.add(seat, name, arg)
    vouch([str(seat.pk)], timezone.now())


def demand_rules(shard: ReplayShard, command: Command) -> None:
    """Ask the rules before a command waits: the host drops what is against them without a word."""
    snapshot = newest_snapshot(shard)
    if snapshot is None:
        raise Conflict("The game has not begun.")
    room = GAME.restore(shard.options, snapshot)
    try:
        golf.follow(room.state, golf.answer(room, command, Random(0)))
    except Refused as fault:
        sentence = PLACE.sub("", str(fault))
        raise Conflict(sentence[:1].upper() + sentence[1:]) from None


def newest_snapshot(shard: ReplayShard) -> Snapshot | None:
    if shard.last_tick is None:
        return None
    return format.read_line(reading.last_line(shard))["snapshot"]


def vouch(seats: list[str], until: datetime) -> None:
    """Note that players are there, who are not played for then."""
    rows = Seat.objects.filter(pk__in=seats)
    rows.update(there_until=Greatest("there_until", until))


# What is told


def told(room: Room, user: Any) -> dict[str, Any]:
    """Return a room as whoever may see it is told of it."""
    seat = present_seat(user, room)
    snapshot = newest_snapshot(room.shard)
    facts = facts_of(room, list(room.seats), watching.spectators(room.shard))
    return for_seat(facts, str(seat.pk) if seat else None) | {"phase": phase(room, snapshot)}


def facts_of(room: Room, seats: list[Seat], spectators: int) -> dict[str, Any]:
    """Return what is true of a room for everybody at its table; its phase is the game's to tell."""
    return {
        "code": room.code,
        "shard_id": str(room.shard_id),
        "url": f"/golf/{room.code}",
        "maker": room.maker.get_username() if room.maker else None,
        "phase": "waiting",
        "seats": [
            {
                "id": str(seat.pk),
                "name": seat.name,
                "is_cpu": bool(seat.bot),
                "profile": seat.bot or None,
                "connected": seat.connected,
                "maker": seat.user_id is not None and seat.user_id == room.maker_id,
            }
            for seat in seats
        ],
        "options": room.options,
        "delay_seconds": room.delay_seconds,
        "open_to_spectators": room.open_to_spectators,
        "spectators": spectators,
        "next": offer(room.next),
    }


def offer(room: Room | None) -> dict[str, Any] | None:
    """Return what those are told of a room who may sit down there next."""
    if room is None:
        return None
    maker = room.maker.get_username() if room.maker else None
    return {"code": room.code, "url": f"/golf/{room.code}", "maker": maker}


def for_seat(facts: dict[str, Any], seat_id: str | None) -> dict[str, Any]:
    seats = [seat | {"you": seat["id"] == seat_id} for seat in facts["seats"]]
    return facts | {"seats": seats}


def phase(room: Room, snapshot: Snapshot | None) -> str:
    """Return the phase of the game; `closed` for a room that ended without an end of its game."""
    now = str(snapshot["phase"]) if snapshot else "waiting"
    return "closed" if room.shard.ended and now != "game_over" else now
