"""A history of everything, on which `almoner prove` must hold. It happens once for all tests of a worker, in a database
of its own: each begins with the same rows, and is rolled back.
"""

import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from almoner.backoffice.tests.conftest import Settled, settling
from almoner.charities.models import Charity, Fund
from almoner.giving import actions, demo, desk
from almoner.giving.models import BatchLine, DonationForm, Gift, GiftBatch
from almoner.giving.tests import plans
from almoner.giving.tests.conftest import Donor, UrlencodedClient
from almoner.kernel.clock import now
from almoner.payments import gateways
from almoner.payments.gateways.sandbox.gateway import Outcome, Sandbox
from almoner.payments.models import Attempt
from almoner.plans import changing
from almoner.plans.models import Plan
from almoner.plans.progress import DONOR
from almoner.supporters.people import Details

BO = Details(given_name="Bo", family_name="Lee", email="bo@example.org")


@dataclass
class History:
    """What has happened, for a corruption to find its row in."""

    charity: Charity
    sandbox: Sandbox
    staff: User
    card: Gift
    declined: Gift
    twice: Gift
    cash: Gift
    transfer: Gift
    plan: Plan


@pytest.fixture(scope="module")
def settled(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settled]:
    with settling(happened, tmp_path_factory.mktemp("history"), django_db_blocker) as kept:
        yield kept


@pytest.fixture
def history(settled: Settled, db: None, sandbox: Sandbox) -> History:
    return History(sandbox=sandbox, **pickle.loads(settled.world))  # noqa: S301


@override_settings(
    LIMIT_ATTEMPTS=1_000, LIMIT_DECLINES=1_000, LIMIT_DECLINES_WORK=1_000, LIMIT_EMAIL_ATTEMPTS=1_000
)
def happened() -> dict[str, Any]:
    """All of a `History` but the sandbox, of which each test gets a copy."""
    charity, sandbox, donor = demo.seed(), gateways.sandbox(), Donor(UrlencodedClient())
    staff = User.objects.create_superuser("treasurer")
    card = given(donor)
    declined = given(donor, "lost_card")
    twice = paid_twice(donor, sandbox)
    for outcome in ("debit_settles", "debit_settles", "debit_fails"):
        given(donor, outcome, method="sandbox_debit")
    for outcome in ("answer_lost", "timeout_before", "authenticate", "busy", "expired_card"):
        given(donor, outcome)
    given(donor, method="sandbox_hosted")
    days_pass(sandbox)
    returned = Attempt.objects.filter(method="sandbox_debit", state="succeeded").latest("created_at")
    sandbox.return_debit(returned.gateway_id or "")
    actions.look(returned.pk)
    given(donor, "answer_lost")  # and of this one nobody knows yet
    transfer = given(donor, method="bank_transfer")
    given(donor, method="bank_transfer")
    cash = desk_work(charity, staff, transfer)
    for amount_minor in (1_000, 500):
        actions.refund(gift_id=card.pk, amount_minor=amount_minor, reason="asked", actor=staff)
    actions.refund(gift_id=given(donor).pk, amount_minor=5_000, reason="all", actor=staff)
    return {
        "charity": charity, "staff": staff, "card": card, "declined": declined, "twice": twice, "cash": cash,
        "transfer": transfer, "plan": regular(charity, sandbox),
    }  # fmt: skip


def regular(charity: Charity, sandbox: Sandbox) -> Plan:
    """A plan of three gifts, one of which was declined, tried again, and found to have been paid the first time too;
    and one that was cancelled."""
    form = DonationForm.objects.get(charity=charity)
    plan = plans.begun(form)
    plans.next_time(sandbox, plan, Outcome.INSUFFICIENT_FUNDS)
    plans.run_on(sandbox, plan)
    declined = Attempt.objects.get(gift_id=plans.gifts(plan)[1].pk)
    plans.next_time(sandbox, plan, Outcome.SUCCESS)
    plans.run_on(sandbox, plan, to="retry_at")
    with sandbox.store.write() as rows:
        rows.execute(
            "UPDATE charge SET state = 'succeeded', fee_minor = 74 WHERE id = ?", (declined.gateway_id,)
        )
    actions.look(declined.pk)
    plans.run_on(sandbox, plan)
    changing.cancel(plans.begun(form).pk, by=DONOR, reason="test")
    assert (plan.state, plan.given_count) == ("active", 3)
    return plan


def given(donor: Donor, outcome: str = "success", **values: str) -> Gift:
    known = set(Gift.objects.values_list("pk", flat=True))
    donor.give(donor.to_payment(cover="yes"), outcome, **({"method": "sandbox_card"} | values))
    return Gift.objects.exclude(pk__in=known).get()


def paid_twice(donor: Donor, sandbox: Sandbox) -> Gift:
    declined = donor.give(donor.to_payment(), "do_not_honour")
    first = Attempt.objects.latest("created_at")
    donor.give(declined)
    with sandbox.store.write() as rows:
        rows.execute(
            "UPDATE charge SET state = 'succeeded', fee_minor = 118 WHERE id = ?", (first.gateway_id,)
        )
    actions.look(first.pk)
    return Gift.objects.get(pk=first.gift_id)


def days_pass(sandbox: Sandbox) -> None:
    sandbox.store.move_clock(timedelta(days=4))
    sandbox.settle_due()
    with time_machine.travel(now() + timedelta(hours=30), tick=False):
        actions.look_at_due()


def desk_work(charity: Charity, staff: User, transfer: Gift) -> Gift:
    fund = Fund.objects.get(code="general")
    today = date(2026, 11, 20)
    cash = desk.enter_gift(
        charity=charity, fund=fund, details=BO, amount_minor=2_000, currency="AUD", channel="cash", given_on=today,
        actor=staff,
    )  # fmt: skip
    batch = GiftBatch.objects.create(
        charity=charity,
        title="Cheques",
        currency="AUD",
        control_count=2,
        control_total_minor=3_000,
        created_at=now(),
    )
    for amount_minor in (1_000, 2_000):
        BatchLine.objects.create(
            batch=batch, fund=fund, channel="cheque", amount_minor=amount_minor, given_on=today
        )
    desk.post_batch(batch_id=batch.pk, actor=staff)
    for amount_minor in (4_000, 77, 88, 99):
        credit = desk.record_credit(
            charity=charity,
            received_on=today,
            amount_minor=amount_minor,
            currency="AUD",
            text="x",
            actor=staff,
        )
        if amount_minor == 4_000:
            desk.match_credit(credit_id=credit.pk, gift_id=transfer.pk, actor=staff)
        elif amount_minor == 88:
            desk.gift_of_credit(credit_id=credit.pk, fund=fund, details=BO, actor=staff)
        elif amount_minor == 99:
            desk.send_back_credit(credit_id=credit.pk, actor=staff)
    actions.refund(gift_id=cash.pk, amount_minor=300, reason="asked", actor=staff)
    return cash
