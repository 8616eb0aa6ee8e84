"""What the worker does for disputes: sends answers, and writes to staff when one opens and when its day is near."""

import uuid
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from almoner.backoffice import access
from almoner.backoffice.disputes.evidence import evidence_for
from almoner.backoffice.disputes.wording import deadline, reason
from almoner.backoffice.gifts.story import Story
from almoner.backoffice.money import money
from almoner.charities.models import StaffScope
from almoner.giving.actions import send_reply
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.outbox.queue import Retry, enqueue
from almoner.payments.gateways.port import AnswerLost, TryLater
from almoner.payments.models import Dispute, DisputeReply
from almoner.payments.replies import OPEN_STATES

MAIL: Final = "staff.dispute"
# So long before its day staff are written to again.
NEAR: Final = timedelta(days=3)
# Of one that moved in with an old account nobody is told as of a new one.
_NEW: Final = timedelta(days=60)


def deliver(payload: dict[str, Any]) -> None:
    """Handle one job of kind `replies.JOB`. The evidence is gathered now, so that what was erased is not sent."""
    reply = DisputeReply.objects.select_related("dispute__attempt").get(pk=uuid.UUID(payload["reply"]))
    gifts = Gift.objects.select_related("charity", "contact", "fund", "form", "plan")
    story = Story(gifts.get(pk=reply.dispute.attempt.gift_id))
    try:
        send_reply(reply.pk, evidence_for(reply, story))
    except TryLater as later:
        raise Retry(str(later), after_seconds=later.after_seconds) from later
    except AnswerLost as lost:
        raise Retry(str(lost)) from lost


def tell() -> None:
    """Ask for the mails that are due: of each open dispute one, and one more when its day is near."""
    at = now()
    open_ones = Dispute.objects.filter(state__in=OPEN_STATES, created_at__gt=at - _NEW)
    for dispute in open_ones.exclude(replies__state__in=("asked", "sent")):
        enqueue(MAIL, f"dispute {dispute.pk} opened", {"dispute": str(dispute.pk)})
        if dispute.respond_by is not None and dispute.respond_by - at < NEAR:
            enqueue(MAIL, f"dispute {dispute.pk} near", {"dispute": str(dispute.pk)})


def mail(payload: dict[str, Any]) -> None:
    """Handle one job of kind `MAIL`. It holds no donor's name: mail is read on many screens."""
    dispute = Dispute.objects.select_related("attempt__charity").get(pk=uuid.UUID(payload["dispute"]))
    to = _answerers(dispute.attempt.charity_id)
    if dispute.state not in OPEN_STATES or not to:
        return
    amount = money(dispute.amount_minor, dispute.currency)
    context = {
        "amount": amount,
        "charity": dispute.attempt.charity.name,
        "reason": reason(dispute.reason),
        "deadline": deadline(dispute),
        "link": settings.SITE_URL + reverse("backoffice:dispute", args=[dispute.pk]),
    }
    EmailMessage(
        subject=f"A donor’s bank questions {amount}: answer by {deadline(dispute)}",
        body=render_to_string("backoffice/dispute_email.txt", context),
        to=to,
        headers={"Auto-Submitted": "auto-generated"},
    ).send()


def _answerers(charity_id: int) -> list[str]:
    """Whoever may answer disputes of this charity, and has an address."""
    within = set(StaffScope.objects.filter(charity=charity_id).values_list("user_id", flat=True))
    people = User.objects.filter(is_active=True).exclude(email="").order_by("pk")
    return [
        user.email for user in people
        if (user.is_superuser or user.pk in within) and access.may(user, access.ANSWER_DISPUTES)
    ]  # fmt: skip
