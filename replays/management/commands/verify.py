"""Verify a recording: simulate it again and compare, or say why that cannot be."""

import os
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from replays.models import ReplayShard
from replays.verify import keep_verdict, verify

LEAST_URGENT = 19


class Command(BaseCommand):
    help = (
        "Verify SHARD. Ends with 0 and `verified`, with 1 and the first difference or damage,"
        " or with 2 and the reason why the shard cannot be verified."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("shard", nargs="?", help="the id of a shard")
        parser.add_argument(
            "--waiting", action="store_true", help="Verify every shard that somebody asked for."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["waiting"] == bool(options["shard"]):
            raise CommandError("Name one shard, or say --waiting.", returncode=2)
        if options["waiting"]:
            self.verify_waiting()
            return
        shard = find(options["shard"])
        verdict = verify(shard)
        keep_verdict(shard, verdict)
        if verdict.state != "verified":
            code = 2 if verdict.state == "not verifiable" else 1
            raise CommandError(f"{verdict.state}: {verdict.sentence}", returncode=code)
        self.stdout.write(f"verified: {verdict.sentence}\nchain {verdict.chain}")

    def verify_waiting(self) -> None:
        """Give way to everything else on this machine meanwhile."""
        os.nice(LEAST_URGENT)
        while shard := ReplayShard.objects.waiting_for_verification().first():
            verdict = verify(shard)
            keep_verdict(shard, verdict)
            self.stdout.write(f"{shard.pk} {verdict.state}: {verdict.sentence}")


def find(name: str) -> ReplayShard:
    try:
        return ReplayShard.objects.get(pk=UUID(name))
    except (ValueError, ReplayShard.DoesNotExist):
        raise CommandError(f"There is no shard {name}.", returncode=2) from None
