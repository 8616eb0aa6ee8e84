"""What must hold of attempts, refunds and their postings, for `almoner prove`.

The ledger is worked out again from the append-only events and compared with what was posted: whoever changed either
is found. Rows are read as they come; of each gift no more is kept than what is compared.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from almoner.kernel.clock import now
from almoner.kernel.proof import Check
from almoner.ledger.books import Entry
from almoner.ledger.models import Posting
from almoner.payments import gateways
from almoner.payments.clearing import lasting_differences, named
from almoner.payments.credits import credit_entries
from almoner.payments.gateways.port import Answer, Refused, Status
from almoner.payments.models import Attempt, BankCredit, Event, InboxMessage, Refund, RefundEvent
from almoner.payments.progress import entries_of
from almoner.payments.refunds import refund_entry
from almoner.payments.transitions import (
    ATTEMPT_EDGES,
    OPEN_REFUND_STATES,
    OPEN_STATES,
    REFUND_EDGES,
    REFUNDING_EVENTS,
    SETTLING_EVENTS,
    RefundState,
    State,
)

_Key = tuple[str, str, str]

# An open attempt whose next look is this much overdue is forgotten by the sweeps.
_OVERDUE = timedelta(hours=2)
# At a gateway, money has moved or may move.
_WITH_MONEY = (Status.PROCESSING, Status.SUCCEEDED, Status.RETURNED)


@dataclass(frozen=True, slots=True)
class _Called:
    """What a posting has to say, and no more of it than that is compared."""

    charity_id: int
    debit: str
    credit: str
    amount_minor: int
    currency: str


def checks() -> list[Check]:
    found = [
        Check("events legal", "Every event is an edge of the table, and follows the one before it.", _events),
        Check("states", "Every attempt stands where its last event left it.", _states),
        Check("refund states", "Every refund stands where its last event left it.", _refund_states),
        Check(
            "ledger from events",
            "The postings are exactly those that events and bank credits call for.",
            _ledger,
        ),
        Check("refunds bounded", "Refunds never exceed what was captured.", _refunds_bounded),
        Check("nothing stuck", "Every open attempt is being asked about.", _stuck),
        Check("inbox drained", "Every webhook was looked into.", _inbox),
        Check(
            "credits matched", "Every transfer that arrived has its bank credit, and they agree.", _credits
        ),
    ]
    if any(gateway.code == "sandbox" for gateway in gateways.gateways().values()):
        found += [
            Check(
                "gateway agrees",
                "Each charge at the gateway is an attempt of the same amount and state.",
                _gateway,
                live=True,
            ),
            Check("gateway knows", "Each attempt's object exists at the gateway.", _known, live=True),
            Check("clearing", "The clearing account equals the gateway's balance.", _clearing, live=True),
        ]
    return found


def _events() -> Iterator[str]:
    previous: tuple[object, str] = (None, "")
    rows = Event.objects.order_by("attempt_id", "id").values_list(
        "id", "attempt_id", "name", "from_state", "to_state"
    )
    for pk, attempt_id, name, before, after in rows.iterator():
        expected = previous[1] if previous[0] == attempt_id else State.NEW
        legal = ATTEMPT_EDGES.get((before, name))
        if before != expected or legal != after:
            yield f"event {pk} of attempt {attempt_id}"
        previous = (attempt_id, after)


def _states() -> Iterator[str]:
    last: dict[object, str] = {}
    rows = Event.objects.order_by("id").values_list("attempt_id", "to_state")
    for attempt_id, after in rows.iterator():
        last[attempt_id] = after
    for pk, state in Attempt.objects.values_list("pk", "state").iterator():
        if last.pop(pk, State.NEW) != state:
            yield f"attempt {pk}"


def _refund_states() -> Iterator[str]:
    last: dict[object, str] = {}
    rows = RefundEvent.objects.order_by("id").values_list("id", "refund_id", "name", "from_state", "to_state")
    for event_id, refund_id, name, before, after in rows.iterator():
        legal = REFUND_EDGES.get((before, name))
        if legal != after or before != last.get(refund_id, RefundState.REQUESTED):
            yield f"refund event {event_id}"
        last[refund_id] = after
    for pk, state in Refund.objects.values_list("pk", "state").iterator():
        if last.get(pk, RefundState.REQUESTED) != state:
            yield f"refund {pk}"


def _ledger() -> Iterator[str]:
    """Every posting there is, whatever it says that it explains, is called for by something; and the reverse."""
    posted = {
        (source, source_id, kind): _Called(charity_id, debit, credit, amount_minor, currency)
        for source, source_id, kind, charity_id, debit, credit, amount_minor, currency in Posting.objects.values_list(
            "source",
            "source_id",
            "kind",
            "charity_id",
            "debit__code",
            "credit__code",
            "amount_minor",
            "currency",
        ).iterator()
    }
    for key, called in (*_called_for_by_attempts(), *_called_for_by_refunds(), *_called_for_by_credits()):
        if posted.pop(key, None) != called:
            yield f"{key[0]} {key[1]}: {key[2]}"
    for source, source_id, kind in posted:
        yield f"{source} {source_id}: {kind} has no event"


def _called(entry: Entry, charity_id: int, currency: str) -> _Called:
    return _Called(charity_id, entry.debit, entry.credit, entry.amount_minor, currency)


def _called_for_by_attempts() -> Iterator[tuple[_Key, _Called]]:
    turns: dict[tuple[object, str], int] = {}
    rows = (
        Event.objects.filter(name__in=[*SETTLING_EVENTS, "returned"])
        .order_by("attempt_id", "id")
        .values_list(
            "attempt_id", "name", "amount_minor", "fee_minor", "attempt__gateway", "attempt__income_code",
            "attempt__currency", "attempt__charity_id",
        )
    )  # fmt: skip
    for (
        attempt_id,
        name,
        amount_minor,
        fee_minor,
        gateway,
        income_code,
        currency,
        charity_id,
    ) in rows.iterator():
        kind = "returned" if name == "returned" else "settled"
        turns[attempt_id, kind] = turns.get((attempt_id, kind), 0) + 1
        for entry in entries_of(
            name,
            gateway=gateway,
            income_code=income_code,
            settled_minor=amount_minor or 0,
            fee_minor=fee_minor or 0,
            turn=turns[attempt_id, kind],
        ):
            yield ("attempt", str(attempt_id), entry.kind), _called(entry, charity_id, currency)


def _called_for_by_refunds() -> Iterator[tuple[_Key, _Called]]:
    turns: dict[tuple[object, bool], int] = {}
    moved = Q(name__in=REFUNDING_EVENTS) | Q(name="failed", from_state=RefundState.SUCCEEDED)
    rows = RefundEvent.objects.filter(moved).order_by("refund_id", "id").values_list(
        "refund_id", "name", "refund__amount_minor", "refund__currency", "refund__attempt__gateway",
        "refund__attempt__income_code", "refund__attempt__charity_id",
    )  # fmt: skip
    for refund_id, name, amount_minor, currency, gateway, income_code, charity_id in rows.iterator():
        failed = name == "failed"
        turn = turns[refund_id, failed] = turns.get((refund_id, failed), 0) + 1
        entry = refund_entry(
            gateway=gateway, income_code=income_code, amount_minor=amount_minor, failed=failed, turn=turn
        )
        yield ("refund", str(refund_id), entry.kind), _called(entry, charity_id, currency)


def _called_for_by_credits() -> Iterator[tuple[_Key, _Called]]:
    rows = BankCredit.objects.values_list("pk", "amount_minor", "currency", "charity_id", "sent_back_at")
    for pk, amount_minor, currency, charity_id, sent_back_at in rows.iterator():
        for entry in credit_entries(amount_minor, sent_back=sent_back_at is not None):
            yield ("credit", str(pk), entry.kind), _called(entry, charity_id, currency)


def _refunds_bounded() -> Iterator[str]:
    given_back = Attempt.objects.annotate(
        back=Coalesce(Sum("refunds__amount_minor", filter=~Q(refunds__state=RefundState.FAILED)), 0)
    )
    for pk in given_back.filter(
        Q(back__gt=F("settled_minor")) | Q(back__gt=0, settled_minor=None)
    ).values_list("pk", flat=True):
        yield f"attempt {pk}"


def _stuck() -> Iterator[str]:
    late = now() - _OVERDUE
    forgotten = Q(look_at__lt=late) | Q(look_at=None, state__in=OPEN_STATES)
    for pk in Attempt.objects.filter(forgotten).values_list("pk", flat=True).iterator():
        yield f"attempt {pk}"
    forgotten = Q(look_at__lt=late) | Q(look_at=None, state__in=OPEN_REFUND_STATES)
    for pk in Refund.objects.filter(forgotten).values_list("pk", flat=True).iterator():
        yield f"refund {pk}"


def _inbox() -> Iterator[str]:
    late = now() - _OVERDUE
    waiting = InboxMessage.objects.filter(received_at__lt=late).exclude(state=InboxMessage.State.DONE)
    for pk in waiting.values_list("pk", flat=True).iterator():
        yield f"webhook {pk}"


def _credits() -> Iterator[str]:
    for credit in BankCredit.objects.select_related("attempt").iterator():
        attempt = credit.attempt
        if attempt is not None and (attempt.settled_minor, attempt.currency, attempt.charity_id) != (
            credit.amount_minor, credit.currency, credit.charity_id,
        ):  # fmt: skip
            yield f"bank credit {credit.pk}"
    arrived = Attempt.objects.filter(gateway="bank", settled_minor__isnull=False, bank_credit=None)
    for pk in arrived.values_list("pk", flat=True).iterator():
        yield f"attempt {pk}: no bank credit brought it"


def _gateway() -> Iterator[str]:
    for charge in gateways.sandbox().charges():
        # One that disagrees is read again on both sides: it may have moved between our two looks.
        if not _agrees(charge) and not _agrees(gateways.sandbox().retrieve(charge.gateway_id)):
            attempt = Attempt.objects.filter(gateway="sandbox", gateway_id=charge.gateway_id).first()
            named = f"attempt {attempt.pk} and" if attempt is not None else "no attempt has"
            yield f"{named} charge {charge.gateway_id}"


def _agrees(charge: Answer) -> bool:
    attempt = Attempt.objects.filter(gateway="sandbox", gateway_id=charge.gateway_id).first()
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


def _known() -> Iterator[str]:
    known = {charge.gateway_id for charge in gateways.sandbox().charges()}
    attempts = Attempt.objects.filter(gateway="sandbox", gateway_id__isnull=False)
    for pk, gateway_id in attempts.values_list("pk", "gateway_id").iterator():
        # One that isn't among them is asked for by name: it may have been made since.
        if gateway_id not in known and not _exists(gateway_id or ""):
            yield f"attempt {pk}: {gateway_id}"


def _exists(gateway_id: str) -> bool:
    try:
        gateways.sandbox().retrieve(gateway_id)
    except Refused:
        return False
    return True


def _clearing() -> Iterator[str]:
    """Per currency: what the gateway holds of charges, less refunds and fees, is our clearing account."""
    lasting = lasting_differences(gateways.sandbox())
    for currency in sorted({currency for currency, _ in lasting}):
        total_minor, sources = named(lasting, currency)
        yield f"{currency}: the books hold {total_minor} more than the gateway ({sources})"
