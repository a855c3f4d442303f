"""Play a process of SEGFAULT until it is gone: python3 agent.py http://127.0.0.1:8000"""

import json
import random
import sys
import time
from urllib.error import HTTPError
from urllib.request import Request, urlopen

SITE = (sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000").rstrip("/")
STEPS = {"7": (-1, -1), "8": (0, -1), "9": (1, -1), "4": (-1, 0),
         "6": (1, 0), "1": (-1, 1), "2": (0, 1), "3": (1, 1)}  # fmt: skip


def ask(path, token="", **body):
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if "state" in path else json.dumps(body).encode()
    try:
        return json.load(urlopen(Request(SITE + path, data, headers), timeout=30))
    except HTTPError as error:
        if error.code not in (409, 429, 503):  # gone, too often, full: look again in a while
            raise
        time.sleep(int(error.headers.get("Retry-After", 0)))


def choose(state):
    def distance(digit, to):
        return max(abs(to[0] - STEPS[digit][0]), abs(to[1] - STEPS[digit][1]))

    ways = [digit for digit in STEPS if list(STEPS[digit]) in state["visible"]] or list(STEPS)
    if state["defragger"]:
        return "BUFFER", max(ways, key=lambda digit: distance(digit, state["defragger"]))
    if state["gates"]:
        return "MOVE", min(ways, key=lambda digit: min(distance(digit, g) for g in state["gates"]))
    return "MOVE", random.choice(ways)  # walls in between are found by bumping into them


while not (joined := ask("/process/join")):
    pass
token, heard, tick, waits = joined["token"], 0, None, True
while waits:
    if not (state := ask(f"/process/state?after={heard}", token)):
        continue
    for event in state["events"]:
        heard = event["id"]
        print(event["message"], flush=True)
    if state["tick"] != tick and state["status"] is None:
        tick, (cmd, arg) = state["tick"], choose(state)
        print(f"tick {tick}: {cmd} {arg}", flush=True)
        ask("/process/cmd", token, cmd=cmd, arg=arg)
    if waits := state["next_tick_in_ms"] is not None:
        time.sleep(state["next_tick_in_ms"] / 1000 + 0.05)
print(state["status"])
