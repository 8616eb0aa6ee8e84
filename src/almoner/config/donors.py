"""What the worker does for gifts and payments: the handlers and sweeps that `wiring` names."""

from typing import Any

from django.conf import settings

from almoner.giving import actions, limits
from almoner.kernel.clock import now
from almoner.outbox.queue import Retry
from almoner.payments import gateways, inbox
from almoner.payments.gateways.port import AnswerLost, TryLater
from almoner.payments.gateways.sandbox.delivery import deliver_due
from almoner.payments.models import InboxMessage

# A message about an object that we don't know may have overtaken our own commit: it is parked and asked about again.
_PARKED_SECONDS = 30


def look_into_message(payload: dict[str, Any]) -> None:
    """A webhook is a reason to look: the object is fetched again, and what the gateway says now is what counts."""
    message = InboxMessage.objects.get(pk=payload["message"])
    try:
        known = actions.look_by_gateway_id(message.gateway, message.object_id)
    except (AnswerLost, TryLater) as lost:
        raise Retry(_PARKED_SECONDS, str(lost)) from lost
    if not known:
        InboxMessage.objects.filter(pk=message.pk).update(state=InboxMessage.State.PARKED)
        raise Retry(_PARKED_SECONDS, "no attempt has this object yet")
    InboxMessage.objects.filter(pk=message.pk).update(state=InboxMessage.State.DONE)


def sweep() -> None:
    """Ask about what is open and due."""
    actions.look_at_due()


def prune() -> None:
    limits.prune(at=now())
    inbox.prune(at=now())


def run_sandbox() -> None:
    """The sandbox's own clockwork: debits whose day has come, and its webhooks."""
    if settings.ALMONER_SANDBOX:
        gateways.sandbox().settle_due()
        deliver_due(gateways.sandbox(), f"{settings.SITE_URL}/webhooks/sandbox/")
