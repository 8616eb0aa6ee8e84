"""One regular gift: what was promised, how it stands, its gifts, and its history; and the page from which staff act."""

import uuid
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from almoner.backoffice import access
from almoner.backoffice.gifts.detail import Fact, donor_facts
from almoner.backoffice.gifts.timeline import Moment, in_order
from almoner.backoffice.money import money
from almoner.backoffice.pages import crumbs
from almoner.backoffice.plans import wording
from almoner.charities.models import AuditEntry
from almoner.donors.models import PlanMail
from almoner.donors.telling import asked_last
from almoner.giving.models import DonationForm, Gift, GiftStatus
from almoner.kernel.references import shown_reference
from almoner.plans import changing, withdrawing
from almoner.plans.history import history_of
from almoner.plans.models import Every, Period, Plan, PlanEvent
from almoner.plans.transitions import CHARGEABLE_STATES, LIVING_STATES, PeriodState, PlanState
from almoner.receipts.links import site_of

# A page shows so many of each; earlier gifts stand on the next one.
_MOST_SHOWN: Final = 120
# Staff's acts that no event of the plan tells.
_ACTS: Final = {"begin plan by phone": "Begun by phone", "ask donor again": "The donor was asked again"}


def plan_of(request: HttpRequest, plan_id: uuid.UUID) -> Plan:
    """A plan of the reader's charities with what its page shows, or 404. Times are its own charity's from here on."""
    plan = access.one_of(Plan.objects.select_related("charity", "contact", "fund"), request, pk=plan_id)
    timezone.activate(ZoneInfo(plan.charity.timezone))
    return plan


@require_safe
@access.needs(access.VIEW_GIFTS)
def show(request: HttpRequest, plan_id: uuid.UUID) -> HttpResponse:
    plan = plan_of(request, plan_id)
    history = history_of(plan, wanted_page=request.GET.get("page", ""), size=_MOST_SHOWN)
    periods = [turn.period for turn in history.turns]
    gifts = Gift.objects.in_bulk([period.gift_id for period in periods if period.gift_id is not None])
    reference = shown_reference(plan.reference)
    context = {
        "plan": plan,
        "title": f"Regular gift {reference}",
        "breadcrumbs_items": crumbs(("Regular gifts", reverse("backoffice:plans")), (reference, "")),
        "amount": money(plan.total_minor, plan.currency),
        "every": wording.rhythm(plan),
        "chips": wording.chips(plan),
        "standing": wording.standing(plan),
        "warns": plan.state in LIVING_STATES and bool(plan.decline_code),
        "promised": _promised(plan),
        "paid_by": _paid_by(plan),
        "given": _given(plan),
        "donor": donor_facts(plan.contact),
        "gifts": [(turn, _gift(turn.period, gifts.get(turn.period.gift_id), plan)) for turn in history.turns],
        "history": history,
        "moments": _timeline(plan),
        "can": _can(request, plan),
        "donors_page": f"{site_of(plan.charity)}/giving/",
    }
    return render(request, "backoffice/plan.html", context)


def _can(request: HttpRequest, plan: Plan) -> dict[str, bool]:
    """Which acts the reader may do, and which make sense now."""
    may = access.may(request.user, access.ENTER_GIFTS) and plan.state in LIVING_STATES
    begun = may and plan.state != PlanState.STARTING
    return {
        "change": begun,
        "correct": may and plan.contact.erased_at is None,
        "pause": may and plan.state in CHARGEABLE_STATES,
        "resume": may and plan.state == PlanState.PAUSED and plan.has_method and plan.method_usable,
        "skip": may and plan.state in CHARGEABLE_STATES and changing.skippable_on(plan) is not None,
        "cancel": may,
        "ask": may and asked_last(plan) is not None,
    }


def _promised(plan: Plan) -> list[Fact]:
    facts = [Fact("Gift", money(plan.amount_minor, plan.currency))]
    if plan.cover_minor:
        facts.append(Fact("Covering the cost", money(plan.cover_minor, plan.currency)))
    facts += [
        Fact("How often", wording.rhythm(plan)),
        Fact("Ends", wording.end(plan)),
        Fact("For", plan.fund.name),
    ]
    if plan.next_on is not None:
        facts.insert(0, Fact("Next gift", wording.day(plan.next_on), strong=True))
    debit = withdrawing.debit_of(plan)
    if debit is not None:
        facts.insert(0, Fact("Debit under way", wording.debit(debit, plan.currency), strong=True))
    if plan.retry_at is not None:
        facts.insert(0, Fact("Tried again", f"{timezone.localtime(plan.retry_at):%-d %B %Y}", strong=True))
    if plan.form_id is not None:
        title = DonationForm.objects.filter(pk=plan.form_id).values_list("title", flat=True).first()
        facts.append(Fact("Form", title or ""))
    if plan.imported_from:
        facts.append(Fact("Moved in from", plan.imported_from))
    if plan.cancel_reason:
        facts.append(Fact("Why it was cancelled", wording.reason(plan.cancel_reason)))
    return facts


def _paid_by(plan: Plan) -> list[Fact]:
    facts = [Fact("Method", wording.method(plan)), Fact("Payment service", plan.gateway)]
    if plan.method_expires:
        facts.append(Fact("Expires", plan.method_expires))
    if not plan.has_method:
        facts.append(Fact("Saved", "nothing yet: the first payment saves it"))
    elif not plan.method_usable:
        facts.append(
            Fact(
                "Saved",
                format_html('<span class="bo-chip bo-chip--bad">{}</span>', "Can’t be charged any more"),
            )
        )
    return facts


def _given(plan: Plan) -> list[Fact]:
    paid = Gift.objects.filter(plan=plan, status=GiftStatus.SETTLED).aggregate(
        settled=Sum("settled_minor"), refunded=Sum("refunded_minor")
    )
    left_minor = (paid["settled"] or 0) - (paid["refunded"] or 0)
    facts = [Fact("Gifts paid", str(plan.given_count))]
    if plan.given_elsewhere:
        facts.append(Fact("Of these, known by number only", str(plan.given_elsewhere)))
    return [*facts, Fact("In all, without what was refunded", money(left_minor, plan.currency), strong=True)]


def _gift(period: Period, gift: Gift | None, plan: Plan) -> dict[str, Any]:
    said = wording.PERIODS[PeriodState(period.state)]
    if period.state == PeriodState.CHARGING and gift is not None and gift.status == GiftStatus.FAILED:
        said = "failed, tried again"
    tone = {"paid": "good", "failed": "bad"}.get(period.state, "quiet")
    return {
        "url": reverse("backoffice:gift", args=[gift.pk]) if gift is not None else "",
        "amount": money(gift.total_minor, gift.currency) if gift is not None else "",
        "said": said,
        "tone": "bad" if said.startswith("failed") else tone,
        "tries": period.tries if period.tries > 1 else 0,
    }


def _timeline(plan: Plan) -> list[Moment]:
    """Newest last: what happened, who did it, and what the donor was told."""
    events = list(PlanEvent.objects.filter(plan=plan).order_by("-id")[:_MOST_SHOWN])
    mails = list(PlanMail.objects.filter(plan=plan).order_by("-created_at")[:_MOST_SHOWN])
    acts = list(
        AuditEntry.objects.filter(object_type="plan", object_id=str(plan.pk), action__in=_ACTS).order_by("id")
    )
    names = dict(
        User.objects.filter(pk__in={e.actor_id for e in events if e.actor_id}).values_list("pk", "username")
    )
    moments = [Moment(plan.created_at, _at_first(plan, events), rank=0)]
    moments += [_event(event, plan, names) for event in events]
    moments += [Moment(act.at, _ACTS[act.action], by=act.actor_name, rank=1) for act in acts]
    moments += [_mail(mail) for mail in mails]
    return in_order(moments)


def _at_first(plan: Plan, events: list[PlanEvent]) -> str:
    """What was promised, before any change. `events` come newest first."""
    total_minor, every = plan.total_minor, plan.every
    for event in events:
        if event.detail.get("what") == "amount":
            total_minor = int(event.detail["from_minor"])
        elif event.detail.get("what") == "every":
            every = int(event.detail["from"])
    return f"{money(total_minor, plan.currency)} {wording.EVERY[Every(every)]} promised"


def _event(event: PlanEvent, plan: Plan, names: dict[int, str]) -> Moment:
    title, tone = wording.event(event, plan.currency)
    return Moment(
        event.at, title, tone, by=wording.by(event, names), notes=wording.event_notes(event), rank=4
    )


def _mail(mail: PlanMail) -> Moment:
    title, state = wording.mail(mail)
    tone = (
        "bad"
        if mail.state == PlanMail.State.BOUNCED or mail.reason in ("no_address", "bounced_before")
        else "quiet"
    )
    at = mail.sent_at or mail.outcome_at or mail.created_at
    return Moment(at, title, tone, notes=(state,), rank=6)
