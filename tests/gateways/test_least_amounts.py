"""The least that a gateway takes: a form asks for no less, and who gives learns of it where the amount is typed."""

import re
import uuid
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.urls import reverse

from almoner.charities.models import Charity
from almoner.donors.tests.conftest import Browser
from almoner.giving.importing.report import Fate
from almoner.giving.models import DonationForm, FormCurrency, Gift, SuggestedAmount
from almoner.giving.tests.checking import nothing_stored_or_sent, problems, step_of, text_of
from almoner.giving.tests.conftest import Donor, UrlencodedClient
from almoner.giving.tests.plans import begun
from almoner.giving.tests.test_currencies import taking
from almoner.giving.tests.test_importing import Import, bring, plan_row, said, table, wish
from almoner.kernel.money import CURRENCIES
from almoner.payments import gateways
from almoner.payments.gateways.gocardless.schemes import SCHEMES
from almoner.payments.gateways.port import Order, Refused
from almoner.payments.gateways.stripe.currencies import LEAST, STEPS, to_stripe
from almoner.plans.models import Plan
from almoner.supporters.models import Contact
from tests.gateways.gocardless_walk import agreed
from tests.support.gateways import stripe_state
from tests.support.gateways.gocardless_server import GoCardlessServer
from tests.support.gateways.paypal_server import PayPalServer
from tests.support.gateways.stripe_server import StripeServer

__all__ = ["bring", "said", "wish"]


def test_stripes_least_amounts_are_its_own() -> None:
    """As docs.stripe.com/currencies shows them, in Stripe's units."""
    shown = {code: to_stripe(amount_minor, code) for code, amount_minor in LEAST.items()}
    assert (shown["USD"], shown["GBP"], shown["JPY"], shown["HUF"]) == (50, 30, 50, 17_500)
    assert (shown["CZK"], shown["MXN"], shown["THB"], shown["DKK"]) == (1_500, 1_000, 1_000, 250)
    assert shown == stripe_state.LEAST
    assert set(LEAST) <= CURRENCIES and not set(LEAST) & set(STEPS)


@pytest.mark.parametrize("method", ["stripe_element", "stripe_checkout"])
def test_stripe_itself_refuses_less(stripe: StripeServer, method: str) -> None:
    order = Order(
        key=str(uuid.uuid4()), amount_minor=49, currency="AUD", method=method, description="A gift", reference="R",
        return_url="https://lamp.example/", language="en",
    )  # fmt: skip
    with pytest.raises(Refused, match="amount_too_small"):
        gateways.gateway("stripe").create(order)
    assert stripe.state.intents == []


def test_gocardlesss_least_amounts_are_its_own(charity: Charity, gocardless: GoCardlessServer) -> None:
    """As its "Transactions and fees FAQs" name them; and it refuses less itself."""
    named = {scheme.code: dict(scheme.method.least) for scheme in SCHEMES}
    assert named == {"becs": {"AUD": 200}, "bacs": {"GBP": 100}, "sepa_core": {"EUR": 100}}
    assert agreed(charity, gocardless, amount_minor=99).state == "failed"
    assert agreed(charity, gocardless, amount_minor=100).state == "processing"


@pytest.fixture
def form(charity: Charity, stripe: StripeServer) -> DonationForm:
    """Saved when only transfers were offered: its least amounts, and a suggestion, are below Stripe's."""
    form = DonationForm.objects.get(charity=charity)
    FormCurrency.objects.create(form=form, currency="JPY", minimum_minor=10, maximum_minor=9_000)
    for amount_minor in (40, 90):
        SuggestedAmount.objects.create(form=form, currency="JPY", amount_minor=amount_minor)
    taking(form, "AUD JPY GBP", methods=["stripe_element", "bank_transfer"], minimum_minor=1)
    return form


@pytest.mark.parametrize(
    ("currency", "less", "least"), [("AUD", "0.49", "0.50"), ("JPY", "49", "50"), ("GBP", "0.29", "0.30")]
)
def test_no_less_is_taken_and_that_is_said_on_the_first_step(
    form: DonationForm, currency: str, less: str, least: str
) -> None:
    donor = Donor(UrlencodedClient())
    page = donor.client.get(f"/give/4840/?currency={currency}")
    assert re.search(rf"From \S{least}\b", re.sub("<[^>]*>", "", text_of(page)))
    with nothing_stored_or_sent():
        page = donor.amount(currency=currency, amount="other", other_amount=less)
    assert step_of(page) == "amount"
    assert re.fullmatch(rf"Enter an amount of at least \S*{least}", problems(page)["other_amount"])
    assert f'value="{less}"' in text_of(page)
    assert step_of(donor.amount(currency=currency, amount="other", other_amount=least)) == "details"


def test_what_is_suggested_can_be_paid(form: DonationForm) -> None:
    page = text_of(Donor(UrlencodedClient()).client.get("/give/4840/?currency=JPY"))
    assert 'value="90"' in page and 'value="40"' not in page


def test_where_stripe_is_not_offered_less_is_taken(form: DonationForm) -> None:
    taking(form, "AUD JPY", methods=["bank_transfer"])
    donor = Donor(UrlencodedClient())
    assert step_of(donor.amount(currency="JPY", amount="other", other_amount="10")) == "details"


def test_a_plans_new_amount_asks_its_own_method(stripe: StripeServer) -> None:
    assert gateways.least_minor("stripe_becs", "AUD") == 50
    assert gateways.least_minor("bank_transfer", "AUD") == gateways.least_minor("gone", "AUD") == 1


# ---- begun by phone ----------------------------------------------------------------------------------------------


def begin(form: DonationForm, **changes: str) -> str:
    staff = Client()
    staff.force_login(User.objects.get_or_create(username="root", is_staff=True, is_superuser=True)[0])
    fund = form.charity.funds.get(is_default=True)
    sent = {
        "fund": str(fund.pk), "form": str(form.pk), "amount": "0.49", "currency": "AUD", "every": "1",
        "given_name": "Grace", "family_name": "Hale", "email": "grace@example.org", "country": "AU",
    }  # fmt: skip
    return staff.post("/admin/plans/begin/", sent | changes, follow=True).content.decode()


def test_begun_by_phone_no_less_is_promised_than_can_be_paid(form: DonationForm) -> None:
    taking(form, "AUD", methods=["stripe_checkout"], minimum_minor=1)
    people = Contact.objects.count()
    page = begin(form)
    assert "No payment service here takes less than 0.50 AUD." in page
    assert 'value="0.49"' in page and 'value="Grace"' in page
    assert not Plan.objects.exists() and not Gift.objects.exists() and mail.outbox == []
    assert Contact.objects.count() == people
    assert "gets a link to make the first payment" in begin(form, amount="0.50")
    assert Plan.objects.get().amount_minor == 50


def test_its_donor_is_offered_the_ways_that_take_it(
    form: DonationForm, gocardless: GoCardlessServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stripe takes fifty cents, and GoCardless two dollars."""
    taking(form, "AUD", methods=["stripe_checkout", "gocardless_becs"], minimum_minor=1)
    for amount, offered in (("1.99", ["stripe_checkout"]), ("2.00", ["stripe_checkout", "gocardless_becs"])):
        begin(form, amount=amount)
        gift = Gift.objects.latest("given_at")
        page = text_of(Browser().get(f"pay/{gift.public_key}/"))
        assert re.findall(r'name="method"[^>]*value="(\w+)"', page) == offered


def test_by_phone_no_fraction_is_promised_that_cannot_be_paid(charity: Charity, paypal: PayPalServer) -> None:
    form = DonationForm.objects.get(charity=charity)
    taking(form, "AUD HUF", methods=["paypal"], minimum_minor=1)
    assert "The payment services here take multiples of 1.00 HUF." in begin(
        form, amount="1000.50", currency="HUF"
    )
    assert not Plan.objects.exists()
    begin(form, amount="1000", currency="HUF")
    assert Plan.objects.get().total_minor == 100_000


# ---- a plan that stands ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("amount_minor", "offered"), [(49, False), (50, True)])
def test_a_plan_is_not_led_to_a_way_that_takes_no_such_amount(
    form: DonationForm, amount_minor: int, offered: bool
) -> None:
    """It was given by another way, and its donor would save a card that could never be charged so little."""
    taking(form, "AUD", methods=["sandbox_card", "stripe_checkout"], minimum_minor=1)
    plan = begun(form, amount_minor=amount_minor)
    browser = Browser()
    browser.sign_in()
    page = text_of(browser.get(f"plans/{plan.reference}/method/"))
    assert ('value="stripe_checkout"' in page) is offered


def test_one_that_moves_in_with_less_is_named_or_waits(
    form: DonationForm, bring: Import, said: list[str], tmp_path: Path
) -> None:
    rows = [
        plan_row(f"P{amount}", amount=amount, gateway="stripe", method="stripe_element")
        for amount in ("0.49", "0.50")
    ]
    path = table(tmp_path / "plans.csv", rows)
    report = bring("csv", path, activate=True)
    assert report.fates == {Fate.LEFT_OUT: 1, Fate.PLAN: 1} and report.balances()
    assert said == [
        "plans.csv, line 2: stripe takes no such amount: it is too small, or has a fraction too many "
        "(--paused imports it to wait)"
    ]
    assert bring("csv", path, paused=True).fates == {Fate.PLAN: 1, Fate.KNOWN: 1}
    waits = Plan.objects.get(imported_from="csv P0.49")
    assert (waits.state, waits.method_usable, waits.next_at) == ("paused", False, None)


def test_no_lesser_amount_is_taken_of_a_plan_that_stands(form: DonationForm) -> None:
    """Neither of its donor nor of staff, whatever its form would take."""
    taking(form, "AUD", methods=["sandbox_card"], minimum_minor=1)
    plan = begun(form)
    Plan.objects.filter(pk=plan.pk).update(gateway="stripe", method="stripe_checkout")
    browser, staff = Browser(), Client()
    browser.sign_in()
    staff.force_login(User.objects.create_superuser("root"))
    url = reverse("backoffice:change_plan_amount", args=[plan.pk])
    page = browser.send(f"plans/{plan.reference}/amount/", {"amount": "0.49"})
    assert "Enter an amount of at least $0.50" in text_of(page) and 'value="0.49"' in text_of(page)
    said = staff.post(url, {"amount": "0.49"}, follow=True).content.decode()
    assert "This way of paying takes no less than 0.50 AUD." in said
    assert Plan.objects.get().amount_minor == 2_500
    browser.send(f"plans/{plan.reference}/amount/", {"amount": "0.50"})
    assert Plan.objects.get().amount_minor == 50
    staff.post(url, {"amount": "0.51"}, follow=True)
    assert Plan.objects.get().amount_minor == 51
