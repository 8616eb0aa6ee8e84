"""A card saved at Stripe without a payment. Each request is held against Stripe's description by the fixture."""

from dataclasses import replace
from urllib.parse import parse_qsl

import pytest

from almoner.charities.models import Charity
from almoner.charities.sealed import columns
from almoner.donors import setting_up
from almoner.donors.paying import Way
from almoner.giving.models import DonationForm
from almoner.giving.tests.plans import begun
from almoner.payments import gateways
from almoner.payments.gateways.port import SetsUp, SetUpOrder, Status
from almoner.payments.models import InboxMessage
from almoner.plans.models import Plan
from tests.gateways.stripe.walk import charged, receive
from tests.support.gateways.stripe_server import StripeServer

pytestmark = pytest.mark.django_db

KEY = "0b54a9f2-7f2c-4f0e-9f55-0d8a1c8d2b11"


def order(old_token: str = "") -> SetUpOrder:
    return SetUpOrder(
        key=KEY, currency="AUD", method="stripe_checkout", reference="K7Q2M9XTB5",
        return_url="https://lamp.example/giving/", language="en", old_token=old_token,
    )  # fmt: skip


def account() -> SetsUp:
    found = gateways.gateway("stripe")
    assert isinstance(found, SetsUp)
    return found


def test_a_card_is_saved_and_then_forgotten(stripe: StripeServer) -> None:
    begun = account().set_up(order())
    assert (begun.status, begun.key, begun.saved) == (Status.ACTION_REQUIRED, KEY, None)
    assert begun.next_action is not None and begun.next_action.url.endswith(f"/c/pay/{begun.gateway_id}")
    assert account().set_up(order()).gateway_id == begun.gateway_id, "the same key"
    stripe.state.save_card(begun.gateway_id)
    done = account().retrieve_set_up(begun.gateway_id)
    assert done.status == Status.SUCCEEDED and done.saved is not None
    assert (done.saved.kind, done.saved.expires, done.saved.usable) == ("card", "2035-12", True)
    told = stripe.undelivered()
    assert receive(stripe, told) == 2 and receive(stripe, told) == 0
    assert set(InboxMessage.objects.values_list("about", "object_id")) == {("set_up", KEY)}
    assert charged(stripe) == 0
    gateways.gateway("stripe").forget_method(done.saved.token)
    again = account().retrieve_set_up(begun.gateway_id).saved
    assert again is not None and not again.usable


def test_the_new_card_has_the_old_ones_owner(stripe: StripeServer) -> None:
    begun = account().set_up(order("cus_000000000007 pm_000000000008"))
    saved = stripe.state.save_card(begun.gateway_id)
    assert saved["customer"] == "cus_000000000007"
    assert not [each for each in stripe.requests if each.line == "POST /v1/customers"]


@pytest.mark.parametrize(
    ("gateway", "account", "owner"),
    [
        ("stripe", "acct_1Scripted", "cus_000000000007"),
        ("stripe", "acct_another", ""),
        ("paypal", "acct_1Scripted", ""),
    ],
)
def test_only_a_card_of_this_very_account_tells_the_new_ones_owner(
    charity: Charity, stripe: StripeServer, gateway: str, account: str, owner: str
) -> None:
    """What another gateway calls a method, or another account of Stripe's, is nobody's name here."""
    plan = begun(DonationForm.objects.get(charity=charity))
    token = "cus_000000000007 pm_000000000008"
    changes = columns(plan, {"gateway": gateway, "account": account, "saved_method": token})
    Plan.objects.filter(pk=plan.pk).update(**changes)
    setting_up.begin(
        plan.pk, Way("stripe_checkout", "stripe"), return_url="https://lamp.example/", language="en"
    )
    made = [each for each in stripe.requests if each.line == "POST /v1/customers"]
    (session,) = [each for each in stripe.requests if each.line == "POST /v1/checkout/sessions"]
    customer = dict(parse_qsl(session.body))["customer"]
    assert (customer == "cus_000000000007", len(made)) == (bool(owner), 0 if owner else 1)
    assert token.partition(" ")[2] not in session.body


def test_a_page_is_closed_unless_the_card_was_saved_first(stripe: StripeServer) -> None:
    begun = account().set_up(order())
    assert account().cancel_set_up(begun.gateway_id).status == Status.CANCELLED
    second = account().set_up(replace(order(), key=KEY.replace("0", "1")))
    stripe.state.save_card(second.gateway_id)
    kept = account().cancel_set_up(second.gateway_id)
    assert (kept.status, kept.saved is not None) == (Status.SUCCEEDED, True)


def test_what_others_set_up_in_the_same_account_is_no_reason_to_look(stripe: StripeServer) -> None:
    begun = account().set_up(order())
    session = stripe.state.find(begun.gateway_id)
    session["metadata"].clear()
    stripe.state.find(session["setup_intent"])["metadata"].clear()
    stripe.state.save_card(begun.gateway_id)
    assert receive(stripe) == 0


def test_a_page_that_ran_out_is_left(stripe: StripeServer) -> None:
    begun = account().set_up(order())
    stripe.state.expire_session(begun.gateway_id)
    assert receive(stripe) == 1
    over = account().retrieve_set_up(begun.gateway_id)
    assert (over.status, over.next_action) == (Status.CANCELLED, None)
