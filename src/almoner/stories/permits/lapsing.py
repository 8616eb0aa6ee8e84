"""The mail before a consent lapses, to whoever looks after it: once for each last day. A lapse itself needs nobody."""

from datetime import UTC, timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from almoner.consents.models import Consent
from almoner.consents.standing import LAPSING, State, state_of, today
from almoner.kernel.clock import now
from almoner.outbox.queue import enqueue
from almoner.stories.permits.uses import uses

JOB: Final = "stories.consent-lapsing"


def tell() -> None:
    """Ask for the mails that are due. Safe to repeat: each record and last day has one key."""
    # A day more at either end, for wherever the charity is.
    utc_day = now().astimezone(UTC).date()
    soon = utc_day + LAPSING + timedelta(days=1)
    found = Consent.objects.filter(expires_on__lte=soon, withdrawal__isnull=True).select_related("charity")
    for consent in found.filter(expires_on__gte=utc_day - timedelta(days=1)):
        if state_of(consent, today(consent.charity)) == State.LAPSING:
            enqueue(JOB, f"consent {consent.pk} lapses {consent.expires_on}", {"consent": consent.pk})


def deliver(payload: dict[str, Any]) -> None:
    """Handle one job of kind `JOB`. Without an owner who can be written to, those who may do everything are told."""
    consent = Consent.objects.select_related("charity", "owner", "withdrawal").get(pk=payload["consent"])
    if state_of(consent, today(consent.charity)) != State.LAPSING:
        return
    owner = consent.owner
    reached = owner is not None and owner.is_active and bool(owner.email)
    every = User.objects.filter(is_active=True, is_superuser=True).exclude(email="")
    to = [owner.email] if owner is not None and reached else sorted(every.values_list("email", flat=True))
    if not to:
        return
    context = {
        "consent": consent,
        "uses": [use for use in uses(consent) if use.live],
        "link": settings.SITE_URL + reverse("stories_consent", args=[consent.pk]),
    }
    EmailMessage(
        subject=f"Consent {consent.pk} lapses after {consent.expires_on:%-d %B %Y}",
        body=render_to_string("stories/consents/lapsing_email.txt", context),
        to=to,
        headers={"Auto-Submitted": "auto-generated"},
    ).send()
