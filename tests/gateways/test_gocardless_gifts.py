"""GoCardless from the mandate's page to the payout, over a socket, through the product's own actions."""

import random
import uuid
from datetime import date, timedelta

import pytest

from almoner.charities.models import Charity
from almoner.giving import actions
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.ledger.models import Posting
from almoner.payments import gateways, inbox
from almoner.payments.gateways.port import Refused
from almoner.payments.models import Attempt
from tests.gateways.gocardless_walk import CODE, CURRENCIES, PAYMENT, agreed, agrees, give, payment, tell
from tests.gateways.walk import booked, events, intent, receive, state, sweep, work
from tests.support.gateways.gocardless_server import GoCardlessServer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", CURRENCIES)
def test_a_donor_agrees_to_a_mandate_and_is_debited_and_paid_out(
    charity: Charity, gocardless: GoCardlessServer, method: str
) -> None:
    attempt = give(charity, method)
    (flow,) = gocardless.state.billing_request_flows.values()
    assert attempt.state == "action_required"
    assert attempt.next_action == {"kind": "redirect", "url": flow["authorisation_url"], "client_secret": ""}
    # Back without having agreed: nothing is debited.
    assert actions.look(attempt.pk).state == "action_required"
    gocardless.agree(str(attempt.gateway_id))
    assert actions.look(attempt.pk).state == "processing"
    assert (state(), Posting.objects.count()) == (("processing", "processing"), 0)
    gocardless.move(payment(gocardless), "submitted")
    tell(gocardless)
    assert state() == ("processing", "processing")
    gocardless.confirm(payment(gocardless))
    tell(gocardless)
    assert state() == ("settled", "succeeded")
    agrees(gocardless, CURRENCIES[method])
    # The fee comes out with the payout: 1 % of 50.00, and 0.20.
    gocardless.pay_out(CURRENCIES[method])
    tell(gocardless)
    assert events() == ["created", "action_required", "confirming", "processing", "succeeded", "fee_changed"]
    # What was paid out is on its way to the bank.
    assert booked(CODE, CURRENCIES[method]) == 0
    assert Attempt.objects.get().fee_minor == 70
    agrees(gocardless, CURRENCIES[method])


def test_what_is_sent(charity: Charity, gocardless: GoCardlessServer) -> None:
    attempt = agreed(charity, gocardless)
    sent = {each.path: each for each in gocardless.requests if each.method == "POST"}
    assert sent["/billing_requests"].json == {
        "billing_requests": {
            "mandate_request": {"currency": "GBP", "scheme": "bacs", "description": "A gift to Lamp"},
            "links": {"creditor": "CR0000LAMP"},
            "metadata": {"key": str(attempt.pk), "amount": "5000 GBP"},
        }
    }
    assert sent["/billing_request_flows"].json == {
        "billing_request_flows": {
            "redirect_uri": "https://lamp.example/give/4840/return/x/",
            "exit_uri": "https://lamp.example/give/4840/return/x/",
            "links": {"billing_request": attempt.gateway_id},
            "language": "en",
            "prefilled_customer": {
                "given_name": "Ada",
                "family_name": "Nguyễn",
                "email": "ada@example.org",
            },
        }
    }
    (mandate,) = gocardless.state.mandates
    assert sent["/payments"].json == {
        "payments": {
            "amount": 5_000,
            "currency": "GBP",
            "description": "A gift to Lamp",
            "metadata": {"key": str(attempt.pk), "billing_request": attempt.gateway_id},
            "links": {"mandate": mandate},
            "retry_if_possible": False,
        }
    }
    keys = [sent[path].headers["idempotency-key"] for path in ("/billing_requests", "/payments")]
    assert keys == [str(attempt.pk)] * 2
    assert {each.headers["gocardless-version"] for each in gocardless.requests} == {"2015-07-06"}
    # GoCardless debits on the first day that the mandate's notice allows.
    (debit,) = gocardless.state.payments.values()
    assert debit["charge_date"] == gocardless.state.mandates[mandate]["next_possible_charge_date"]


def test_who_agrees_and_never_comes_back_is_debited_all_the_same(
    charity: Charity, gocardless: GoCardlessServer
) -> None:
    attempt = give(charity)
    gocardless.agree(str(attempt.gateway_id))
    tell(gocardless)
    assert state() == ("processing", "processing")
    assert len(gocardless.state.payments) == 1


@pytest.mark.parametrize("resource_metadata", [True, False])
def test_what_events_tell_of_is_found_with_or_without_our_metadata(
    charity: Charity, gocardless: GoCardlessServer, resource_metadata: bool
) -> None:
    gocardless.state.resource_metadata = resource_metadata
    agreed(charity, gocardless)
    gocardless.confirm(payment(gocardless))
    tell(gocardless)
    gocardless.refund(payment(gocardless), 500)
    tell(gocardless)
    assert state() == ("settled", "succeeded")
    assert not inbox.InboxMessage.objects.exclude(state="done").exists()


def test_payments_of_others_on_the_account_are_none_of_ours(
    charity: Charity, gocardless: GoCardlessServer
) -> None:
    agreed(charity, gocardless)
    tell(gocardless)
    stranger = dict(gocardless.state.payments[payment(gocardless)], id="PM-OTHER", metadata={})
    gocardless.state.payments["PM-OTHER"] = stranger
    gocardless.state.resource_metadata = False
    gocardless.move("PM-OTHER", "submitted")
    assert tell(gocardless) == 1
    assert inbox.InboxMessage.objects.get(object_id="PM-OTHER").state == "foreign"
    gocardless.state.resource_metadata = True
    gocardless.state.payments["PM-OTHER"]["metadata"] = {"order": "7"}
    gocardless.move("PM-OTHER", "confirmed")
    assert tell(gocardless) == 0
    assert [each.gateway_id for each in gateways.gateway(CODE).charges()] == [
        Attempt.objects.get().gateway_id
    ]


def test_what_was_let_go_of_can_no_longer_be_agreed_to(
    charity: Charity, gocardless: GoCardlessServer
) -> None:
    attempt = give(charity)
    gift, attempt = actions.let_go(Gift.objects.get(), attempt)
    assert (gift.status, attempt.state) == ("failed", "cancelled")
    assert gocardless.state.billing_requests[str(attempt.gateway_id)]["status"] == "cancelled"


def test_who_agreed_and_was_let_go_of_before_the_debit_keeps_no_mandate(
    charity: Charity, gocardless: GoCardlessServer
) -> None:
    attempt = give(charity)
    gocardless.agree(str(attempt.gateway_id))
    gift, attempt = actions.let_go(Gift.objects.get(), attempt)
    assert (gift.status, attempt.state) == ("failed", "cancelled")
    assert {each["status"] for each in gocardless.state.mandates.values()} == {"cancelled"}
    tell(gocardless)
    assert (state(), gocardless.count(PAYMENT)) == (("failed", "cancelled"), 0)


def test_nobody_agreed_for_a_day(charity: Charity, gocardless: GoCardlessServer) -> None:
    give(charity)
    sweep(hours=25)
    assert state() == ("failed", "cancelled")
    assert [each["status"] for each in gocardless.state.billing_requests.values()] == ["cancelled"]


# ---- How a debit may go -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cause", "decline", "final"),
    [
        ("insufficient_funds", "insufficient_funds", False),
        ("refer_to_payer", "insufficient_funds", False),
        ("bank_account_closed", "generic", True),
        ("authorisation_disputed", "generic", True),
        ("other", "generic", False),
    ],
)
def test_a_debit_that_fails(
    charity: Charity, gocardless: GoCardlessServer, cause: str, decline: str, final: bool
) -> None:
    agreed(charity, gocardless)
    gocardless.move(payment(gocardless), "submitted")
    gocardless.fail(payment(gocardless), cause)
    tell(gocardless)
    attempt = Attempt.objects.get()
    assert (state(), attempt.decline_code) == (("failed", "failed"), decline)
    assert gateways.gateway(CODE).retrieve(str(attempt.gateway_id)).final is final
    agrees(gocardless)


@pytest.mark.parametrize("paid_out", [True, False])
@pytest.mark.parametrize("how", ["late_failure", "charge_back"])
def test_a_debit_that_comes_back_after_it_was_collected(
    charity: Charity, gocardless: GoCardlessServer, how: str, paid_out: bool
) -> None:
    agreed(charity, gocardless)
    gocardless.confirm(payment(gocardless))
    if paid_out:
        gocardless.pay_out("GBP")
    tell(gocardless)
    gocardless.fail(payment(gocardless)) if how == "late_failure" else gocardless.charge_back(
        payment(gocardless)
    )
    tell(gocardless)
    assert state() == ("returned", "returned")
    agrees(gocardless)
    if paid_out:
        # GoCardless gives its fee back and takes another, with the payout after.
        gocardless.charge_fee(payment(gocardless), "-70")
        gocardless.charge_fee(payment(gocardless), "15.5")
        gocardless.pay_out("GBP")
        tell(gocardless)
        assert events()[-1] == "fee_changed"
        assert Attempt.objects.get().fee_minor == 16


def test_a_charge_back_that_was_a_mistake_is_collected_after_all(
    charity: Charity, gocardless: GoCardlessServer
) -> None:
    agreed(charity, gocardless)
    gocardless.confirm(payment(gocardless))
    gocardless.pay_out("GBP")
    tell(gocardless)
    gocardless.charge_back(payment(gocardless))
    tell(gocardless)
    gocardless.cancel_charge_back(payment(gocardless))
    tell(gocardless)
    assert state() == ("settled", "succeeded")
    assert events()[-2:] == ["returned", "collected"]
    agrees(gocardless)


def test_a_debit_that_settled_and_came_back_while_nobody_looked(
    charity: Charity, gocardless: GoCardlessServer
) -> None:
    agreed(charity, gocardless)
    gocardless.confirm(payment(gocardless))
    gocardless.pay_out("GBP")
    gocardless.charge_back(payment(gocardless))
    told = gocardless.untold()
    random.Random(3).shuffle(told)
    receive(gocardless, CODE, told + told)
    work()
    assert state() == ("returned", "returned")
    assert events()[-2:] == ["succeeded", "returned"]
    agrees(gocardless)


def test_the_donor_cancels_the_mandate_before_the_debit(
    charity: Charity, gocardless: GoCardlessServer
) -> None:
    agreed(charity, gocardless)
    gocardless.move_mandate(next(iter(gocardless.state.mandates)), "cancelled")
    tell(gocardless)
    assert state() == ("failed", "cancelled")
    agrees(gocardless)


# ---- Mandates ---------------------------------------------------------------------------------------------------
def test_the_mandate_is_kept_for_a_plan_and_can_be_debited_again(
    charity: Charity, gocardless: GoCardlessServer
) -> None:
    attempt = agreed(charity, gocardless, every=1)
    gateway = gateways.gateway(CODE)
    saved = gateway.retrieve(str(attempt.gateway_id)).saved
    assert saved is not None
    (mandate,) = gocardless.state.mandates
    assert (saved.token, saved.kind, saved.label, saved.usable) == (mandate, "debit", "Bacs ···· 11", True)
    assert saved.next_charge_on is not None and saved.next_charge_on > date.today() + timedelta(days=1)  # noqa: DTZ011
    order = actions.looking.order_of(Gift.objects.get(), attempt)  # type: ignore[attr-defined]
    later = type(order)(**{**_fields(order), "key": str(uuid.uuid4()), "saved_method": mandate})
    made = gateway.create(later)
    assert (made.status, made.amount_minor, made.currency) == ("processing", 5_000, "GBP")
    assert gateway.create(later).gateway_id == made.gateway_id
    assert len(gocardless.state.payments) == 2
    assert gateway.cancel(made.gateway_id).status == "cancelled"
    # The first gift's own debit stands.
    assert gateway.retrieve(str(attempt.gateway_id)).status == "processing"


def _fields(order: object) -> dict[str, object]:
    return {name: getattr(order, name) for name in order.__dataclass_fields__}  # type: ignore[attr-defined]


def test_a_mandate_that_another_took_the_place_of(charity: Charity, gocardless: GoCardlessServer) -> None:
    attempt = agreed(charity, gocardless, every=1)
    (old,) = gocardless.state.mandates
    new = gocardless.replace_mandate(old)
    gateway = gateways.gateway(CODE)
    assert gateway.retrieve_method(old).token == new
    order = actions.looking.order_of(Gift.objects.get(), attempt)  # type: ignore[attr-defined]
    made = gateway.create(type(order)(**{**_fields(order), "key": "k2", "saved_method": old}))
    assert gocardless.state.payments[made.gateway_id]["links"]["mandate"] == new


def test_a_mandate_that_is_over(charity: Charity, gocardless: GoCardlessServer) -> None:
    attempt = agreed(charity, gocardless, every=1)
    gateway = gateways.gateway(CODE)
    (mandate,) = gocardless.state.mandates
    gateway.forget_method(mandate)
    gateway.forget_method(mandate)
    assert gateway.retrieve_method(mandate).usable is False
    order = actions.looking.order_of(Gift.objects.get(), attempt)  # type: ignore[attr-defined]
    with pytest.raises(Refused):
        gateway.create(type(order)(**{**_fields(order), "key": "k2", "saved_method": mandate}))
    told = [each for each in gocardless.untold() if each["resource_type"] == "mandates"]
    body, headers = gocardless.signed(told)
    (event,) = gateway.read_webhook(body, {"Webhook-Signature": headers["Webhook-Signature"]}, at=now())
    assert (event.about, event.object_id, event.event_type) == ("method", mandate, "mandates.cancelled")


def test_only_the_scheme_s_own_money(charity: Charity, gocardless: GoCardlessServer) -> None:
    made = intent(charity, method="gocardless_bacs", gateway=CODE, currency="EUR")
    assert actions.submit(made)[1].state == "failed"
    assert gocardless.requests == []
