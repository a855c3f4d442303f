"""The addresses of spectate."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
