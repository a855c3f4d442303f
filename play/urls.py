"""The addresses of play."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
