"""Load over a socket on a server with three threads: ornaments go first, steps last, gifts never."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import httpx
import pytest

from almoner.giving import demo
from almoner.giving.models import Gift, GiftStatus
from almoner.giving.tests.conftest import PERSON
from almoner.payments.models import Attempt
from tests.crash.drill import hold_to_account, page_to_submit, token_in, visitor, work
from tests.support.server import Site, wait_until
from tests.test_metrics import TOKEN, scraped, value

pytestmark = pytest.mark.crash
FIELD = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


def stalled(site: Site, number: int) -> httpx.Response:
    """A gift whose gateway doesn't answer for a while: its thread waits."""
    with visitor(site) as client:
        form = page_to_submit(client, f"slow{number}@example.org", sandbox_outcome="timeout_after")
        return client.post("/give/4840/submit/", data=form)


def test_ornaments_go_first_and_what_was_typed_comes_back(new_server: Callable[..., Site]) -> None:
    demo.seed()
    site = new_server(
        ALMONER_THREADS="3",
        # As long as all that is asked meanwhile takes on a slow machine.
        ALMONER_SANDBOX_STALL_SECONDS="25",
        ALMONER_SHED_PAGES="101",
        ALMONER_METRICS_TOKEN=TOKEN,
    )
    with visitor(site) as client, ThreadPoolExecutor(2) as pool:
        page = client.post("/give/4840/details/", data={"amount": "50", "fund": "children"})
        typed = {**PERSON, "given_name": 'Ada "&" <Ada>', "action": "continue", "token": token_in(page)}
        last = page_to_submit(client, "quick@example.org")
        assert client.get("/admin/giving-reports/income/").status_code == 302

        slow = [pool.submit(stalled, site, 1)]
        wait_until(lambda: Attempt.objects.filter(state="confirming").count() == 1)
        shed = client.get("/admin/giving-reports/income/")
        assert (shed.status_code, shed.headers["retry-after"]) == (503, "5")
        assert client.post("/give/4840/details/", data={"amount": "50", "fund": "children"}).is_success

        slow.append(pool.submit(stalled, site, 2))
        wait_until(lambda: Attempt.objects.filter(state="confirming").count() == 2)
        kept = client.post("/give/4840/payment/", data=typed)
        assert (kept.status_code, kept.headers["retry-after"]) == (503, "5")
        assert "What you typed is kept" in kept.text
        assert {unescape(name): unescape(value) for name, value in FIELD.findall(kept.text)} == typed
        assert 'action="/give/4840/payment/"' in kept.text
        arabic = client.post("/ar/give/4840/details/", data={"amount": "50"})
        assert (arabic.status_code, 'dir="rtl"' in arabic.text) == (503, True)
        assert client.get("/stories/", follow_redirects=True).status_code != 503, "over 100 is never"
        # Whoever has come to paying is not sent away.
        assert client.post("/give/4840/submit/", data=last).status_code == 303

        assert all(each.result().status_code in (200, 303) for each in slow)
        again = client.post(
            "/give/4840/payment/", data=dict(FIELD.findall(kept.text)) | {"given_name": "Ada"}
        )
        assert again.is_success
        assert client.get("/admin/giving-reports/income/").status_code == 302
    counted = {
        rank: value(scraped(site), "almoner_shed_total", rank=rank) for rank in ("ornament", "step", "page")
    }
    assert counted == {"ornament": 1, "step": 2, "page": 0}
    work(site)
    assert list(Gift.objects.values_list("status", flat=True)) == [GiftStatus.SETTLED] * 3
    hold_to_account(site)
