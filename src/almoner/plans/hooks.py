"""What higher rooms do when something happens to a plan. `config` sets these once, at start: no signals."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from almoner.kernel.clock import now
from almoner.plans.models import Period, Plan


class News(StrEnum):
    """What donors (and staff) are told of."""

    STARTED = "started"
    # A debit will go out on `period.on`: once told, `notices.note_sent(period.pk, at=…)` has to be called.
    NOTICE = "notice"
    # `plan.retry_at` is when it is tried again; None: the method is of no more use, and the donor has to change it.
    DECLINED = "declined"
    # The bank wants the donor to confirm the payment: they pay the period's gift by a link.
    AUTHENTICATE = "authenticate"
    RECOVERED = "recovered"
    # After the last try: the plan is paused until the donor does something.
    GAVE_UP = "gave_up"
    # A debit came back after it had been paid.
    RETURNED = "returned"
    PAUSED = "paused"
    RESUMED = "resumed"
    SKIPPED = "skipped"
    # Amount, day, rhythm, end, contact; `detail` says which ("what") and how.
    CHANGED = "changed"
    # True at the gateway: the old method can't be charged any more.
    METHOD_CHANGED = "method_changed"
    # The gateway told that the method is no longer of use, or will soon expire.
    METHOD_UNUSABLE = "method_unusable"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    # A debit falls on another day than its notice said: `period.debit_on`.
    DEBIT_MOVED = "debit_moved"
    # What the donor did came too late for a debit: `detail` has its day and amount, and what they did ("what").
    STILL_TAKEN = "still_taken"


@dataclass(frozen=True, slots=True)
class PlanNews:
    """Something that happened to a plan, told inside the transaction in which it did. `event_id` is the plan's event's
    (None where none was written, as for a notice); `detail` holds codes, dates and amounts only."""

    plan: Plan
    name: News
    at: datetime
    event_id: int | None = None
    period: Period | None = None
    gift_id: uuid.UUID | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


def _nothing(news: PlanNews) -> None:
    """The default: nobody is told."""


def _real_time(gateway: str) -> datetime:
    return now()


def _not_known(attempt_id: uuid.UUID) -> bool | None:
    """The default: nobody can be asked."""
    return None


@dataclass(slots=True)
class Hooks:
    """`on_plan` runs inside the transaction that moves the plan: it may write rows, and must not speak to a network.
    `clock` is the time by which a gateway's plans fall due: the sandbox's can be turned ahead. `stop` stops an attempt
    at its gateway, outside any transaction: whether it is stopped (None: not known yet); raises `GatewayError`."""

    on_plan: Callable[[PlanNews], None] = _nothing
    clock: Callable[[str], datetime] = _real_time
    stop: Callable[[uuid.UUID], bool | None] = _not_known


hooks = Hooks()
