"""The form's page as a phone on a slow line meets it: script/bench page [--quick].

Chromium with an emulated slow 4G (562 ms a round trip, 180 kB/s) and a processor four times slower, 412 x 823, opens in
turn the form's page, the story that holds the form, and a floor of one kilobyte without any other request. Each visit
is a visitor who was never here. Bytes are those of the line, headers and compression included; LCP is the browser's
own largest contentful paint, as a ratio to the floor's in the same round.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright
from rig import report, sites
from rig.noise import Noise
from script.chromium import chromium_path
from tests.browser.walk import Walk
from tests.support.browser import ARGUMENTS

_SLOW_4G: Final = {
    "offline": False, "latency": 562, "downloadThroughput": 180_000, "uploadThroughput": 84_000,
}  # fmt: skip
_PHONE: Final = {
    "viewport": {"width": 412, "height": 823},
    "is_mobile": True,
    "has_touch": True,
    "locale": "en-AU",
}
_STORY: Final = "/stories/four-reasons-for-hope/"
_CPU_SLOWER: Final = 4
_LCP: Final = """() => new Promise(resolve => new PerformanceObserver(list =>
    resolve(list.getEntries().at(-1).startTime)).observe({type: "largest-contentful-paint", buffered: true}))"""


@dataclass
class Line:
    """What came over the line: a row a request, by the kind the browser gives it."""

    kinds: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def listen(self, page: Page) -> CDPSession:
        session = page.context.new_cdp_session(page)
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.loadingFinished", self._finished)
        session.send("Network.enable")
        return session

    def kb(self, kind: str = "") -> float:
        return sum(size for key, size in self.sizes.items() if kind in ("", self.kinds[key])) / 1000

    def _sent(self, event: dict[str, Any]) -> None:
        # An image that stands in the page as a data: address asks nothing of anybody.
        if not event["request"]["url"].startswith("data:"):
            self.kinds[event["requestId"]] = event["type"]

    def _finished(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self.kinds:
            self.sizes[event["requestId"]] = int(event["encodedDataLength"])


@dataclass
class Arm:
    """One page's visits."""

    name: str
    url: str
    lcp_ms: list[float] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def row(self, floor: "Arm") -> tuple[object, ...]:
        line = self.lines[-1]
        lcp_ms = statistics.median(self.lcp_ms)
        return self.name, len(line.kinds), line.kb(), line.kb("Script"), lcp_ms, self.ratio(floor)

    def ratio(self, floor: "Arm") -> float:
        return statistics.median(ours / its for ours, its in zip(self.lcp_ms, floor.lcp_ms, strict=True))


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--rounds", type=int, default=9, help="visits of each page (default 9)")
    options.add_argument("--quick", action="store_true", help="one visit each: does it run at all?")
    options.add_argument("--out", default="", help="write the result as JSON into this file too")
    given = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="almoner-page-"))
    try:
        figures = _measure(1 if given.quick else given.rounds, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    report.result(figures | {"quick": given.quick}, given.out)
    return 0


def _measure(rounds: int, folder: Path) -> dict[str, object]:
    noise = Noise()
    with ExitStack() as stack:
        almoner = stack.enter_context(sites.almoner(sites.prepared("almoner", folder, "")))
        ready = stack.enter_context(sites.floor_bytes(folder))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        stack.callback(browser.close)
        floor = Arm("a page of 1 KB", f"{ready.base}/")
        form = Arm("the form", f"{almoner.base}/give/4840/")
        story = Arm("the story with the form", almoner.base + _STORY)
        for _ in range(rounds):
            for arm in (floor, form, story):
                noise.listen()
                visit(browser, arm)
        js_kb, scripts = _to_payment(browser, form.url)
    report.table(
        ("page", "requests", "KB", "JS KB", "LCP ms", "LCP / floor"),
        [arm.row(floor) for arm in (floor, form, story)],
    )
    report.table(("up to the payment step", "scripts", "JS KB"), [("the form", scripts, js_kb)])
    told = noise.told()
    print(
        f"machine: loop {told['loop_ms']} ms, slowest tenth {told['spread']} x, clock/CPU {told['waiting']} x\n"
    )
    return {
        "page_kb": round(form.lines[-1].kb(), 2),
        "page_requests": len(form.lines[-1].kinds),
        "js_kb": round(js_kb, 2),
        "lcp_ratio": round(form.ratio(floor), 3),
        "lcp_ms": round(statistics.median(form.lcp_ms)),
        "floor_lcp_ms": round(statistics.median(floor.lcp_ms)),
        "story_kb": round(story.lines[-1].kb(), 2),
        "story_requests": len(story.lines[-1].kinds),
        "story_lcp_ratio": round(story.ratio(floor), 3),
        "rounds": rounds,
        "noise": told,
    }


def visit(browser: Browser, arm: Arm) -> None:
    context = browser.new_context(**_PHONE)
    page = context.new_page()
    line = Line()
    session = line.listen(page)
    session.send("Network.emulateNetworkConditions", _SLOW_4G)
    session.send("Emulation.setCPUThrottlingRate", {"rate": _CPU_SLOWER})
    response = page.goto(arm.url, wait_until="networkidle", timeout=60_000)
    assert response is not None and response.ok, arm.url
    arm.lcp_ms.append(float(page.evaluate(_LCP)))
    arm.lines.append(line)
    context.close()


def _to_payment(browser: Browser, url: str) -> tuple[float, int]:
    """KB of script over the line, and how many files, from the first page until the payment step stands there."""
    context = browser.new_context(**_PHONE)
    page = context.new_page()
    line = Line()
    line.listen(page)
    page.goto(url)
    walk = Walk(page)
    walk.amount()
    walk.details("bench@example.org")
    context.close()
    return line.kb("Script"), sum(kind == "Script" for kind in line.kinds.values())


if __name__ == "__main__":
    sys.exit(main())
