"""The addresses of a process, as SEGFAULT's clients know them: join, state, cmd, info."""

import re
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from games import get_game
from play import joining, schema, senses
from play.models import Seat
from replays import format
from replays.api.bodies import StrictJSONParser
from replays.api.errors import Problem, problem_response
from replays.api.keys import lets_in
from replays.limits import address, spend
from replays.models import AccessToken
from replays.tokens import TokenAuthentication

MOST_BYTES = 16 * 1024
"""How large a command may be: of a message 256 characters are kept, of six bytes at the most."""
FULL_SECONDS = 5
_NUMBER = re.compile(r"[0-9]{1,16}")

INFO = {
    "title": "SEGFAULT",
    "lines": [
        "[BOOT]: SEGFAULT SHARD SUPERVISOR ONLINE.",
        "[WARN]: MEMORY MAP UNSTABLE. SECTORS DRIFT EVERY TICK.",
        "[WARN]: DEFRAGMENTER ACTIVE. ADJACENT PROCESSES ARE RECLAIMED.",
        "[INFO]: ONE STABLE GATE. THE OTHERS LEAD ELSEWHERE.",
        "[INFO]: MOVE d | BUFFER d | IDLE | SAY text | BROADCAST text",
        "[INFO]: KEYPAD: 7 8 9 NORTH / 4 6 / 1 2 3 SOUTH",
        "[INFO]: BROADCAST IS HEARD BY EVERYTHING.",
    ],
}


# Who asks


class HasKey(BasePermission):
    """Let in whom the site's key lets in, where it has one."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if lets_in(request._request if request.auth is None else request):
            return True
        spend("reads", address(request))
        raise NotAuthenticated("This site is played with its key, as X-API-Key, or signed in.")


class PlayerAuthentication(TokenAuthentication):
    """A user's token; that of a process which is over is not one, and no hindrance to join."""

    def authenticate(self, request: Request) -> tuple[Any, AccessToken] | None:
        try:
            return super().authenticate(request)
        except AuthenticationFailed:
            if Seat.objects.of_token(token_of(request)) is None:
                raise
        return None


def seat_of(request: Request) -> Seat:
    """Return where the process of the request's token sits, or raise AuthenticationFailed."""
    seat = Seat.objects.of_token(token_of(request))
    if seat is None:
        spend("process_misses", address(request))
        raise AuthenticationFailed("This is not the token of a process. Join to be given one.")
    return seat


def token_of(request: Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    return request.query_params.get("token", "") if settings.PROCESS_TOKEN_IN_QUERY else ""


# What is asked


class CommandParser(StrictJSONParser):
    """Read the JSON of a command, which is small."""

    most_bytes = MOST_BYTES


def command(body: Any) -> tuple[str, Any]:
    """Return a command in its plain form, or raise Refused or Problem with the reason."""
    if not isinstance(body, dict):
        raise Problem(400, "The body must be a JSON object with cmd and arg.", pointer="")
    unknown = sorted(body.keys() - {"cmd", "arg"})
    if unknown:
        raise Problem(400, f"A command has cmd and arg, and no {unknown[0][:40]!r}.")
    return get_game(joining.GAME).command(body.get("cmd"), body.get("arg"))


def give(seat: Seat, name: str, arg: Any) -> None:
    """Store a command where the process sits, or has gone on to meanwhile; or raise Problem."""
    if joining.ask(seat, name, arg):
        return
    now = Seat.objects.select_related("shard").filter(token_sha256=seat.token_sha256).first()
    if now is None or not joining.ask(now, name, arg):
        raise Problem(409, "This process is gone; its state tells how.", "PROCESS_GONE")


def after(request: Request, seat: Seat) -> int:
    """Return up to which event the client has everything; only of events that there can be."""
    text = request.query_params.get("after")
    if text is None:
        return 0
    newest = senses.newest_event_id(seat)
    if not _NUMBER.fullmatch(text) or int(text) > newest:
        raise Problem(
            400,
            "after must be the id of an event that this process was told.",
            "INVALID_PARAMETER",
            valid_range={"min": 0, "max": newest},
        )
    return int(text)


# What is answered


class AlwaysJSON(DefaultContentNegotiation):
    """Take JSON alone, and answer it whatever the client says it likes."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


def answer(body: Any, status: int = 200) -> HttpResponse:
    response = HttpResponse(format.write_json(body), "application/json", status)
    response["Cache-Control"] = "no-store"
    return response


class ProcessView(APIView):
    authentication_classes: list[Any] = []
    permission_classes = [HasKey]
    content_negotiation_class = AlwaysJSON
    parser_classes = [CommandParser]


class Join(ProcessView):
    """A new process: nobody needs an account, and nobody is told who it is."""

    authentication_classes = [PlayerAuthentication, SessionAuthentication]

    @schema.join
    def post(self, request: Request) -> HttpResponse:
        """Join a live shard as a new process"""
        if isinstance(request.auth, AccessToken) and request.auth.scope != AccessToken.Scope.PLAY:
            raise Problem(403, "This token is for something else: it takes one with scope play.")
        spend("joins", address(request))
        try:
            seat, token = joining.join(request._request, request.user)
        except joining.NoRoom:
            return problem_response(
                503,
                "No live shard has room for another process of yours now; try again in a while.",
                "NO_ROOM",
                headers={"Retry-After": str(FULL_SECONDS)},
            )
        return answer({"token": token, "process_id": str(seat.pk)})


class State(ProcessView):
    """What a process sees and hears."""

    @schema.state
    def get(self, request: Request) -> HttpResponse:
        """Read what a process sees, hears and has asked for"""
        seat = seat_of(request)
        spend("process_reads", str(seat.token_sha256))
        senses.acknowledge(seat, after(request, seat))
        return answer(senses.state(seat))


class Cmd(ProcessView):
    """What a process asks for."""

    @schema.cmd
    def post(self, request: Request) -> HttpResponse:
        """Ask for something before the next tick"""
        seat = seat_of(request)
        spend("process_commands", str(seat.token_sha256))
        if request.headers.get("Content-Encoding", "identity") != "identity":
            raise Problem(415, "A command is sent as it is, without an encoding.")
        name, arg = command(request.data)
        give(seat, name, arg)
        return answer({"status": "ok"})


class Info(ProcessView):
    """The lines that greet whoever connects."""

    @schema.info
    def get(self, request: Request) -> HttpResponse:
        """Read the greeting"""
        spend("reads", address(request))
        return answer(INFO)
