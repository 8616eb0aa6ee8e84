"""Corruptions of plans, their periods, and what is told of them."""

from datetime import timedelta

from django.db import connection

from almoner.charities.sealed import ring
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.payments.models import Attempt
from almoner.plans.models import OldMethod, Period, Plan, PlanEvent, Withdrawal
from tests.prove.history import History
from tests.prove.planting import edited, plants


def newest(history: History) -> Period:
    return Period.objects.filter(plan=history.plan).latest("on")


@plants("one charge a period", "one charge")
def a_period_charged_twice_hidden(history: History) -> str:
    gift = Gift.objects.get(plan=history.plan, flag="paid_twice")
    edited(gift, flag="")
    return f"plan {history.plan.pk}: {gift.period_on}"


@plants("periods paid", "plans charged")
def a_paid_period_that_looks_open(history: History) -> str:
    period = newest(history)
    edited(period, state="charging")
    return f"plan {history.plan.pk}: {period.on} is charging, its gift settled"


@plants("periods paid")
def a_period_of_another_day(history: History) -> str:
    period = newest(history)
    edited(period, on=period.on + timedelta(days=1))
    return f"plan {history.plan.pk}: {period.on + timedelta(days=1)} has no gift of its own"


@plants("periods paid")
def a_period_removed(history: History) -> str:
    period = newest(history)
    edited(period)
    return f"gift {period.gift_id} has no period"


@plants("plan counts")
def a_gift_too_many_counted(history: History) -> str:
    edited(history.plan, given_count=history.plan.given_count + 1)
    return f"plan {history.plan.pk}"


@plants("plan counts")
def a_gift_that_no_source_counted(history: History) -> str:
    edited(history.plan, given_count=history.plan.given_count + 1, given_elsewhere=1)
    return f"plan {history.plan.pk}: its source counted 0"


@plants("secrets")
def a_saved_method_in_the_open(history: History) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE plans_plan SET saved_method = 'pm_open' WHERE id = %s",
            [Plan._meta.pk.get_db_prep_value(history.plan.pk, connection)],
        )
    return f"plans_plan.saved_method of row {history.plan.pk} is not sealed"


@plants("secrets")
def a_saved_method_of_another_row(history: History) -> str:
    edited(history.plan, saved_method=ring().seal("pm_theirs", "plans_plan.saved_method of row another"))
    return f"plans_plan.saved_method of row {history.plan.pk} was altered"


@plants("plan states")
def a_plan_paused_by_hand(history: History) -> str:
    edited(history.plan, state="paused")
    return f"plan {history.plan.pk}"


@plants("plan events", "plan states")
def an_event_that_no_edge_allows(history: History) -> str:
    event = PlanEvent.objects.filter(plan=history.plan).latest("id")
    edited(event, to_state="completed")
    return f"event {event.pk} of plan {history.plan.pk}"


@plants("plans charged")
def a_plan_forgotten_for_days(history: History) -> str:
    edited(history.plan, next_at=now() - timedelta(days=2))
    return f"plan {history.plan.pk} is due"


@plants("plans charged")
def a_period_that_waits_for_days(history: History) -> str:
    period = newest(history)
    edited(period, wake_at=now() - timedelta(days=2))
    return f"plan {history.plan.pk}: {period.on} waits"


@plants("debits stopped")
def a_debit_that_nobody_stopped(history: History) -> str:
    period = newest(history)
    attempt_id = Attempt.objects.filter(gift_id=period.gift_id).values_list("pk", flat=True).first()
    assert attempt_id is not None
    Withdrawal.objects.create(
        plan=history.plan,
        period=period,
        attempt_id=attempt_id,
        event=PlanEvent.objects.filter(plan=history.plan).latest("id"),
        asked_at=now() - timedelta(days=2),
    )
    return f"plan {history.plan.pk}: attempt {attempt_id}"


@plants("methods forgotten")
def a_method_that_the_gateway_still_has(history: History) -> str:
    old = OldMethod.objects.get()
    edited(old, done_at=None, asked_at=now() - timedelta(days=2))
    return f"plan {old.plan_id}: method {old.pk}"
