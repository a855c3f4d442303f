"""Bring the standings up to date with the shards that have ended; a host does it by itself."""

from typing import Any

from django.core.management.base import BaseCommand

from play import standings


class Command(BaseCommand):
    help = "Count the outcomes of shards that have ended since the last time."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{standings.update()} shards counted.")
