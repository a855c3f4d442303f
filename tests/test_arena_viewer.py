"""A fight in a browser: in three dimensions, live while it is pushed, from above without WebGL."""

import datetime as dt
import json
import re
from hashlib import sha256

import pytest
from django.contrib.staticfiles import finders
from django.utils import timezone

from games.game import Refused
from replays import giving_up, pushed_chunk, pushes, worlds
from replays.models import Push
from replays.pushes import Arrival
from tests.chromium import FLAGS, accessibility_violations
from tests.find_chromium import find_chromium

pytestmark = pytest.mark.django_db(transaction=True)

DRAWING = [
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
]
SIDE = 24
PILLARS = ((1, 3), (7, 9), (8, 15))  # a code, and how far east
WALLS = [
    *([x, y, 0, 6] for x in range(SIDE) for y in range(SIDE)),
    *(
        [x, y, z, code]
        for code, east in PILLARS
        for x in (east, east + 1)
        for y in (18, 19)
        for z in range(4)
    ),
    *([2, 2, 0, 2], [3, 2, 0, 3], [20, 4, 1, 9], [20, 5, 1, 4], [20, 6, 1, 5]),
]
ON_FLOOR = 12 + 2  # of those, what stands where dirt was
WORLD = {"size": [SIDE, SIDE, 8], "voxel_size_m": 1.0, "walls": WALLS, "meta": {}}
NAME = sha256(worlds.canonical(WORLD)).hexdigest()[:16]
HEALTH = {"scout": 60, "light": 80, "medium": 150, "heavy": 200}
ARENA = (
    "import(document.querySelector('script[type=module]').src"
    ".replace('main.js', 'renderers/arena.js'))"
)
COLOURS = """(() => {
    const board = document.querySelector('#board');
    const { data } = board.getContext('2d').getImageData(0, 0, board.width, board.height);
    const found = new Set();
    for (let at = 0; at < data.length; at += 404) found.add(data.slice(at, at + 3).join());
    return found.size;
})()"""


@pytest.fixture(scope="module")
def chromium(chromium):
    """Chromium that draws WebGL2 with its processor, where there is no graphics card."""
    browser = chromium.browser_type.launch(
        executable_path=find_chromium(), args=[*FLAGS, *DRAWING], chromium_sandbox=False
    )
    yield browser
    browser.close()


def mech(team, kind, x, y, **more):
    high = {"scout": 0.9, "light": 1.0, "medium": 1.5, "heavy": 2.0}[kind]
    health = HEALTH[kind]
    return {
        "team": team, "class": kind, "pos": [x, y, high], "vel": [2.0, 0.0, 0.0], "yaw": 0.0,
        "hp": health, "hp_max": health, "heat": 20.0, "heat_cap": 100.0, "stability": 80.0,
        "stability_max": 100.0, "alive": True, "fallen": False, "legged": False,
    } | more  # fmt: skip


def frame(number):
    """Two a side; blue_0 walks east and shoots, red_1 falls at the tenth."""
    fallen = number >= 10
    events = [
        {"type": "laser_hit", "weapon": "laser", "shooter": "blue_0", "target": "red_0",
         "pos": [18.0, 10.0, 2.0], "damage": 12.0, "is_crit": False},
        {"type": "explosion", "weapon": "missile", "shooter": "red_0",
         "pos": [8.0, 8.0, 1.0], "radius": 2.5},
    ]  # fmt: skip
    if number == 10:
        events.append({"type": "kill", "shooter": "blue_0", "target": "red_1"})
    return {
        "t": (number + 1) * 0.25,
        "tick": 5 * (number + 1),
        "objective": {
            "zone_center": [12.0, 12.0], "zone_radius": 5.0, "zone_score_to_win": 30.0,
            "zone_score": {"blue": 0.25 * number, "red": 1.0},
        },
        "mechs": {
            "blue_0": mech("blue", "heavy", 5 + 0.2 * number, 10.0),
            "blue_1": mech("blue", "scout", 6.0, 4.0),
            "red_0": mech("red", "medium", 18.0, 10.0, heat=120.0),
            "red_1": mech("red", "light", 14.0, 14.0, alive=not fallen, hp=-4 if fallen else 80),
        },
        "smoke_clouds": [{"pos": [12.0, 6.0, 2.0], "radius": 3.0}],
        "events": events,
    }  # fmt: skip


@pytest.fixture
def push(live_site):
    """Push chunks of twenty frames, as a trainer does; those of `indexes`, of `count`."""
    worlds.keep(NAME, json.dumps(WORLD).encode())

    def push(count, indexes, replay_id="fight"):
        for index in indexes:
            frames = [frame(number) for number in range(20 * index, 20 * index + 20)]
            stated = {
                "replay_id": replay_id, "world_ref": NAME, "chunk_index": index,
                "chunk_count": count, "frames": frames, "meta": {"title": "A fight"},
            }  # fmt: skip
            outcome = pushes.take([Arrival(None, pushed_chunk.read(json.dumps(stated).encode()))])
            assert not isinstance(outcome[0], Refused)
        return Push.objects.get(replay_id=replay_id).shard

    return push


@pytest.fixture
def fight(push):
    return push(2, [0, 1])


def open_fight(page, shard, more="", *, painter="webgl2"):
    page.goto(f"/replay?shard={shard.pk}{more}")
    page.wait_for_selector(f".board-below[data-painter='{painter}']", state="attached")
    until(page, f"{ARENA}.then(({{theatre}}) => theatre.world && theatre.picture?.world)")
    page.wait_for_selector("#panel-zone", state="attached")


def until(page, expression):
    """Wait for what the page comes to; as a function, for the page may not evaluate text."""
    page.wait_for_function(f"() => {expression}")


def middle(page):
    box = page.locator("#board").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def pressed(page):
    return page.locator(".arena-strip [aria-pressed=true]").all_inner_texts()


def test_a_fight_is_drawn_in_three_dimensions(page, fight):
    """The world's faces, culled; all ten codes; mechs, shots, smoke and the zone."""
    open_fight(page, fight, "&tick=10")
    told = page.evaluate(
        f"""{ARENA}.then(({{theatre}}) => ({{
            triangles: theatre.scene.renderer.info.render.triangles,
            codes: theatre.world.faces.map(({{code}}) => code).sort(),
            voxels: theatre.world.voxels,
            shown: theatre.world.shown,
            beams: theatre.picture.effects.beams.length,
            clouds: theatre.picture.clouds.length,
        }}))"""
    )
    assert told["codes"] == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert told["shown"] <= told["voxels"] == len(WALLS) - ON_FLOOR
    assert told["triangles"] > 500
    assert (told["beams"] > 0, told["clouds"]) == (True, 1)
    assert "Blue leads" in page.locator("#panel-zone").inner_text()
    assert "blue_0 destroyed red_1" in page.locator(".arena-feed").inner_text()
    assert "2 of 2 alive" in page.locator("#panel-team-blue").inner_text()
    assert "destroyed" in page.locator("#panel-team-red [data-subject=red_1]").inner_text()
    assert "shut down" in page.locator("#panel-team-red [data-subject=red_0]").inner_text()
    assert "Blue 2 of 2 alive" in page.locator("#board").get_attribute("aria-label")


def test_a_press_on_a_mech_inspects_it_and_the_address_follows_it(page, fight):
    open_fight(page, fight, "&tick=3&focus=blue_0")
    assert pressed(page) == ["Follow"]
    page.mouse.click(*middle(page))
    told = "blue_0, heavy of Blue"
    until(page, f"document.querySelector('#inspector-title').innerText === '{told}'")
    facts = page.locator("#inspector-facts").inner_text()
    assert re.search(r"heat_cap\s+100", facts)
    page.keyboard.press(".")
    until(page, "document.querySelector('#inspector-changes').innerText.includes('pos')")
    page.locator("#panel-team-red [data-subject=red_0] button").click()
    until(page, "new URLSearchParams(location.search).get('focus') === 'red_0'")


def test_the_camera_has_keys_and_buttons_and_goes_with_the_pointer(page, fight):
    open_fight(page, fight)
    eye = f"{ARENA}.then(({{theatre}}) => theatre.picture.pose.eye.map(Math.round))"
    first = page.evaluate(eye)
    page.keyboard.press("t")
    until(page, "document.querySelector('.arena-strip [aria-pressed=true]').innerText === 'Top'")
    until(page, f"{eye}.then((now) => String(now) !== '{','.join(map(str, first))}')")
    page.keyboard.press("v")
    until(page, "new URLSearchParams(location.search).has('focus')")
    page.get_by_role("button", name="Orbit").click()
    assert pressed(page) == ["Orbit"]
    before = page.evaluate(f"{ARENA}.then(({{theatre}}) => theatre.host.view())")
    x, y = middle(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 90, y + 20, steps=4)
    page.mouse.up()
    page.mouse.wheel(0, -300)
    until(page, f"{ARENA}.then(({{theatre}}) => theatre.host.view().distance !== null)")
    after = page.evaluate(f"{ARENA}.then(({{theatre}}) => theatre.host.view())")
    assert after["yaw"] != before["yaw"]
    page.keyboard.press("?")
    assert "camera from above" in page.locator("#help-keys").inner_text()


def test_the_address_keeps_the_camera_once_it_was_moved(page, fight):
    open_fight(page, fight)
    assert "view=" not in page.url
    page.keyboard.press("d")
    page.keyboard.press("w")
    until(page, "new URLSearchParams(location.search).get('view')?.split('_').length > 3")
    eye = f"{ARENA}.then(({{theatre}}) => theatre.picture?.pose.eye.map(Math.round).join())"
    seen, address = page.evaluate(eye), page.url
    page.goto("about:blank")
    page.goto(address)
    until(page, f"{eye}.then((eye) => eye === '{seen}')")
    page.keyboard.press("h")
    until(page, "!location.search.includes('view=')")


def test_paths_lie_over_the_world(page, fight):
    """The graph is fetched once, and there at once the second time; two presses ask for a way."""
    asked = []
    page.on(
        "request", lambda request: asked.append(request.url) if "/nav/" in request.url else None
    )
    open_fight(page, fight)
    page.get_by_role("button", name="Nav graph").click()
    until(page, f"{ARENA}.then(({{theatre}}) => theatre.scene.graph?.lines.nodes.length > 1000)")
    page.get_by_role("button", name="Nav graph").click()
    until(page, f"{ARENA}.then(({{theatre}}) => theatre.scene.graph === null)")
    page.get_by_role("button", name="Nav graph").click()
    until(page, f"{ARENA}.then(({{theatre}}) => theatre.scene.graph !== null)")
    assert sum("/nav/" in address for address in asked) == 1
    page.get_by_role("button", name="Paths").click()
    assert "Choose where from" in page.locator(".arena-words").inner_text()
    x, y = middle(page)
    page.mouse.click(x - 60, y + 30)
    page.mouse.click(x + 60, y + 30)
    until(page, "/\\d+ steps, cost/.test(document.querySelector('.arena-words').innerText)")
    assert page.evaluate(f"{ARENA}.then(({{theatre}}) => theatre.way.length)") > 3
    assert not page.locator("#inspector").is_visible()


def test_a_push_is_watched_live_chunk_by_chunk(page, push):
    shard = push(3, [0])
    page.goto(f"/spectate/{shard.pk}")
    page.wait_for_selector(".board-below[data-painter=webgl2]", state="attached")
    until(
        page, "document.querySelector('#loading').innerText.includes('Loading 33 % (chunk 1 of 3)')"
    )
    until(
        page,
        "/^Connected \\([\\d.]+ fps\\)$/.test(document.querySelector('#connection').innerText)",
    )
    assert page.locator("#viewer").get_attribute("data-tick") == "19"
    push(3, [1])
    until(page, "document.querySelector('#loading').innerText.includes('chunk 2 of 3')")
    tick = int(page.locator("#viewer").get_attribute("data-tick"))
    assert 19 <= tick < 39  # the burst is played, not jumped over
    until(page, "Number(document.querySelector('#viewer').dataset.tick) > 24")
    page.keyboard.press("Home")  # from the first frame, while it is pushed
    until(page, "Number(document.querySelector('#viewer').dataset.tick) < 8")
    push(3, [2])
    page.wait_for_selector("#viewer[data-state=archive]")
    assert page.locator("#tick-last").inner_text() == "/ 59"
    assert not page.locator("#loading").is_visible()


def test_chunks_that_never_came_are_a_gap_that_is_told_and_passed(page, push):
    shard = push(3, [0, 2])
    Push.objects.update(changed_at=timezone.now() - dt.timedelta(days=1))
    assert giving_up.give_up_silent() == 1
    open_fight(page, shard, "&tick=30")
    told = "Ticks 20 to 39 were not recorded."
    until(page, f"document.querySelector('#status-words').innerText === '{told}'")
    assert page.locator("#tick-last").inner_text() == "/ 59"
    page.keyboard.press("Home")
    page.locator("#speed").select_option("8")
    page.keyboard.press("k")
    until(page, "Number(document.querySelector('#viewer').dataset.tick) > 42")


@pytest.mark.parametrize("how", ["asked", "absent"])
def test_without_webgl_the_arena_is_seen_from_above(page, fight, how):
    if how == "absent":
        page.add_init_script(
            "const own = HTMLCanvasElement.prototype.getContext;"
            "HTMLCanvasElement.prototype.getContext = function (kind, ...more) {"
            " return /webgl/.test(kind) ? null : own.call(this, kind, ...more); };"
        )
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    open_fight(page, fight, "&focus=blue_0" + ("&webgl=0" if how == "asked" else ""), painter="2d")
    assert not [address for address in asked if "/three/" in address]
    assert not page.locator(".board-below").is_visible()
    assert page.evaluate(COLOURS) > 8
    page.mouse.click(*middle(page))
    told = "blue_0, heavy of Blue"
    until(page, f"document.querySelector('#inspector-title').innerText === '{told}'")


def test_when_the_browser_takes_the_graphics_away_the_view_from_above_takes_over(page, fight):
    open_fight(page, fight)
    page.evaluate(f"{ARENA}.then(({{theatre}}) => theatre.scene.renderer.forceContextLoss())")
    page.wait_for_selector(".board-below[data-painter='2d']", state="attached")
    assert not page.locator(".board-below").is_visible()


def test_a_long_watch_keeps_no_more_than_a_short_one(page, fight):
    """Seeks, themes, cameras, graphs, other worlds, over and over: nothing is left behind."""
    open_fight(page, fight)
    session = page.context.new_cdp_session(page)

    def measured():
        session.send("HeapProfiler.collectGarbage")
        used = session.send("Runtime.getHeapUsage")["usedSize"]
        drawn = page.evaluate(f"{ARENA}.then(({{theatre}}) => theatre.scene.renderer.info.memory)")
        return used, drawn["geometries"], drawn["textures"]

    def watch(rounds):
        page.evaluate(
            f"""{ARENA}.then(async ({{theatre}}) => {{
                const rest = () => new Promise((done) => requestAnimationFrame(done));
                const world = theatre.world;
                for (let round = 0; round < {rounds}; round += 1) {{
                    for (const digit of '0369') {{
                        document.dispatchEvent(new KeyboardEvent('keydown', {{key: digit}}));
                        await rest();
                    }}
                    theatre.world = {{...world}};
                    document.documentElement.dataset.theme = round % 2 ? 'dark' : 'light';
                    document.querySelector('[data-layer=graph]').click();
                    document.dispatchEvent(new KeyboardEvent('keydown', {{key: 'ovt'[round % 3]}}));
                    await rest();
                }}
            }})"""
        )

    watch(8)
    before = measured()
    watch(30)
    after = measured()
    assert after[1:] == before[1:]
    assert after[0] - before[0] < 3_000_000


@pytest.mark.parametrize(("size", "theme"), [((1440, 900), "dark"), ((390, 844), "light")])
def test_the_arena_is_for_everyone(new_context, fight, size, theme):
    page = new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=theme, reduced_motion="reduce"
    ).new_page()
    open_fight(page, fight, "&tick=5")
    assert accessibility_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_of_what_npm_installs_the_files_of_three_alone_are_served():
    served = [name for finder in finders.get_finders() for name, _ in finder.list(None)]
    assert {"three.module.min.js", "three.core.min.js"} <= set(served)
    assert finders.find("three/three.module.min.js")
    assert finders.find("three/three.core.min.js")
    for name in ("three/three.cjs", "three/../package.json", "typescript/lib/tsc.js"):
        assert finders.find(name) is None
