"""Make a token for a user and print it, once."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from replays.models import AccessToken
from replays.tokens import make_token


class Command(BaseCommand):
    help = "Make an access token for a user and print it alone; it cannot be read again later."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="the user's name")
        parser.add_argument("--scope", required=True, choices=AccessToken.Scope.values)
        parser.add_argument("--name", default="", help="what the token is for")

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user_model().objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user {options['user']!r}.")
        if len(options["name"]) > 60:
            raise CommandError("A token's name may have at most 60 characters.")
        self.stdout.write(make_token(user, options["scope"], options["name"]))
