"""The mail to whoever may mend a webhook that it has switched itself off, as the worker sends it: once each."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from almoner.outbox.queue import enqueue
from almoner.webhooks.endpoints import OFF_JOB
from almoner.webhooks.models import Delivery, Endpoint


def deliver(payload: dict[str, Any]) -> None:
    """Handle one job of kind `OFF_JOB`: first a job for each reader, so that who was written to isn't written to again
    when another's mail fails; then a reader's mail. Whatever is on again needs none."""
    off_at = datetime.fromisoformat(payload["off_at"])
    endpoints = Endpoint.objects.select_related("charity")
    endpoint = endpoints.filter(pk=payload["endpoint"], active=False, off_at=off_at).first()
    if endpoint is None:
        return
    # The pages of webhooks are theirs alone.
    readers = User.objects.filter(is_active=True, is_superuser=True).exclude(email="")
    if "user" not in payload:
        for user in readers:
            key = f"{OFF_JOB} {endpoint.pk} {payload['off_at']} {user.pk}"
            enqueue(OFF_JOB, key, {**payload, "user": user.pk})
        return
    for user in readers.filter(pk=payload["user"]):
        _message(endpoint, off_at, user).send()


def _message(endpoint: Endpoint, off_at: datetime, user: User) -> EmailMessage:
    context = {
        "endpoint": endpoint,
        "charity": endpoint.charity.name,
        "off_at": off_at.astimezone(ZoneInfo(endpoint.charity.timezone)),
        "waiting": endpoint.deliveries.filter(state=Delivery.State.WAITING).count(),
        "link": settings.SITE_URL + reverse("backoffice:webhook", args=[endpoint.pk]),
    }
    return EmailMessage(
        subject=f"Switched off: the webhook “{endpoint.description}”",
        body=render_to_string("backoffice/webhook_off_email.txt", context),
        to=[user.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
