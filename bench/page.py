"""The page as a phone on a slow line sees it, and with 100,000 photos in the grid.

The gallery's answers are made up here and given by a plain file server beside the built page, so
that nothing but the page is measured.
"""

import gzip
import io
import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from bench.report import show
from services.embedded.browser import find
from tests.system.pipeline import ROOT
from tests.web.desk import FLAGS, SAMPLES

DIST = ROOT / "web" / "dist"
DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
MANY = 100_000
FEW = 80
#: What browsers call "fast 3G", and a phone four times slower than this machine.
SLOW_LINE = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 200_000,
    "uploadThroughput": 90_000,
}
SLOWER = 4
#: Pixels of the page in one frame, and frames: a hundred screens in two seconds.
STEP, FRAMES = 900, 120
WATCH = """async ([step, frames]) => {
    const times = [];
    let most = 0;
    for (let frame = 0, last = performance.now(); frame < frames; frame++) {
        window.scrollBy(0, step);
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        times.push(now - last);
        last = now;
        most = Math.max(most, document.querySelectorAll("[data-testid=photo]").length);
    }
    times.sort((a, b) => a - b);
    return { most, worst: times.at(-1), long: times.filter((time) => time > 50).length };
}"""
#: The parts of a trace that tell how long the page itself worked at a stretch.
TRACED = {
    "includedCategories": ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"]
}
TYPE = """async () => {
    const box = document.querySelector("[role=combobox]");
    box.focus();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const options = () => [...document.querySelectorAll("[role=option]")];
    const seen = () => options().some((one) => one.textContent.includes("zebra"));
    const began = performance.now();
    box.value = "zeb";
    box.dispatchEvent(new InputEvent("input", { bubbles: true }));
    while (!seen()) await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    return performance.now() - began;
}"""
LAYOUT = """
import { readFileSync } from "node:fs";
import { transformWithOxc } from "vite";
const file = "src/layout/justified.ts";
const { code } = await transformWithOxc(readFileSync(file, "utf8"), file);
const { arrange } = await import("data:text/javascript," + encodeURIComponent(code));
const ratios = Float64Array.from({ length: MANY }, (_, at) => 0.6 + (at * 37 % 100) / 80);
const sections = [{ heading: "", first: 0, count: MANY }];
const spacing = { width: 1200, target: 240, gap: 8 };
const times = Array.from({ length: 31 }, () => {
    const before = process.cpuUsage();
    arrange(ratios, sections, spacing);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
});
console.log(times.sort((a, b) => a - b)[15]);
"""
AWAY = b'{"title": "away", "status": 503, "detail": "", "code": "away"}'
PAINTED = """() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0"""
SHOWN = """() => {
    const seen = [...document.querySelectorAll("[data-testid=photo] img")];
    const whole = seen.length && seen.every((one) => one.complete && one.naturalWidth);
    return whole ? performance.now() : 0;
}"""


class Quiet(SimpleHTTPRequestHandler):
    """The built page, and a gallery of which little is asked."""

    answers: ClassVar[dict[str, tuple[int, str, bytes]]] = {}

    def do_GET(self) -> None:
        if not self.path.startswith("/api/"):
            return super().do_GET()
        path = re.sub(r"\?.*", "", self.path).removeprefix("/api/")
        status, form, body = self.answers.get(path, (503, "application/json", AWAY))
        self.send_response(status)
        self.send_header("Content-Type", form)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """A bench has lines of its own."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def day_of(number: int) -> str:
    """Two thousand photos a month."""
    return f"20{26 - number // 24_000}-{12 - number // 2_000 % 12:02}-03T12:00:00Z"


def photos(count: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{number:032x}", "status": "ready", "stage": "searchable", "generation": 1,
            "filename": f"{number}.jpg", "width": 400 + number * 37 % 500, "height": 400,
            "taken_at": None, "uploaded_at": day_of(number),
            "thumbhash": "", "palette": [], "caption": "", "reason": None,
            **dict.fromkeys(("original", "display", "thumb"), "/api/photos/1/thumb"),
        }
        for number in range(count)
    ]  # fmt: skip


def answering(count: int) -> dict[str, tuple[int, str, bytes]]:
    """The gallery: so many photos, one picture for all of them, one tag."""
    listed = {"photos": photos(count), "cursor": None, "total": count}
    tags = {"tags": [{"kind": "label", "text": "zebra", "count": 3, "by": "prefix"}]}
    return {
        "photos": (200, "application/json", json.dumps(listed).encode()),
        "tags": (200, "application/json", json.dumps(tags).encode()),
        "photos/1/thumb": (200, "image/jpeg", thumbnail()),
    }


def thumbnail() -> bytes:
    """As large as the gateway makes them."""
    picture = Image.open(SAMPLES / "dahlia.jpg")
    picture.thumbnail((400, 400))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=75)
    return file.getvalue()


def a_page(browser: Browser, count: int, size: ViewportSize) -> Page:
    Quiet.answers = answering(count)
    return browser.new_context(viewport=size, service_workers="block").new_page()


def first_load(browser: Browser, address: str) -> tuple[float, float]:
    """Milliseconds to the first paint, and to all thumbnails of the screen."""
    page = a_page(browser, FEW, PHONE)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_LINE)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address)
    shown = page.wait_for_function(SHOWN, timeout=60_000).json_value()
    painted = page.evaluate(PAINTED)
    page.context.close()
    return painted, shown


def scripts(browser: Browser, address: str) -> tuple[float, float]:
    """kB gz of all JavaScript that the first load asks for, and of everything there is."""
    page = a_page(browser, FEW, DESK)
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url.removeprefix(address)))
    page.goto(address)
    page.get_by_test_id("photo").first.wait_for(timeout=60_000)
    page.wait_for_load_state("networkidle")
    page.context.close()
    sizes = {
        f"assets/{path.name}": len(gzip.compress(path.read_bytes(), 6)) / 1000
        for path in DIST.glob("assets/*.js")
    }
    return sum(size for name, size in sizes.items() if name in asked), sum(sizes.values())


def costliest(page: Page) -> float:
    """Milliseconds of CPU time of the page's longest stretch of work while it scrolls.

    A frame on a busy machine mostly waits for its turn; this is what the page itself takes.
    """
    session = page.context.new_cdp_session(page)
    events: list[dict[str, Any]] = []
    ended: list[Any] = []
    session.on("Tracing.dataCollected", lambda told: events.extend(told["value"]))
    session.on("Tracing.tracingComplete", lambda told: ended.append(told))
    session.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": TRACED})
    page.evaluate(WATCH, [STEP, FRAMES])
    session.send("Tracing.end")
    while not ended:
        page.wait_for_timeout(50)
    calls = Counter((one["pid"], one["tid"]) for one in events if one["name"] == "FunctionCall")
    (main_thread, _), *_ = calls.most_common(1)
    tasks: list[float] = [
        one["tdur"] / 1000
        for one in events
        if (one["pid"], one["tid"]) == main_thread and one["name"] == "RunTask" and "tdur" in one
    ]
    return max(tasks)


def layout() -> float:
    """Milliseconds of CPU time, the median of many, to arrange 100,000 photos in rows."""
    told = subprocess.run(
        ["node", "--input-type=module"],
        input=LAYOUT.replace("MANY", str(MANY)),
        cwd=ROOT / "web",
        capture_output=True,
        text=True,
        check=True,
    )
    return float(told.stdout)


def main() -> None:
    with served(DIST) as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=find(), args=FLAGS)
        first, all_ = scripts(browser, address)
        painted, shown = first_load(browser, address)
        page = a_page(browser, MANY, DESK)
        page.goto(address)
        page.get_by_test_id("photo").first.wait_for(timeout=120_000)
        scrolled = page.evaluate(WATCH, [STEP, FRAMES])
        work = costliest(page)
        typed = page.evaluate(TYPE)
        empty = browser.new_page()
        idle = empty.evaluate(WATCH, [STEP, FRAMES])
        browser.close()
    rows = [
        ("JavaScript of the first load, gz", f"{first:.1f} kB", "<= 90 kB"),
        ("all JavaScript, gz", f"{all_:.1f} kB", ""),
        ("first contentful paint, phone on a slow line", f"{painted:.0f} ms", ""),
        ("thumbnails of the first screen, same", f"{shown:.0f} ms", ""),
        ("laying out 100,000 photos, CPU", f"{layout():.1f} ms", "<= 20 ms"),
        ("photos in the page of 100,000, at most", f"{scrolled['most']}", "<= 120"),
        ("worst frame while scrolling fast", f"{scrolled['worst']:.0f} ms", "<= 50 ms"),
        ("frames over 50 ms", f"{scrolled['long']} of {FRAMES}", "0"),
        ("the same of an empty page", f"{idle['worst']:.0f} ms, {idle['long']} of {FRAMES}", ""),
        ("longest work of the page while scrolling, CPU", f"{work:.1f} ms", "<= 50 ms"),
        ("keystroke to painted completion", f"{typed:.0f} ms", "<= 100 ms"),
    ]
    show("The page", ("what", "measured", "aim"), rows)


if __name__ == "__main__":
    main()
