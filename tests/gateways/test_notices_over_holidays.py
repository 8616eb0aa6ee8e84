"""Notices of Bacs debits around Christmas and Easter, when banks rest. Our own count of working days knows no holidays;
GoCardless's does, and debits on its first possible day: never before the notice's days have passed for the donor."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from almoner.charities.models import Charity
from almoner.giving.actions.charging import charge_due
from almoner.kernel.clock import now
from almoner.plans.hooks import hooks
from almoner.plans.models import Period, Plan
from almoner.plans.notices import note_sent
from tests.gateways.gocardless_walk import agreed, agrees, payment, tell
from tests.support.gateways.gocardless_server import GoCardlessServer
from tests.support.gateways.gocardless_state import BANK_HOLIDAYS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def plain_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "clock", lambda gateway: now())
    monkeypatch.setattr(hooks, "on_plan", lambda news: None)


def bank_days_between(first: date, last: date) -> int:
    """After the first day, the last included."""
    days = [first + timedelta(days=each) for each in range(1, (last - first).days + 1)]
    return sum(day.weekday() < 5 and day not in BANK_HOLIDAYS for day in days)


@pytest.mark.parametrize(
    "given_on",
    [date(2026, 11, 25), date(2026, 11, 28), date(2026, 12, 1), date(2027, 2, 26), date(2027, 2, 28)],
)
def test_no_debit_before_its_notice_s_bank_days(
    charity: Charity, gocardless: GoCardlessServer, given_on: date
) -> None:
    with time_machine.travel(datetime(given_on.year, given_on.month, given_on.day, 9, tzinfo=UTC), tick=True):
        agreed(charity, gocardless, every=1)
        gocardless.confirm(payment(gocardless))
        tell(gocardless)
    plan = Plan.objects.get()
    told_on = None
    assert plan.next_at is not None and plan.next_on is not None
    moment = plan.next_at
    while len(gocardless.state.payments) == 1:
        moment += timedelta(hours=6)
        assert moment < plan.next_at + timedelta(days=30)
        with time_machine.travel(moment, tick=True):
            charge_due(in_flight=1)
            unsent = Period.objects.filter(state="due", notice_sent_at=None).first()
            if unsent is not None:
                note_sent(unsent.pk, at=now())
                told_on = now().date()
    debit = gocardless.state.payments[payment(gocardless)]
    debited_on = date.fromisoformat(debit["charge_date"])
    assert told_on is not None
    assert bank_days_between(told_on, debited_on) >= 2
    assert debited_on >= plan.next_on, "never before the day that the donor was told"
    assert debited_on.weekday() < 5 and debited_on not in BANK_HOLIDAYS
    assert bank_days_between(plan.next_on, debited_on) <= 4, "and shortly after it"
    with time_machine.travel(moment, tick=True):
        gocardless.confirm(debit["id"])
        tell(gocardless)
    agrees(gocardless)
