"""What the pages of a regular gift show: a plan of this donor in words, and the choices that it has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from almoner.donors.visiting import Donor
from almoner.donors.wording import month_of, paid_by, promise_of, why_declined
from almoner.giving.catalogue import phrases_of
from almoner.giving.models import Gift, GiftStatus
from almoner.kernel.references import shown_reference
from almoner.payments.gateways.port import Decline
from almoner.payments.models import Attempt
from almoner.payments.transitions import State
from almoner.plans import changing, timing, withdrawing
from almoner.plans.history import History, history_of
from almoner.plans.models import Period, Plan
from almoner.plans.schedule import add_months, local_date
from almoner.plans.transitions import CHARGEABLE_STATES, LIVING_STATES, PeriodState, PlanState
from almoner.plans.withdrawing import Standing
from almoner.receipts.wording import day, money, unbroken

_HISTORY: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """A regular gift in words. `standing` says where it stands; `warns` if the donor has something to do."""

    reference: str
    shown: str
    promise: str
    fund: str
    standing: str
    warns: bool
    living: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """A regular gift's own page. `pay_url` is where a gift that was declined is paid; "": none is. `newer` and `older`
    are pages of its history; 0: there is none."""

    line: PlanLine
    facts: tuple[tuple[str, str], ...]
    # Newest first: number among all gifts ("": none was given), date, amount, in a word.
    history: tuple[tuple[str, str, str, str], ...]
    newer: int
    older: int
    pay_url: str
    may_change: bool
    may_pause: bool
    may_resume: bool
    may_skip: bool
    next_on: str
    # A debit that is at the gateway already, in a sentence: when it is taken, or that it is being stopped.
    debit: str


def plans_of(donor: Donor) -> QuerySet[Plan]:
    """This donor's at this charity; what still goes on stands first. One that was never paid isn't shown."""
    mine = Plan.objects.filter(
        charity=donor.charity, contact__supporter=donor.supporter_id, contact__erased_at__isnull=True
    ).exclude(state=PlanState.CANCELLED, given_count=0)
    over = Case(When(state__in=LIVING_STATES, then=Value(0)), default=Value(1), output_field=IntegerField())
    return mine.select_related("fund", "contact", "charity").order_by(over, "-created_at")


def plan_at(donor: Donor, reference: str) -> Plan:
    """The plan of an address, if it is this donor's; 404 for anybody else's."""
    plan = plans_of(donor).filter(reference=reference).first()
    if plan is None:
        raise Http404("This donor has no such plan.")
    return plan


def living_plan_at(donor: Donor, reference: str) -> Plan:
    """The same, while there is anything to change of it."""
    plan = plan_at(donor, reference)
    if plan.state not in LIVING_STATES or plan.state == PlanState.STARTING:
        raise Http404("This plan is over, or has not begun.")
    return plan


def line_of(donor: Donor, plan: Plan) -> PlanLine:
    return PlanLine(
        reference=plan.reference,
        shown=shown_reference(plan.reference),
        promise=promise_of(plan),
        fund=_fund(donor, plan),
        standing=_standing(plan),
        warns=plan.state == PlanState.RETRYING or bool(plan.state == PlanState.PAUSED and plan.decline_code),
        living=plan.state in LIVING_STATES,
    )


def _fund(donor: Donor, plan: Plan) -> str:
    return phrases_of(donor.charity, get_language() or donor.charity.language).say(plan.fund.name)


def view_of(donor: Donor, plan: Plan) -> PlanView:
    history = history_of(plan, wanted_page=donor.request.GET.get("page", ""), size=_HISTORY)
    begun = plan.state in LIVING_STATES and plan.state != PlanState.STARTING
    return PlanView(
        line=line_of(donor, plan),
        facts=_facts(donor, plan),
        history=_history(plan, history),
        newer=history.newer,
        older=history.older,
        pay_url=_pay_url(donor, plan),
        may_change=begun,
        may_pause=plan.state in CHARGEABLE_STATES,
        may_resume=plan.state == PlanState.PAUSED and plan.has_method and plan.method_usable,
        may_skip=plan.state in CHARGEABLE_STATES and changing.skippable_on(plan) is not None,
        next_on=_skipped_day(plan),
        debit=_debit(plan),
    )


def today_of(plan: Plan) -> date:
    return timing.today_of(plan, plan.charity.timezone)


def pause_until(plan: Plan, months: int) -> date:
    """So many months from today."""
    return add_months(today_of(plan), months)


def unpaid_gift(plan: Plan) -> Gift | None:
    """The newest gift of a period that was declined and that a payment would put right."""
    if plan.state not in (PlanState.RETRYING, PlanState.PAUSED) or not plan.decline_code:
        return None
    periods = Period.objects.filter(
        plan=plan, gift_id__isnull=False, state__in=[PeriodState.CHARGING, PeriodState.FAILED]
    )
    newest = periods.order_by("-on").values_list("gift_id", flat=True).first()
    gift = Gift.objects.filter(pk=newest).first() if newest is not None else None
    return gift if gift is not None and gift.status in (GiftStatus.FAILED, GiftStatus.PENDING) else None


def _skipped_day(plan: Plan) -> str:
    """The day on which nothing is taken if the next gift is left out: a debit's own, where it was told."""
    on = changing.skippable_on(plan)
    period = Period.objects.filter(plan=plan, on=on).first() if on is not None else None
    told = period.debit_on if period is not None and period.debit_on is not None else on
    return day(told) if told is not None else ""


def _debit(plan: Plan) -> str:
    debit = withdrawing.debit_of(plan)
    if debit is None:
        return ""
    text = {
        Standing.WANTED: _("%(amount)s is taken on %(date)s."),
        Standing.ASKED: _(
            "We have asked for the debit of %(amount)s on %(date)s to be stopped, and wait for the answer."
        ),
        Standing.TOO_LATE: _(
            "It is too late to stop the debit of %(amount)s on %(date)s: your bank has it already."
        ),
    }[debit.standing]
    return text % {"amount": unbroken(money(debit.amount_minor, plan.currency)), "date": day(debit.on)}


def _next_day(plan: Plan) -> date | None:
    """The day of the next gift; of a debit that waits for its day, or a gift that was not given early after all, that
    one."""
    waits = Q(state=PeriodState.DUE) | Q(state=PeriodState.CHARGING, tries=0, wake_at__isnull=False)
    period = Period.objects.filter(waits, plan=plan).order_by("on").first()
    if period is None:
        return plan.next_on
    if period.state == PeriodState.CHARGING and period.wake_at is not None:
        # One that the gateway did not take in, too: it is sent again.
        return local_date(period.wake_at, plan.charity.timezone)
    return period.debit_on or period.on


def _standing(plan: Plan) -> str:
    state = plan.state
    if state == PlanState.STARTING:
        return _("The first gift is not paid yet.")
    if state == PlanState.RETRYING:
        why = why_declined(plan.decline_code)
        if plan.retry_at is None:
            return _("Your last gift could not be taken. %(why)s We don’t try it again by ourselves.") % {
                "why": why
            }
        on = day(plan.retry_at.astimezone(ZoneInfo(plan.charity.timezone)).date())
        return _("Your last gift could not be taken. %(why)s We try again on %(date)s.") % {
            "why": why,
            "date": on,
        }
    if state == PlanState.PAUSED and plan.decline_code == Decline.DISPUTED:
        return _(
            "Paused, because your bank gave your last gift back to you. Nothing is taken until you say so."
        )
    if state == PlanState.PAUSED and plan.decline_code:
        return _(
            "Paused, because your last gift could not be taken. One payment in another way sets it going."
        )
    if state == PlanState.PAUSED and plan.resume_on is not None:
        return _("Paused. It goes on by itself on %(date)s.") % {"date": day(plan.resume_on)}
    if state == PlanState.PAUSED:
        return _("Paused, until you resume it.")
    if state == PlanState.COMPLETED:
        return _("All that you promised is given. Thank you.")
    if state == PlanState.CANCELLED:
        ended = plan.cancelled_at
        zone = ZoneInfo(plan.charity.timezone)
        return (
            _("Ended on %(date)s.") % {"date": day(ended.astimezone(zone).date())} if ended else _("Ended.")
        )
    next_on = _next_day(plan)
    if next_on is None:
        return _("The last gift is under way.")
    return _("The next gift of %(amount)s is on %(date)s.") % {
        "amount": unbroken(money(plan.total_minor, plan.currency)),
        "date": day(next_on),
    }


def _facts(donor: Donor, plan: Plan) -> tuple[tuple[str, str], ...]:
    rows = [
        (_("For"), _fund(donor, plan)),
        (_("Paid by"), paid_by(plan)),
        (_("Card expires"), month_of(plan.method_expires)),
        (_("Of each, to cover the cost"), money(plan.cover_minor, plan.currency) if plan.cover_minor else ""),
        (_("Ends on"), day(plan.ends_on) if plan.ends_on else ""),
        (_("Gifts in all"), str(plan.ends_after) if plan.ends_after else ""),
        (_("Given so far"), str(plan.given_count)),
        (_("Name"), plan.contact.name),
        (_("Reference"), shown_reference(plan.reference)),
    ]
    return tuple(row for row in rows if row[1])


def _history(plan: Plan, history: History) -> tuple[tuple[str, str, str, str], ...]:
    """What became of each date."""
    ids = [turn.period.gift_id for turn in history.turns if turn.period.gift_id is not None]
    gifts = Gift.objects.in_bulk(ids)
    return tuple(
        (
            _("Gift %(number)s") % {"number": turn.number} if turn.number else "",
            *_became(plan, turn.period, gifts.get(turn.period.gift_id)),
        )
        for turn in history.turns
    )


def _became(plan: Plan, period: Period, gift: Gift | None) -> tuple[str, str, str]:
    words = {
        PeriodState.DUE: _("To come"),
        PeriodState.CHARGING: _("Under way"),
        PeriodState.PAID: _("Given"),
        PeriodState.FAILED: _("Not taken"),
        PeriodState.SKIPPED: _("Left out"),
    }
    if period.state == PeriodState.CHARGING and gift is not None and gift.status == GiftStatus.FAILED:
        said = _("Declined, tried again")
    else:
        said = words[PeriodState(period.state)]
    amount_minor = gift.total_minor if gift is not None else plan.total_minor
    shown = money(amount_minor, plan.currency) if period.state != PeriodState.SKIPPED else ""
    return day(period.on), shown, said


def _pay_url(donor: Donor, plan: Plan) -> str:
    gift = unpaid_gift(plan)
    return donor.to(f"pay/{gift.public_key}/") if gift is not None else ""


def open_address(gift: Gift) -> str:
    """The gateway's page on which an attempt at this gift waits for its donor; "" when none does."""
    attempt = (
        Attempt.objects.filter(gift_id=gift.pk, state=State.ACTION_REQUIRED).order_by("-ordinal").first()
    )
    action = (attempt.next_action or {}) if attempt is not None else {}
    return str(action.get("url", "")) if action.get("kind") == "redirect" else ""


def lines_of(donor: Donor) -> Sequence[PlanLine]:
    return [line_of(donor, plan) for plan in plans_of(donor)]
