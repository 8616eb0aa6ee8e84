"""Taking numbers, issuing receipts, and keeping them in step with what the gift still is.

`issue` stands in the transaction that settles a gift and costs it three statements: one that steps the series, the
receipt, and the job that will make and mail its document. Nothing is rendered or sent there. The series' row stays
locked until that transaction ends: that is the price of numbers without gaps, so it is the last thing that it does.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery, Sum, UUIDField
from django.db.models.functions import Coalesce

from almoner.charities.rows import Given, Select, insert
from almoner.giving.hooks import ReceiptLink
from almoner.giving.models import Gift
from almoner.kernel.references import new_public_key
from almoner.outbox.queue import enqueue
from almoner.payments.models import IMPORTED_METHOD, Attempt, BankCredit, Dispute, Refund
from almoner.payments.transitions import DisputeState, RefundState, State
from almoner.receipts.links import pdf_path
from almoner.receipts.models import Receipt, ReceiptCancellation, ReceiptDelivery, shown_number

JOB: Final = "receipts.deliver"

# One statement on both databases. A gift that has a receipt already takes no number here: see `bring_in_line`.
_FIRST_NUMBER: Final = """
    INSERT INTO receipts_receiptseries (charity_id, last_number)
    SELECT %s, 1 WHERE NOT EXISTS (SELECT 1 FROM receipts_receipt WHERE gift_id = %s)
    ON CONFLICT (charity_id) DO UPDATE SET last_number = receipts_receiptseries.last_number + 1
    RETURNING last_number
"""
_NEXT_NUMBER: Final = """
    UPDATE receipts_receiptseries SET last_number = last_number + 1 WHERE charity_id = %s RETURNING last_number
"""


# Number and token of the receipt that holds.
_standing = Select[tuple[int, str]](
    lambda: (
        Receipt.objects.valid()
        .filter(gift_id=Given("gift_id", UUIDField()))
        .order_by("-turn")
        .values_list("number", "token")[:1]
    )
)


@dataclass(frozen=True, slots=True)
class _Owed:
    """What a gift is still worth, and the success that brought it."""

    attempt: Attempt
    amount_minor: int


def issue(gift: Gift, attempt: Attempt, at: datetime) -> None:
    """Acknowledge a success, inside the transaction that settles it. `giving.hooks.on_settled`."""
    number = _take(_FIRST_NUMBER, gift.charity_id, _db_key(gift))
    if number is None:
        # A debit that was returned and then collected after all: it had a receipt before.
        bring_in_line(gift, at=at, reason=ReceiptCancellation.Reason.CHANGED)
        return
    owed = _Owed(attempt, attempt.settled_minor or 0)
    receipt = _insert(gift, owed, number=number, turn=1, at=at)
    _mail(receipt, ReceiptDelivery.Kind.RECEIPT)


def on_returned(gift: Gift, attempt: Attempt, at: datetime) -> None:
    """The donor's bank took the payment back. `giving.hooks.on_returned`."""
    bring_in_line(gift, at=at, reason=ReceiptCancellation.Reason.RETURNED)


def on_unmatched(gift: Gift, attempt: Attempt, at: datetime) -> None:
    """A transfer that was taken for this gift's was another's. `giving.hooks.on_unmatched`."""
    bring_in_line(gift, at=at, reason=ReceiptCancellation.Reason.UNMATCHED)


def on_refunded(gift: Gift, attempt: Attempt, at: datetime) -> None:
    """Money was given back, or came back from a refund that failed. `giving.hooks.on_refunded`."""
    bring_in_line(gift, at=at, reason=ReceiptCancellation.Reason.REFUNDED)


def on_disputed(gift: Gift, attempt: Attempt, at: datetime) -> None:
    """The donor's bank took the payment back for good, or gave it back after all. `giving.hooks.on_disputed`."""
    bring_in_line(gift, at=at, reason=ReceiptCancellation.Reason.RETURNED)


def on_awaiting(gift: Gift, attempt: Attempt, at: datetime) -> None:
    """A transfer is promised: mail how to send it. `giving.hooks.on_awaiting`; staff's own entries need none."""
    if attempt.gateway == "bank":
        enqueue_mail(f"instructions:{attempt.pk}", ReceiptDelivery.Kind.INSTRUCTIONS, gift_id=gift.pk)


def bring_in_line(
    gift: Gift,
    *,
    at: datetime,
    reason: ReceiptCancellation.Reason,
    by_id: int | None = None,
    anew: bool = False,
) -> Receipt | None:
    """Cancel a receipt that no longer says what the gift is, and issue one that does, if anything is left to receipt.

    Locks the gift, so that two who change it can't both replace the same receipt. Repeating changes nothing, unless
    `anew` asks for a new document of the same gift. Returns the receipt that now holds.
    """
    Gift.objects.select_for_update().filter(pk=gift.pk).values_list("pk").get()
    head = Receipt.objects.filter(gift=gift.pk).select_related("cancellation").order_by("-turn").first()
    owed = _owed(gift)
    standing = head if head is not None and _holds(head) else None
    if standing is not None:
        if owed is not None and _says(standing, owed) and not anew:
            return standing
        ReceiptCancellation.objects.create(receipt=standing, reason=reason, at=at, by_id=by_id)
    if owed is not None:
        receipt = _next(gift, owed, head, at=at)
        _mail(receipt, ReceiptDelivery.Kind.REPLACED if standing else ReceiptDelivery.Kind.RECEIPT)
        return receipt
    if standing is not None:
        _mail(standing, ReceiptDelivery.Kind.CANCELLED)
    return None


def link(gift_id: uuid.UUID) -> ReceiptLink | None:
    """The receipt that holds, for the thank-you page in the active language. `giving.hooks.receipt_link`."""
    standing = _standing.first(gift_id=gift_id)
    return ReceiptLink(shown_number(standing[0]), pdf_path(standing[1])) if standing is not None else None


def _next(gift: Gift, owed: _Owed, head: Receipt | None, *, at: datetime) -> Receipt:
    if head is None:
        number, turn = _take(_FIRST_NUMBER, gift.charity_id, _db_key(gift)), 1
    else:
        number, turn = _take(_NEXT_NUMBER, gift.charity_id), head.turn + 1
    assert number is not None
    return _insert(gift, owed, number=number, turn=turn, at=at)


def _db_key(gift: Gift) -> Any:
    """The gift's key as this database's driver takes it."""
    return Gift._meta.pk.get_db_prep_value(gift.pk, connection)


def _take(statement: str, *parameters: Any) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        row = cursor.fetchone()
    return int(row[0]) if row is not None else None


def _insert(gift: Gift, owed: _Owed, *, number: int, turn: int, at: datetime) -> Receipt:
    receipt = Receipt(
        charity_id=gift.charity_id,
        gift_id=gift.pk,
        number=number,
        turn=turn,
        attempt_id=owed.attempt.pk,
        amount_minor=owed.amount_minor,
        currency=gift.currency,
        language=gift.language,
        given_at=_given_at(gift, owed.attempt, at),
        issued_at=at,
        token=new_public_key(),
    )
    insert(receipt)
    return receipt


def _given_at(gift: Gift, attempt: Attempt, at: datetime) -> datetime:
    """When the gift was made: entered by staff, the day they wrote; by transfer, the day it reached the bank; else when
    it was charged."""
    if gift.channel != Gift.Channel.ONLINE:
        return gift.given_at
    if attempt.gateway == "bank":
        credit = BankCredit.objects.filter(attempt=attempt.pk).first()
        if credit is not None:
            return datetime.combine(credit.received_on, time(12), ZoneInfo(gift.charity.timezone))
    return gift.settled_at or at


def _owed(gift: Gift) -> _Owed | None:
    """The first success of which anything is left, and how much; None when nothing is. What was imported was
    acknowledged where it was paid."""
    paid = Attempt.objects.filter(gift_id=gift.pk, state=State.SUCCEEDED).exclude(method=IMPORTED_METHOD)
    paid = paid.annotate(
        given_back=_sum_of(Refund.objects.filter(state=RefundState.SUCCEEDED)),
        lost=_sum_of(Dispute.objects.filter(state=DisputeState.LOST)),
    )
    for attempt in paid.order_by("ordinal"):
        left_minor = (attempt.settled_minor or 0) - attempt.given_back - attempt.lost
        if left_minor > 0:
            return _Owed(attempt, left_minor)
    return None


def _sum_of(rows: QuerySet[Any]) -> Coalesce:
    """Of an attempt's rows, in minor units. Joined to both kinds, each would count as often as there are others."""
    total = (
        rows.filter(attempt=OuterRef("pk")).order_by().values("attempt").annotate(total=Sum("amount_minor"))
    )
    return Coalesce(Subquery(total.values("total")), 0)


def _holds(receipt: Receipt) -> bool:
    return getattr(receipt, "cancellation", None) is None


def _says(receipt: Receipt, owed: _Owed) -> bool:
    return (receipt.attempt_id, receipt.amount_minor) == (owed.attempt.pk, owed.amount_minor)


def _mail(receipt: Receipt, kind: ReceiptDelivery.Kind) -> None:
    enqueue_mail(f"{kind}:{receipt.pk}", kind, gift_id=receipt.gift_id, receipt_id=receipt.pk)


def enqueue_mail(
    key: str, kind: ReceiptDelivery.Kind, *, gift_id: uuid.UUID, receipt_id: int | None = None
) -> None:
    """Ask for a mail, in the caller's transaction. `key` names the occasion: the same one is mailed once."""
    enqueue(JOB, f"mail {key}", {"key": key, "kind": str(kind), "gift": str(gift_id), "receipt": receipt_id})
