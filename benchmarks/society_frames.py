"""Frames of a society while it is played in Chromium, beside a canvas that draws each agent anew.

There is no graphics card here: WebGL is worked out by SwiftShader on the same cores, and so is what
the browser puts on the screen. So two figures are told: how far frames lie apart, and how long the
page's own thread was busy for one, which is all that is left to it where there is a card.
"""

import os
import statistics
import sys
import time
from typing import Any

from benchmarks.replay_2d import Quiet
from benchmarks.trial import ROOT, free_port, running, trial_site

SIZES = (1000, 10_000)
SECONDS = 6
WARM_SECONDS = 1
"""How long a picture is played before it is measured: browsers compile what is done often."""
TICKS = 40
VIEWPORT = {"width": 1440, "height": 900}

FRAMES = """seconds => new Promise(done => {
  const apart = []; let last = null; const end = performance.now() + 1000 * seconds;
  const next = now => {
    if (last !== null) apart.push(now - last);
    last = now;
    performance.now() < end ? requestAnimationFrame(next) : done(apart);
  };
  requestAnimationFrame(next);
})"""

PLAIN = """count => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 1440, height: 780 });
  document.body.replaceChildren(canvas);
  const context = canvas.getContext('2d');
  const agents = Array.from({ length: count }, (_, place) => ({
    from: { x: Math.random() * 1440, y: Math.random() * 780 },
    to: { x: Math.random() * 1440, y: Math.random() * 780 }, stance: Math.random() * 2 - 1,
  }));
  const draw = now => {
    const part = now % 500 / 500;
    context.clearRect(0, 0, 1440, 780);
    for (const { from, to, stance } of agents) {
      context.fillStyle = `hsl(${120 + 100 * stance} 80% 60%)`;
      context.beginPath();
      const [x, y] = [from.x + (to.x - from.x) * part, from.y + (to.y - from.y) * part];
      context.arc(x, y, 3, 0, 7);
      context.fill();
      context.stroke();
    }
    requestAnimationFrame(draw);
  };
  requestAnimationFrame(draw);
}"""


def main() -> None:
    try:
        from playwright.sync_api import sync_playwright

        from tests.find_chromium import ABSENT, find_chromium
    except ImportError:
        raise SystemExit("Frames are measured with what `make setup-dev` installs.") from None
    if not find_chromium():
        raise SystemExit(ABSENT)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with trial_site() as folder:
        shards = [recorded(agents) for agents in SIZES]
        port = free_port()
        command = [sys.executable, "manage.py", "serve", "--no-host", "--port", str(port)]
        with (
            running([*command, *quiet_options()], port, folder / "log"),
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(
                executable_path=find_chromium(), args=["--disable-gpu"], chromium_sandbox=False
            )
            for agents, shard in zip(SIZES, shards, strict=True):
                site = f"http://127.0.0.1:{port}/replay?shard={shard.pk}&tick=2&agents={agents}"
                report(agents, browser, site)
            browser.close()


def quiet_options() -> list[str]:
    """Return what keeps the site from recording while it is measured, where it would."""
    serve = (ROOT / "segfault_site/management/commands/serve.py").read_text()
    return ["--no-demos"] if "--no-demos" in serve else []


def recorded(agents: int) -> Any:
    from django.core.management import call_command

    from replays.models import ReplayShard

    call_command("run_society", agents=agents, ticks=TICKS, pace=0, stdout=Quiet(), stderr=Quiet())
    return ReplayShard.objects.latest("started_at")


def report(agents: int, browser: Any, address: str) -> None:
    print(f"{agents:,} agents")
    figures = {}
    for name, more in (("WebGL", ""), ("stamps on a 2D canvas", "&webgl=0")):
        page = browser.new_page(viewport=VIEWPORT)
        page.goto(address + more)
        page.wait_for_selector("#panel-zones", state="attached")
        page.click("#play")
        figures[name] = measured(page)
        page.close()
    page = browser.new_page(viewport=VIEWPORT)
    page.evaluate(PLAIN, agents)
    figures["plain: an arc each, each frame"] = plain = measured(page)
    page.close()
    for name, (apart, busy) in figures.items():
        p95 = statistics.quantiles(apart, n=20)[-1]
        ratio = "" if name.startswith("plain") else f", {plain[1] / busy:.1f} × less than plain"
        print(f"  {name}: a frame every {statistics.median(apart):.0f} ms (p95 {p95:.0f}), "
              f"its thread busy {busy:.1f} ms a frame{ratio}")  # fmt: skip


def measured(page: Any) -> tuple[list[float], float]:
    """Return how far frames lie apart, and how long the page's thread was busy for one, in ms."""
    time.sleep(WARM_SECONDS)
    line = page.context.new_cdp_session(page)
    line.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = spent(line)
    apart = page.evaluate(FRAMES, SECONDS)
    return apart, 1000 * (spent(line) - before) / max(1, len(apart))


def spent(line: Any) -> float:
    metrics = line.send("Performance.getMetrics")["metrics"]
    return next(one["value"] for one in metrics if one["name"] == "TaskDuration")


if __name__ == "__main__":
    main()
