"""What comes after a gift: saved methods, refunds, disputes with their deadline, payouts, and a balance in step."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User

from almoner.charities.models import Charity
from almoner.config import donors
from almoner.giving import actions
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.ledger.books import balance_minor
from almoner.outbox.models import Job
from almoner.payments import asking, clearing, gateways
from almoner.payments.gateways.port import Order, Refused, Status
from almoner.payments.models import Attempt, Dispute, InboxMessage, Payout, Refund
from almoner.payments.refunds import NotRefundable, refundable_minor
from almoner.receipts.models import Receipt
from tests.gateways.stripe.walk import CREATE, REFUND, charged, give, receive, stands
from tests.gateways.walk import state, sweep, work
from tests.support.gateways.stripe_server import StripeServer

pytestmark = pytest.mark.django_db


def order(key: str, **more: object) -> Order:
    values: dict[str, object] = {
        "key": key, "amount_minor": 5_000, "currency": "AUD", "method": "stripe_element",
        "description": "A gift", "reference": "R", "return_url": "https://lamp.example/", "language": "en",
    }  # fmt: skip
    return Order(**(values | more))  # type: ignore[arg-type]


def saved(stripe: StripeServer, outcome: str = "success") -> str:
    """The token of a card that a first payment has saved."""
    gateway = gateways.gateway("stripe")
    first = order("first", save_method=True, input={"confirmation_token": f"ctoken_{outcome}"})
    answer = gateway.confirm(gateway.create(first).gateway_id, order=first)
    assert answer.saved is not None
    assert (answer.saved.label, answer.saved.expires) == ("Visa ···· 4242", "2034-12")
    return answer.saved.token


def charge(stripe: StripeServer, token: str, key: str = "second") -> object:
    gateway = gateways.gateway("stripe")
    later = order(key, saved_method=token)
    return gateway.confirm(gateway.create(later).gateway_id, order=later)


def test_the_first_payment_saves_the_method_and_later_ones_charge_it(stripe: StripeServer) -> None:
    token = saved(stripe)
    again = charge(stripe, token)
    assert (again.status, again.fee_minor) == (Status.SUCCEEDED, 118)  # type: ignore[attr-defined]
    assert not [each for each in stripe.requests if "setup_intents" in each.path]
    (customer,) = [each for each in stripe.requests if each.path == "/v1/customers"]
    assert customer.headers["idempotency-key"] == "first:customer"
    assert (charge(stripe, token), charged(stripe)) == (again, 2), "the same key charges once"


@pytest.mark.parametrize(
    ("later", "decline", "final"),
    [
        ("insufficient_funds", "insufficient_funds", False),
        ("authentication_required", "authentication", False),
        ("stolen_card", "generic", True),
    ],
)
def test_a_saved_method_is_declined(stripe: StripeServer, later: str, decline: str, final: bool) -> None:
    answer = charge(stripe, saved(stripe, f"success~{later}"))
    assert (answer.status, answer.decline, answer.final) == (Status.FAILED, decline, final)  # type: ignore[attr-defined]


def test_a_saved_method_is_renewed_and_forgotten(stripe: StripeServer) -> None:
    token, gateway = saved(stripe), gateways.gateway("stripe")
    stripe.undelivered()
    stripe.state.update_method(token.split()[1])
    receive(stripe)
    (message,) = InboxMessage.objects.all()
    assert (message.about, message.object_id) == ("method", token.split()[1])
    found = gateway.retrieve_method(token)
    assert (found.label, found.expires, found.usable) == ("Visa ···· 9999", "2040-12", True)
    gateway.forget_method(token)
    gateway.forget_method(token)
    assert not gateway.retrieve_method(token).usable
    with pytest.raises(Refused):
        charge(stripe, token)


def refund(gift: Gift, amount_minor: int) -> Refund:
    staff = User.objects.filter(username="treasurer").first() or User.objects.create_superuser("treasurer")
    return actions.refund(gift_id=gift.pk, amount_minor=amount_minor, reason="asked", actor=staff)


@pytest.mark.parametrize("fault", ["", "drop_answer", "drop_request", "error_after", "busy", "stall_answer"])
def test_a_refund_is_given_once(charity: Charity, stripe: StripeServer, fault: str) -> None:
    give(charity)
    if fault:
        stripe.fault(fault, REFUND, seconds=3.5)
    refund(Gift.objects.get(), 1_200)
    for hours in (1, 30):
        sweep(hours=hours)
    receive(stripe)
    work()
    assert Gift.objects.get().refunded_minor == 1_200
    assert [each["amount"] for each in stripe.state.refunds] == [1_200]
    stands(stripe)


def test_a_refund_whose_key_stripe_has_forgotten_is_found_by_its_metadata(
    charity: Charity, stripe: StripeServer
) -> None:
    give(charity)
    stripe.fault("drop_answer", REFUND)
    assert refund(Gift.objects.get(), 1_200).state == "unknown"
    stripe.state.pass_seconds(25 * 3600)
    sweep(hours=1)
    assert Refund.objects.get().state == "succeeded"
    assert (len(stripe.state.refunds), stripe.counts["POST /v1/refunds"]) == (1, 1)


def test_a_refund_that_bounces(charity: Charity, stripe: StripeServer) -> None:
    give(charity)
    given = refund(Gift.objects.get(), 5_000)
    stripe.state.fail_refund(given.gateway_id or "")
    receive(stripe)
    work()
    assert (Refund.objects.get().state, Gift.objects.get().refunded_minor) == ("failed", 0)
    stands(stripe)


def test_a_refund_made_in_the_dashboard(charity: Charity, stripe: StripeServer) -> None:
    attempt = give(charity)
    stripe.state.dashboard_refund(attempt.gateway_id or "", 700)
    receive(stripe)
    work()
    assert Gift.objects.get().refunded_minor == 700
    stands(stripe)


@pytest.mark.parametrize("amount", [700, 5_000])
def test_a_refund_in_the_dashboard_whose_webhook_is_lost_is_found_by_the_day_s_look(
    charity: Charity, stripe: StripeServer, amount: int
) -> None:
    """As one made here: gift, books, receipt and the mail about it."""
    attempt = give(charity)
    stripe.state.dashboard_refund(attempt.gateway_id or "", amount)
    stripe.undelivered()
    donors.fetch_events()
    work()
    (refund,) = Refund.objects.all()
    assert (refund.state, refund.amount_minor, refund.reason) == ("succeeded", amount, "made at the gateway")
    assert Gift.objects.get().refunded_minor == amount
    assert [receipt.amount_minor for receipt in Receipt.objects.valid()] == [5_000 - amount] * (
        amount < 5_000
    )
    kinds = [job.payload["kind"] for job in Job.objects.filter(kind="receipts.deliver").order_by("id")]
    assert kinds == ["receipt", "replaced" if amount < 5_000 else "cancelled"]
    donors.fetch_events()
    work()
    assert Refund.objects.count() == 1
    stands(stripe)


def disputed(charity: Charity, stripe: StripeServer, **more: str) -> tuple[Attempt, str]:
    attempt = give(charity)
    found = stripe.state.open_dispute(attempt.gateway_id or "", **more)
    receive(stripe)
    work()
    return attempt, str(found["id"])


def books(charity: Charity) -> dict[str, int]:
    codes = ("clearing:stripe", "disputes:stripe", "dispute-fees:stripe", "dispute-losses:stripe")
    return {code.partition(":")[0]: balance_minor(charity.pk, code, "AUD") for code in codes}


def test_a_dispute_is_booked_and_has_its_deadline(charity: Charity, stripe: StripeServer) -> None:
    attempt, dispute_id = disputed(charity, stripe)
    dispute = Dispute.objects.get()
    due_by = stripe.state.find(dispute_id)["evidence_details"]["due_by"]
    assert (dispute.state, dispute.reason, dispute.respond_by) == (
        "needs_response", "fraudulent", datetime.fromtimestamp(due_by, UTC),
    )  # fmt: skip
    assert books(charity) == {
        "clearing": -118 - 2_500, "disputes": 5_000, "dispute-fees": 2_500, "dispute-losses": 0,
    }  # fmt: skip
    assert refundable_minor(attempt) == 0
    with pytest.raises(NotRefundable):
        refund(Gift.objects.get(), 100)
    stands(stripe)


@pytest.mark.parametrize("ends", ["won", "lost"])
def test_a_dispute_is_decided(charity: Charity, stripe: StripeServer, ends: str) -> None:
    _, dispute_id = disputed(charity, stripe)
    stripe.state.move_dispute(dispute_id, "under_review")
    stripe.state.move_dispute(dispute_id, ends)
    receive(stripe, [event for event in reversed(stripe.undelivered()) for _ in range(2)])
    work()
    lost = ends == "lost"
    assert Dispute.objects.get().state == ends
    assert books(charity) == {
        "clearing": (0 if lost else 5_000) - 118 - 2_500, "disputes": 0, "dispute-fees": 2_500,
        "dispute-losses": 5_000 if lost else 0,
    }  # fmt: skip
    stands(stripe)


@pytest.mark.parametrize("ends", ["under_review", "won", "lost"])
def test_a_dispute_that_is_seen_late(charity: Charity, stripe: StripeServer, ends: str) -> None:
    """All that must have happened is booked."""
    attempt = give(charity)
    dispute_id = stripe.state.open_dispute(attempt.gateway_id or "")["id"]
    stripe.state.move_dispute(dispute_id, ends)
    receive(stripe, stripe.undelivered()[-1:])
    work()
    assert list(Dispute.objects.get().events.order_by("id").values_list("name", flat=True)) == [
        "opened", {"under_review": "answered"}.get(ends, ends),
    ]  # fmt: skip
    stands(stripe)


def test_an_inquiry_takes_nothing_until_it_is_a_dispute(charity: Charity, stripe: StripeServer) -> None:
    _, dispute_id = disputed(charity, stripe, status="warning_needs_response")
    assert (Dispute.objects.get().state, books(charity)["disputes"]) == ("inquiry", 0)
    stripe.state.move_dispute(dispute_id, "needs_response")
    receive(stripe)
    work()
    assert (Dispute.objects.get().state, books(charity)["disputes"]) == ("needs_response", 5_000)
    stands(stripe)


def test_an_inquiry_that_is_closed(charity: Charity, stripe: StripeServer) -> None:
    _, dispute_id = disputed(charity, stripe, status="warning_needs_response")
    stripe.state.move_dispute(dispute_id, "warning_closed")
    receive(stripe)
    work()
    assert (Dispute.objects.get().state, books(charity)["disputes"]) == ("prevented", 0)
    stands(stripe)


def test_a_dispute_overtakes_its_payment(charity: Charity, stripe: StripeServer) -> None:
    attempt = give(charity, "3ds")
    stripe.state.authenticate(attempt.gateway_id or "")
    stripe.state.open_dispute(attempt.gateway_id or "")
    receive(stripe, stripe.undelivered()[-1:])
    work()
    assert (state(), Dispute.objects.get().state) == (("settled", "succeeded"), "needs_response")
    stands(stripe)


def test_a_dispute_that_opens_while_a_refund_is_under_way(charity: Charity, stripe: StripeServer) -> None:
    attempt = give(charity)
    stripe.state.open_dispute(attempt.gateway_id or "")
    assert refund(Gift.objects.get(), 5_000).state == "failed", "Stripe refuses it"
    receive(stripe)
    work()
    assert (Gift.objects.get().refunded_minor, stripe.state.refunds) == (0, [])
    stands(stripe)


@pytest.mark.parametrize("ends", ["paid", "failed", "canceled"])
def test_a_payout(charity: Charity, stripe: StripeServer, ends: str) -> None:
    give(charity)
    made = stripe.state.make_payout()
    receive(stripe)
    work()
    payout = Payout.objects.get()
    assert (payout.state, payout.amount_minor, books(charity)["clearing"]) == ("in_transit", 4_882, 0)
    assert balance_minor(charity.pk, "in_transit:stripe", "AUD") == 4_882
    stands(stripe)
    stripe.state.move_payout(made["id"], ends)
    receive(stripe)
    work()
    payout.refresh_from_db()
    assert payout.state == {"canceled": "cancelled"}.get(ends, ends)
    assert balance_minor(charity.pk, "in_transit:stripe", "AUD") == (4_882 if ends == "paid" else 0)
    stands(stripe)


def test_a_refund_after_all_was_paid_out(charity: Charity, stripe: StripeServer) -> None:
    give(charity)
    stripe.state.make_payout()
    refund(Gift.objects.get(), 5_000)
    receive(stripe)
    work()
    assert gateways.gateway("stripe").balance() == {"AUD": -5_000}
    stands(stripe)


def test_a_balance_that_nothing_of_ours_explains_is_told(charity: Charity, stripe: StripeServer) -> None:
    give(charity)
    stripe.state.held["aud"] += 77
    (row,) = clearing.compare(gateways.gateway("stripe"), at=now())
    assert (row.difference_minor, row.sources) == (-77, "nothing of ours")
    asked = asking.Asked(gateways.gateway("stripe"))
    live = {check.name: list(check.run()) for check in asking.checks(asked)}
    assert live["clearing"] == [
        "the whole balance: the books hold $48.82 AUD, stripe $49.59 AUD, and nothing of ours explains it"
    ]
    assert live["gateway agrees"] == []
    assert live["gateway knows"] == []


def test_a_dispute_of_a_payment_that_was_given_up_before_its_name_was_known(
    charity: Charity, stripe: StripeServer
) -> None:
    """As after a restored backup: nothing here knows the payment, but it carries our key."""
    stripe.fault("drop_answer", CREATE)
    give(charity)
    stripe.fault("unavailable", "", times=1_000)
    sweep(hours=25)
    stripe.faults.clear()
    assert (Attempt.objects.get().state, Attempt.objects.get().gateway_id) == ("cancelled", None)
    (intent,) = stripe.state.intents
    stripe.state.confirm_intent(intent["id"], {"confirmation_token": "ctoken_success"})
    stripe.undelivered()
    dispute_id = stripe.state.open_dispute(intent["id"])["id"]
    receive(stripe, [each for each in stripe.undelivered() if each["type"].startswith("charge.dispute")])
    work()
    assert (Gift.objects.get().status, Gift.objects.get().flag) == ("settled", "")
    assert Attempt.objects.get().gateway_id == intent["id"]
    assert (Dispute.objects.get().gateway_id, Dispute.objects.get().state) == (dispute_id, "needs_response")
    assert books(charity)["disputes"] == 5_000
    stands(stripe)
