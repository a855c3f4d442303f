"""What a process hears on a tick: voices near it, broadcasts, noise, and lines of the system."""

from typing import Any

from games.game import Snapshot
from games.segfault.reading import names, record, records, text, tile_of, whole
from games.segfault.sight import Sight

Message = dict[str, Any]

WATCHDOG_LINES = {
    "degraded": "[WARN]: SCHEDULER LIVENESS DEGRADED.",
    "triggered": "[CRITICAL]: WATCHDOG TRIGGERED.",
    "restored": "[OK]: LIVENESS RESTORED.",
}
COUNTDOWN_LINE = "[WARN]: DEADLOCK MITIGATION IN: {:02d} TICKS"
CORRUPTED_LINE = "[WARN]: SECTOR CORRUPTED."
BURST_LINE = "[GLOBAL_ALRT]: ######## STATIC BURST DETECTED ########"
LEAVING_LINES = {
    "survivals": "[STATUS]: UPLOAD COMPLETE. PROCESS STABILIZED.",
    "ghosts": "[WARN]: TRANSFER COMPLETE - DESTINATION UNKNOWN.",
    "kills": CORRUPTED_LINE,
}


def messages(snapshot: Snapshot, who: str, sight: Sight | None) -> list[Message]:
    """Return the messages of this tick for one process; nobody else learns of them."""
    leaving = [line for kind, line in LEAVING_LINES.items() if who in names(snapshot, kind)]
    if sight is None and not leaving:
        return []
    ending = leaving or warnings(snapshot, sight)
    heard = broadcasts(snapshot) + local(snapshot, who) + bleeding(snapshot, who)
    system = [message("system", line) for line in ending]
    return heard + bursts(snapshot, who) + system


def message(kind: str, line: str, ms: Any = 0) -> Message:
    return {"kind": kind, "message": line, "timestamp_ms": whole(ms)}


def broadcasts(snapshot: Snapshot) -> list[Message]:
    return [
        message("broadcast", f"[BCAST] {text(sent.get('message'))}", sent.get("timestamp_ms"))
        for sent in records(snapshot, "broadcasts")
    ]


def local(snapshot: Snapshot, who: str) -> list[Message]:
    """Return each SAY of this tick that reached the process, or the noise in its place."""
    tick = snapshot.get("tick")
    said = (say for say in records(snapshot, "say_events") if say.get("tick") == tick)
    return [
        heard(say, recipient)
        for say in said
        for recipient in records(say, "recipients")
        if recipient.get("id") == who
    ]


def heard(say: dict[str, Any], recipient: dict[str, Any]) -> Message:
    if "noise" in recipient:
        return message("noise", text(recipient["noise"]), say.get("timestamp_ms"))
    return message("local", text(say.get("message")), say.get("timestamp_ms"))


def bleeding(snapshot: Snapshot, who: str) -> list[Message]:
    return [
        message("noise", text(stray.get("message")), stray.get("timestamp_ms"))
        for stray in records(snapshot, "bleeds")
        if stray.get("id") == who
    ]


def bursts(snapshot: Snapshot, who: str) -> list[Message]:
    """Every death is a burst of static for all who are left."""
    others = [killed for killed in names(snapshot, "kills") if killed != who]
    return [message("static_burst", BURST_LINE) for _ in others]


def warnings(snapshot: Snapshot, sight: Sight | None) -> list[str]:
    watchdog = record(snapshot.get("watchdog"))
    lines = []
    if text(watchdog.get("news")) in WATCHDOG_LINES:
        lines.append(WATCHDOG_LINES[watchdog["news"]])
    if whole(watchdog.get("countdown")) > 0:
        lines.append(COUNTDOWN_LINE.format(whole(watchdog["countdown"])))
    if sight and sees_a_death(snapshot, sight):
        lines.append(CORRUPTED_LINE)
    return lines


def sees_a_death(snapshot: Snapshot, sight: Sight) -> bool:
    """Tell whether a process died on this tick on a tile that is seen."""
    return any(
        echo.get("tick") == snapshot.get("tick") and sight.shows(tile_of(sight.board.grid, echo))
        for echo in records(snapshot, "echo_tiles")
    )
