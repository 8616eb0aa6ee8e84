"""The impatient donor once more: an old page after a decline, and another way to pay after the hosted page."""

from collections.abc import Callable

import pytest

from almoner.giving import demo
from almoner.giving.models import Gift
from almoner.payments.models import Attempt
from tests.crash.drill import hold_to_account, page_to_submit, sandbox_of, visitor
from tests.crash.test_parallel_posts import post_all_at_once
from tests.support.server import Site

pytestmark = pytest.mark.crash


def test_other_content_after_a_decline_sent_by_fifty_is_one_other_gift(
    new_server: Callable[..., Site],
) -> None:
    demo.seed()
    site = new_server(ALMONER_WORKERS="2")
    with visitor(site) as client:
        old = page_to_submit(client, "ada@example.org")
        # Another page of the same draft, from before the decline: the email was put right there.
        details = {"given_name": "Augusta", "email": "augusta@example.org", "country": "AU"}
        address = {
            "address_line1": "1 George Street", "address_locality": "Sydney", "address_region": "NSW",
            "address_postcode": "2000",
        }  # fmt: skip
        changed = client.post("/give/4840/payment/", data={**details, **address, "token": old["token"]})
        assert (
            client.post("/give/4840/submit/", data=old | {"sandbox_outcome": "lost_card"}).status_code == 200
        )
    token = changed.text.partition('name="token" value="')[2].partition('"')[0]
    answers = post_all_at_once(site, old | {"token": token})

    assert {answer.status_code for answer in answers} == {303}, [answer.text[:200] for answer in answers]
    given = Gift.objects.get(status="settled")
    assert {answer.headers["location"] for answer in answers} == {f"/give/thanks/{given.public_key}/"}
    assert sorted(Gift.objects.values_list("status", "contact__given_name")) == [
        ("failed", "Ada"),
        ("settled", "Augusta"),
    ]
    assert sorted(charge.state for charge in sandbox_of(site).store.charges()) == ["failed", "succeeded"]
    site.work()
    hold_to_account(site)


def test_another_way_after_the_hosted_page_sent_by_fifty_is_one_attempt(
    new_server: Callable[..., Site],
) -> None:
    demo.seed()
    site = new_server(ALMONER_WORKERS="2")
    with visitor(site) as client:
        form = page_to_submit(client, "ada@example.org")
        left = client.post("/give/4840/submit/", data=form | {"method": "sandbox_hosted"})
        assert left.headers["location"].startswith("/sandbox/checkout/")
    answers = post_all_at_once(site, form | {"method": "bank_transfer"})

    gift = Gift.objects.get()
    assert {answer.status_code for answer in answers} == {303}, [answer.text[:200] for answer in answers]
    assert {answer.headers["location"] for answer in answers} == {f"/give/thanks/{gift.public_key}/"}
    assert list(Attempt.objects.order_by("ordinal").values_list("method", "state")) == [
        ("sandbox_hosted", "cancelled"),
        ("bank_transfer", "awaiting"),
    ]
    assert [charge.state for charge in sandbox_of(site).store.charges()] == ["cancelled"]
