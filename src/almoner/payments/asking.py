"""What must hold between the books and each gateway, for `almoner prove`: each is asked, and what differs is named with
its day and the amounts of both sides.

A gateway's charges are listed once for all its checks: everything, or from some moment on. What can have changed since
then is: what was made there, what moved here, and what an event told of. Of anything older only a gateway that kept its
own event back would know, and there the whole balance tells, which is always asked for: where it differs, everything is
listed.

What moved between our two looks is looked at twice. A gateway that can't be reached raises `GatewayError`: then its
check says nothing. PayPal lists transactions some hours late and has no list of refused orders; GoCardless names its
fees when it pays out.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, Sum

from almoner.charities.models import Charity
from almoner.kernel.clock import now
from almoner.kernel.money import format_money
from almoner.kernel.proof import Check
from almoner.ledger.models import Posting
from almoner.payments import gateways
from almoner.payments.clearing import NOT_OURS, Apart, all_differences, totals_apart
from almoner.payments.gateways.port import Answer, Gateway, PayoutAnswer, Refused, Status, WebhookEvent
from almoner.payments.inbox import MISSED_AFTER
from almoner.payments.models import Attempt, InboxMessage, Payout, Refund
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


@dataclass(slots=True)
class Asked:
    """A gateway, and how far back it is asked about: `since` None, everything."""

    gateway: Gateway
    since: datetime | None = None
    _charges: list[Answer] | None = None

    def charges(self) -> list[Answer]:
        """What it holds; of what is older than `since`, what moved here or was told of since then. One listing."""
        if self._charges is None:
            listed = list(self.gateway.charges(self.since))
            known = {charge.gateway_id for charge in listed}
            self._charges = [*listed, *(each for each in self._older() if each.gateway_id not in known)]
        return self._charges

    def attempts(self) -> QuerySet[Attempt]:
        """Ours that may have changed since then."""
        own = Attempt.objects.filter(gateway=self.gateway.code, gateway_id__isnull=False)
        if self.since is None:
            return own
        told = InboxMessage.objects.filter(gateway=self.gateway.code, received_at__gte=self.since)
        moved = Q(updated_at__gte=self.since) | Q(refunds__updated_at__gte=self.since)
        return own.filter(moved | Q(gateway_id__in=told.values("object_id"))).distinct()

    def _older(self) -> Iterator[Answer]:
        if self.since is None:
            return
        for gateway_id in (
            self.attempts().filter(created_at__lt=self.since).values_list("gateway_id", flat=True)
        ):
            # One that doesn't exist there is another check's to name.
            with suppress(Refused):
                yield self.gateway.retrieve(gateway_id or "")


_Ask = Callable[[Asked], Iterator[str]]


def checks(asked: Asked) -> list[Check]:
    """What a gateway is asked."""
    wanted: list[tuple[str, str, _Ask]] = [
        ("gateway agrees", "Each charge at the gateway is an attempt of the same amount and state.", _agree),
        ("gateway knows", "Each attempt's object exists at the gateway.", _known),
        ("clearing", "The clearing account equals the gateway's balance.", _clearing),
        ("payouts at the gateway", "Each payout is what the gateway says of it: amount and state.", _payouts),
        ("events seen", "A webhook told of all that the gateway lists as having happened.", _events),
    ]
    return [
        Check(name, says, partial(ask, asked), live=True, of=asked.gateway.code) for name, says, ask in wanted
    ]


def machines() -> list[Gateway]:
    """The gateways that can be asked."""
    return [each for each in gateways.gateways().values() if not each.capabilities().by_hand]


def _agree(asked: Asked) -> Iterator[str]:
    gateway, charges = asked.gateway, asked.charges()
    for at in range(0, len(charges), _AT_ONCE):
        page = charges[at : at + _AT_ONCE]
        ours = _ours(gateway, page)
        # One that disagrees is read again on both sides: it may have moved between our two looks.
        for charge in page:
            if not _agrees(ours.get(charge.gateway_id), charge):
                again = gateway.retrieve(charge.gateway_id)
                if not _agrees(_ours(gateway, [again]).get(again.gateway_id), again):
                    yield _disagreement(gateway, again)


@dataclass(frozen=True, slots=True)
class _Ours:
    """An attempt, and the sums of its refunds by their state."""

    attempt: Attempt
    refunds: dict[str, int]


def _ours(gateway: Gateway, charges: Sequence[Answer]) -> dict[str, _Ours]:
    """What stands here of a page of charges, by the gateway's identifiers: two queries, however many."""
    ids = [charge.gateway_id for charge in charges]
    # Columns that are wide and say nothing here stay where they are.
    attempts = list(
        Attempt.objects.filter(gateway=gateway.code, gateway_id__in=ids)
        .defer("order", "next_action")
        .order_by("pk")
    )
    sums: dict[uuid.UUID, dict[str, int]] = {}
    refunds = Refund.objects.filter(attempt__in=[attempt.pk for attempt in attempts]).order_by()
    for pk, state, total in refunds.values_list("attempt_id", "state").annotate(total=Sum("amount_minor")):
        sums.setdefault(pk, {})[state] = total
    # The first of several accounts that name one alike, as it is where one is looked for.
    return {each.gateway_id or "": _Ours(each, sums.get(each.pk, {})) for each in reversed(attempts)}


def _disagreement(gateway: Gateway, charge: Answer) -> str:
    attempt = Attempt.objects.filter(gateway=gateway.code, gateway_id=charge.gateway_id).first()
    theirs = (
        f"{gateway.code} {charge.status} {shown(charge.amount_minor, charge.currency)}, "
        f"refunded {shown(charge.refunded_minor, charge.currency)}, fee {shown(charge.fee_minor, charge.currency)}"
    )
    if attempt is None:
        return f"no attempt has charge {charge.gateway_id}{dated(charge.made_at)}: {theirs}"
    settled = attempt.refunds.filter(state=RefundState.SUCCEEDED)
    refunded_minor = settled.aggregate(total=Sum("amount_minor"))["total"] or 0
    amount_minor = attempt.settled_minor if attempt.settled_minor is not None else attempt.amount_minor
    ours = (
        f"here {attempt.state} {shown(amount_minor, attempt.currency)}, "
        f"refunded {shown(refunded_minor, attempt.currency)}, fee {shown(attempt.fee_minor, attempt.currency)}"
    )
    day = dated(charge.made_at or attempt.created_at)
    return f"attempt {attempt.pk} and charge {charge.gateway_id}{day}: {ours}; {theirs}"


def _agrees(ours: _Ours | None, charge: Answer) -> bool:
    if ours is None:
        return charge.status not in _WITH_MONEY
    attempt, refunds = ours.attempt, ours.refunds
    if (attempt.amount_minor, attempt.currency) != (charge.amount_minor, charge.currency):
        return False
    if attempt.state in OPEN_STATES:
        return True  # still being asked about
    if attempt.state in (State.FAILED, State.CANCELLED):
        return charge.status not in _WITH_MONEY
    paid = (attempt.settled_minor, attempt.fee_minor) == (charge.amount_minor, charge.fee_minor)
    back = refunds.get(RefundState.SUCCEEDED, 0)
    under_way = any(state in OPEN_REFUND_STATES for state in refunds)
    return paid and attempt.state == charge.status and (under_way or back == charge.refunded_minor)


def _known(asked: Asked) -> Iterator[str]:
    gateway, attempts = asked.gateway, asked.attempts()
    known = {charge.gateway_id for charge in asked.charges()}
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


def _clearing(asked: Asked) -> Iterator[str]:
    """Per currency: what the gateway holds of charges, less refunds, fees, disputes and payouts, is our clearing
    account. Gift by gift where the whole balance differs, or everything is asked about: two may differ and come to
    nothing."""
    gateway = asked.gateway
    if asked.since is not None and not totals_apart(gateway):
        return
    found = all_differences(gateway)
    for (currency, source), apart in sorted(found.items()):
        held = f"the books hold {shown(apart.booked_minor, currency)}"
        held += f", {gateway.code} {shown(apart.held_minor, currency)}"
        if source == NOT_OURS:
            yield f"the whole balance: {held}, and {source} explains it"
        else:
            yield f"{source}{dated(_moment(source, apart))}: {held}"


def _moment(source: str, apart: Apart) -> datetime | None:
    """When it was made there; else when the books last moved for it."""
    kind, _, pk = source.partition(" ")
    last = Posting.objects.filter(source=kind, source_id=pk).order_by("-id").values_list("at", flat=True)
    return apart.at or last.first()


def _payouts(asked: Asked) -> Iterator[str]:
    gateway, since = asked.gateway, now() - _PAYOUTS_BACK
    theirs = {answer.gateway_id: answer for answer in gateway.payouts(since)}
    ours = {
        payout.gateway_id: payout
        for payout in Payout.objects.filter(gateway=gateway.code, account=gateway.account)
    }
    for gateway_id, answer in theirs.items():
        day, said = dated(answer.created_at), f"{gateway.code} {answer.status} {_payout_amount(answer)}"
        payout = ours.get(gateway_id)
        if payout is None:
            yield f"payout {gateway_id}{day}: {said}, here none"
        elif not _same(payout, answer):
            here = f"here {payout.state} {shown(payout.amount_minor, payout.currency)}"
            yield f"payout {payout.pk}{day}, there {gateway_id}: {here}; {said}"
    for gateway_id, payout in ours.items():
        # What the gateway says of later is listed by when it changed: only the young must be there.
        if gateway_id not in theirs and payout.created_at > since + timedelta(days=1):
            here = f"here {payout.state} {shown(payout.amount_minor, payout.currency)}"
            yield f"payout {payout.pk}{dated(payout.created_at)}: {here}, {gateway.code} none"


def _same(payout: Payout, answer: PayoutAnswer) -> bool:
    alike = (payout.amount_minor, payout.currency) == (answer.amount_minor, answer.currency)
    return alike and payout.state in _PAYOUT_STATES[answer.status]


def _payout_amount(answer: PayoutAnswer) -> str:
    return shown(answer.amount_minor, answer.currency)


def _events(asked: Asked) -> Iterator[str]:
    """Those that only asking brought, of the last day; and those that nothing has brought yet."""
    gateway = asked.gateway
    messages = InboxMessage.objects.filter(gateway=gateway.code, account=gateway.account)
    missed = messages.filter(missed=True, received_at__gte=now() - _TOLD_FOR).order_by("id")
    for message in missed.iterator():
        about = f"{message.event_type} of {message.object_id}"
        yield f"event {message.event_id}{dated(message.received_at)}: no webhook told of {about}; it was taken in"
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
    return f"event {event.event_id}{dated(event.created_at)}: nothing told of {about}"


def shown(amount_minor: int, currency: str) -> str:
    """In a terminal's plain spaces."""
    return format_money(amount_minor, currency, home="").replace("\u00a0", " ")


def dated(at: datetime | None) -> str:
    """ " of 2026-11-26", in the time of the default charity, whose books hold what gateways hold."""
    if at is None:
        return ""
    zone = Charity.objects.filter(is_default=True).values_list("timezone", flat=True).first()
    return f" of {at.astimezone(ZoneInfo(zone or 'UTC')).date()}"
