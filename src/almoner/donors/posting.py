"""The outbox's handlers of this room: links to donors' own pages, and the mails about regular gifts.

A mail goes at least once. Its row is marked sent after the mail server took it; a worker that dies between the two
sends it again under the same Message-ID.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from anymail.signals import EventType
from django.db import transaction

from almoner.donors import links, reached_posting
from almoner.donors.letters import link_letter
from almoner.donors.models import LinkRequest, PlanMail
from almoner.donors.plan_letters import plan_letter
from almoner.donors.telling import told_day
from almoner.giving.models import Gift, GiftStatus
from almoner.kernel.clock import now
from almoner.plans import notices, timing
from almoner.plans.models import Period
from almoner.plans.progress import lock
from almoner.plans.transitions import LIVING_STATES, PeriodState, PlanState
from almoner.receipts.handing import MailRefused, compose, hand_over, message_id
from almoner.supporters.models import Contact

Kind = PlanMail.Kind
State = PlanMail.State
_UNDELIVERED: Final = frozenset({EventType.BOUNCED, EventType.REJECTED, EventType.FAILED})


def deliver_link(payload: dict[str, Any]) -> None:
    """Handle one job of kind `links.JOB`. Whatever it raises is tried again.

    Its ten minutes begin now, when the mail leaves. A mail that goes twice carries the same link and the same
    Message-ID.
    """
    request = LinkRequest.objects.select_related("charity").filter(pk=payload["request"]).first()
    at = now()
    if request is None or request.supporter_id is None or request.used_at is not None:
        return
    contact = _contact(request)
    if contact is None or at - request.asked_at > links.STALE:
        return
    LinkRequest.objects.filter(pk=request.pk, used_at__isnull=True).update(ends_at=at + links.LIFE)
    letter = link_letter(
        charity=request.charity,
        contact=contact,
        language=request.language,
        host=request.host,
        path=links.path_of(request),
    )
    name = message_id(f"link:{request.key}", request.charity)
    try:
        hand_over(compose(letter, charity=request.charity, to=contact.email, message_id=name))
    except MailRefused:
        # Nobody is told: whoever asked must not learn which addresses are known, or good.
        LinkRequest.objects.filter(pk=request.pk).update(ends_at=at - timedelta(seconds=1))


def deliver_plan_mail(payload: dict[str, Any]) -> None:
    """Handle one job of kind `telling.JOB`. Whatever it raises is tried again."""
    mail = PlanMail.objects.select_related("plan__charity", "plan__contact", "plan__fund").get(
        pk=payload["mail"]
    )
    if mail.state != State.QUEUED:
        return
    gift = Gift.objects.filter(pk=mail.gift_id).first() if mail.gift_id is not None else None
    why_not = _why_not(mail, gift)
    if why_not:
        _settle(mail, State.SKIPPED, at=now(), reason=why_not)
        return
    plan = mail.plan
    pay_path = f"/giving/pay/{gift.public_key}/" if gift is not None else ""
    letter = plan_letter(mail, pay_path=pay_path)
    try:
        provider_id = hand_over(
            compose(letter, charity=plan.charity, to=plan.contact.email, message_id=mail.message_id)
        )
    except MailRefused as refusal:
        _settle(mail, State.BOUNCED, at=now(), reason=refusal.reason)
        Contact.objects.filter(pk=plan.contact_id, bounced_at__isnull=True).update(bounced_at=now())
        return
    _mark_sent(mail, provider_id, at=now())


def on_report(message_id: str | None, event_type: str, reason: str) -> bool:
    """What a sending service tells of a mail of this room; False when it is none of ours. `receipts.bounces.hooks`.

    A link that bounces is told to nobody: whoever asked must not learn which addresses are good.
    """
    if not message_id:
        return False
    if reached_posting.on_report(message_id, event_type, reason):
        return True
    mails = PlanMail.objects.reported(message_id)
    if event_type not in _UNDELIVERED:
        return mails.exists()
    mail = mails.select_related("plan").first()
    if mail is None:
        return False
    at = now()
    mails.filter(pk=mail.pk).came_back(reason, at=at)
    if event_type != EventType.FAILED:
        Contact.objects.filter(pk=mail.plan.contact_id, bounced_at__isnull=True).update(bounced_at=at)
    return True


def _mark_sent(mail: PlanMail, provider_id: str, *, at: datetime) -> None:
    """A notice of a debit counts from now, and not before: both are noted, or neither. One whose amount or day was
    changed while the mail server took it announced nothing: the one that was asked for then does."""
    with transaction.atomic():
        if mail.kind != Kind.NOTICE or mail.period_id is None:
            _settle(mail, State.SENT, at=at, provider_id=provider_id)
            return
        announced = lock(mail.plan_id).total_minor == mail.facts["total_minor"] and _names_the_day(mail)
        _settle(mail, State.SENT, at=at, provider_id=provider_id)
        if announced:
            notices.note_sent(mail.period_id, at=at)


def _why_not(mail: PlanMail, gift: Gift | None) -> str:
    """A code that says why this mail isn't sent; "" when it is."""
    contact = mail.plan.contact
    if contact.erased_at is not None:
        return "erased"
    if not contact.email:
        return "no_address"
    if contact.bounced_at is not None:
        return "bounced_before"
    return "overtaken" if _overtaken(mail, gift) else ""


def _overtaken(mail: PlanMail, gift: Gift | None) -> bool:
    """What it says no longer holds, or asks for what was done meanwhile."""
    plan = mail.plan
    if mail.kind == Kind.NOTICE:
        period = Period.objects.filter(pk=mail.period_id).first() if mail.period_id is not None else None
        stands = period is not None and period.state == PeriodState.DUE and period.notice_sent_at is None
        stands = stands and timing.notice_of(plan.method) is not None
        return not stands or not _names_the_day(mail) or plan.total_minor != mail.facts["total_minor"]
    if mail.kind == Kind.EXPIRING:
        return plan.state not in LIVING_STATES or plan.method_expires != mail.facts["expires"]
    if mail.kind in (Kind.DECLINED, Kind.NEEDS_METHOD, Kind.AUTHENTICATE, Kind.GAVE_UP, Kind.FINISH):
        paid = gift is not None and gift.status in (GiftStatus.SETTLED, GiftStatus.PROCESSING)
        return paid or plan.state in (PlanState.CANCELLED, PlanState.COMPLETED)
    return False


def _names_the_day(mail: PlanMail) -> bool:
    """Of a notice: its debit falls on the day that the mail names."""
    period = Period.objects.filter(pk=mail.period_id).first() if mail.period_id is not None else None
    return period is not None and told_day(period) == mail.facts["period_on"]


def _settle(mail: PlanMail, state: State, *, at: datetime, reason: str = "", provider_id: str = "") -> None:
    waiting = PlanMail.objects.filter(pk=mail.pk, state=State.QUEUED)
    waiting.settle(state, at=at, reason=reason, provider_id=provider_id)


def _contact(request: LinkRequest) -> Contact | None:
    """The address as its owner last typed it. One that bounced is tried all the same: a person asks for this mail."""
    return (
        Contact.objects.filter(supporter=request.supporter_id, erased_at__isnull=True)
        .exclude(email="")
        .order_by("-created_at", "-pk")
        .first()
    )
