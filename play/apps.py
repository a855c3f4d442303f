"""The room of live games, as Django knows it."""

from django.apps import AppConfig


class PlayConfig(AppConfig):
    name = "play"
    verbose_name = "Live games"
