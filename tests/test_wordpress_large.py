"""A hundred megabytes of WordPress through the command line, in a process of its own whose memory is watched."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from almoner.giving import demo
from almoner.stories import demo as stories_demo
from almoner.stories.models import ImportedPost
from tests.crash.drill import at_site
from tests.support import wxr
from tests.support.server import Process, Site

pytestmark = pytest.mark.once

MEGABYTES_MAX = 200
POSTS = 9


def posts() -> Iterator[wxr.Post]:
    """A few posts among what a real export is full of: other kinds, pictures, and one text that is far too long."""
    yield from wxr.large(POSTS, filler=20_000)
    yield wxr.Post(500_000, title="Too long", content="word " * 2_000_000)
    for n in range(45_000):
        yield wxr.Post(600_000 + n, kind="revision", status="inherit", content="said before " * 120)
        yield wxr.picture(700_000 + n, f"pic-{n}")


def peak_megabytes(process: Process) -> int:
    """The most that the process held, as the kernel counts it, until it ended."""
    peak = 0
    status = Path(f"/proc/{process.popen.pid}/status")
    while process.popen.poll() is None:
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                peak = max(peak, int(line.split()[1]) // 1024)
        time.sleep(0.05)
    return peak


def test_a_large_export_comes_in_within_its_memory(new_server: Callable[..., Site], tmp_path: Path) -> None:
    charity = demo.seed()
    site = new_server(started=False)
    stories_demo.seed(charity, hostname="127.0.0.1", port=int(site.base.rpartition(":")[2]))
    export = wxr.export(tmp_path / "large.xml", posts())
    assert export.stat().st_size > 100 * 1024 * 1024
    process = site.start(
        "import", "wordpress", str(export), "--charity", charity.slug, "--publish",
        "--form", "pronto-donation-form:4840=light", "--report", str(tmp_path / "report.csv"),
    )  # fmt: skip
    peak = peak_megabytes(process)
    assert process.wait() == 0, process.output
    assert f"of {POSTS + 1:,} posts and pages" in process.output and "0 s left" in process.output
    assert "left out, revision: 45000" in process.output and "quarantined: 1" in process.output
    with at_site(site):
        assert ImportedPost.objects.filter(state="imported").count() == POSTS
        assert ImportedPost.objects.get(state="quarantined").page_id is None
    assert 0 < peak < MEGABYTES_MAX, f"{peak} MB"
    site.serve()
    answer = httpx.get(f"{site.base}/2019/03/story-2/", follow_redirects=True, timeout=120, trust_env=False)
    assert answer.status_code == 200 and str(answer.url) == f"{site.base}/stories/story-2/"
    assert "we went out again" in answer.text and 'id="giving"' in answer.text
