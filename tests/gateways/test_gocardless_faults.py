"""Whatever is lost on the way to GoCardless and back: one debit at most, and the gift ends as GoCardless says."""

from datetime import timedelta

import httpx
import pytest

from almoner.charities.models import Charity
from almoner.giving import actions
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.payments import gateways, inbox
from almoner.payments.gateways.port import Refused, SignatureInvalid, TryLater
from almoner.payments.models import Attempt, InboxMessage, Refund
from tests.gateways.gocardless_walk import (
    CODE,
    FLOW,
    LOST,
    PAYMENT,
    REQUEST,
    agreed,
    agrees,
    give,
    payment,
    tell,
)  # fmt: skip
from tests.gateways.paypal_walk import refund
from tests.gateways.walk import booked, receive, state, sweep, work
from tests.support.gateways.gocardless_server import GoCardlessServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def collected(charity: Charity, gocardless: GoCardlessServer) -> Attempt:
    attempt = agreed(charity, gocardless)
    gocardless.confirm(payment(gocardless))
    tell(gocardless)
    return Attempt.objects.get(pk=attempt.pk)


@pytest.mark.parametrize("fault", [*LOST, "drop_request", "stall_request", "error_before", "unavailable"])
def test_the_payment_s_answer_is_lost(charity: Charity, gocardless: GoCardlessServer, fault: str) -> None:
    """Whether GoCardless made it or not, asking tells; a repeat is refused and names what stands."""
    attempt = give(charity)
    gocardless.agree(str(attempt.gateway_id))
    gocardless.fault(fault, PAYMENT, seconds=3.5)
    assert actions.look(attempt.pk).state == "unknown"
    sweep(minutes=2)
    assert state() == ("processing", "processing")
    assert len(gocardless.state.payments) == 1
    gocardless.confirm(payment(gocardless))
    tell(gocardless)
    assert state() == ("settled", "succeeded")
    agrees(gocardless)


def test_a_repeated_payment_is_refused_there_and_the_first_one_followed(
    charity: Charity, gocardless: GoCardlessServer
) -> None:
    """Even where the list of payments doesn't show it yet."""
    attempt = give(charity)
    gocardless.agree(str(attempt.gateway_id))
    gocardless.fault("drop_answer", PAYMENT)
    actions.look(attempt.pk)
    gateway = gateways.gateway(CODE)
    order = actions.looking.order_of(Gift.objects.get(), attempt)  # type: ignore[attr-defined]
    assert gateway.confirm(str(attempt.gateway_id), order=order).status == "processing"
    assert (gocardless.count(PAYMENT), len(gocardless.state.payments)) == (2, 1)


@pytest.mark.parametrize("where", [REQUEST, FLOW])
@pytest.mark.parametrize("fault", [*LOST, "drop_request", "error_before"])
def test_the_create_s_answer_is_lost(
    charity: Charity, gocardless: GoCardlessServer, fault: str, where: str
) -> None:
    gocardless.fault(fault, where, seconds=3.5)
    give(charity)
    assert state() == ("pending", "new")
    sweep(minutes=2)
    assert state() == ("failed", "cancelled")
    assert [each["status"] for each in gocardless.state.billing_requests.values()] == ["cancelled"]
    agrees(gocardless)


def test_gocardless_is_busy(charity: Charity, gocardless: GoCardlessServer) -> None:
    gocardless.fault("busy", REQUEST)
    assert give(charity).decline_code == "try_later"
    attempt = give(charity, gift_id=Gift.objects.get().pk, ordinal=2)
    gocardless.agree(str(attempt.gateway_id))
    gocardless.fault("busy", PAYMENT)
    with pytest.raises(TryLater) as busy:
        actions.look(attempt.pk)
    assert busy.value.after_seconds == 7
    assert Attempt.objects.get(pk=attempt.pk).state == "confirming"
    sweep(minutes=10)
    assert state() == ("processing", "processing")


@pytest.mark.stalls
def test_the_look_s_answer_is_lost(charity: Charity, gocardless: GoCardlessServer) -> None:
    attempt = give(charity)
    for hours, fault in enumerate(
        ("drop_answer", "stall_answer", "garbage", "error_before", "busy"), start=1
    ):
        gocardless.fault(fault, "GET /billing_requests/", seconds=3.5)
        assert sweep(hours=hours) == 1
        assert state() == ("pending", "action_required")
    gocardless.agree(str(attempt.gateway_id))
    sweep(hours=8)
    assert state() == ("processing", "processing")


def test_the_wrong_key_is_refused_and_says_so(charity: Charity, gocardless: GoCardlessServer) -> None:
    gateway = gateways.gateway(CODE)
    gateway._client._http._client.headers["Authorization"] = "Bearer x"
    assert give(charity).decline_code == "refused"
    with pytest.raises(Refused):
        gateway.balance()


# ---- Webhooks ---------------------------------------------------------------------------------------------------
def test_one_body_tells_of_many(charity: Charity, gocardless: GoCardlessServer) -> None:
    for _ in range(3):
        agreed(charity, gocardless)
    for payment_id in gocardless.state.payments:
        gocardless.confirm(payment_id)
    told = gocardless.untold()
    taken = receive(gocardless, CODE, told, together=True)
    assert taken > 6
    assert receive(gocardless, CODE, told, together=True) == 0
    work()
    assert set(Gift.objects.values_list("status", flat=True)) == {"settled"}
    agrees(gocardless)


def test_a_webhook_before_the_answer(
    charity: Charity, gocardless: GoCardlessServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = give(charity)
    gocardless.agree(str(attempt.gateway_id))
    gateway = gateways.gateway(CODE)
    confirm = gateway.confirm

    def overtaken(gateway_id: str, **more: object) -> object:
        answer = confirm(gateway_id, **more)  # type: ignore[arg-type]
        gocardless.confirm(payment(gocardless))
        tell(gocardless)
        return answer

    monkeypatch.setattr(gateway, "confirm", overtaken)
    assert actions.look(attempt.pk).state == "succeeded"
    agrees(gocardless)


def test_lost_webhooks_are_found_in_gocardless_s_list(charity: Charity, gocardless: GoCardlessServer) -> None:
    agreed(charity, gocardless)
    gocardless.confirm(payment(gocardless))
    gocardless.pay_out("GBP")
    assert inbox.fetch(gateways.gateway(CODE), at=now()) > 3
    assert inbox.fetch(gateways.gateway(CODE), at=now()) == 0
    work()
    assert state() == ("settled", "succeeded")
    agrees(gocardless)


def test_what_gocardless_did_not_sign_is_refused(collected: Attempt, gocardless: GoCardlessServer) -> None:
    before = InboxMessage.objects.count()
    gocardless.pay_out("GBP")
    told = gocardless.untold()
    body, good = gocardless.signed(told)
    signature = good["Webhook-Signature"]
    forged = [
        (body + b" ", signature),
        (body.replace(b"paid", b"fail", 1), signature),
        (body, gocardless.signed(told, secret="stolen")[1]["Webhook-Signature"]),
        (body, ""),
        (body, signature[:-1]),
        (body, signature.upper()),
        (body, "é"),
        (b"", signature),
    ]
    gateway = gateways.gateway(CODE)
    for content, header in forged:
        with pytest.raises(SignatureInvalid):
            inbox.receive(gateway, body=content, headers={"Webhook-Signature": header}, at=now())
    with pytest.raises(SignatureInvalid):
        inbox.receive(gateway, body=body, headers={}, at=now())
    assert InboxMessage.objects.count() == before
    # While a secret is changed for another, both are good.
    old = gocardless.signed(told, secret="an older secret")[1]
    assert inbox.receive(gateway, body=body, headers=httpx.Headers(old), at=now()) == 2
    # An old body is as well signed as a new one; what it tells is known, and no more than a reason to look.
    assert inbox.receive(gateway, body=body, headers=httpx.Headers(good), at=now() + timedelta(days=400)) == 0


def test_a_webhook_that_cannot_be_placed_now_is_sent_again(
    client: object, collected: Attempt, gocardless: GoCardlessServer
) -> None:
    gocardless.refund(payment(gocardless), 500)
    body, headers = gocardless.signed(gocardless.untold())
    gocardless.fault("drop_answer", "GET /refunds/")
    for expected in (503, 204):
        answer = client.post("/webhooks/gocardless/", body, content_type="application/json", headers=headers)  # type: ignore[attr-defined]
        assert answer.status_code == expected


# ---- Refunds ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("end", "state_here"), [("paid", "succeeded"), ("bounced", "failed"), ("cancelled", "failed")]
)
def test_a_refund(collected: Attempt, gocardless: GoCardlessServer, end: str, state_here: str) -> None:
    asked = refund(1_000)
    assert asked.state == "submitted"
    second = refund(500)
    (first_sent, second_sent) = [
        each.json["refunds"] for each in gocardless.requests if each.line == "POST /refunds"
    ]
    # Each names the total that will have been given back.
    assert (first_sent["total_amount_confirmation"], second_sent["total_amount_confirmation"]) == (
        1_000,
        1_500,
    )
    gocardless.move_refund(str(second.gateway_id), "paid")
    gocardless.move_refund(str(asked.gateway_id), end)
    tell(gocardless)
    asked.refresh_from_db()
    assert asked.state == state_here
    assert Gift.objects.get().refunded_minor == (1_500 if end == "paid" else 500)
    agrees(gocardless)


def test_a_refund_that_bounces_after_it_was_paid(collected: Attempt, gocardless: GoCardlessServer) -> None:
    asked = refund(1_000)
    gocardless.move_refund(str(asked.gateway_id), "paid")
    tell(gocardless)
    gocardless.move_refund(str(asked.gateway_id), "funds_returned")
    tell(gocardless)
    assert (Refund.objects.get().state, Gift.objects.get().refunded_minor) == ("failed", 0)
    agrees(gocardless)


def test_a_refund_from_gocardless_s_own_pages(collected: Attempt, gocardless: GoCardlessServer) -> None:
    made = gocardless.refund(payment(gocardless), 700)
    gocardless.move_refund(made["id"], "paid")
    tell(gocardless)
    assert Gift.objects.get().refunded_minor == 700
    agrees(gocardless)


@pytest.mark.parametrize("fault", [*LOST, "drop_request", "error_before"])
def test_the_refund_s_answer_is_lost(collected: Attempt, gocardless: GoCardlessServer, fault: str) -> None:
    gocardless.fault(fault, "POST /refunds$", seconds=3.5)
    assert refund(1_000).state == "unknown"
    gocardless.forget_keys()
    sweep(minutes=2)
    assert len(gocardless.state.refunds) == 1
    (made,) = gocardless.state.refunds
    gocardless.move_refund(made, "paid")
    sweep(minutes=30)
    assert Refund.objects.get().state == "succeeded"
    tell(gocardless)
    agrees(gocardless)


def test_another_refund_was_made_at_the_same_time(
    collected: Attempt, gocardless: GoCardlessServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GoCardless wants us to know of each other: nothing was given, and it is asked for again with the new total."""
    gateway = gateways.gateway(CODE)
    read = gateway._payment
    stale = dict(gocardless.state.payments[payment(gocardless)])
    monkeypatch.setattr(gateway, "_payment", lambda gateway_id: stale)
    gocardless.refund(payment(gocardless), 300)
    assert refund(1_000).state == "unknown"
    monkeypatch.setattr(gateway, "_payment", read)
    sweep(minutes=2)
    assert [each["amount"] for each in gocardless.state.refunds.values()] == [300, 1_000]


def test_more_than_is_left_is_refused(collected: Attempt, gocardless: GoCardlessServer) -> None:
    gocardless.refund(payment(gocardless), 4_500)
    assert refund(1_000).state == "failed"
    assert booked(CODE, "GBP") == 5_000
