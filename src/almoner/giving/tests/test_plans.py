"""Regular gifts from the first to the last: begun, charged, declined, tried again, given up, paused and cancelled."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from almoner.charities.sealed import columns
from almoner.giving import actions
from almoner.giving.actions.charging import charge_due
from almoner.giving.models import DonationForm, GiftStatus
from almoner.giving.tests.plans import begun, events, gifts, intent, next_time, periods, run_on
from almoner.kernel.clock import now
from almoner.outbox.worker import drain
from almoner.payments.gateways.port import AnswerLost
from almoner.payments.gateways.sandbox.gateway import DEBIT_DAYS, Outcome, Sandbox
from almoner.payments.models import Attempt
from almoner.plans import changing, pacing, schedule
from almoner.plans.forgetting import LEFT_OVER_JOB, deliver, deliver_left_over, forget
from almoner.plans.hooks import News, PlanNews, hooks
from almoner.plans.models import OldMethod, Period, Plan
from almoner.plans.notices import note_sent
from almoner.plans.progress import DONOR
from almoner.receipts.models import Receipt


@pytest.fixture(autouse=True)
def told(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[PlanNews]]:
    """What would be mailed; and the plans' clock is this test's own sandbox's."""
    news: list[PlanNews] = []
    monkeypatch.setattr(hooks, "on_plan", news.append)
    monkeypatch.setattr(hooks, "clock", lambda gateway: sandbox.store.now())
    yield news


def names(told: list[PlanNews]) -> list[str]:
    return [str(each.name) for each in told]


def test_the_first_gift_begins_the_plan(form: DonationForm, told: list[PlanNews]) -> None:
    plan = begun(form)
    today = schedule.local_date(now(), form.charity.timezone)
    assert (plan.state, plan.given_count, plan.next_on) == ("active", 1, schedule.add_months(today, 1))
    assert plan.saved_method.startswith("sbm_")
    assert plan.method_label.startswith("Sandbox card")
    assert plan.contact_id != gifts(plan)[0].contact_id
    assert periods(plan) == ["paid"]
    assert names(told) == ["started"]


def test_a_declined_first_gift_is_tried_again_on_the_payment_step(form: DonationForm) -> None:
    asked = intent(form, input={"sandbox_outcome": "insufficient_funds"})
    actions.submit(asked)
    plan = Plan.objects.get(pk=asked.plan_id)
    assert (plan.state, plan.next_at) == ("starting", None)
    actions.submit(intent(form, gift_id=asked.gift_id, ordinal=2))
    plan.refresh_from_db()
    assert (plan.state, plan.given_count, periods(plan)) == ("active", 1, ["paid"])


def test_a_period_is_charged_once_and_the_next_date_set(form: DonationForm, sandbox: Sandbox) -> None:
    plan = begun(form)
    first_on, due_on = plan.anchor, plan.next_on
    run_on(sandbox, plan)
    assert charge_due(in_flight=1) == 0
    assert (plan.given_count, plan.next_on) == (2, schedule.add_months(first_on, 2))
    gift = gifts(plan)[1]
    assert (gift.period_on, gift.status, gift.total_minor, gift.frequency) == (
        due_on,
        "settled",
        2500,
        "monthly",
    )
    assert Receipt.objects.filter(gift=gift).count() == 1
    assert len(list(sandbox.charges())) == 2


def test_after_three_months_without_a_worker_one_charge_catches_up(
    form: DonationForm, sandbox: Sandbox
) -> None:
    plan = begun(form)
    sandbox.store.move_clock(timedelta(days=100))
    assert charge_due(in_flight=1) == 1
    assert charge_due(in_flight=1) == 0
    plan.refresh_from_db()
    assert plan.given_count == 2
    today = schedule.local_date(sandbox.store.now(), plan.charity.timezone)
    assert plan.next_on is not None and plan.next_on > today
    assert today - gifts(plan)[1].period_on < timedelta(days=32)  # type: ignore[operator]


def test_a_soft_decline_is_tried_on_days_3_7_and_14_and_then_given_up(
    form: DonationForm, sandbox: Sandbox, told: list[PlanNews]
) -> None:
    plan = begun(form)
    next_time(sandbox, plan, Outcome.INSUFFICIENT_FUNDS)
    run_on(sandbox, plan)
    first_on = schedule.local_date(Period.objects.latest("on").charged_at or now(), plan.charity.timezone)
    days = []
    while plan.state == "retrying":
        assert plan.retry_at is not None
        days.append((schedule.local_date(plan.retry_at, plan.charity.timezone) - first_on).days)
        run_on(sandbox, plan, to="retry_at")
    assert days == [3, 7, 14]
    assert (plan.state, plan.next_at, plan.decline_code) == ("paused", None, "insufficient_funds")
    assert periods(plan) == ["paid", "failed"]
    assert Attempt.objects.filter(gift_id=gifts(plan)[1].pk).count() == 4
    assert names(told) == ["started", "declined", "declined", "declined", "gave_up"]


def test_a_retry_that_pays_recovers_the_plan(
    form: DonationForm, sandbox: Sandbox, told: list[PlanNews]
) -> None:
    plan = begun(form)
    next_time(sandbox, plan, Outcome.DO_NOT_HONOUR)
    run_on(sandbox, plan)
    next_time(sandbox, plan, Outcome.SUCCESS)
    run_on(sandbox, plan, to="retry_at")
    assert (plan.state, plan.declines, plan.retry_at, plan.given_count) == ("active", 0, None, 2)
    assert names(told)[-1] == "recovered"


@pytest.mark.parametrize(
    ("outcome", "news"),
    [
        (Outcome.LOST_CARD, News.DECLINED),
        (Outcome.EXPIRED_CARD, News.DECLINED),
        (Outcome.AUTHENTICATE, News.AUTHENTICATE),
    ],
)
def test_a_hard_decline_is_never_tried_again(
    form: DonationForm, sandbox: Sandbox, told: list[PlanNews], outcome: Outcome, news: News
) -> None:
    plan = begun(form)
    next_time(sandbox, plan, outcome)
    run_on(sandbox, plan)
    assert (plan.state, plan.retry_at) == ("retrying", None)
    assert told[-1].name == news
    next_time(sandbox, plan, Outcome.SUCCESS)
    sandbox.store.move_clock(timedelta(days=13))
    assert charge_due(in_flight=1) == 0
    sandbox.store.move_clock(timedelta(days=2))
    charge_due(in_flight=1)
    plan.refresh_from_db()
    assert (plan.state, periods(plan)) == ("paused", ["paid", "failed"])
    assert Attempt.objects.filter(gift_id=gifts(plan)[1].pk).count() == 1


def test_an_unknown_outcome_is_no_decline_and_no_second_charge(form: DonationForm, sandbox: Sandbox) -> None:
    plan = begun(form)
    next_time(sandbox, plan, Outcome.ANSWER_LOST)
    run_on(sandbox, plan)
    gift = gifts(plan)[1]
    assert (plan.state, gift.status) == ("active", "unknown")
    sandbox.store.move_clock(timedelta(days=20))
    assert charge_due(in_flight=1) == 0
    Attempt.objects.update(look_at=now())
    actions.look_at_due()
    plan.refresh_from_db()
    assert (plan.given_count, periods(plan)) == (2, ["paid", "paid"])


def test_a_busy_gateway_is_left_alone_and_asked_again_with_the_same_key(
    form: DonationForm, sandbox: Sandbox
) -> None:
    plan = begun(form)
    next_time(sandbox, plan, Outcome.BUSY)
    run_on(sandbox, plan)
    gift = gifts(plan)[1]
    assert (plan.state, gift.status) == ("active", "pending")
    next_time(sandbox, plan, Outcome.SUCCESS)
    assert charge_due(in_flight=1) == 0, "it asked for a pause"
    ago = now() - timedelta(minutes=2)
    Attempt.objects.filter(gift_id=gift.pk).update(look_at=ago, updated_at=ago)
    actions.look_at_due()
    plan.refresh_from_db()
    assert (plan.given_count, Attempt.objects.filter(gift_id=gift.pk).count()) == (2, 1)


def test_what_is_cancelled_while_the_gateway_asks_for_a_pause_is_not_charged(
    form: DonationForm, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, pause = begun(form), pacing.pause

    def paused(gateway: str, *, seconds: float | None, at: datetime) -> datetime:
        changing.cancel(plan.pk, by=DONOR)
        next_time(sandbox, plan, Outcome.SUCCESS)
        return pause(gateway, seconds=seconds, at=at)

    next_time(sandbox, plan, Outcome.BUSY)
    monkeypatch.setattr(pacing, "pause", paused)
    run_on(sandbox, plan)
    assert (plan.state, plan.given_count, gifts(plan)[1].status) == ("cancelled", 1, "pending")
    ago = now() - timedelta(minutes=2)
    Attempt.objects.filter(gift_id=gifts(plan)[1].pk).update(look_at=ago, updated_at=ago)
    actions.look_at_due()
    plan.refresh_from_db()
    assert (plan.given_count, gifts(plan)[1].status, periods(plan)) == (1, "failed", ["paid", "skipped"])


def test_a_debit_waits_for_its_notice(form: DonationForm, sandbox: Sandbox, told: list[PlanNews]) -> None:
    plan = begun(form, method="sandbox_debit", input={"sandbox_outcome": "debit_settles"})
    assert (plan.state, plan.given_count, periods(plan)) == ("active", 0, ["charging"])
    sandbox.store.move_clock(timedelta(days=DEBIT_DAYS, hours=1))
    sandbox.settle_due()
    actions.look(Attempt.objects.get().pk)
    plan.refresh_from_db()
    assert (plan.given_count, periods(plan)) == (1, ["paid"])
    due_on = plan.next_on
    run_on(sandbox, plan)
    assert periods(plan) == ["paid", "due"]
    assert names(told) == ["started", "notice"]
    sandbox.store.move_clock(timedelta(days=30))
    assert charge_due(in_flight=1) == 0, "nobody sent the notice"
    period = Period.objects.get(plan=plan, on=due_on)
    assert note_sent(period.pk, at=now())
    assert not note_sent(period.pk, at=now())
    assert charge_due(in_flight=1) == 0, "the days have not passed"
    sandbox.store.move_clock(timedelta(days=5))
    charge_due(in_flight=1)
    period.refresh_from_db()
    assert period.state == "charging"
    assert gifts(plan)[1].status == GiftStatus.PROCESSING


def test_the_last_gift_completes_the_plan(form: DonationForm, sandbox: Sandbox) -> None:
    plan = begun(form, ends_after=2)
    run_on(sandbox, plan)
    assert (plan.state, plan.given_count, plan.next_on) == ("completed", 2, None)


def test_a_method_is_forgotten_when_the_last_plan_that_uses_it_has_ended(
    form: DonationForm, sandbox: Sandbox
) -> None:
    plan, other = begun(form, ends_after=2), begun(form, ends_after=2)
    sandbox.forget_method(other.saved_method)
    Plan.objects.filter(pk=other.pk).update(**columns(other, {"saved_method": plan.saved_method}))
    forget = {LEFT_OVER_JOB: deliver_left_over}
    other = changing.pause(other.pk, by=DONOR)
    run_on(sandbox, plan)
    assert plan.state == "completed"
    assert drain(forget) == 1
    assert sandbox.retrieve_method(plan.saved_method).usable, "the other plan goes on with it"
    other = changing.resume(other.pk, by=DONOR)
    run_on(sandbox, other)
    assert other.state == "completed" and sandbox.retrieve_method(plan.saved_method).usable
    assert drain(forget) == 1
    assert not sandbox.retrieve_method(plan.saved_method).usable


def test_a_plan_that_ends_on_a_day(form: DonationForm, sandbox: Sandbox) -> None:
    plan = begun(form, ends_on=schedule.local_date(now(), form.charity.timezone) + timedelta(days=40))
    run_on(sandbox, plan)
    assert (plan.state, plan.given_count) == ("completed", 2)


def test_a_last_gift_that_is_still_on_its_way_is_followed_by_none(
    form: DonationForm, sandbox: Sandbox
) -> None:
    """A debit may take longer than a month to be known; only if it fails is there one more to give."""
    plan = begun(form, method="sandbox_debit", ends_after=2, input={"sandbox_outcome": "debit_settles"})
    sandbox.store.move_clock(timedelta(days=DEBIT_DAYS, hours=1))
    sandbox.settle_due()
    actions.look(Attempt.objects.get().pk)
    plan.refresh_from_db()
    run_on(sandbox, plan)
    assert note_sent(Period.objects.get(plan=plan, state="due").pk, at=now())
    sandbox.store.move_clock(timedelta(days=7))
    charge_due(in_flight=1)
    assert (periods(plan), gifts(plan)[1].status) == (["paid", "charging"], "processing")
    sandbox.store.move_clock(timedelta(days=40))
    charge_due(in_flight=1)
    assert periods(plan) == ["paid", "charging"]
    sandbox.settle_due()
    actions.look(Attempt.objects.latest("created_at").pk)
    plan.refresh_from_db()
    assert (plan.state, plan.given_count, periods(plan)) == ("completed", 2, ["paid", "paid"])


def test_a_worker_that_was_away_charges_nothing_past_the_end(form: DonationForm, sandbox: Sandbox) -> None:
    today = schedule.local_date(now(), form.charity.timezone)
    last_on = schedule.add_months(today, 1)
    plan = begun(form, ends_on=last_on + timedelta(days=3))
    sandbox.store.move_clock(timedelta(days=100))
    charge_due(in_flight=1)
    plan.refresh_from_db()
    assert [gift.period_on for gift in gifts(plan)] == [today, last_on]
    assert (plan.state, plan.given_count) == ("completed", 2)


def test_pause_skip_and_resume(form: DonationForm, sandbox: Sandbox, told: list[PlanNews]) -> None:
    plan = begun(form)
    on = plan.next_on
    assert on is not None
    plan = changing.skip(plan.pk, by=DONOR, on=on)
    assert (
        changing.skip(plan.pk, by=DONOR, on=on).next_on == plan.next_on == schedule.add_months(plan.anchor, 2)
    )
    plan = changing.pause(plan.pk, by=DONOR)
    assert (plan.state, plan.next_at) == ("paused", None)
    sandbox.store.move_clock(timedelta(days=100))
    assert charge_due(in_flight=1) == 0
    plan = changing.resume(plan.pk, by=DONOR)
    assert plan.state == "active" and plan.next_on is not None
    assert plan.next_on >= schedule.local_date(sandbox.store.now(), plan.charity.timezone)
    assert names(told) == ["started", "skipped", "paused", "resumed"]
    assert events(plan) == ["started", "skipped", "paused", "resumed"]


def test_a_cancelled_plan_is_told_when_the_gateway_has_forgotten(
    form: DonationForm, sandbox: Sandbox, told: list[PlanNews], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = begun(form)
    calls: list[str] = []
    monkeypatch.setattr(sandbox, "forget_method", lambda token: calls.append(token) or _down())
    changing.cancel(plan.pk, by=DONOR, reason="money")
    assert names(told) == ["started"], "the gateway is down: it is not done yet"
    monkeypatch.undo()
    monkeypatch.setattr(hooks, "on_plan", told.append)
    old = OldMethod.objects.get()
    deliver({"old_method": old.pk})
    deliver({"old_method": old.pk})
    forget(old)  # as a worker that had read the row before the other was done
    assert names(told) == ["started", "cancelled"]


def _down() -> None:
    raise AnswerLost("down")
