"""A dispute that is lost means that the gift was not received: its receipt is cancelled or replaced, the donor is told
calmly and staff too. One that is won after all puts it back."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.html import strip_tags

from almoner.backoffice.reports.attention import needs
from almoner.charities.models import Charity
from almoner.config.wiring import HANDLERS
from almoner.giving import actions
from almoner.giving.actions.charging import charge_due
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.outbox.worker import drain
from almoner.payments.gateways.port import SavedMethod
from almoner.payments.models import Attempt, Dispute
from almoner.plans import changing
from almoner.plans.hooks import hooks
from almoner.plans.models import Plan
from almoner.plans.progress import DONOR
from almoner.receipts import proof
from almoner.receipts.models import Receipt, ReceiptDelivery
from tests.gateways.stripe.walk import give, receive, stands
from tests.gateways.walk import work
from tests.support.gateways.stripe_server import StripeServer

pytestmark = pytest.mark.django_db

Row = tuple[int, int, str]


def told(stripe: StripeServer) -> None:
    """All that Stripe says, each message twice and the newest first, and the workers' turn."""
    receive(stripe, [event for event in reversed(stripe.undelivered()) for _ in range(2)])
    work()
    drain(HANDLERS)


def disputed(charity: Charity, stripe: StripeServer, *, amount: int = 0) -> str:
    attempt = give(charity)
    drain(HANDLERS)
    dispute_id = str(stripe.state.open_dispute(attempt.gateway_id or "", amount=amount)["id"])
    told(stripe)
    return dispute_id


def moved(stripe: StripeServer, dispute_id: str, status: str) -> None:
    stripe.state.move_dispute(dispute_id, status)
    told(stripe)


def chain() -> list[Row]:
    """(turn, what it is over, why it no longer holds)."""
    rows = Receipt.objects.order_by("turn").select_related("cancellation")
    return [
        (row.turn, row.amount_minor, str(getattr(row, "cancellation", ": ")).split(": ")[1]) for row in rows
    ]


def holds_true(stripe: StripeServer) -> None:
    stands(stripe)
    assert [row for check in proof.checks() for row in check.run()] == []
    assert not ReceiptDelivery.objects.filter(state="queued").exists()


def test_while_it_is_open_the_receipt_stands(charity: Charity, stripe: StripeServer) -> None:
    dispute_id = disputed(charity, stripe)
    moved(stripe, dispute_id, "under_review")
    assert chain() == [(1, 5_000, "")]
    moved(stripe, dispute_id, "won")
    assert chain() == [(1, 5_000, "")]
    holds_true(stripe)


def test_a_lost_dispute_cancels_the_receipt_and_the_donor_is_told(
    charity: Charity, stripe: StripeServer, mailoutbox: list[EmailMessage]
) -> None:
    dispute_id = disputed(charity, stripe)
    mailoutbox.clear()
    moved(stripe, dispute_id, "lost")
    moved(stripe, dispute_id, "lost")
    assert chain() == [(1, 5_000, "returned")]
    (mail,) = mailoutbox
    assert mail.subject == "Receipt 000001 from Tidelight Foundation no longer holds"
    words = " ".join(str(mail.body).replace("\u00a0", " ").split())
    assert "Your bank has taken back the payment of your gift of $50.00 AUD" in words
    assert "Please don’t use it for your tax return." in words
    assert "dispute" not in words and "fraud" not in words
    assert mail.attachments == []
    gift = Gift.objects.get()
    assert (gift.status, gift.settled_minor, gift.refunded_minor) == ("settled", 5_000, 0)
    holds_true(stripe)


def test_staff_see_what_was_lost(charity: Charity, stripe: StripeServer, client: Client) -> None:
    request = RequestFactory().get("/admin/")
    request.user = User.objects.create_superuser("treasurer")
    moved(stripe, disputed(charity, stripe), "lost")
    (need,) = [each for each in needs(request) if "lost" in each.what]
    assert (need.count, need.what, need.tone) == ("1", "payment lost to a dispute", "wait")
    assert str(Gift.objects.get().pk) in need.url
    client.force_login(request.user)
    page = client.get(need.url).content.decode()
    words = " ".join(strip_tags(page.replace("\xa0", " ")).split())
    assert "Taken by the donor’s bank−$50.00 AUD Left for the charity−$26.18 AUD" in words
    assert "Dispute lost: $50.00" in words and "Receipt 000001 cancelled" in words


def test_a_dispute_of_a_part_leaves_a_receipt_for_the_rest(
    charity: Charity, stripe: StripeServer, mailoutbox: list[EmailMessage]
) -> None:
    dispute_id = disputed(charity, stripe, amount=2_000)
    mailoutbox.clear()
    moved(stripe, dispute_id, "lost")
    assert chain() == [(1, 5_000, "returned"), (2, 3_000, "")]
    (mail,) = mailoutbox
    words = " ".join(str(mail.body).replace("\u00a0", " ").split())
    assert "Your bank has taken back $20.00 AUD of your gift, so receipt 000001 no longer holds." in words
    assert "Receipt 000002 takes its place. It is for the $30.00 AUD that remain, and is attached." in words
    holds_true(stripe)


@pytest.mark.parametrize("amount", [0, 2_000])
def test_one_that_is_won_after_all_puts_it_back(charity: Charity, stripe: StripeServer, amount: int) -> None:
    dispute_id = disputed(charity, stripe, amount=amount)
    moved(stripe, dispute_id, "lost")
    moved(stripe, dispute_id, "won")
    assert Dispute.objects.get().state == "won"
    rest = [(2, 3_000, "returned")] if amount else []
    assert chain() == [(1, 5_000, "returned"), *rest, (2 + len(rest), 5_000, "")]
    holds_true(stripe)


def test_a_part_refunded_and_a_part_lost(charity: Charity, stripe: StripeServer) -> None:
    attempt, staff = give(charity), User.objects.create_superuser("treasurer")
    for amount_minor in (1_000, 1_500):
        actions.refund(gift_id=attempt.gift_id, amount_minor=amount_minor, reason="asked", actor=staff)
    for _ in range(2):
        stripe.state.open_dispute(attempt.gateway_id or "", amount=1_000)
        told(stripe)
    for dispute in stripe.state.disputes:
        moved(stripe, str(dispute["id"]), "lost")
    assert chain() == [
        (1, 5_000, "refunded"), (2, 4_000, "refunded"), (3, 2_500, "returned"), (4, 1_500, "returned"), (5, 500, ""),
    ]  # fmt: skip
    holds_true(stripe)


def test_a_plan_stops_until_somebody_acts(
    charity: Charity,
    stripe: StripeServer,
    mailoutbox: list[EmailMessage],
    monkeypatch: pytest.MonkeyPatch,
    client: Client,
) -> None:
    """The donor is written to once, however many of its gifts are lost; neither a new card from their bank nor time
    sets it going."""
    monkeypatch.setattr(hooks, "clock", lambda gateway: now())
    first = give(charity, every=1)
    told(stripe)
    plan = Plan.objects.get()
    assert plan.next_at is not None
    with time_machine.travel(plan.next_at + timedelta(minutes=1), tick=True):
        charge_due(in_flight=1)
    told(stripe)
    second = Attempt.objects.exclude(pk=first.pk).get()
    disputes = [stripe.state.open_dispute(each.gateway_id or "")["id"] for each in (first, second)]
    told(stripe)
    plan.refresh_from_db()
    assert plan.state == "active", "an open dispute decides nothing yet"
    mailoutbox.clear()
    for dispute_id in disputes:
        moved(stripe, dispute_id, "lost")
    plan.refresh_from_db()
    assert (plan.state, plan.decline_code, plan.next_at, plan.resume_on) == ("paused", "disputed", None, None)
    (letter,) = [each for each in mailoutbox if "is paused" in str(each.subject)]
    assert "gave your last gift back to you" in letter.body
    stripe.state.update_method(plan.saved_method.partition(" ")[2])
    told(stripe)
    plan.refresh_from_db()
    with time_machine.travel(now() + timedelta(days=90), tick=True):
        assert (plan.state, charge_due(in_flight=1)) == ("paused", 0)
    client.force_login(User.objects.create_superuser("treasurer"))
    page = strip_tags(client.get(reverse("backoffice:plan", args=[plan.pk])).content.decode())
    assert "Paused: a gift was given back by the bank" in page
    assert "talk with them first" in page
    changing.resume(plan.pk, by=DONOR)
    plan.refresh_from_db()
    assert (plan.state, plan.decline_code) == ("active", "")


def test_a_dispute_of_a_card_that_was_replaced_stops_nothing(charity: Charity, stripe: StripeServer) -> None:
    attempt = give(charity, every=1)
    told(stripe)
    plan = Plan.objects.get()
    saved = SavedMethod(token="cus_other pm_other", kind="card", label="Visa ···· 1")
    changing.change_method(
        plan.pk, by=DONOR, gateway="stripe", account=plan.account, method=plan.method, saved=saved
    )
    moved(stripe, str(stripe.state.open_dispute(attempt.gateway_id or "")["id"]), "lost")
    plan.refresh_from_db()
    assert (plan.state, plan.decline_code) == ("active", "")
