"""What a form costs the page of another site that shows it: script/bench embed [--quick].

Chromium with an emulated slow 4G and a processor four times slower, as in script/bench page, opens in turn a page of
another site without a form, with the form in it, and with a button that opens the form. Each visit is a visitor who
was never here. Bytes are those of the line, the frame's included; LCP is the host page's own largest contentful paint,
as a ratio to that of the page without the form in the same round. The frame shares the page's process here, so that
one throttled line carries both.
"""

import statistics
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import sync_playwright
from rig import processes, report, sites
from rig.noise import Noise
from rig.visits import Arm, measured, visit
from script.chromium import chromium_path
from tests.support.browser import ARGUMENTS
from tests.support.hosts import HostSite, serving

_LIST: Final = (
    "from almoner.giving.models import DonationForm; DonationForm.objects.update(frame_sites='{site}'); "
    "from almoner.charities.models import Charity; from almoner.charities.sites import bump; "
    "[bump(each.pk) for each in Charity.objects.all()]"
)
_HEAD: Final = "<link rel=icon href=data:,><h1>A story of ours</h1>"
_WORDS: Final = "<p>Words that a page of another site would have, in a paragraph.</p>" * 12
_ONE_PROCESS: Final = "--disable-features=IsolateOrigins,site-per-process"


def _measure(rounds: int, folder: Path) -> dict[str, object]:
    noise = Noise()
    with ExitStack() as stack:
        host = stack.enter_context(serving())
        env = sites.prepared("almoner", folder, "")
        code = _LIST.format(site=host.base)
        processes.python("-m", "almoner", "manage", "shell", "--no-imports", "-c", code, env=env)
        almoner = stack.enter_context(sites.almoner(env))
        playwright = stack.enter_context(sync_playwright())
        # Playwright's own arguments name features to switch off too, and the last one given counts.
        browser = playwright.chromium.launch(
            executable_path=chromium_path(),
            args=[*ARGUMENTS, "--disable-site-isolation-trials", _ONE_PROCESS],
        )
        stack.callback(browser.close)
        bare, form, button = _arms(host, almoner.base)
        for _ in range(rounds):
            for arm in (bare, form, button):
                noise.listen()
                visit(browser, arm)
    report.table(
        ("page", "requests", "KB", "JS KB", "LCP ms", "LCP / without"),
        [arm.row(bare) for arm in (bare, form, button)],
    )
    script = button.lines[-1]
    return {
        "script_kb": round(script.kb("Script"), 2),
        # What the page asks for more than without the form: the script, the frame and what is in it.
        "host_requests": len(form.lines[-1].kinds) - len(bare.lines[-1].kinds),
        "button_requests": len(script.kinds) - len(bare.lines[-1].kinds),
        "host_kb": round(form.lines[-1].kb() - bare.lines[-1].kb(), 2),
        "lcp_ratio": round(form.ratio(bare), 3),
        "button_lcp_ratio": round(button.ratio(bare), 3),
        "lcp_ms": round(statistics.median(form.lcp_ms)),
        "bare_lcp_ms": round(statistics.median(bare.lcp_ms)),
        "rounds": rounds,
        "noise": report.noise(noise),
    }


def _arms(host: HostSite, giving: str) -> tuple[Arm, Arm, Arm]:
    """The form stands before the words, in sight: where it is below, its frame waits until it is near."""
    script = f'<script src="{giving}/almoner-form.js" async></script>'
    light = f'<a href="{giving}/give/4840/">Give</a>'
    inline = f'{script}<almoner-form form="4840">{light}</almoner-form>'
    pressed = f'{script}<almoner-form form="4840" button="Give now">{light}</almoner-form>'
    return (
        Arm("a page of another site", host.page(f"{_HEAD}{_WORDS}", "/bare/")),
        Arm("with the form in it", host.page(f"{_HEAD}{inline}{_WORDS}", "/form/")),
        Arm("with a button to it", host.page(f"{_HEAD}{pressed}{_WORDS}", "/button/")),
    )


if __name__ == "__main__":
    sys.exit(measured(__doc__, "embed", _measure))
