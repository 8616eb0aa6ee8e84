"""What must hold of attempts, refunds and their postings, for `almoner prove`.

The ledger is worked out again from the append-only events and compared with what was posted: whoever changed either
is found. Rows are read as they come; of each gift no more is kept than what is compared.
"""

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain

from django.db.models import Q, Sum

from almoner.kernel.clock import now
from almoner.kernel.money import format_money
from almoner.kernel.proof import Check
from almoner.ledger.books import Entry
from almoner.ledger.models import Posting
from almoner.payments import disputes, payouts
from almoner.payments.credits import credit_entries
from almoner.payments.models import (
    Attempt,
    BankCredit,
    Dispute,
    DisputeEvent,
    Event,
    InboxMessage,
    Payout,
    PayoutEvent,
    Refund,
    RefundEvent,
)
from almoner.payments.progress import entries_of
from almoner.payments.refunds import refund_entry
from almoner.payments.transitions import (
    ATTEMPT_EDGES,
    DISPUTE_EDGES,
    HELD_DISPUTE_STATES,
    OPEN_REFUND_STATES,
    OPEN_STATES,
    PAYOUT_EDGES,
    REFUND_EDGES,
    REFUNDING_EVENTS,
    SETTLING_EVENTS,
    UNBANKED_STATES,
    DisputeState,
    PayoutState,
    RefundState,
    State,
)

_Key = tuple[str, str, str]

# An open attempt whose next look is this much overdue is forgotten by the sweeps.
_OVERDUE = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class _Called:
    """What a posting has to say, and no more of it than that is compared."""

    charity_id: int
    debit: str
    credit: str
    amount_minor: int
    currency: str


def checks() -> list[Check]:
    return [
        Check("events legal", "Every event is an edge of the table, and follows the one before it.", _events),
        Check("states", "Every attempt stands where its last event left it.", _states),
        Check("refund states", "Every refund stands where its last event left it.", _refund_states),
        Check("dispute states", "Every dispute stands where its last event left it.", _dispute_states),
        Check("payout states", "Every payout stands where its last event left it.", _payout_states),
        Check(
            "ledger from events",
            "The postings are exactly those that events and bank credits call for.",
            _ledger,
        ),
        Check("refunds bounded", "Refunds and disputes never exceed what was captured.", _refunds_bounded),
        Check("nothing stuck", "Every open attempt is being asked about.", _stuck),
        Check("inbox drained", "Every webhook was looked into.", _inbox),
        Check(
            "payouts banked",
            "Every payout that arrived has its bank credit, and they agree; what is in transit is the others.",
            _banked,
        ),
        Check(
            "credits matched", "Every transfer that arrived has its bank credit, and they agree.", _credits
        ),
    ]


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


def _dispute_states() -> Iterator[str]:
    rows = DisputeEvent.objects.order_by("id").values_list(
        "id", "dispute_id", "name", "from_state", "to_state"
    )
    stands = dict(Dispute.objects.values_list("pk", "state"))
    yield from _astray("dispute", rows.iterator(), DISPUTE_EDGES, DisputeState.NEW, stands)


def _payout_states() -> Iterator[str]:
    rows = PayoutEvent.objects.order_by("id").values_list("id", "payout_id", "name", "from_state", "to_state")
    stands = dict(Payout.objects.values_list("pk", "state"))
    yield from _astray("payout", rows.iterator(), PAYOUT_EDGES, PayoutState.NEW, stands)


def _astray(
    what: str,
    rows: Iterator[tuple[int, uuid.UUID, str, str, str]],
    edges: Mapping[tuple[str, str], str],
    start: str,
    stands: Mapping[uuid.UUID, str],
) -> Iterator[str]:
    """Events that no edge allows or that don't follow the one before, and rows that stand elsewhere."""
    last: dict[uuid.UUID, str] = {}
    for event_id, owner_id, name, before, after in rows:
        if edges.get((before, name)) != after or before != last.get(owner_id, start):
            yield f"{what} event {event_id}"
        last[owner_id] = after
    for pk, state in stands.items():
        if last.get(pk, start) != state:
            yield f"{what} {pk}"


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
    for key, called in chain(
        _called_for_by_attempts(),
        _called_for_by_refunds(),
        _called_for_by_disputes(),
        _called_for_by_payouts(),
        _called_for_by_credits(),
    ):
        if posted.pop(key, None) != called:
            yield f"{key[0]} {key[1]}: {key[2]}"
    for source, source_id, kind in posted:
        yield f"{source} {source_id}: {kind} has no event"


def _called(entry: Entry, charity_id: int, currency: str) -> _Called:
    return _Called(charity_id, entry.debit, entry.credit, entry.amount_minor, currency)


def _called_for_by_attempts() -> Iterator[tuple[_Key, _Called]]:
    turns: dict[tuple[object, str], int] = {}
    rows = (
        Event.objects.filter(name__in=[*SETTLING_EVENTS, "returned", "unmatched", "fee_changed"])
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
        kind = "settled" if name in SETTLING_EVENTS else name
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


def _called_for_by_disputes() -> Iterator[tuple[_Key, _Called]]:
    for dispute in Dispute.objects.select_related("attempt").prefetch_related("events"):
        events = sorted(dispute.events.all(), key=lambda event: event.pk)
        attempt = dispute.attempt
        for entry in disputes.called_for(
            ((event.name, event.from_state, event.fee_minor) for event in events),
            gateway=attempt.gateway,
            amount_minor=dispute.amount_minor,
        ):
            yield (
                ("dispute", str(dispute.pk), entry.kind),
                _called(entry, attempt.charity_id, dispute.currency),
            )


def _called_for_by_payouts() -> Iterator[tuple[_Key, _Called]]:
    rows = PayoutEvent.objects.values_list(
        "payout_id",
        "name",
        "payout__gateway",
        "payout__amount_minor",
        "payout__charity_id",
        "payout__currency",
    )
    turns: Counter[tuple[uuid.UUID, str]] = Counter()
    for payout_id, name, gateway, amount_minor, charity_id, currency in rows.order_by("id").iterator():
        turns[payout_id, name] += 1
        for entry in payouts.entries_of(
            name, gateway=gateway, amount_minor=amount_minor, turn=turns[payout_id, name]
        ):
            yield ("payout", str(payout_id), entry.kind), _called(entry, charity_id, currency)


def _called_for_by_credits() -> Iterator[tuple[_Key, _Called]]:
    rows = BankCredit.objects.values_list(
        "pk", "amount_minor", "currency", "charity_id", "sent_back_at", "withdrawn_at"
    )
    for pk, amount_minor, currency, charity_id, sent_back_at, withdrawn_at in rows.iterator():
        left = "sent-back" if sent_back_at else "withdrawn" if withdrawn_at else ""
        for entry in credit_entries(amount_minor, left=left):
            yield ("credit", str(pk), entry.kind), _called(entry, charity_id, currency)


def _banked() -> Iterator[str]:
    for payout in Payout.objects.select_related("bank_credit").order_by("created_at").iterator():
        credit = getattr(payout, "bank_credit", None)
        # One below 0 left the bank, and has no credit: its statement's line is looked at where statements are.
        arrived = payout.state == PayoutState.BANKED and payout.amount_minor > 0
        if (credit is not None) != arrived:
            yield f"payout {payout.pk}"
        elif credit is not None and (payout.amount_minor, payout.currency, payout.charity_id) != (
            credit.amount_minor, credit.currency, credit.charity_id,
        ):  # fmt: skip
            yield f"payout {payout.pk} and bank credit {credit.pk}"
    yield from _in_transit()


def _in_transit() -> Iterator[str]:
    """The account of what is in transit holds the payouts that no statement has shown."""
    sent: Counter[tuple[str, str]] = Counter()
    rows = Payout.objects.filter(state__in=UNBANKED_STATES).values_list("gateway", "currency")
    for gateway, currency, total_minor in rows.annotate(Sum("amount_minor")).order_by():
        sent[f"in_transit:{gateway}", currency] += total_minor
    booked: Counter[tuple[str, str]] = Counter()
    for side, sign in (("debit", 1), ("credit", -1)):
        sums = Posting.objects.filter(**{f"{side}__code__startswith": "in_transit:"})
        for code, currency, total_minor in (
            sums.values_list(f"{side}__code", "currency").annotate(Sum("amount_minor")).order_by()
        ):
            booked[code, currency] += sign * total_minor
    for code, currency in sorted(sent.keys() | booked.keys()):
        if sent[code, currency] != booked[code, currency]:
            held, said = (format_money(each[code, currency], currency, home="") for each in (booked, sent))
            yield f"{code}: the books hold {held}, the payouts come to {said}"


def _refunds_bounded() -> Iterator[str]:
    """What was refunded and what is disputed, together."""
    back = (
        Refund.objects.exclude(state=RefundState.FAILED).values_list("attempt").annotate(Sum("amount_minor"))
    )
    held = Dispute.objects.filter(state__in=HELD_DISPUTE_STATES)
    taken: dict[uuid.UUID, int] = dict(back.order_by())
    for attempt_id, amount_minor in held.values_list("attempt", "amount_minor"):
        taken[attempt_id] = taken.get(attempt_id, 0) + amount_minor
    rows = Attempt.objects.filter(Q(refunds__isnull=False) | Q(disputes__isnull=False)).distinct()
    for pk, settled_minor in rows.values_list("pk", "settled_minor").iterator():
        if taken.get(pk, 0) > (settled_minor or 0):
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
    done = (InboxMessage.State.DONE, InboxMessage.State.FOREIGN)
    waiting = InboxMessage.objects.filter(received_at__lt=late).exclude(state__in=done)
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
