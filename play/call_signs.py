"""Who bears which call sign: a user one for ever, a browser one a session, others a new one."""

import re
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from games.game import Refused
from play import names
from play.models import CallSign

ALLOWED = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{1,22}[A-Za-z0-9]")
TRIES = 20
SESSION_KEY = "call_sign"


def call_sign_of(user: Any) -> CallSign | None:
    """Return the call sign of a user, None before the first game."""
    if user is None or not user.is_authenticated:
        return None
    return CallSign.objects.filter(user=user).first()


def call_sign_for(request: HttpRequest, user: Any) -> CallSign:
    """Return the call sign under which whoever asks will play, made if there is none yet."""
    if user.is_authenticated:
        return call_sign_of(user) or adopted(request, user) or made(user)
    return (of_session(request) if is_browser(request) else None) or made()


def remember(request: HttpRequest, sign: CallSign) -> None:
    """Let an anonymous browser come back under the call sign that it has played under."""
    if sign.user_id is None and is_browser(request):
        request.session[SESSION_KEY] = sign.pk


def is_browser(request: HttpRequest) -> bool:
    """Tell whether a browser asks, which keeps cookies: one says where its request comes from."""
    return "Origin" in request.headers or bool(request.COOKIES)


def of_session(request: HttpRequest) -> CallSign | None:
    kept = request.session.get(SESSION_KEY)
    return CallSign.objects.filter(pk=kept, user=None).first() if kept else None


def adopted(request: HttpRequest, user: Any) -> CallSign | None:
    """Let a user keep the call sign of the session in which they signed in."""
    sign = of_session(request)
    if sign is None:
        return None
    CallSign.objects.filter(pk=sign.pk, user=None).update(user=user)
    return call_sign_of(user)


def made(user: Any = None) -> CallSign:
    """Return a new call sign under a name that nobody has or had."""
    for attempt in range(TRIES):
        name = names.fresh(digits=5 + attempt // 4)
        if CallSign.objects.filter(former=names.plain(name)).exists():
            continue
        try:
            with transaction.atomic():
                return CallSign.objects.create(name=name, plain=names.plain(name), user=user)
        except IntegrityError:
            if user is not None and (sign := call_sign_of(user)):
                return sign
    raise RuntimeError(f"no free call sign in {TRIES} tries")


@transaction.atomic
def choose(user: Any, name: str) -> CallSign:
    """Give a user the name of their choice, once and for ever; raise Refused with the reason."""
    refuse_bad(name)
    sign = call_sign_of(user) or made(user)
    sign = CallSign.objects.select_for_update().get(pk=sign.pk)
    if sign.chosen_at is not None:
        raise Refused("A call sign is chosen once; yours stays what it is.")
    own = (sign.plain, sign.former)
    plain = names.plain(name)
    if plain not in own and CallSign.objects.filter(former=plain).exists():
        raise Refused(TAKEN)
    if plain != sign.plain:
        sign.former = sign.plain
    sign.name, sign.plain, sign.chosen_at = name, plain, timezone.now()
    try:
        with transaction.atomic():
            sign.save()
    except IntegrityError:
        raise Refused(TAKEN) from None
    return sign


TAKEN = "This call sign, or one that looks like it, is taken."


def refuse_bad(name: str) -> None:
    if not ALLOWED.fullmatch(name):
        raise Refused(
            "A call sign has 3 to 24 letters (a to z), digits, - and _, and begins and ends with"
            " a letter or digit."
        )
    if names.is_computers(name):
        raise Refused(TAKEN)
