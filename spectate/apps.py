"""The room of spectators, as Django knows it."""

from django.apps import AppConfig


class SpectateConfig(AppConfig):
    name = "spectate"
    verbose_name = "Spectators"
