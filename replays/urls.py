"""The addresses of replays."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
