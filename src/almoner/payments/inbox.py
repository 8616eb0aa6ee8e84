"""What gateways tell: by webhooks, verified, kept once and answered; and by their own lists of events, which hold what
a lost webhook would have told. What it means is found out later by asking."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from almoner.charities.rows import insert
from almoner.kernel.cards import scrub
from almoner.kernel.crashpoint import crash_point
from almoner.outbox.queue import enqueue
from almoner.payments.gateways.port import Gateway, WebhookEvent
from almoner.payments.models import EventCursor, InboxMessage

KIND = "payments.inbox"
_KEEP_BODY = timedelta(days=90)
# What is asked for at the first time: gateways keep about a month of events.
_FIRST_FETCH: Final = timedelta(days=30)
# Read again each time: a list of events may be filled in late, and what is known is kept once.
_OVERLAP: Final = timedelta(hours=1)
# A webhook that comes within this was not missed.
MISSED_AFTER: Final = timedelta(hours=1)


def receive(gateway: Gateway, *, body: bytes, headers: Mapping[str, str], at: datetime) -> int:
    """Keep all that a webhook tells and put it to work, in one transaction; returns how many events were new.

    Raises `SignatureInvalid`, and then nothing is kept.
    """
    events = gateway.read_webhook(body, headers, at=at)
    crash_point("webhook.before-commit")
    with transaction.atomic():
        new = _keep(gateway, events, body=body, at=at)
    crash_point("webhook.after-commit")
    return new


def fetch(gateway: Gateway, *, at: datetime) -> int:
    """Keep what happened at the gateway and no webhook brought; returns how many events were new.

    Raises `GatewayError`; the next time begins where the last one that went well ended.
    """
    cursor = EventCursor.objects.filter(gateway=gateway.code, account=gateway.account).first()
    since = cursor.at - _OVERLAP if cursor is not None else at - _FIRST_FETCH
    events = list(gateway.events(since))
    if not events:
        return 0
    with transaction.atomic():
        # At the first time there may have been no webhook that could have told.
        missed_before = at - MISSED_AFTER if cursor is not None else None
        new = _keep(gateway, events, body=None, at=at, missed_before=missed_before)
        EventCursor.objects.update_or_create(
            gateway=gateway.code, account=gateway.account, defaults={"at": events[-1].created_at}
        )
    return new


def _keep(
    gateway: Gateway,
    events: Iterable[WebhookEvent],
    *,
    body: bytes | None,
    at: datetime,
    missed_before: datetime | None = None,
) -> int:
    new = 0
    # Byte for byte but for card numbers, which no gateway sends: its signature was looked at before.
    kept = scrub(body.decode("latin-1")).encode("latin-1") if body is not None else None
    for event in events:
        message = InboxMessage(
            gateway=gateway.code,
            account=event.account,
            event_id=event.event_id,
            event_type=event.event_type,
            object_id=event.object_id,
            about=event.about,
            received_at=at,
            body=kept if new == 0 else None,
            missed=missed_before is not None and event.created_at < missed_before,
        )
        insert(message, on_conflict="ON CONFLICT DO NOTHING")
        if message.pk is not None:
            enqueue(KIND, f"inbox:{message.pk}", {"message": message.pk})
            new += 1
    return new


def prune(*, at: datetime) -> int:
    """Empty the bodies of messages older than 90 days; returns how many."""
    return InboxMessage.objects.filter(received_at__lt=at - _KEEP_BODY, body__isnull=False).update(body=None)
