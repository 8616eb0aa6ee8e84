"""Regular gifts that need a person: their donor can't be told by mail, nobody charges them, or nobody finishes them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from almoner.backoffice import access
from almoner.backoffice.pages import crumbs
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.payments.gateways.port import Decline
from almoner.plans.models import Period, Plan
from almoner.plans.schedule import local_date
from almoner.plans.transitions import CHARGEABLE_STATES, PeriodState, PlanState
from almoner.supporters.models import Contact

STUCK_AFTER: Final = timedelta(days=1)
UNFINISHED_AFTER: Final = timedelta(days=7)
_MOST: Final = 200
_TITLE: Final = "Regular gifts that need a person"
_NO_MAIL: Final = Q(contact__email="") | Q(contact__bounced_at__isnull=False)
_OPEN_PERIODS: Final = Period.objects.filter(state__in=[PeriodState.DUE, PeriodState.CHARGING])


def untold(request: HttpRequest) -> QuerySet[Plan]:
    """Their donor has to do something, and no mail can ask them to. What is tried again by itself is none of these."""
    waits = (
        Q(state=PlanState.RETRYING, retry_at__isnull=True)
        | (Q(state=PlanState.PAUSED) & ~Q(decline_code=""))
        | Q(state__in=CHARGEABLE_STATES, method_usable=False)
    )
    # Said once more as the index `plans_plan_waits` has it: few plans do.
    troubled = ~Q(decline_code="") | Q(method_usable=False)
    return _within(Plan.objects.filter(troubled, waits, _NO_MAIL), request)


def unannounced(request: HttpRequest) -> QuerySet[Plan]:
    """A debit waits for its notice, and no mail can take it: nothing is charged until somebody has told the donor."""
    waiting = _OPEN_PERIODS.filter(state=PeriodState.DUE, notice_sent_at__isnull=True)
    plans = Plan.objects.filter(_NO_MAIL, pk__in=waiting.values("plan"), state__in=CHARGEABLE_STATES)
    return _within(plans, request)


def stuck(request: HttpRequest) -> QuerySet[Plan]:
    """Due, and a day later not charged: no worker came to them, or their notice doesn't go out."""
    before = now() - STUCK_AFTER
    # Each by an index of its own: one condition on all periods would read every plan.
    late = _OPEN_PERIODS.filter(wake_at__lt=before).values("plan")
    untold = _OPEN_PERIODS.filter(
        state=PeriodState.DUE, notice_sent_at__isnull=True, wake_at__isnull=True, created_at__lt=before
    ).values("plan")
    due = Plan.objects.filter(state=PlanState.ACTIVE, next_at__lt=before).values("pk")
    # A notice that can't be mailed has a line of its own.
    mailed = ~Q(contact__email="") & Q(contact__bounced_at__isnull=True)
    charged = Q(state__in=CHARGEABLE_STATES) & (Q(pk__in=late) | Q(pk__in=untold) & mailed)
    return _within(Plan.objects.filter(Q(pk__in=due) | charged), request)


def unfinished(request: HttpRequest) -> QuerySet[Plan]:
    """Begun by staff on the phone over a week ago; their donor hasn't paid the first gift."""
    by_staff = Gift.objects.filter(pk=OuterRef("first_gift_id"), entered_by_id__isnull=False)
    plans = Plan.objects.filter(
        Exists(by_staff), state=PlanState.STARTING, created_at__lt=now() - UNFINISHED_AFTER
    )
    return _within(plans, request)


def _within(plans: QuerySet[Plan], request: HttpRequest) -> QuerySet[Plan]:
    return access.within(plans, request)


@dataclass(frozen=True, slots=True)
class _Part:
    """One list of the page. `key` is its place in the address."""

    key: str
    title: str
    what_to_do: str
    plans: Callable[[HttpRequest], QuerySet[Plan]]
    why: Callable[[Plan], str]


def _why_untold(plan: Plan) -> str:
    if plan.decline_code == Decline.DISPUTED:
        return "Their bank gave a gift back to them: it goes on when they, or you for them, say so."
    if plan.state == PlanState.PAUSED:
        return "Paused after the last try: it goes on with another method."
    if plan.decline_code == Decline.AUTHENTICATION:
        return "The bank wants the donor to confirm the payment."
    return "Its method can’t be charged any more: it needs another."


def _why_stuck(plan: Plan) -> str:
    if plan.next_on is not None and plan.next_at is not None and plan.next_at < now() - STUCK_AFTER:
        return f"Its gift of {plan.next_on:%-d %B %Y} has not been charged."
    return "A payment that was begun waits for a try or for its notice."


def _why_unfinished(plan: Plan) -> str:
    return f"Begun on {local_date(plan.created_at, plan.charity.timezone):%-d %B %Y}."


PARTS: Final = (
    _Part(
        "untold", "Their donor has to act, and can’t be mailed",
        "Ring or write to them, and put a good address on the plan: the next mail then goes out.",
        untold, _why_untold,
    ),
    _Part(
        "unannounced", "A debit that can’t be announced",
        "By the scheme’s rules nothing is debited before the donor was told. Find an address, or have "
        "them choose another method.",
        unannounced, lambda plan: "Its notice can’t be mailed, so nothing is debited.",
    ),
    _Part(
        "stuck", "Due, and not charged a day later",
        "Somebody who runs this installation has to look whether its worker runs.",
        stuck, _why_stuck,
    ),
    _Part(
        "unfinished", "Begun on the phone over a week ago, and not finished",
        "Ask whether the link arrived. Nothing is charged before the first gift is paid.",
        unfinished, _why_unfinished,
    ),
)  # fmt: skip


@require_safe
@access.needs(access.VIEW_GIFTS)
def troubled(request: HttpRequest) -> HttpResponse:
    """Four lists of up to 200, the oldest first: one query each."""
    context = {
        "title": _TITLE,
        "breadcrumbs_items": crumbs((_TITLE, "")),
        "parts": [(part, _rows(part, part.plans(request))) for part in PARTS],
    }
    return render(request, "backoffice/troubled.html", context)


def _rows(part: _Part, plans: QuerySet[Plan]) -> list[tuple[Plan, str, str]]:
    """(plan, whether a mail reaches its donor, why it is here)."""
    found = plans.select_related("contact", "charity").order_by("created_at", "pk")[:_MOST]
    return [(plan, _reach(plan.contact), part.why(plan)) for plan in found]


def _reach(contact: Contact) -> str:
    if not contact.email:
        return "No email address"
    return f"Mail to {contact.email} came back" if contact.bounced_at is not None else contact.email
