"""What spectate is to Django: what is recorded becomes news."""

from django.apps import AppConfig


class SpectateConfig(AppConfig):
    name = "spectate"
    verbose_name = "Spectators"

    def ready(self) -> None:
        from replays.recording import recorded
        from spectate import news

        recorded.connect(news.pass_on, dispatch_uid="spectate.news")
