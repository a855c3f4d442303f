"""The addresses of play."""

from django.urls import URLPattern, path

from play import leaderboard, pages, process, room_api
from replays.urls import at

urlpatterns: list[URLPattern] = [
    *at("process", pages.terminal, "terminal"),
    *at("process/join", process.Join.as_view(), "process_join"),
    *at("process/state", process.State.as_view(), "process_state"),
    *at("process/cmd", process.Cmd.as_view(), "process_cmd"),
    *at("process/info", process.Info.as_view(), "process_info"),
    *at("leaderboard", leaderboard.Leaderboard.as_view(), "leaderboard"),
    *at("golf/rooms", room_api.Rooms.as_view(), "rooms"),
    *at("golf/rooms/<str:room>", room_api.OneRoom.as_view(), "room"),
    *at("golf/rooms/<str:room>/join", room_api.Join.as_view(), "room_join"),
    *at("golf/rooms/<str:room>/leave", room_api.Leave.as_view(), "room_leave"),
    *at("golf/rooms/<str:room>/start", room_api.Start.as_view(), "room_start"),
    *at("golf/rooms/<str:room>/again", room_api.Again.as_view(), "room_again"),
    *at("golf/rooms/<str:room>/computer", room_api.Computer.as_view(), "room_computer"),
    *at("golf/rooms/<str:room>/settings", room_api.Settings.as_view(), "room_settings"),
    *at("golf/rooms/<str:room>/cmd", room_api.Cmd.as_view(), "room_cmd"),
    *at("golf", pages.golf, "golf"),
    *at("golf/<str:room>", pages.table, "golf_table"),
    path("SKILL.md", pages.skill, name="skill"),
    *at("account/history", pages.history, "history"),
    path("account/call-sign", pages.choose_call_sign, name="choose_call_sign"),
]
