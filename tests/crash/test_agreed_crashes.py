"""Gifts that a donor agrees to on the gateway's own page, by PayPal and GoCardless, killed by SIGKILL at every labelled
point that is theirs: as the page is made, as the money is taken, by webhook, in a plan's later gift, in a refund, and
as a left mandate is forgotten. The gateway runs on, and what it holds is what our books say in the end.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User
from pytest_django import Settings as SettingsWrapper

from almoner.charities.models import Charity
from almoner.donors.models import PlanMail
from almoner.giving import actions, demo
from almoner.giving.models import Gift, GiftStatus
from almoner.kernel.clock import now
from almoner.outbox.models import Job
from almoner.payments import gateways
from almoner.payments.models import Attempt, InboxMessage
from almoner.plans.models import Period, Plan, Withdrawal
from tests.crash.drill import armed, at_site, die, die_at_work, prove_all, visitor, work
from tests.gateways import gocardless_walk, paypal_walk
from tests.gateways.conftest import gocardless_at, paypal_at
from tests.gateways.walk import holds, receive
from tests.support.gateways import gocardless_server, paypal_server
from tests.support.gateways.gocardless_server import GoCardlessServer
from tests.support.gateways.gocardless_state import CREDITOR
from tests.support.gateways.paypal_server import PayPalServer
from tests.support.server import Site

pytestmark = pytest.mark.crash

CHARGE = "from almoner.giving import actions; actions.charge_due(in_flight=1)"
OF_TAKING = (
    "look.after-retrieve",
    "take.before-call",
    "take.after-call",
    "settle.before-commit",
    "settle.after-commit",
)
OF_RENEWALS = (
    *("renew.before-commit", "renew.after-commit", "renew.after-create", "renew.after-keep"),
    *("renew.before-outcome", "renew.after-outcome"),
)


@dataclass
class There:
    """A gateway with a page of its own, and what its donors and banks do."""

    code: str
    server: Any
    site: Site

    @property
    def walk(self) -> str:
        return f"from tests.gateways.{self.code}_walk import give; give(Charity.objects.get(is_default=True))"

    def give(self, **more: object) -> Attempt:
        gateways.gateways.cache_clear()
        charity = Charity.objects.get(is_default=True)
        if self.code == "paypal":
            return paypal_walk.give(charity, **more)
        return gocardless_walk.give(charity, **more)  # type: ignore[arg-type]

    def agree(self, attempt: Attempt) -> None:
        (self.server.approve if self.code == "paypal" else self.server.agree)(str(attempt.gateway_id))

    def agree_to_save(self, gateway_id: str) -> None:
        """To a method that is saved without a payment."""
        if self.code == "paypal":
            self.server.approve_setup_token(gateway_id.partition(" ")[0])
        else:
            self.server.agree(gateway_id)

    def saved(self) -> list[str]:
        """What the gateway holds of a donor's methods."""
        return [*(self.server.state.tokens if self.code == "paypal" else self.server.state.mandates)]

    def bank_pays(self) -> None:
        """Debits come days later, and GoCardless tells."""
        if self.code == "gocardless":
            for payment_id in list(self.server.state.payments):
                if self.server.state.payments[payment_id]["status"] == "pending_submission":
                    self.server.confirm(payment_id)
        gateways.gateways.cache_clear()
        receive(self.server, self.code, self.server.untold())
        work(self.site)

    def taken(self) -> int:
        """How often money was asked for."""
        state = self.server.state
        return len(state.captures if self.code == "paypal" else state.payments)

    def reckoned(self) -> None:
        gateways.gateways.cache_clear()
        holds(self.code, "GBP" if self.code == "gocardless" else "AUD")
        prove_all(self.site)


@pytest.fixture(params=["paypal", "gocardless"])
def there(
    request: pytest.FixtureRequest,
    new_server: Callable[..., Site],
    settings: SettingsWrapper,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[There]:
    """What dies is a process of its own, and this one goes on with the same gateway."""
    demo.seed()
    with PayPalServer() if request.param == "paypal" else GoCardlessServer() as server:
        if request.param == "paypal":
            env = {
                "API_BASE": server.base, "CLIENT_ID": paypal_server.CLIENT_ID, "SECRET": paypal_server.SECRET,
                "MERCHANT_ID": "LAMPMERCHANT2", "WEBHOOK_ID": paypal_server.WEBHOOK_ID,
            }  # fmt: skip
            settings.ALMONER_PAYPAL_CLIENT_ID = paypal_server.CLIENT_ID
            here: object = paypal_at(server.base)
        else:
            env = {
                "API_BASE": server.base, "ACCESS_TOKEN": gocardless_server.ACCESS_TOKEN, "CREDITOR": CREDITOR,
                "WEBHOOK_SECRETS": gocardless_server.WEBHOOK_SECRET,
            }  # fmt: skip
            settings.ALMONER_GOCARDLESS_ACCESS_TOKEN = gocardless_server.ACCESS_TOKEN
            here = gocardless_at(server.base)
        monkeypatch.setattr(gateways, request.param, lambda: here)
        gateways.gateways.cache_clear()
        named = {f"ALMONER_{request.param.upper()}_{name}": value for name, value in env.items()}
        yield There(request.param, server, new_server(started=False, **named))
    gateways.gateways.cache_clear()


@pytest.mark.parametrize("label", ["create.after-call", "create.after-commit"])
def test_a_crash_while_the_page_is_made(there: There, label: str) -> None:
    die(there.site, label, f"from almoner.charities.models import Charity; {there.walk}")
    attempt = Attempt.objects.get()
    assert (attempt.state, there.taken()) == (
        "new" if label == "create.after-call" else "action_required", 0,
    )  # fmt: skip
    if attempt.gateway_id:
        there.agree(attempt)
    work(there.site)
    there.bank_pays()
    paid = label == "create.after-commit"
    assert (Gift.objects.get().status, there.taken()) == (
        GiftStatus.SETTLED if paid else GiftStatus.FAILED, int(paid),
    )  # fmt: skip
    there.reckoned()


@pytest.mark.parametrize("label", OF_TAKING)
def test_a_crash_while_the_money_is_taken(there: There, label: str) -> None:
    there.agree(there.give())
    die_at_work(there.site, label)
    work(there.site)
    there.bank_pays()
    assert (Gift.objects.get().status, there.taken()) == (GiftStatus.SETTLED, 1)
    there.reckoned()


@pytest.mark.parametrize("label", ["webhook.before-commit", "webhook.after-commit", "take.after-call"])
def test_a_crash_over_a_webhook_that_comes_twice_and_before_the_donor(there: There, label: str) -> None:
    """The newest first; the donor never comes back from the gateway's page."""
    there.agree(there.give())
    told = there.server.untold()[::-1]
    deliver = label.startswith("webhook.")
    there.site.serve(**(armed(label) if deliver else {}))
    with visitor(there.site) as client:
        if deliver:
            with pytest.raises(httpx.TransportError):
                _tell(client, there, told[0])
            there.site.processes[0].kill()
            there.site.serve()
    with visitor(there.site) as client:
        assert {_tell(client, there, each).status_code for each in told for _ in range(2)} <= {200, 204}
    if not deliver:
        die_at_work(there.site, label, sweep=False)
    work(there.site, sweep=False)
    work(there.site)
    there.bank_pays()
    assert (Gift.objects.get().status, there.taken()) == (GiftStatus.SETTLED, 1)
    assert InboxMessage.objects.values("event_id").distinct().count() == InboxMessage.objects.count()
    there.reckoned()


@pytest.mark.parametrize("label", OF_RENEWALS)
def test_a_crash_while_a_plan_is_charged(there: There, label: str) -> None:
    if there.code == "gocardless" and label == "renew.after-outcome":
        pytest.skip("a debit is under way as soon as it is made: nothing is confirmed")
    there.agree(there.give(every=1))
    work(there.site)
    there.bank_pays()
    _due(there)
    die(there.site, label, CHARGE)
    with at_site(there.site):
        actions.charge_due(in_flight=1)
    work(there.site)
    with at_site(there.site):
        actions.charge_due(in_flight=1)
    there.bank_pays()
    assert (there.taken(), list(Gift.objects.values_list("status", flat=True))) == (
        2,
        [GiftStatus.SETTLED] * 2,
    )
    assert list(Period.objects.values_list("state", flat=True)) == ["paid", "paid"]
    there.reckoned()


@pytest.mark.parametrize("label", ["withdraw.after-call", "withdraw.before-commit", "withdraw.after-commit"])
def test_a_crash_while_a_debit_is_stopped(there: There, label: str) -> None:
    if there.code != "gocardless":
        pytest.skip("PayPal charges on the day: there is nothing to stop")
    there.agree(there.give(every=1))
    work(there.site)
    there.bank_pays()
    _due(there)
    with at_site(there.site):
        actions.charge_due(in_flight=1)
    plan = Plan.objects.get()
    code = (
        "from almoner.plans import changing; from almoner.plans.progress import DONOR; "
        f"changing.pause('{plan.pk}', by=DONOR)"
    )
    die(there.site, label, code)
    for _ in range(2):
        work(there.site)
    there.bank_pays()
    plan.refresh_from_db()
    debits = [each["status"] for each in there.server.state.payments.values()]
    assert (plan.state, debits) == ("paused", ["confirmed", "cancelled"])
    assert list(Period.objects.order_by("on").values_list("state", flat=True)) == ["paid", "skipped"]
    assert list(Withdrawal.objects.values_list("stopped", flat=True)) == [True]
    assert PlanMail.objects.get(kind=PlanMail.Kind.PAUSED).state == PlanMail.State.SENT
    there.reckoned()


@pytest.mark.parametrize("label", ["refund.after-intent", "refund.after-call", "refund.after-commit"])
def test_a_crash_during_a_refund(there: There, label: str) -> None:
    staff = User.objects.create_superuser("treasurer")
    there.agree(there.give())
    work(there.site)
    there.bank_pays()
    gift = Gift.objects.get()
    code = (
        "from almoner.giving import actions; from django.contrib.auth.models import User; "
        f"actions.refund(gift_id='{gift.pk}', amount_minor=1200, reason='asked', "
        f"actor=User.objects.get(pk={staff.pk}))"
    )
    if there.code == "gocardless" and label == "refund.after-commit":
        pytest.skip("GoCardless pays a refund days later: its first answer settles nothing")
    die(there.site, label, code)
    work(there.site)
    (made,) = there.server.state.refunds.values()
    if there.code == "gocardless":
        there.server.move_refund(made["id"], "paid")
    there.bank_pays()
    gift.refresh_from_db()
    assert gift.refunded_minor == 1200
    there.reckoned()


@pytest.mark.parametrize("label", ["left-over.after-forget"])
def test_a_crash_while_a_left_mandate_is_forgotten(there: There, label: str) -> None:
    if there.code != "gocardless":
        pytest.skip("a capture leaves nothing behind")
    there.agree(there.give())
    with at_site(there.site):
        actions.look_at_due()
        actions.look(Attempt.objects.get().pk)
    there.server.confirm(gocardless_walk.payment(there.server))
    receive(there.server, there.code, there.server.untold())
    die_at_work(there.site, label, sweep=False)
    assert Job.objects.get(dedupe_key__startswith="left over:").state == "leased"
    work(there.site)
    there.bank_pays()
    assert [each["status"] for each in there.server.state.mandates.values()] == ["cancelled"]
    assert Job.objects.get(dedupe_key__startswith="left over:").state == "done"
    there.reckoned()


def _due(there: There) -> None:
    """A month later by the rows, and the notice that a debit needs is out."""
    past = now() - timedelta(hours=1)
    Plan.objects.update(next_at=past)
    if there.code == "gocardless":
        with at_site(there.site):
            actions.charge_due(in_flight=1)
        assert there.taken() == 1, "nothing is debited before its notice is out"
        work(there.site)
        told = Period.objects.get(state="due", notice_sent_at__isnull=False)
        Period.objects.filter(pk=told.pk).update(wake_at=past)


def _tell(client: httpx.Client, there: There, told: dict[str, Any]) -> httpx.Response:
    body, headers = there.server.signed([told])
    return client.post(f"/webhooks/{there.code}/", content=body, headers=headers)
