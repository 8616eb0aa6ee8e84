"""A refund that was never answered for: who looked at the gateway says that it was not made."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from almoner.backoffice.tests.conftest import World
from almoner.backoffice.tests.test_gift import page_of, plain, told
from almoner.charities.models import AuditEntry, Charity
from almoner.giving import actions
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.payments.gateways.port import AnswerLost
from almoner.payments.gateways.sandbox.gateway import Sandbox
from almoner.payments.models import Refund


@pytest.fixture
def lost(world: World, sandbox: Sandbox) -> Refund:
    gift = world.tide.give()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "refund", lambda *args, **more: (_ for _ in ()).throw(AnswerLost("late")))
        return actions.refund(gift_id=gift.pk, amount_minor=5000, reason="r", actor=world.users["fundraiser"])


@pytest.fixture
def two_days_on(lost: Refund) -> Iterator[None]:
    with time_machine.travel(now() + timedelta(days=2)):
        yield


def gift_of(lost: Refund) -> Gift:
    return Gift.objects.select_related("contact").get(pk=lost.attempt.gift_id)


def url_of(lost: Refund) -> str:
    return f"/admin/gifts/{lost.attempt.gift_id}/refunds/{lost.pk}/not-made/"


def test_young_it_has_no_button_and_no_page(world: World, lost: Refund) -> None:
    client = world.client("fundraiser")
    assert "not-made" not in page_of(client, gift_of(lost))
    said = client.post(url_of(lost), {"checked": "Ada"}, follow=True).content.decode()
    assert "does not wait for a person" in said
    lost.refresh_from_db()
    assert lost.state == "unknown"


@pytest.mark.parametrize(
    ("zone", "at", "day"),
    [
        ("Australia/Sydney", datetime(2026, 11, 26, 20, tzinfo=UTC), "27 November 2026"),
        ("Pacific/Honolulu", datetime(2026, 11, 27, 5, tzinfo=UTC), "26 November 2026"),
    ],
)
def test_it_was_asked_for_on_the_charity_s_day(
    world: World, request: pytest.FixtureRequest, zone: str, at: datetime, day: str
) -> None:
    Charity.objects.update(timezone=zone)
    with time_machine.travel(at) as clock:
        lost = request.getfixturevalue("lost")
        clock.shift(timedelta(days=2))
        page = world.client("fundraiser").get(url_of(lost)).content.decode()
    assert f"asked for on {day}, was" in page


@pytest.mark.usefixtures("two_days_on")
def test_said_to_be_not_made_it_has_failed_and_can_be_asked_for_anew(world: World, lost: Refund) -> None:
    client, gift = world.client("fundraiser"), gift_of(lost)
    assert url_of(lost) in page_of(client, gift)
    assert "/refund/" not in page_of(client, gift)
    page = plain(client.get(url_of(lost)).content.decode())
    assert "The refund of $50.00 AUD" in page and "dashboard" in page
    empty = client.post(url_of(lost), {"checked": " "})
    assert empty.context["form"].errors.keys() == {"checked"}
    said = client.post(url_of(lost), {"checked": "Sam, Monday"}, follow=True).content.decode()
    assert "counts as not made" in plain(said)
    lost.refresh_from_db()
    assert lost.state == "failed"
    entry = AuditEntry.objects.latest("id")
    assert (entry.action, entry.actor_name, entry.detail["checked"]) == (
        "refund was not made", "fundraiser", "Sam, Monday",
    )  # fmt: skip
    assert told(gift)[-1] == "Refund failed: the money is still with the charity: $50.00 AUD"
    page = page_of(client, gift)
    assert "by fundraiser; the payment service’s dashboard doesn’t show it" in page
    assert "/refund/" in page and "not-made" not in page
    again = client.post(url_of(lost), {"checked": "Sam"}, follow=True).content.decode()
    assert "does not wait for a person" in again
    assert AuditEntry.objects.filter(action="refund was not made").count() == 1


@pytest.mark.usefixtures("two_days_on")
def test_one_that_the_gateway_knows_is_booked_and_not_failed(
    world: World, lost: Refund, sandbox: Sandbox
) -> None:
    sandbox.refund(lost.attempt.gateway_id or "", key=str(lost.pk), amount_minor=5000, currency="AUD")
    said = world.client("fundraiser").post(url_of(lost), {"checked": "Sam"}, follow=True).content.decode()
    assert "The payment service knows of this refund." in said
    lost.refresh_from_db()
    assert (lost.state, gift_of(lost).refunded_minor) == ("succeeded", 5000)


@pytest.mark.usefixtures("two_days_on")
def test_whose_it_is_and_who_may(world: World, lost: Refund) -> None:
    assert world.client("river fundraiser").post(url_of(lost), {"checked": "x"}).status_code == 404
    other = world.tide.give()
    swapped = url_of(lost).replace(str(lost.attempt.gift_id), str(other.pk))
    assert world.client("fundraiser").post(swapped, {"checked": "x"}).status_code == 404
    assert world.client("editor").post(url_of(lost), {"checked": "x"}).headers["Location"] == "/admin/"
    lost.refresh_from_db()
    assert lost.state == "unknown"
