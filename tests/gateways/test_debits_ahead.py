"""A plan's debit at GoCardless is asked for ahead, for the day that its notice told; until the banks have it, a change
of the plan stops it there first, and says so if it is too late. Over Christmas and Easter, too, when banks rest."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core import mail
from django.db import transaction

from almoner.charities.models import Charity, Fund
from almoner.config.wiring import HANDLERS
from almoner.donors.tests.conftest import Browser, words
from almoner.giving.actions.charging import charge_due
from almoner.giving.importing.linking import Link
from almoner.giving.importing.records import Reading
from almoner.giving.importing.running import run
from almoner.giving.importing.writing import Wish
from almoner.giving.models import Gift
from almoner.giving.tests.test_importing import gift_row, plan_row, table
from almoner.kernel.clock import now
from almoner.outbox.models import Job
from almoner.outbox.worker import drain
from almoner.payments import gateways
from almoner.payments.gateways.port import SavedMethod
from almoner.payments.models import Attempt
from almoner.plans import changing, restoring, schedule
from almoner.plans.hooks import hooks
from almoner.plans.models import Period, Plan, PlanEvent, Withdrawal
from almoner.plans.progress import DONOR
from almoner.receipts.wording import day
from tests.gateways.conftest import gocardless_at, stand_in
from tests.gateways.gocardless_walk import LOST, PAYMENT, agreed, agrees, payment, tell
from tests.gateways.walk import sweep
from tests.support.gateways import gocardless_state
from tests.support.gateways.gocardless_server import GoCardlessServer
from tests.support.gateways.gocardless_state import is_bank_day

pytestmark = pytest.mark.django_db

CANCEL = "/actions/cancel$"
SCHEMES = {
    "gocardless_bacs": ("bacs", 2),
    "gocardless_becs": ("becs", 1),
    "gocardless_sepa": ("sepa_core", 0),
}
# What a donor may do of a debit that is asked for, and what their plan's period then is.
CHANGES: dict[str, Callable[[Plan, Period], object]] = {
    "cancel": lambda plan, _period: changing.cancel(plan.pk, by=DONOR),
    "pause": lambda plan, _period: changing.pause(plan.pk, by=DONOR),
    "skip": lambda plan, period: changing.skip(plan.pk, by=DONOR, on=period.on),
    "amount": lambda plan, _period: changing.change_amount(plan.pk, by=DONOR, amount_minor=7_500),
}


@pytest.fixture(autouse=True)
def plain_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "clock", lambda gateway: now())


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    with time_machine.travel(moment + timedelta(minutes=1), tick=True):
        yield


def begun(
    charity: Charity, server: GoCardlessServer, given_on: date, method: str = "gocardless_bacs"
) -> Plan:
    with at(datetime(given_on.year, given_on.month, given_on.day, 9, tzinfo=UTC)):
        agreed(charity, server, every=1, method=method)
        server.confirm(payment(server))
        tell(server)
        drain(HANDLERS)
    mail.outbox.clear()
    return Plan.objects.get()


def told(plan: Plan) -> Period:
    """The plan's next debit is announced."""
    plan.refresh_from_db()
    assert plan.next_at is not None
    with at(plan.next_at):
        charge_due(in_flight=1)
        drain(HANDLERS)
    return Period.objects.get(plan=plan, state="due")


def asked(period: Period) -> Period:
    """It is asked for at GoCardless."""
    period.refresh_from_db()
    assert period.wake_at is not None, "its notice is sent"
    with at(period.wake_at):
        charge_due(in_flight=1)
    period.refresh_from_db()
    return period


@pytest.fixture
def asked_for(charity: Charity, gocardless: GoCardlessServer) -> Period:
    return asked(told(begun(charity, gocardless, date(2026, 10, 13))))


def texts() -> list[str]:
    return [f"{each.subject}\n{each.body}" for each in mail.outbox]


def bank_days(first: date, last: date, scheme: str) -> int:
    """After the first day, the last included."""
    days = [first + timedelta(days=each) for each in range(1, (last - first).days + 1)]
    return sum(is_bank_day(day, scheme) for day in days)


@pytest.mark.parametrize("method", list(SCHEMES))
@pytest.mark.parametrize(
    "given_on",
    [date(2026, 11, 25), date(2026, 11, 28), date(2026, 12, 1), date(2027, 2, 26), date(2027, 2, 28)],
)
def test_the_debit_falls_on_the_day_that_was_told(
    charity: Charity, gocardless: GoCardlessServer, given_on: date, method: str
) -> None:
    scheme, notice_days = SCHEMES[method]
    plan = begun(charity, gocardless, given_on, method)
    due_on = plan.next_on
    period = told(plan)
    (text,) = texts()
    assert period.notice_sent_at is not None and period.debit_on is not None and due_on is not None
    period = asked(period)
    debit = gocardless.state.payments[payment(gocardless)]
    assert (len(gocardless.state.payments), debit["charge_date"]) == (2, str(period.debit_on))
    assert day(period.debit_on) in text and "or shortly after" not in text
    told_on = period.notice_sent_at.date()
    assert bank_days(told_on, period.debit_on, scheme) >= notice_days
    assert (period.debit_on - told_on).days >= (14 if method == "gocardless_sepa" else 1)
    assert period.debit_on >= due_on, "never before the day that the donor chose"
    assert is_bank_day(period.debit_on, scheme)
    assert bank_days(due_on, period.debit_on, scheme) <= 1, "nor later than banks make it"
    with at(datetime(period.debit_on.year, period.debit_on.month, period.debit_on.day, 12, tzinfo=UTC)):
        gocardless.submit(debit["id"])
        gocardless.confirm(debit["id"])
        tell(gocardless)
    assert list(Period.objects.order_by("on").values_list("state", flat=True)) == ["paid", "paid"]
    agrees(gocardless, debit["currency"])


def test_a_day_on_which_banks_rest_by_proclamation_is_told_anew(
    charity: Charity, gocardless: GoCardlessServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    period = told(begun(charity, gocardless, date(2026, 10, 13)))
    assert period.debit_on == date(2026, 11, 13)
    monkeypatch.setattr(gocardless_state, "PROCLAIMED", {date(2026, 11, 13)})
    mail.outbox.clear()
    period = asked(period)
    drain(HANDLERS)
    assert (period.debit_on, period.state) == (date(2026, 11, 16), "charging")
    (text,) = texts()
    assert "16 November 2026" in text and "Banks rest" in text


@pytest.mark.parametrize("late_days", [1, 3, 9])
def test_a_worker_that_was_away_tells_another_day_and_debits_then(
    charity: Charity, gocardless: GoCardlessServer, late_days: int
) -> None:
    """Too late for GoCardless, or even past the day: nothing is debited on a day that nobody was told."""
    period = told(begun(charity, gocardless, date(2026, 10, 13)))
    first = period.debit_on
    assert period.wake_at is not None and first is not None
    mail.outbox.clear()
    with at(period.wake_at + timedelta(days=late_days)):
        charge_due(in_flight=1)
        drain(HANDLERS)
    period.refresh_from_db()
    if late_days == 1:
        assert (period.state, period.debit_on, texts()) == ("charging", first, [])
        return
    assert (period.state, len(gocardless.state.payments)) == ("due", 1)
    assert period.debit_on is not None and period.debit_on > first
    (text,) = texts()
    assert day(period.debit_on) in text
    period = asked(period)
    assert gocardless.state.payments[payment(gocardless)]["charge_date"] == str(period.debit_on)
    assert Gift.objects.filter(plan=period.plan).count() == 2
    gocardless.confirm(payment(gocardless))
    tell(gocardless)
    agrees(gocardless)


@pytest.mark.parametrize("method", list(SCHEMES))
def test_a_notice_whose_mail_left_too_late_counts_for_nothing(
    charity: Charity, gocardless: GoCardlessServer, method: str
) -> None:
    """The mail server was away until the day before the debit: another day is told, with all of its days' notice."""
    scheme, notice_days = SCHEMES[method]
    plan = begun(charity, gocardless, date(2026, 10, 13), method)
    assert plan.next_at is not None
    with at(plan.next_at):
        charge_due(in_flight=1)
    first = Period.objects.get(plan=plan, state="due").debit_on
    assert first is not None
    with at(datetime(first.year, first.month, first.day, 10, tzinfo=UTC) - timedelta(days=1)):
        drain(HANDLERS)
    period = Period.objects.get(plan=plan, state="due")
    assert period.debit_on is not None and period.notice_sent_at is not None and period.debit_on > first
    late, good = texts()
    assert day(first) in late and day(period.debit_on) in good
    told_on = period.notice_sent_at.date()
    assert bank_days(told_on, period.debit_on, scheme) >= notice_days
    assert (period.debit_on - told_on).days >= (14 if method == "gocardless_sepa" else 1)
    asked(period)
    assert len(gocardless.state.payments) == 2
    assert gocardless.state.payments[payment(gocardless)]["charge_date"] == str(period.debit_on)


@pytest.mark.parametrize("change", list(CHANGES))
def test_a_change_in_time_stops_the_debit_first(
    asked_for: Period, gocardless: GoCardlessServer, change: str
) -> None:
    plan, debit = asked_for.plan, gocardless.state.payments[payment(gocardless)]
    mail.outbox.clear()
    with at(datetime(2026, 11, 9, 10, tzinfo=UTC)):
        CHANGES[change](plan, asked_for)
        assert debit["status"] == "cancelled", "true there before it's called done"
        drain(HANDLERS)
    asked_for.refresh_from_db()
    attempt = Attempt.objects.get(gateway_id=debit["id"])
    assert (attempt.state, asked_for.state) == ("cancelled", "due" if change == "amount" else "skipped")
    assert Withdrawal.objects.get().stopped is True
    assert not any("too late" in text for text in texts())
    assert len(texts()) == (2 if change == "amount" else 1)
    with at(datetime(2026, 11, 9, 10, tzinfo=UTC)):
        CHANGES[change](plan, asked_for)
        drain(HANDLERS)
    assert len(texts()) == (2 if change == "amount" else 1), "a repeat changes nothing"
    if change == "amount":
        again = asked(asked_for)
        renewal = gocardless.state.payments[payment(gocardless)]
        assert (renewal["amount"], renewal["charge_date"]) == (7_500, str(again.debit_on))
        (notice,) = [text for text in texts() if text.startswith("We take")]
        assert "75.00" in notice and day(again.debit_on) in notice  # type: ignore[arg-type]
        gocardless.confirm(renewal["id"])
        tell(gocardless)
        gift = Gift.objects.get(period_on=again.on)
        assert (gift.status, gift.total_minor, gift.settled_minor) == ("settled", 7_500, 7_500)
    agrees(gocardless)


def test_a_card_in_its_place_is_charged_on_the_day_that_was_told(
    charity: Charity, gocardless: GoCardlessServer
) -> None:
    period = told(begun(charity, gocardless, date(2026, 10, 13)))
    plan, told_on = period.plan, period.debit_on
    saved = SavedMethod(token="sbm_another", kind="card", label="Sandbox card ···· 4242")
    with at(datetime(2026, 11, 6, 9, tzinfo=UTC)):
        changing.change_method(
            plan.pk, by=DONOR, gateway="sandbox", account="sandbox", method="sandbox_hosted", saved=saved
        )
    period.refresh_from_db()
    assert period.wake_at is not None
    assert schedule.local_date(period.wake_at, plan.charity.timezone) == period.debit_on == told_on


def test_a_scheme_that_is_no_longer_offered_is_announced_all_the_same(
    charity: Charity, gocardless: GoCardlessServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To new donors, that is: who gives by it already is debited as they were promised."""
    plan = begun(charity, gocardless, date(2026, 10, 13), "gocardless_sepa")
    stand_in(monkeypatch, gocardless_at(gocardless.base, methods=("bacs",)))
    next_on = plan.next_on
    assert next_on is not None
    with at(schedule.charged_at(next_on, plan.charity.timezone)):
        charge_due(in_flight=1)
        drain(HANDLERS)
    period = Period.objects.get(plan=plan, on=next_on)
    assert (period.state, len(gocardless.state.payments)) == ("due", 1)
    assert period.debit_on is not None and period.debit_on >= next_on + timedelta(days=14)
    assert any(day(period.debit_on) in text for text in texts())
    period = asked(period)
    assert gocardless.state.payments[payment(gocardless)]["charge_date"] == str(period.debit_on)


def test_a_gift_that_the_source_took_stops_the_debit(
    charity: Charity, gocardless: GoCardlessServer, tmp_path: Path
) -> None:
    """A plan moved in, its debit is asked for, and then comes the gift of this month from where it was before."""
    mandate = begun(charity, gocardless, date(2026, 10, 13))
    changing.pause(mandate.pk, by=DONOR)
    mail.outbox.clear()
    line = plan_row(
        next_on="2026-11-13", amount="50.00", currency="GBP", gateway="gocardless", method="gocardless_bacs",
        saved_method=mandate.saved_method,
    )  # fmt: skip
    gift = gift_row(given_on="2026-11-10", amount="50.00", currency="GBP", plan_number="P1")
    wish = Wish(charity, Fund.objects.get(charity=charity, is_default=True), activate=True)
    with at(datetime(2026, 10, 20, 9, tzinfo=UTC)):
        run("csv", [table(tmp_path / "plans.csv", [line])], Reading("GBP", charity.timezone), wish)
    plan = Plan.objects.get(imported_from="csv P1")
    period, debit = asked(told(plan)), gocardless.state.payments[payment(gocardless)]
    mail.outbox.clear()
    with at(datetime(2026, 11, 10, 10, tzinfo=UTC)):
        report = run("csv", [table(tmp_path / "gifts.csv", [gift])], Reading("GBP", charity.timezone), wish)
        drain(HANDLERS)
    plan.refresh_from_db()
    period.refresh_from_db()
    assert (report.links, debit["status"], period.state) == ({Link.NOW: 1}, "cancelled", "skipped")
    assert (Withdrawal.objects.get().stopped, texts()) == (True, [])
    assert (plan.next_on, plan.given_count) == (date(2026, 12, 13), 1)
    agrees(gocardless)


@pytest.mark.parametrize("change", list(CHANGES))
def test_a_change_that_is_too_late_says_so(
    asked_for: Period, gocardless: GoCardlessServer, change: str
) -> None:
    plan, debit_id = asked_for.plan, payment(gocardless)
    gocardless.submit(debit_id)
    mail.outbox.clear()
    with at(datetime(2026, 11, 12, 10, tzinfo=UTC)):
        for _ in range(2):
            CHANGES[change](plan, asked_for)
            drain(HANDLERS)
    assert gocardless.state.payments[debit_id]["status"] == "submitted"
    (text,) = texts()
    assert "too late to be stopped" in text and day(asked_for.debit_on) in text  # type: ignore[arg-type]
    assert PlanEvent.objects.filter(plan=plan, name="still_taken").count() == 1
    assert Withdrawal.objects.get().stopped is False
    gocardless.confirm(debit_id)
    tell(gocardless)
    drain(HANDLERS)
    assert Job.objects.filter(state="dead").count() == 0
    asked_for.refresh_from_db()
    plan.refresh_from_db()
    states = {"cancel": "cancelled", "pause": "paused"}
    assert (asked_for.state, plan.state) == ("paid", states.get(change, "active"))
    mandate = gocardless.state.mandates[plan.saved_method]
    assert (mandate["status"] == "cancelled") == (change == "cancel"), "and forgotten once it is paid"
    agrees(gocardless)


def test_a_gateway_that_is_away_is_asked_until_it_answers(
    asked_for: Period, gocardless: GoCardlessServer
) -> None:
    gocardless.fault("error_before", CANCEL, times=2)
    mail.outbox.clear()
    with at(datetime(2026, 11, 9, 10, tzinfo=UTC)):
        changing.pause(asked_for.plan_id, by=DONOR)
        assert Withdrawal.objects.get().done_at is None
        drain(HANDLERS)
        assert texts() == [], "nothing is told that isn't true there"
        Job.objects.filter(state="ready").update(run_at=now())
        drain(HANDLERS)
        drain(HANDLERS)
    asked_for.refresh_from_db()
    assert (asked_for.state, len(texts())) == ("skipped", 1)
    agrees(gocardless)


@pytest.mark.parametrize("fault", LOST)
def test_an_answer_that_is_lost_makes_no_second_debit(
    charity: Charity, gocardless: GoCardlessServer, fault: str
) -> None:
    """Nor does one that is asked for again when its day can no longer be had."""
    period = told(begun(charity, gocardless, date(2026, 10, 13)))
    gocardless.fault(fault, PAYMENT, seconds=3.5)
    period = asked(period)
    assert Attempt.objects.latest("ordinal", "created_at").gateway_id is None
    gocardless.forget_keys()
    with at(datetime(2026, 11, 12, 10, tzinfo=UTC)):
        Attempt.objects.filter(gateway_id=None).update(look_at=now())
        sweep(minutes=2)
    period.refresh_from_db()
    attempt = Attempt.objects.get(gift_id=period.gift_id)
    assert (attempt.state, attempt.gateway_id) == ("processing", payment(gocardless))
    assert (period.state, len(gocardless.state.payments)) == ("charging", 2)
    gocardless.confirm(payment(gocardless))
    tell(gocardless)
    period.refresh_from_db()
    assert period.state == "paid"
    agrees(gocardless)


def test_a_restored_backup_takes_the_debit_that_was_asked_for(
    charity: Charity, gocardless: GoCardlessServer
) -> None:
    """The backup is older than the debit: it is announced again, found under its key, and no other is made."""
    plan = begun(charity, gocardless, date(2026, 10, 13))
    backup = transaction.savepoint()
    period = asked(told(plan))
    gift_id, debit_id = period.gift_id, payment(gocardless)
    transaction.savepoint_rollback(backup)
    plan.refresh_from_db()
    assert plan.next_at is not None
    with at(plan.next_at - timedelta(hours=1)):
        restoring.hold()
        assert restoring.look_back(gateways.gateway("gocardless")) == 1
    again = asked(told(plan))
    assert (again.gift_id, len(gocardless.state.payments)) == (gift_id, 2)
    assert Attempt.objects.get(gift_id=gift_id).gateway_id == debit_id
    gocardless.confirm(debit_id)
    tell(gocardless)
    again.refresh_from_db()
    assert again.state == "paid"
    agrees(gocardless)


def test_a_claim_at_the_bank_stops_the_plan_and_the_debit_that_is_asked_for(
    asked_for: Period, gocardless: GoCardlessServer
) -> None:
    """Whoever claims a gift back hasn't agreed to the next. The donor is written to once, in fair words; a claim that
    is taken back makes the gift good, and sets nothing going."""
    first, debit_id = [*gocardless.state.payments]
    mail.outbox.clear()
    with at(datetime(2026, 11, 9, 10, tzinfo=UTC)):
        gocardless.charge_back(first)
        tell(gocardless)
        drain(HANDLERS)
    asked_for.refresh_from_db()
    plan = asked_for.plan
    plan.refresh_from_db()
    assert (plan.state, plan.decline_code, plan.next_at) == ("paused", "disputed", None)
    assert (gocardless.state.payments[debit_id]["status"], asked_for.state) == ("cancelled", "skipped")
    (letter,) = [text for text in texts() if "is paused" in text]
    assert "Your bank gave your last gift back to you" in letter and "You owe nothing" in letter
    gocardless.cancel_charge_back(first)
    tell(gocardless)
    plan.refresh_from_db()
    assert (plan.state, plan.given_count) == ("paused", 1)
    changing.resume(plan.pk, by=DONOR)
    plan.refresh_from_db()
    assert (plan.state, plan.decline_code) == ("active", "")
    agrees(gocardless)


def test_a_debit_that_fails_is_tried_on_the_day_that_its_mail_tells(
    asked_for: Period, gocardless: GoCardlessServer
) -> None:
    debit_id = payment(gocardless)
    mail.outbox.clear()
    with at(datetime(2026, 11, 16, 12, tzinfo=UTC)):
        gocardless.submit(debit_id)
        gocardless.fail(debit_id)
        tell(gocardless)
        drain(HANDLERS)
    asked_for.refresh_from_db()
    # Three days after the first is too soon to ask for; seven are a Friday.
    assert (asked_for.state, asked_for.debit_on) == ("charging", date(2026, 11, 20))
    (text,) = texts()
    assert "we try once more on 20 November 2026" in " ".join(text.split())
    asked(asked_for)
    assert gocardless.state.payments[payment(gocardless)]["charge_date"] == "2026-11-20"
    gocardless.confirm(payment(gocardless))
    tell(gocardless)
    asked_for.plan.refresh_from_db()
    assert (asked_for.plan.state, asked_for.plan.given_count) == ("active", 2)
    agrees(gocardless)


def test_the_donor_s_page_says_what_becomes_of_a_debit(
    asked_for: Period, gocardless: GoCardlessServer
) -> None:
    plan, browser = asked_for.plan, Browser()
    here = f"plans/{plan.reference}/"
    with at(datetime(2026, 11, 9, 10, tzinfo=UTC)):
        browser.sign_in()
        assert "is taken on 13 November 2026." in words(browser.get(here))
        assert "Nothing is taken on 13 November 2026." in words(browser.get(f"{here}skip/"))
        gocardless.fault("error_before", CANCEL)
        assert browser.send(f"{here}skip/", {"on": str(asked_for.on)}).status_code == 303
        page = words(browser.get(f"{here}?done=skip"))
        assert "to be stopped, and wait for the answer." in page
        assert "The next gift is left out." not in page, "it isn't yet"
        gocardless.submit(payment(gocardless))
        Job.objects.filter(state="ready").update(run_at=now())
        drain(HANDLERS)
        page = words(browser.get(f"{here}?done=skip"))
        assert "It is too late to stop the debit of" in page and "13 November 2026" in page
        assert "The next gift is left out." not in page
        assert "Nothing is taken on 13 December 2026." in words(browser.get(f"{here}skip/"))
