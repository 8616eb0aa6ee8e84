"""Each row of the attempt's table that Stripe can meet, through the product's own actions and over a socket."""

import pytest

from almoner.charities.models import Charity
from almoner.giving import actions
from almoner.giving.models import Gift
from almoner.payments import gateways
from almoner.payments.models import Attempt
from tests.gateways.stripe.walk import charged, give, receive, stands
from tests.gateways.walk import events, holds, state, sweep, work
from tests.support.gateways import stripe_spec
from tests.support.gateways.stripe_server import StripeServer
from tests.support.gateways.stripe_state import StripeError

pytestmark = pytest.mark.django_db

DEBITS = [("stripe_becs", "AUD"), ("stripe_bacs", "GBP"), ("stripe_sepa", "EUR")]


def test_a_card_pays(charity: Charity, stripe: StripeServer) -> None:
    attempt = give(charity)
    assert (attempt.state, attempt.fee_minor, attempt.settled_minor) == ("succeeded", 118, 5_000)
    assert events() == ["created", "confirming", "succeeded"]
    assert attempt.gateway_id == stripe.state.intents[0]["id"]
    (sent,) = [each for each in stripe.requests if each.line == "POST /v1/payment_intents"]
    assert "Nguy" not in sent.body
    assert "example.org" not in sent.body
    receive(stripe)
    work()
    stands(stripe)


def test_requests_are_held_against_stripes_own_description(charity: Charity, stripe: StripeServer) -> None:
    if why := stripe_spec.missing():
        pytest.skip(why)
    give(charity)
    assert stripe_spec.errors(stripe.requests) == []
    wrong = stripe.requests[0].__class__("POST", "/v1/payment_intents", "", {}, "amount=1&colour=red")
    ((_, found),) = stripe_spec.errors([wrong])
    assert {message for _, message in found} == {
        "'currency' is a required property",
        "Additional properties are not allowed ('colour' was unexpected)",
    }


def test_webhook_forgery_an_account_of_another_mode_or_version_sends_its_own(
    charity: Charity, stripe: StripeServer
) -> None:
    give(charity)
    assert {each.headers["stripe-version"] for each in stripe.requests} == {"2026-08-26.dahlia"}


@pytest.mark.parametrize(
    ("code", "decline", "final"),
    [
        ("insufficient_funds", "insufficient_funds", False),
        ("expired_card", "expired_card", False),
        ("authentication_required", "authentication", False),
        ("do_not_honor", "generic", False),
        ("incorrect_cvc", "generic", False),
        ("lost_card", "generic", True),
        ("test_mode_decline", "generic", False),
        ("stolen_card", "generic", True),
        ("pickup_card", "generic", True),
        ("revocation_of_authorization", "generic", True),
    ],
)
def test_a_decline(charity: Charity, stripe: StripeServer, code: str, decline: str, final: bool) -> None:
    attempt = give(charity, code)
    assert (state(), attempt.decline_code) == (("failed", "failed"), decline)
    answer = gateways.gateway("stripe").retrieve(attempt.gateway_id or "")
    assert (answer.decline, answer.final) == (decline, final)
    receive(stripe)
    work()
    stands(stripe)
    second = give(charity, gift_id=attempt.gift_id, ordinal=2)
    assert second.state == "succeeded"
    receive(stripe)
    work()
    stands(stripe)


@pytest.mark.parametrize("ok", [True, False])
def test_three_d_secure_in_the_page(charity: Charity, stripe: StripeServer, ok: bool) -> None:
    attempt = give(charity, "3ds")
    assert attempt.state == "action_required"
    secret = stripe.state.intents[0]["client_secret"]
    assert attempt.next_action == {"kind": "in_page", "url": "", "client_secret": secret}
    stripe.state.authenticate(attempt.gateway_id or "", ok=ok)
    assert actions.look(attempt.pk).state == ("succeeded" if ok else "failed")
    if not ok:
        assert Attempt.objects.get().decline_code == "authentication"
    receive(stripe)
    work()
    stands(stripe)


def test_a_declined_payment_takes_no_further_card(charity: Charity, stripe: StripeServer) -> None:
    """Its secret is in the page, where a card tester would go on with the next card."""
    attempt = give(charity, "3ds")
    stripe.state.authenticate(attempt.gateway_id or "", ok=False)
    receive(stripe)
    work()
    assert (state(), Attempt.objects.get().decline_code) == (("failed", "failed"), "authentication")
    with pytest.raises(StripeError):
        stripe.state.confirm_intent(attempt.gateway_id or "", {"confirmation_token": "ctoken_success.next"})
    receive(stripe)
    work()
    assert Attempt.objects.get().decline_code == "authentication"
    stands(stripe)


def test_a_declined_payment_that_was_paid_before_it_was_closed(
    charity: Charity, stripe: StripeServer
) -> None:
    attempt = give(charity, "3ds")
    intent = stripe.state.authenticate(attempt.gateway_id or "", ok=False)
    before = dict(intent)
    stripe.state.confirm_intent(intent["id"], {"confirmation_token": "ctoken_success.next"})
    closed = gateways.gateway("stripe")._closed(before)  # type: ignore[attr-defined]
    assert closed["status"] == "succeeded"
    receive(stripe)
    work()
    stands(stripe)


def test_a_bank_page_at_the_top_level(charity: Charity, stripe: StripeServer) -> None:
    attempt = give(charity, "redirect")
    assert attempt.next_action is not None
    assert (attempt.next_action["kind"], attempt.next_action["url"]) == (
        "redirect", f"{stripe.base}/3ds/{attempt.gateway_id}",
    )  # fmt: skip
    stripe.state.authenticate(attempt.gateway_id or "")
    receive(stripe)
    work()
    stands(stripe)


def test_the_browser_is_closed_in_three_d_secure(charity: Charity, stripe: StripeServer) -> None:
    attempt = give(charity, "3ds")
    sweep(hours=1)
    assert state() == ("pending", "action_required")
    sweep(hours=30)
    assert state() == ("failed", "cancelled")
    assert stripe.state.intents[0]["status"] == "canceled"
    receive(stripe)
    work()
    stands(stripe)
    assert attempt.pk == Attempt.objects.get().pk


def test_it_was_paid_just_before_it_was_cancelled(charity: Charity, stripe: StripeServer) -> None:
    attempt = give(charity, "3ds")
    stripe.state.authenticate(attempt.gateway_id or "")
    actions.let_go(Gift.objects.get(), attempt)
    assert state() == ("settled", "succeeded")
    receive(stripe)
    work()
    stands(stripe)


def test_the_hosted_page(charity: Charity, stripe: StripeServer) -> None:
    attempt = give(charity, method="stripe_checkout")
    session_id = attempt.gateway_id or ""
    assert (attempt.state, session_id[:3]) == ("action_required", "cs_")
    stripe.state.pay_session(session_id, "insufficient_funds")
    assert actions.look(attempt.pk).state == "action_required", "the page lets the donor try again"
    stripe.state.pay_session(session_id)
    told = stripe.undelivered()
    receive(stripe, told)
    work()
    # What comes late tells of the page, of which only its payment is left here.
    receive(stripe, [event | {"id": f"{event['id']}b"} for event in told])
    work()
    assert Attempt.objects.get().gateway_id == stripe.state.intents[0]["id"]
    stands(stripe)


def test_a_hosted_page_that_nobody_paid_on(charity: Charity, stripe: StripeServer) -> None:
    attempt = give(charity, method="stripe_checkout")
    sweep(hours=30)
    assert state() == ("failed", "cancelled")
    assert stripe.state.find(attempt.gateway_id or "")["status"] == "expired"
    receive(stripe)
    work()
    stands(stripe)


@pytest.mark.parametrize(
    ("method", "currency"), [("stripe_becs", "AUD"), ("stripe_bacs", "GBP"), ("stripe_sepa", "EUR")]
)
def test_a_direct_debit(charity: Charity, stripe: StripeServer, method: str, currency: str) -> None:
    stripe.state.fees_late = True
    attempt = give(charity, "debit", method=method, currency=currency)
    assert state() == ("processing", "processing")
    stripe.state.settle_debit(attempt.gateway_id or "")
    receive(stripe)
    work()
    assert Attempt.objects.get().fee_minor == 0
    assert stripe.state.settle_fees() == 1
    receive(stripe)
    work()
    assert (Attempt.objects.get().fee_minor, events()[-1]) == (118, "fee_changed")
    holds("stripe", currency)
    assert charged(stripe) == 1


def test_a_debit_that_fails(charity: Charity, stripe: StripeServer) -> None:
    attempt = give(charity, "debit", method="stripe_becs")
    stripe.state.settle_debit(attempt.gateway_id or "", failure_code="account_closed")
    receive(stripe)
    work()
    assert state() == ("failed", "failed")
    assert gateways.gateway("stripe").retrieve(attempt.gateway_id or "").final
    stands(stripe)


@pytest.mark.parametrize("how", ["return_debit", "fail_debit_late"])
def test_a_debit_that_is_taken_back(charity: Charity, stripe: StripeServer, how: str) -> None:
    attempt = give(charity, "debit", method="stripe_becs")
    stripe.state.settle_debit(attempt.gateway_id or "")
    receive(stripe)
    work()
    assert state() == ("settled", "succeeded")
    getattr(stripe.state, how)(attempt.gateway_id)
    receive(stripe)
    work()
    assert state() == ("returned", "returned")
    holds("stripe")


@pytest.mark.parametrize("amount_minor", [99, 12_345])
def test_what_stripe_has_no_amount_for_is_refused(
    charity: Charity, stripe: StripeServer, amount_minor: int
) -> None:
    attempt = give(charity, currency="MGA", amount_minor=amount_minor)
    assert (attempt.state, stripe.state.intents) == ("failed", [])
