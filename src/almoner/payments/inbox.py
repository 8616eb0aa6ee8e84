"""Webhooks as they come in: verified, kept once, answered; what they mean is found out later by asking."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from almoner.kernel.crashpoint import crash_point
from almoner.outbox.queue import enqueue
from almoner.payments.gateways.port import Gateway, WebhookEvent
from almoner.payments.models import InboxMessage

KIND = "payments.inbox"
_KEEP_BODY = timedelta(days=90)


def receive(gateway: Gateway, *, body: bytes, headers: Mapping[str, str], at: datetime) -> bool:
    """Keep a webhook and put it to work, in one transaction; True when it was new.

    Raises `SignatureInvalid`, and then nothing is kept.
    """
    event = gateway.read_webhook(body, headers, at=at)
    crash_point("webhook.before-commit")
    try:
        with transaction.atomic():
            _keep(gateway, event, body=body, at=at)
    except IntegrityError:
        return False
    crash_point("webhook.after-commit")
    return True


def _keep(gateway: Gateway, event: WebhookEvent, *, body: bytes, at: datetime) -> None:
    message = InboxMessage.objects.create(
        gateway=gateway.code,
        account=event.account,
        event_id=event.event_id,
        event_type=event.event_type,
        object_id=event.object_id,
        received_at=at,
        body=body,
    )
    enqueue(KIND, f"inbox:{message.pk}", {"message": message.pk})


def prune(*, at: datetime) -> int:
    """Empty the bodies of messages older than 90 days; returns how many."""
    return InboxMessage.objects.filter(received_at__lt=at - _KEEP_BODY, body__isnull=False).update(body=None)
