"""Notices before debits: no debit goes out until its notice was sent, and the promised days have passed."""

import uuid
from datetime import datetime

from django.db import transaction

from almoner.plans import timing
from almoner.plans.hooks import hooks
from almoner.plans.models import Period
from almoner.plans.progress import lock, write_period
from almoner.plans.transitions import PeriodState


def note_sent(period_id: uuid.UUID, *, at: datetime) -> bool:
    """The notice of a period's debit is out: from now on the days count. False when it was noted before, or the period
    is no longer to be charged."""
    plan_id = Period.objects.values_list("plan_id", flat=True).get(pk=period_id)
    with transaction.atomic():
        plan = lock(plan_id)
        period = Period.objects.get(pk=period_id)
        if period.state != PeriodState.DUE or period.notice_sent_at is not None:
            return False
        sent_at = max(at, hooks.clock(plan.gateway))
        wake_at = timing.debited_at(plan.method, period.on, sent_at, timezone=plan.charity.timezone)
        write_period(period, at=at, notice_sent_at=sent_at, wake_at=wake_at)
    return True
