"""The form's page as a phone on a slow line meets it: script/bench page [--quick].

Chromium with an emulated slow 4G (562 ms a round trip, 180 kB/s) and a processor four times slower, 412 x 823, opens in
turn the form's page, the story that holds the form, and a floor of one kilobyte without any other request. Each visit
is a visitor who was never here. Bytes are those of the line, headers and compression included; LCP is the browser's
own largest contentful paint, as a ratio to the floor's in the same round.
"""

import statistics
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Browser, sync_playwright
from rig import report, sites
from rig.noise import Noise
from rig.visits import PHONE, Arm, Line, measured, visit
from script.chromium import chromium_path
from tests.browser.walk import Walk
from tests.support.browser import ARGUMENTS

_STORY: Final = "/stories/four-reasons-for-hope/"


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
        "noise": report.noise(noise),
    }


def _to_payment(browser: Browser, url: str) -> tuple[float, int]:
    """KB of script over the line, and how many files, from the first page until the payment step stands there."""
    context = browser.new_context(**PHONE)
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
    sys.exit(measured(__doc__, "page", _measure))
