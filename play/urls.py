"""The addresses of play."""

from django.urls import URLPattern, path

from play import leaderboard, pages, process
from replays.urls import at

urlpatterns: list[URLPattern] = [
    *at("process", pages.terminal, "terminal"),
    *at("process/join", process.Join.as_view(), "process_join"),
    *at("process/state", process.State.as_view(), "process_state"),
    *at("process/cmd", process.Cmd.as_view(), "process_cmd"),
    *at("process/info", process.Info.as_view(), "process_info"),
    *at("leaderboard", leaderboard.Leaderboard.as_view(), "leaderboard"),
    path("SKILL.md", pages.skill, name="skill"),
    *at("account/history", pages.history, "history"),
    path("account/call-sign", pages.choose_call_sign, name="choose_call_sign"),
]
