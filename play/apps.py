"""The room of live games, as Django knows it."""

from django.apps import AppConfig


class PlayConfig(AppConfig):
    name = "play"
    verbose_name = "Live games"

    def ready(self) -> None:
        from play.bleeding import bleed
        from spectate.chat import said

        said.connect(bleed, dispatch_uid="play.bleeding")
