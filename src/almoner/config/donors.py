"""What the worker does for gifts and payments: the handlers and sweeps that `wiring` names."""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings

from almoner.donors import limits as donor_limits
from almoner.donors import links, setting_up, visits
from almoner.giving import actions, attacks, limits
from almoner.giving.catalogue import language_root
from almoner.kernel.clock import now
from almoner.outbox.queue import Retry
from almoner.payments import clearing, gateways, inbox, payouts, replies
from almoner.payments.gateways.port import About, AnswerLost, Gateway, GatewayError, TryLater
from almoner.payments.gateways.sandbox.delivery import deliver_due
from almoner.payments.models import InboxMessage
from almoner.payments.progress import AmountsDiffer
from almoner.plans import changing, methods, restoring

_SWEPT = 100
_SWEEP_SECONDS = 10.0

_log = logging.getLogger(__name__)


def look_into_message(payload: dict[str, Any]) -> None:
    """A webhook is a reason to look: the object is fetched again, and what the gateway says now is what counts.

    One about an object that we don't know may have overtaken our own commit: it is parked and asked about again.
    """
    message = InboxMessage.objects.get(pk=payload["message"])
    try:
        known = _look(message)
    except (AnswerLost, TryLater) as lost:
        raise Retry(str(lost)) from lost
    except AmountsDiffer:
        _log.warning("message %s: the gift is flagged for a person", message.pk)
        known = True
    except actions.NotOurs:
        InboxMessage.objects.filter(pk=message.pk).update(state=InboxMessage.State.FOREIGN)
        return
    state = InboxMessage.State.DONE if known else InboxMessage.State.PARKED
    InboxMessage.objects.filter(pk=message.pk).update(state=state)
    if not known:
        raise Retry("no attempt has this object yet")


def _look(message: InboxMessage) -> bool:
    if message.about == About.METHOD:
        # One that no plan uses is nobody's concern here: gateways tell of every card.
        methods.look_at_method(message.gateway, message.account, message.object_id)
        return True
    if message.about == About.DISPUTE:
        return actions.look_at_dispute(message.gateway, message.account, message.object_id)
    if message.about == About.PAYOUT:
        gateway = gateways.gateway(message.gateway, message.account)
        return message.object_id in payouts.bring_up_to_date(gateway, at=now())
    if message.about == About.SET_UP:
        return setting_up.look_at_told(message.gateway, message.account, message.object_id)
    return _look_at_charge(message)


def _look_at_charge(message: InboxMessage) -> bool:
    """Where a gateway doesn't say what one of its objects is for, a set-up looks like a charge that isn't ours."""
    try:
        return actions.look_by_gateway_id(message.gateway, message.account, message.object_id)
    except actions.NotOurs:
        return setting_up.look_at_told(message.gateway, message.account, message.object_id)


def charge_plans() -> None:
    """What is due of regular gifts, for some seconds: the next turn goes on."""
    actions.charge_due()


def tend_plans() -> None:
    """Pauses that are over, and plans whose first gift nobody paid."""
    changing.resume_due()
    actions.abandon_unpaid()


def look_back() -> None:
    """After a restore: what the gateways hold and our books don't. Until it is known no plan is charged."""
    _of_each_gateway(lambda gateway: restoring.held(gateway.code) and restoring.look_back(gateway))


def plan_clock(gateway: str) -> datetime:
    """The time by which a gateway's plans fall due. The sandbox's may be turned ahead, so that a month passes."""
    return gateways.sandbox().store.now() if gateway == "sandbox" else now()


def sweep() -> None:
    """Ask about what is open and due; for some seconds, if a night's workers have left much."""
    until = time.monotonic() + _SWEEP_SECONDS
    while actions.look_at_due(_SWEPT) >= _SWEPT and time.monotonic() < until:
        pass


def fetch_events() -> None:
    """What happened at the gateways and no webhook brought."""
    _of_each_gateway(lambda gateway: inbox.fetch(gateway, at=now()))


def compare_balances() -> None:
    """Each gateway's balance against our clearing account; staff see what differs. What it paid out comes first."""
    _of_each_gateway(lambda gateway: payouts.bring_up_to_date(gateway, at=now()))
    _of_each_gateway(lambda gateway: clearing.compare(gateway, at=now()))


def _of_each_gateway(act: Callable[[Gateway], object]) -> None:
    """One that is down stands in no other's way. Its fault is raised at last, so that the task comes again soon."""
    fault: GatewayError | None = None
    for gateway in gateways.gateways().values():
        try:
            if not gateway.capabilities().by_hand:
                act(gateway)
        except GatewayError as error:
            fault = error
    if fault is not None:
        raise fault


def tend_attacks() -> None:
    """Attacks that are over end, on forms that nobody opens too."""
    attacks.tend(at=now())


def prune() -> None:
    limits.prune(at=now())
    inbox.prune(at=now())
    replies.prune(at=now())


def prune_page() -> None:
    """What donors' own pages no longer need: links, visits, and counts of who asked."""
    links.prune(at=now())
    visits.prune(at=now())
    donor_limits.prune(at=now())


def page_address(language: str) -> str:
    """Where donors ask for the link to their own page."""
    return f"{language_root(language)}/giving/"


def run_sandbox() -> None:
    """The sandbox's own clockwork: debits whose day has come, and its webhooks."""
    if settings.ALMONER_SANDBOX:
        gateways.sandbox().settle_due()
        deliver_due(gateways.sandbox(), f"{settings.SITE_URL}/webhooks/sandbox/")
