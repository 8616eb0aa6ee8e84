"""What a sending service tells about mails: bounces, refusals, deliveries. Through anymail, without its signals.

Anymail's own views end in a Django signal. We ask the view of the service that is configured to check the request and
to read its events, and record them here: one call that can be followed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from anymail import urls as anymail_urls
from anymail.exceptions import AnymailImproperlyInstalled, AnymailWebhookValidationFailure
from anymail.signals import EventType
from anymail.webhooks.base import AnymailCoreWebhookView
from django.conf import settings
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce
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


class TooEarly(LookupError):
    """An event that overtook our own note of the mail it is about: the service should tell it again."""


def _nobodys(message_id: str | None, event_type: str, reason: str) -> bool:
    """The default: no room above sends mail."""
    return False


@dataclass(slots=True)
class Hooks:
    """`record_other` is told of mails that aren't about receipts: was it one of its own? `config` sets it, at start."""

    record_other: Callable[[str | None, str, str], bool] = _nobodys


hooks = Hooks()


def receive(request: HttpRequest, service: str) -> int:
    """Record the events in a service's webhook; returns how many were about mails of ours.

    Raises `NotConfigured` or `Forged`: nothing is changed then. Raises `TooEarly` once all else is recorded.
    """
    view = _view(service)
    try:
        view.run_validators(request)
        events = view.parse_events(request)
    except AnymailWebhookValidationFailure as forged:
        raise Forged(str(forged)) from forged
    ours, early = 0, False
    for event in events:
        told = (event.message_id, event.event_type, event.reject_reason or "")
        recorded = record(*told) or hooks.record_other(*told)
        ours += recorded
        early |= not recorded and _may_be_ours(event)
    if early:
        raise TooEarly
    return ours


def record(message_id: str | None, event_type: str, reason: str) -> bool:
    """One event. A bounce is final: a report of delivery that overtook it changes nothing.

    A mail that is still queued has been handed over, or nobody could tell of its Message-ID: what is recorded here then
    stands, and the worker's own note of the sending changes nothing any more.
    """
    state = _STATES.get(event_type)
    if state is None or not message_id:
        return False
    mails = _named(message_id)
    delivery = mails.filter(state__in=_open_to(state)).first()
    if delivery is None:
        # Told twice, or overtaken by a bounce: nothing is left to do.
        return mails.exists()
    at = now()
    moved = mails.filter(pk=delivery.pk, state__in=_open_to(state)).update(
        state=state, reason=reason[:40], outcome_at=at, sent_at=Coalesce("sent_at", Value(at))
    )
    if moved and state == State.BOUNCED:
        mark_bounced(delivery)
    return True


def _named(message_id: str) -> QuerySet[ReceiptDelivery]:
    bare = message_id.strip("<>")
    return ReceiptDelivery.objects.filter(Q(provider_id__in=[bare, f"<{bare}>"]) | Q(message_id=f"<{bare}>"))


def _may_be_ours(event: Any) -> bool:
    """Of a mail whose service's name we haven't noted yet, all that can be told is whom it went to."""
    return (
        event.event_type in _STATES
        and ReceiptDelivery.objects.filter(
            state=State.QUEUED, gift__contact__email__iexact=event.recipient or ""
        ).exists()
    )


def _open_to(state: State) -> Iterable[State]:
    before = (State.QUEUED, State.SENT)
    return before if state == State.DELIVERED else (*before, State.DELIVERED)


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
