"""Visits of a phone on a slow line: what a page asks for over it, and when its largest part stands there.

Chromium with an emulated slow 4G (562 ms a round trip, 180 kB/s) and a processor four times slower, 412 x 823. Each
visit is a visitor who was never here.
"""

import argparse
import shutil
import statistics
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, CDPSession, Page

from rig import report

_SLOW_4G: Final = {
    "offline": False, "latency": 562, "downloadThroughput": 180_000, "uploadThroughput": 84_000,
}  # fmt: skip
PHONE: Final = {
    "viewport": {"width": 412, "height": 823},
    "is_mobile": True,
    "has_touch": True,
    "locale": "en-AU",
}
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


def measured(doc: str | None, name: str, measure: Callable[[int, Path], dict[str, object]]) -> int:
    """The command line of a bench of pages: `measure` is given how many rounds of visits, and a folder that is its own;
    what it returns is the result."""
    options = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=9, help="visits of each page (default 9)")
    options.add_argument("--quick", action="store_true", help="one visit each: does it run at all?")
    options.add_argument("--out", default="", help="write the result as JSON into this file too")
    given = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix=f"almoner-{name}-"))
    try:
        figures = measure(1 if given.quick else given.rounds, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    report.result(figures | {"quick": given.quick}, given.out)
    return 0


def visit(browser: Browser, arm: Arm) -> None:
    context = browser.new_context(**PHONE)
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
