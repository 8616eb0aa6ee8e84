"""What a sending service tells about mails: bounces, refusals, deliveries. Through anymail, without its signals.

Anymail's own views end in a Django signal. We ask the view of the service that is configured to check the request and
to read its events, and record them here: one call that can be followed.
"""

from collections.abc import Iterable
from typing import Any, Final

from anymail import urls as anymail_urls
from anymail.exceptions import AnymailImproperlyInstalled, AnymailWebhookValidationFailure
from anymail.signals import EventType
from anymail.webhooks.base import AnymailCoreWebhookView
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest

from almoner.kernel.clock import now
from almoner.receipts.models import ReceiptDelivery
from almoner.receipts.posting import mark_bounced

State = ReceiptDelivery.State
_BACKENDS: Final = "anymail.backends."
_STATES: Final = {
    EventType.DELIVERED: State.DELIVERED,
    EventType.BOUNCED: State.BOUNCED,
    EventType.REJECTED: State.BOUNCED,
    EventType.FAILED: State.FAILED,
}


class NotConfigured(LookupError):
    """The service isn't the one that sends our mail, or its messages couldn't be told from forged ones."""


class Forged(ValueError):
    """The request doesn't carry the service's proof."""


def receive(request: HttpRequest, service: str) -> int:
    """Record the events in a service's webhook; returns how many were about mails of ours.

    Raises `NotConfigured` or `Forged`. Nothing is changed then.
    """
    view = _view(service)
    try:
        view.run_validators(request)
        events = view.parse_events(request)
    except AnymailWebhookValidationFailure as forged:
        raise Forged(str(forged)) from forged
    return sum(record(event.message_id, event.event_type, event.reject_reason or "") for event in events)


def record(message_id: str | None, event_type: str, reason: str) -> bool:
    """One event. A bounce is final: a report of delivery that overtook it changes nothing."""
    state = _STATES.get(event_type)
    if state is None or not message_id:
        return False
    bare = message_id.strip("<>")
    known = ReceiptDelivery.objects.filter(
        Q(provider_id__in=[bare, f"<{bare}>"]) | Q(message_id=f"<{bare}>"),
        state__in=_open_to(state),
        sent_at__isnull=False,
    )
    delivery = known.first()
    if delivery is None:
        return False
    known.filter(pk=delivery.pk).update(state=state, reason=reason[:40], outcome_at=now())
    if state == State.BOUNCED:
        mark_bounced(delivery)
    return True


def _open_to(state: State) -> Iterable[State]:
    return (State.SENT,) if state == State.DELIVERED else (State.SENT, State.DELIVERED)


def _view(service: str) -> Any:
    """The configured service's own view, which knows how to check and read its messages."""
    if f"{_BACKENDS}{service}.EmailBackend" != settings.EMAIL_BACKEND:
        raise NotConfigured(service)
    names = (f"{service}_tracking_webhook", f"{service}_webhook")
    found = next((pattern for pattern in anymail_urls.urlpatterns if pattern.name in names), None)
    if found is None:
        raise NotConfigured(service)
    try:
        view: AnymailCoreWebhookView = found.callback.view_class()
    except AnymailImproperlyInstalled as missing:
        raise NotConfigured(str(missing)) from missing
    if getattr(view, "warn_if_no_basic_auth", False) and not getattr(view, "basic_auth", None):
        raise NotConfigured("ALMONER_ANYMAIL_WEBHOOK_SECRET is not set")
    return view
