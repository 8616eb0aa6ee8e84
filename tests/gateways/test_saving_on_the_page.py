"""Another way to pay, saved on the donor's own page over HTTP, at each gateway's scripted stand-in."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from almoner.charities.models import Charity
from almoner.config.wiring import HANDLERS
from almoner.donors.models import MethodSetUp
from almoner.donors.tests.conftest import Browser, words
from almoner.giving.models import DonationForm, Gift
from almoner.giving.tests.plans import begun
from almoner.outbox.worker import drain
from almoner.payments import gateways
from almoner.plans.models import Plan

pytestmark = pytest.mark.django_db


@dataclass
class There:
    """One gateway's page, and what its donors do on it."""

    code: str
    method: str
    currency: str
    server: Any

    def agree(self, gateway_id: str) -> None:
        if self.code == "paypal":
            self.server.approve_setup_token(gateway_id.partition(" ")[0])
        elif self.code == "gocardless":
            self.server.agree(gateway_id)
        else:
            self.server.state.save_card(gateway_id)

    def tell(self) -> int:
        """All that happened there, by signed webhooks, each twice; how many were taken."""
        if self.code == "stripe":
            signed = [self.server.signed(event) for event in self.server.undelivered()]
            sent = [(body, {"Stripe-Signature": signature}) for body, signature in signed]
        else:
            sent = [self.server.signed([event]) for event in self.server.untold()]
        answers = [
            Client().post(
                f"/webhooks/{self.code}/", body, content_type="application/json", headers=dict(headers)
            )
            for body, headers in sent
            for _ in range(2)
        ]
        assert {each.status_code for each in answers} <= {200, 204}
        drain(HANDLERS)
        return len(answers) // 2


@pytest.fixture(
    params=[
        ("paypal", "paypal", "AUD"),
        ("gocardless", "gocardless_bacs", "GBP"),
        ("stripe", "stripe_checkout", "AUD"),
    ],
    ids=lambda param: param[0],
)
def there(request: pytest.FixtureRequest) -> There:
    code, method, currency = request.param
    return There(code, method, currency, request.getfixturevalue(code))


@pytest.fixture
def plan(charity: Charity, there: There) -> Plan:
    form = DonationForm.objects.get(charity=charity)
    DonationForm.objects.filter(pk=form.pk).update(methods=[*form.methods, there.method])
    made = begun(form, currency=there.currency)
    drain(HANDLERS)
    return made


@pytest.fixture
def inside(plan: Plan) -> Browser:
    browser = Browser()
    browser.sign_in()
    mail.outbox.clear()
    return browser


def test_it_is_saved_without_a_payment_and_true_at_the_gateway_before_it_is_told(
    inside: Browser, plan: Plan, there: There
) -> None:
    here = f"plans/{plan.reference}/"
    assert f'name="save" value="{there.method}"' in words(inside.get(here + "method/"))
    answer = inside.send(here + "method/", {"save": there.method})
    assert answer.status_code == 303 and answer["Location"].startswith("http://127.0.0.1:")

    assert inside.get(here + "back/")["Location"] == f"/giving/{here}", "they left the gateway's page"
    there.tell()
    row = MethodSetUp.objects.get()
    assert (row.state, Plan.objects.get().saved_method, len(mail.outbox)) == ("open", plan.saved_method, 0)
    assert gateways.sandbox().retrieve_method(plan.saved_method).usable

    there.agree(row.gateway_id)
    if there.code == "paypal":
        # No webhook of PayPal's tells that a donor agreed.
        assert inside.get(here + "back/")["Location"] == f"/giving/{here}?done=method"
    assert there.tell() > 0, "the donor never comes back, and nobody waits for the sweep"

    row, after = MethodSetUp.objects.get(), Plan.objects.get()
    assert (row.state, after.gateway, after.method) == ("done", there.code, there.method)
    assert (after.saved_method, after.method_usable, after.state) == (row.token, True, "active")
    assert not gateways.sandbox().retrieve_method(plan.saved_method).usable
    assert Gift.objects.count() == 1, "nothing was paid"
    (message,) = mail.outbox
    assert message.subject == "Your regular gift to Tidelight Foundation is paid in another way"
    assert inside.get(here + "back/")["Location"] == f"/giving/{here}"
    assert after.method_label in words(inside.get(here))
