"""What may be changed of a plan, by whom, and what a repeat or a refusal leaves as it was."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User

from almoner.charities.sealed import columns
from almoner.giving import actions
from almoner.giving.actions.charging import charge_due
from almoner.giving.models import DonationForm
from almoner.giving.tests.plans import ADA, begun, events, gifts, intent, next_time, periods, run_on
from almoner.kernel.clock import now
from almoner.payments.gateways.port import SavedMethod
from almoner.payments.gateways.sandbox.gateway import Outcome, Sandbox
from almoner.payments.models import Attempt
from almoner.plans import changing, methods, schedule
from almoner.plans.changing import NotChangeable
from almoner.plans.hooks import News, PlanNews, hooks
from almoner.plans.models import OldMethod, Period, Plan, PlanEvent
from almoner.plans.notices import note_sent
from almoner.plans.progress import DONOR, Actor
from almoner.supporters.people import Details

STAFF = Actor.of_staff(User(pk=7, username="sam"))


def names(told: list[PlanNews]) -> list[str]:
    return [str(each.name) for each in told]


def second(sandbox: Sandbox, form: DonationForm) -> SavedMethod:
    """Another card of the donor's, kept by a gift of its own."""
    return sandbox.retrieve_method(begun(form).saved_method)


def test_another_amount_from_the_next_gift_on(
    form: DonationForm, sandbox: Sandbox, told: list[PlanNews]
) -> None:
    plan = begun(form)
    changing.change_amount(plan.pk, by=STAFF, amount_minor=4_000, cover_minor=100)
    changing.change_amount(plan.pk, by=STAFF, amount_minor=4_000, cover_minor=100)
    plan.refresh_from_db()
    run_on(sandbox, plan)
    assert [gift.total_minor for gift in gifts(plan)] == [2_500, 4_100]
    event = PlanEvent.objects.get(plan=plan, name="changed")
    assert (event.by, event.actor_id, event.detail["from_minor"], event.detail["to_minor"]) == (
        "staff",
        7,
        2_500,
        4_100,
    )
    assert names(told) == ["started", "changed"]


@pytest.mark.parametrize("amount_minor", [0, -1])
def test_no_amount_is_refused(form: DonationForm, amount_minor: int) -> None:
    plan = begun(form)
    with pytest.raises(NotChangeable):
        changing.change_amount(plan.pk, by=DONOR, amount_minor=amount_minor)
    assert events(plan) == ["started"]


def test_another_day(form: DonationForm, sandbox: Sandbox) -> None:
    plan = begun(form)
    day = 28 if plan.anchor.day != 28 else 27
    plan = changing.change_day(plan.pk, by=DONOR, day=day)
    on = plan.next_on
    assert on is not None and on.day == day
    assert on - plan.created_at.date() >= timedelta(days=schedule.NEAREST_DAYS - 1)
    run_on(sandbox, plan)
    assert plan.next_on == schedule.add_months(on, 1)
    assert changing.change_day(plan.pk, by=DONOR, day=day).next_on == plan.next_on


def test_another_rhythm_leaves_the_next_date(form: DonationForm, sandbox: Sandbox) -> None:
    plan = begun(form)
    on = plan.next_on
    assert on is not None
    plan = changing.change_every(plan.pk, by=DONOR, every=12)
    assert plan.next_on == on
    run_on(sandbox, plan)
    assert plan.next_on == schedule.add_months(on, 12)


def test_another_rhythm_of_a_paused_plan_leaves_the_next_date_too(form: DonationForm) -> None:
    plan = begun(form)
    on = plan.next_on
    changing.pause(plan.pk, by=DONOR)
    changing.change_every(plan.pk, by=DONOR, every=12)
    assert changing.resume(plan.pk, by=DONOR).next_on == on


def test_another_address_is_not_that_of_gifts_given(form: DonationForm, sandbox: Sandbox) -> None:
    plan = begun(form)
    changing.change_contact(
        plan.pk, by=DONOR, details=Details(given_name="Ada", family_name="King", email=ADA.email)
    )
    run_on(sandbox, plan)
    assert [gift.contact.family_name for gift in gifts(plan)] == ["Nguyễn", "King"]
    assert PlanEvent.objects.latest("id").detail == {"what": "contact", "fields": ["family_name"]}


def test_an_end_that_was_moved(form: DonationForm) -> None:
    plan = begun(form)
    assert changing.change_end(plan.pk, by=DONOR, ends_after=1).state == "completed"
    with pytest.raises(NotChangeable):
        changing.pause(plan.pk, by=DONOR)


def test_a_pause_that_ends_by_itself(form: DonationForm, sandbox: Sandbox) -> None:
    plan = begun(form)
    until = schedule.local_date(sandbox.store.now(), plan.charity.timezone) + timedelta(days=45)
    changing.pause(plan.pk, by=DONOR, until=until)
    assert changing.resume_due() == 0
    sandbox.store.move_clock(timedelta(days=46))
    assert changing.resume_due() == 1
    plan.refresh_from_db()
    assert plan.state == "active" and plan.next_on is not None and plan.next_on >= until
    assert charge_due(in_flight=1) == 0


def test_a_pause_until_a_day_is_over_on_that_day(form: DonationForm, sandbox: Sandbox) -> None:
    plan = begun(form)
    until = schedule.local_date(sandbox.store.now(), plan.charity.timezone) + timedelta(days=10)
    changing.pause(plan.pk, by=DONOR, until=until)
    begins = datetime.combine(until, time.min, ZoneInfo(plan.charity.timezone))
    sandbox.store.move_clock(begins - sandbox.store.now() - timedelta(hours=1))
    assert changing.resume_due() == 0
    sandbox.store.move_clock(timedelta(hours=2))
    assert changing.resume_due() == 1


def test_plans_with_nothing_to_charge_keep_no_other_paused(form: DonationForm, sandbox: Sandbox) -> None:
    stuck, good = begun(form), begun(form)
    today = schedule.local_date(sandbox.store.now(), good.charity.timezone)
    changing.pause(stuck.pk, by=DONOR, until=today + timedelta(days=1))
    changing.pause(good.pk, by=DONOR, until=today + timedelta(days=2))
    Plan.objects.filter(pk=stuck.pk).update(method_usable=False)
    sandbox.store.move_clock(timedelta(days=3))
    assert changing.resume_due(limit=1) == 1
    assert dict(Plan.objects.values_list("pk", "state")) == {stuck.pk: "paused", good.pk: "active"}


def test_a_pause_that_is_made_longer_at_the_last_moment_holds(
    form: DonationForm, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = [begun(form), begun(form)]
    today = schedule.local_date(sandbox.store.now(), form.charity.timezone)
    for plan in plans:
        changing.pause(plan.pk, by=DONOR, until=today + timedelta(days=1))

    def the_other_is_paused_longer(news: PlanNews) -> None:
        if news.name == News.RESUMED:
            (other,) = (plan for plan in plans if plan.pk != news.plan.pk)
            changing.pause(other.pk, by=DONOR, until=today + timedelta(days=90))

    monkeypatch.setattr(hooks, "on_plan", the_other_is_paused_longer)
    sandbox.store.move_clock(timedelta(days=3))
    assert changing.resume_due() == 1
    assert sorted(Plan.objects.values_list("state", flat=True)) == ["active", "paused"]


def test_a_pause_into_the_past_is_refused(form: DonationForm) -> None:
    plan = begun(form)
    with pytest.raises(NotChangeable):
        changing.pause(plan.pk, by=DONOR, until=date(2020, 1, 1))
    assert events(plan) == ["started"]


def test_a_card_replaced_mid_retry_pays_at_once(
    form: DonationForm, sandbox: Sandbox, told: list[PlanNews]
) -> None:
    plan = begun(form)
    next_time(sandbox, plan, Outcome.LOST_CARD)
    run_on(sandbox, plan)
    assert (plan.state, plan.method_usable) == ("retrying", False)
    old = plan.saved_method
    saved = second(sandbox, form)
    changing.change_method(
        plan.pk, by=DONOR, gateway="sandbox", account="sandbox", method="sandbox_card", saved=saved
    )
    charge_due(in_flight=1)
    plan.refresh_from_db()
    assert (plan.state, plan.given_count, plan.saved_method) == ("active", 2, saved.token)
    assert not sandbox.retrieve_method(old).usable
    assert OldMethod.objects.get().done_at is not None
    assert "method_changed" in names(told) and names(told)[-1] == "recovered"


def test_a_method_that_another_plan_needs_is_not_forgotten(form: DonationForm, sandbox: Sandbox) -> None:
    plan, other = begun(form), begun(form)
    Plan.objects.filter(pk=other.pk).update(**columns(other, {"saved_method": plan.saved_method}))
    changing.cancel(plan.pk, by=DONOR)
    assert sandbox.retrieve_method(plan.saved_method).usable
    changing.cancel(other.pk, by=DONOR)
    assert not sandbox.retrieve_method(plan.saved_method).usable


def test_a_card_that_its_bank_renewed(form: DonationForm, sandbox: Sandbox, told: list[PlanNews]) -> None:
    plan = begun(form)
    sandbox.renew_card(plan.saved_method, "2020-01")
    run_on(sandbox, plan)
    assert (plan.state, plan.decline_code) == ("retrying", "expired_card")
    sandbox.renew_card(plan.saved_method, "2040-01")
    assert methods.look_at_method("sandbox", "sandbox", plan.saved_method)
    plan.refresh_from_db()
    assert (plan.method_expires, plan.method_usable) == ("2040-01", True)
    charge_due(in_flight=1)
    plan.refresh_from_db()
    assert (plan.state, plan.given_count) == ("active", 2)
    assert names(told)[-1] == "recovered"


def test_a_bank_s_last_word_of_a_card_stands_until_the_card_is_another(
    form: DonationForm, sandbox: Sandbox
) -> None:
    """Its gateway may still call a lost card usable: news of it that bring no new card set nothing going."""
    plan = begun(form)
    next_time(sandbox, plan, Outcome.LOST_CARD)
    run_on(sandbox, plan)
    assert (plan.state, plan.method_usable) == ("retrying", False)
    assert sandbox.retrieve_method(plan.saved_method).usable
    next_time(sandbox, plan, Outcome.SUCCESS)
    methods.look_at_method("sandbox", "sandbox", plan.saved_method)
    plan.refresh_from_db()
    assert (plan.method_usable, plan.retry_at) == (False, None)
    assert charge_due(in_flight=1) == 0
    sandbox.renew_card(plan.saved_method, "2040-01")
    methods.look_at_method("sandbox", "sandbox", plan.saved_method)
    assert charge_due(in_flight=1) == 1
    plan.refresh_from_db()
    assert (plan.state, plan.given_count) == ("active", 2)


def test_a_mandate_that_was_revoked(form: DonationForm, sandbox: Sandbox, told: list[PlanNews]) -> None:
    plan = begun(form)
    sandbox.revoke_method(plan.saved_method)
    assert methods.look_at_method("sandbox", "sandbox", plan.saved_method)
    assert methods.look_at_method("sandbox", "sandbox", plan.saved_method)
    plan.refresh_from_db()
    assert not plan.method_usable
    assert names(told) == ["started", "method_unusable"]
    run_on(sandbox, plan)
    assert (plan.state, periods(plan)) == ("paused", ["paid"])
    with pytest.raises(NotChangeable):
        changing.resume(plan.pk, by=DONOR)


def test_a_method_of_nobodys_plan(form: DonationForm, sandbox: Sandbox) -> None:
    assert not methods.look_at_method("sandbox", "sandbox", "sbm_unknown")


def test_an_announced_debit_of_another_amount_is_announced_anew(
    form: DonationForm, sandbox: Sandbox, told: list[PlanNews]
) -> None:
    plan = begun(form, method="sandbox_debit", input={"sandbox_outcome": "debit_settles"})
    run_on(sandbox, plan)
    period = Period.objects.get(plan=plan, state="due")
    note_sent(period.pk, at=now())
    changing.change_amount(plan.pk, by=DONOR, amount_minor=9_900)
    period.refresh_from_db()
    assert (period.notice_sent_at, period.wake_at) == (None, None)
    assert names(told) == ["started", "notice", "changed", "notice"]


def test_a_cancelled_plan_stays_cancelled_when_its_charge_is_paid_late(
    form: DonationForm, sandbox: Sandbox
) -> None:
    plan = begun(form)
    next_time(sandbox, plan, Outcome.ANSWER_LOST)
    run_on(sandbox, plan)
    plan = changing.cancel(plan.pk, by=DONOR, reason="money")
    actions.look(Attempt.objects.get(gift_id=gifts(plan)[1].pk).pk)
    plan.refresh_from_db()
    assert (plan.state, plan.given_count, periods(plan)) == ("cancelled", 2, ["paid", "paid"])


def test_a_plan_that_nobody_pays_is_abandoned_and_begins_if_it_was_paid_after_all(
    form: DonationForm, sandbox: Sandbox
) -> None:
    asked = intent(form, input={"sandbox_outcome": "do_not_honour"})
    actions.submit(asked)
    plan = Plan.objects.get()
    assert actions.abandon_unpaid() == 0
    days_ago = now() - timedelta(days=4)
    Plan.objects.update(created_at=days_ago)
    assert actions.abandon_unpaid() == 0, "it was tried a moment ago"
    Attempt.objects.update(updated_at=days_ago)
    assert actions.abandon_unpaid() == 1
    plan.refresh_from_db()
    assert (plan.state, plan.cancel_reason, periods(plan)) == ("cancelled", "abandoned", ["failed"])
    actions.submit(intent(form, gift_id=asked.gift_id, ordinal=2))
    plan.refresh_from_db()
    assert (plan.state, plan.given_count, periods(plan)) == ("active", 1, ["paid"])
