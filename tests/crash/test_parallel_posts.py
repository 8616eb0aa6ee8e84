"""The most impatient donor: one page, sent by fifty threads at one moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest

from almoner.giving import demo
from almoner.giving.models import Gift, GiftStatus
from almoner.ledger.models import Posting
from almoner.payments.models import Attempt
from almoner.receipts.models import Receipt
from tests.crash.drill import hold_to_account, page_to_submit, sandbox_of, visitor
from tests.support.server import Site

pytestmark = pytest.mark.crash

AT_ONCE = 50


def post_all_at_once(site: Site, form: dict[str, str]) -> list[httpx.Response]:
    """The same submit from every thread, each on a connection of its own that is open already."""
    barrier = Barrier(AT_ONCE)

    def post(nth: int) -> httpx.Response:
        with visitor(site) as client:
            assert client.get("/health/live").is_success
            barrier.wait(timeout=120)
            return client.post("/give/4840/submit/", data=form)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(post, range(AT_ONCE)))


def test_fifty_parallel_posts_of_one_draft_make_one_charge(new_server: Callable[..., Site]) -> None:
    demo.seed()
    site = new_server(ALMONER_WORKERS="2")
    with visitor(site) as client:
        form = page_to_submit(client, "ada@example.org")
    answers = post_all_at_once(site, form)

    gift = Gift.objects.get()
    assert gift.status == GiftStatus.SETTLED
    assert {answer.status_code for answer in answers} == {303}, [answer.text[:200] for answer in answers]
    assert {answer.headers["location"] for answer in answers} == {f"/give/thanks/{gift.public_key}/"}
    attempt = Attempt.objects.get()
    charges = list(sandbox_of(site).store.charges())
    assert [(charge.key, charge.state, charge.confirms) for charge in charges] == [
        (str(attempt.pk), "succeeded", 1)
    ]
    postings = Posting.objects.filter(source="attempt", source_id=str(attempt.pk))
    assert sorted(postings.values_list("kind", flat=True)) == ["charge", "fee"]
    assert Receipt.objects.count() == 1
    with visitor(site) as client:
        assert client.get(answers[0].headers["location"]).is_success
    site.work()
    hold_to_account(site)
