"""What must hold between the books and each gateway, for `almoner prove`: each is asked, and what differs is named with
its day and the amounts of both sides.

What moved between our two looks is looked at twice. A gateway that can't be reached raises `GatewayError`: then its
check says nothing. PayPal lists transactions some hours late and has no list of refused orders; GoCardless names its
fees when it pays out.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Sum

from almoner.charities.models import Charity
from almoner.kernel.clock import now
from almoner.kernel.money import format_money
from almoner.kernel.proof import Check
from almoner.ledger.models import Posting
from almoner.payments import gateways
from almoner.payments.clearing import NOT_OURS, Apart, lasting_differences, unexplained
from almoner.payments.gateways.port import Answer, Gateway, PayoutAnswer, Refused, Status, WebhookEvent
from almoner.payments.inbox import MISSED_AFTER
from almoner.payments.models import Attempt, InboxMessage, Payout
from almoner.payments.transitions import (
    OPEN_REFUND_STATES,
    OPEN_STATES,
    PayoutState,
    RefundState,
    State,
)

# At a gateway, money has moved or may move.
_WITH_MONEY: Final = (Status.PROCESSING, Status.SUCCEEDED, Status.RETURNED)
# For so long a missed one is named, and so far back the gateway's list is read.
_TOLD_FOR: Final = timedelta(hours=25)
_EVENTS_BACK: Final = timedelta(days=3)
_PAYOUTS_BACK: Final = timedelta(days=90)
_AT_ONCE: Final = 500
_PAYOUT_STATES: Final = {
    Status.PROCESSING: (PayoutState.IN_TRANSIT, PayoutState.BANKED),
    Status.SUCCEEDED: (PayoutState.PAID, PayoutState.BANKED),
    Status.FAILED: (PayoutState.FAILED,),
    Status.CANCELLED: (PayoutState.CANCELLED,),
}

_Ask = Callable[[Gateway], Iterator[str]]


def checks() -> list[Check]:
    """Five for each gateway that can be asked."""
    asked: list[tuple[str, str, _Ask]] = [
        ("gateway agrees", "Each charge at the gateway is an attempt of the same amount and state.", _agree),
        ("gateway knows", "Each attempt's object exists at the gateway.", _known),
        ("clearing", "The clearing account equals the gateway's balance.", _clearing),
        ("payouts at the gateway", "Each payout is what the gateway says of it: amount and state.", _payouts),
        ("events seen", "A webhook told of all that the gateway lists as having happened.", _events),
    ]
    return [
        Check(name, says, partial(ask, gateway), live=True, of=gateway.code)
        for gateway in machines()
        for name, says, ask in asked
    ]


def machines() -> list[Gateway]:
    """The gateways that can be asked."""
    return [each for each in gateways.gateways().values() if not each.capabilities().by_hand]


def _agree(gateway: Gateway) -> Iterator[str]:
    for charge in gateway.charges():
        # One that disagrees is read again on both sides: it may have moved between our two looks.
        if not _agrees(gateway, charge):
            again = gateway.retrieve(charge.gateway_id)
            if not _agrees(gateway, again):
                yield _disagreement(gateway, again)


def _disagreement(gateway: Gateway, charge: Answer) -> str:
    attempt = Attempt.objects.filter(gateway=gateway.code, gateway_id=charge.gateway_id).first()
    theirs = (
        f"{gateway.code} {charge.status} {_money(charge.amount_minor, charge.currency)}, "
        f"refunded {_money(charge.refunded_minor, charge.currency)}, fee {_money(charge.fee_minor, charge.currency)}"
    )
    if attempt is None:
        return f"no attempt has charge {charge.gateway_id}{_of(charge.made_at)}: {theirs}"
    settled = attempt.refunds.filter(state=RefundState.SUCCEEDED)
    refunded_minor = settled.aggregate(total=Sum("amount_minor"))["total"] or 0
    amount_minor = attempt.settled_minor if attempt.settled_minor is not None else attempt.amount_minor
    ours = (
        f"here {attempt.state} {_money(amount_minor, attempt.currency)}, "
        f"refunded {_money(refunded_minor, attempt.currency)}, fee {_money(attempt.fee_minor, attempt.currency)}"
    )
    day = _of(charge.made_at or attempt.created_at)
    return f"attempt {attempt.pk} and charge {charge.gateway_id}{day}: {ours}; {theirs}"


def _agrees(gateway: Gateway, charge: Answer) -> bool:
    attempt = Attempt.objects.filter(gateway=gateway.code, gateway_id=charge.gateway_id).first()
    if attempt is None:
        return charge.status not in _WITH_MONEY
    if (attempt.amount_minor, attempt.currency) != (charge.amount_minor, charge.currency):
        return False
    if attempt.state in OPEN_STATES:
        return True  # still being asked about
    if attempt.state in (State.FAILED, State.CANCELLED):
        return charge.status not in _WITH_MONEY
    paid = (attempt.settled_minor, attempt.fee_minor) == (charge.amount_minor, charge.fee_minor)
    refunds = dict(attempt.refunds.values_list("state").annotate(total=Sum("amount_minor")).order_by())
    back = refunds.pop(RefundState.SUCCEEDED, 0)
    under_way = any(state in OPEN_REFUND_STATES for state in refunds)
    return paid and attempt.state == charge.status and (under_way or back == charge.refunded_minor)


def _known(gateway: Gateway) -> Iterator[str]:
    known = {charge.gateway_id for charge in gateway.charges()}
    attempts = Attempt.objects.filter(gateway=gateway.code, gateway_id__isnull=False)
    if not gateway.capabilities().sandbox:
        # Pages that nobody paid on are forgotten there.
        attempts = attempts.filter(settled_minor__isnull=False)
    for pk, gateway_id in attempts.values_list("pk", "gateway_id").iterator():
        # One that isn't among them is asked for by name: it may have been made since.
        if gateway_id not in known and not _exists(gateway, gateway_id or ""):
            yield f"attempt {pk}: {gateway_id}"


def _exists(gateway: Gateway, gateway_id: str) -> bool:
    try:
        gateway.retrieve(gateway_id)
    except Refused:
        return False
    return True


def _clearing(gateway: Gateway) -> Iterator[str]:
    """Per currency: what the gateway holds of charges, less refunds, fees, disputes and payouts, is our clearing
    account."""
    found = {**lasting_differences(gateway), **unexplained(gateway)}
    for (currency, source), apart in sorted(found.items()):
        held = f"the books hold {_money(apart.booked_minor, currency)}"
        held += f", {gateway.code} {_money(apart.held_minor, currency)}"
        if source == NOT_OURS:
            yield f"the whole balance: {held}, and {source} explains it"
        else:
            yield f"{source}{_of(_moment(source, apart))}: {held}"


def _moment(source: str, apart: Apart) -> datetime | None:
    """When it was made there; else when the books last moved for it."""
    kind, _, pk = source.partition(" ")
    last = Posting.objects.filter(source=kind, source_id=pk).order_by("-id").values_list("at", flat=True)
    return apart.at or last.first()


def _payouts(gateway: Gateway) -> Iterator[str]:
    since = now() - _PAYOUTS_BACK
    theirs = {answer.gateway_id: answer for answer in gateway.payouts(since)}
    ours = {
        payout.gateway_id: payout
        for payout in Payout.objects.filter(gateway=gateway.code, account=gateway.account)
    }
    for gateway_id, answer in theirs.items():
        day, said = _of(answer.created_at), f"{gateway.code} {answer.status} {_payout_amount(answer)}"
        payout = ours.get(gateway_id)
        if payout is None:
            yield f"payout {gateway_id}{day}: {said}, here none"
        elif not _same(payout, answer):
            here = f"here {payout.state} {_money(payout.amount_minor, payout.currency)}"
            yield f"payout {payout.pk}{day}, there {gateway_id}: {here}; {said}"
    for gateway_id, payout in ours.items():
        # What the gateway says of later is listed by when it changed: only the young must be there.
        if gateway_id not in theirs and payout.created_at > since + timedelta(days=1):
            here = f"here {payout.state} {_money(payout.amount_minor, payout.currency)}"
            yield f"payout {payout.pk}{_of(payout.created_at)}: {here}, {gateway.code} none"


def _same(payout: Payout, answer: PayoutAnswer) -> bool:
    alike = (payout.amount_minor, payout.currency) == (answer.amount_minor, answer.currency)
    return alike and payout.state in _PAYOUT_STATES[answer.status]


def _payout_amount(answer: PayoutAnswer) -> str:
    return _money(answer.amount_minor, answer.currency)


def _events(gateway: Gateway) -> Iterator[str]:
    """Those that only asking brought, of the last day; and those that nothing has brought yet."""
    messages = InboxMessage.objects.filter(gateway=gateway.code, account=gateway.account)
    missed = messages.filter(missed=True, received_at__gte=now() - _TOLD_FOR).order_by("id")
    for message in missed.iterator():
        about = f"{message.event_type} of {message.object_id}"
        yield f"event {message.event_id}{_of(message.received_at)}: no webhook told of {about}; it was taken in"
    due = [
        event
        for event in gateway.events(now() - _EVENTS_BACK)
        if event.created_at < now() - MISSED_AFTER and event.account == gateway.account
    ]
    for at in range(0, len(due), _AT_ONCE):
        some = due[at : at + _AT_ONCE]
        known = messages.filter(event_id__in=[event.event_id for event in some])
        seen = set(known.values_list("event_id", flat=True))
        yield from (_unseen(event) for event in some if event.event_id not in seen)


def _unseen(event: WebhookEvent) -> str:
    about = f"{event.event_type} of {event.object_id}"
    return f"event {event.event_id}{_of(event.created_at)}: nothing told of {about}"


def _money(amount_minor: int, currency: str) -> str:
    """In a terminal's plain spaces."""
    return format_money(amount_minor, currency, home="").replace("\u00a0", " ")


def _of(at: datetime | None) -> str:
    """ " of 2026-11-26", in the time of the default charity, whose books hold what gateways hold."""
    if at is None:
        return ""
    zone = Charity.objects.filter(is_default=True).values_list("timezone", flat=True).first()
    return f" of {at.astimezone(ZoneInfo(zone or 'UTC')).date()}"
