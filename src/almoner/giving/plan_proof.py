"""What must hold of plans, their periods and their gifts, for `almoner prove`."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, F, Q

from almoner.giving.models import Gift, GiftStatus
from almoner.kernel.clock import now
from almoner.kernel.proof import Check
from almoner.payments.models import Attempt
from almoner.payments.transitions import OPEN_STATES, State
from almoner.plans.hooks import hooks
from almoner.plans.models import OldMethod, Period, Plan, PlanEvent, Withdrawal
from almoner.plans.transitions import LIVING_STATES, PLAN_EDGES, PeriodState, PlanState

_OVERDUE = timedelta(days=1)


def checks() -> list[Check]:
    return [
        Check(
            "one charge a period",
            "No period of a plan is charged twice, or is flagged for a person.",
            _charges,
        ),
        Check(
            "periods paid",
            "Each paid period has one settled gift of its plan and date, and no other is settled.",
            _paid,
        ),
        Check(
            "plan counts",
            "A plan counts its settled gifts, and those that only its source had; none of these is lost.",
            _counts,
        ),
        Check(
            "plan events",
            "Every move of a plan is an edge of the table, and follows the one before it.",
            _events,
        ),
        Check("plan states", "Every plan stands where its last event left it.", _states),
        Check("plans charged", "No plan and no period waits a day past its time.", _late),
        Check(
            "debits stopped",
            "No debit that is to be stopped waits a day for its gateway's word.",
            _stopped,
        ),
        Check("methods forgotten", "Each method that is no longer used was forgotten at its gateway.", _kept),
    ]


def _charges() -> Iterator[str]:
    """One gift a period is the database's own law (`giving_one_gift_a_period`); one payment a gift is ours."""
    paid = (
        Attempt.objects.filter(state=State.SUCCEEDED).order_by().values("gift_id").annotate(times=Count("pk"))
    )
    twice = paid.filter(times__gt=1).values_list("gift_id", flat=True)
    charged = Gift.objects.filter(plan__isnull=False, pk__in=list(twice)).exclude(flag="paid_twice")
    for plan_id, on in charged.values_list("plan_id", "period_on"):
        yield f"plan {plan_id}: {on}"


def _paid() -> Iterator[str]:
    gifts = {
        pk: (plan_id, on, status)
        for pk, plan_id, on, status in Gift.objects.filter(plan__isnull=False)
        .values_list("pk", "plan_id", "period_on", "status")
        .iterator()
    }
    rows = Period.objects.filter(gift_id__isnull=False).values_list("gift_id", "plan_id", "on", "state")
    for gift_id, plan_id, on, state in rows.iterator():
        gift = gifts.pop(gift_id, None) if gift_id is not None else None
        if gift is None or gift[:2] != (plan_id, on):
            yield f"plan {plan_id}: {on} has no gift of its own"
        elif (state == PeriodState.PAID) != (gift[2] == GiftStatus.SETTLED):
            yield f"plan {plan_id}: {on} is {state}, its gift {gift[2]}"
    for gift_id in gifts:
        yield f"gift {gift_id} has no period"


def _counts() -> Iterator[str]:
    settled = Count("gifts", filter=Q(gifts__status=GiftStatus.SETTLED))
    plans = Plan.objects.annotate(counted=settled + F("given_elsewhere"))
    for pk in plans.exclude(counted=F("given_count")).values_list("pk", flat=True):
        yield f"plan {pk}"
    told = PlanEvent.objects.filter(name="imported").values_list("plan_id", "detail")
    by_source = {pk: detail["given"] for pk, detail in told.iterator() if detail.get("given")}
    moved_in = Count("gifts", filter=Q(gifts__plan_origin__isnull=False))
    here = Plan.objects.filter(Q(imported_from__isnull=False) | Q(given_elsewhere__gt=0)).annotate(
        here=moved_in
    )
    for pk, elsewhere, gifts in here.values_list("pk", "given_elsewhere", "here").iterator():
        counted = by_source.get(pk, 0)
        if elsewhere > counted or gifts + elsewhere < counted:
            yield f"plan {pk}: its source counted {counted}"


def _events() -> Iterator[str]:
    previous: tuple[object, str] = (None, "")
    rows = PlanEvent.objects.order_by("plan_id", "id").values_list(
        "id", "plan_id", "name", "from_state", "to_state"
    )
    for pk, plan_id, name, before, after in rows.iterator():
        # One that was brought from elsewhere begins as it was there.
        expected = (
            previous[1] if previous[0] == plan_id else before if name == "imported" else PlanState.STARTING
        )
        legal = PLAN_EDGES.get((before, name), before)
        if before != expected or (name != "imported" and after != legal):
            yield f"event {pk} of plan {plan_id}"
        previous = (plan_id, after)


def _states() -> Iterator[str]:
    last: dict[object, str] = {}
    for plan_id, after in PlanEvent.objects.order_by("id").values_list("plan_id", "to_state").iterator():
        last[plan_id] = after
    for pk, state in Plan.objects.values_list("pk", "state").iterator():
        if last.get(pk, PlanState.STARTING) != state:
            yield f"plan {pk}"


def _late() -> Iterator[str]:
    """By the clock of its gateway: a worker runs, and nothing is forgotten. A busy gateway is given a day."""
    codes = (
        Plan.objects.filter(state__in=LIVING_STATES).order_by().values_list("gateway", flat=True).distinct()
    )
    for code in codes:
        before = hooks.clock(code) - _OVERDUE
        due = Plan.objects.filter(gateway=code, state=PlanState.ACTIVE, next_at__lt=before)
        for pk in due.values_list("pk", flat=True).iterator():
            yield f"plan {pk} is due"
        waiting = Period.objects.filter(plan__gateway=code, wake_at__lt=before)
        for plan_id, on in waiting.values_list("plan_id", "on").iterator():
            yield f"plan {plan_id}: {on} waits"
    tried = Attempt.objects.filter(state__in=OPEN_STATES).values("gift_id")
    stuck = Period.objects.filter(
        state=PeriodState.CHARGING,
        wake_at__isnull=True,
        plan__state__in=[PlanState.ACTIVE, PlanState.RETRYING],
    )
    for plan_id, on in stuck.exclude(gift_id__in=tried).values_list("plan_id", "on").iterator():
        yield f"plan {plan_id}: {on} is forgotten"


def _stopped() -> Iterator[str]:
    late = Withdrawal.objects.filter(done_at__isnull=True, asked_at__lt=now() - _OVERDUE)
    for plan_id, attempt_id in late.values_list("plan_id", "attempt_id").iterator():
        yield f"plan {plan_id}: attempt {attempt_id}"


def _kept() -> Iterator[str]:
    """A debit may be under way for days, and is let end first."""
    late = OldMethod.objects.filter(done_at__isnull=True, asked_at__lt=now() - _OVERDUE)
    tried = Attempt.objects.filter(state__in=OPEN_STATES).values("gift_id")
    under_way = Period.objects.filter(state=PeriodState.CHARGING, gift_id__in=tried).values("plan_id")
    late = late.exclude(plan__in=under_way)
    for pk, plan_id in late.values_list("pk", "plan_id").iterator():
        yield f"plan {plan_id}: method {pk}"
