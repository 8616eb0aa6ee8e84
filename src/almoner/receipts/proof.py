"""What must hold of receipts, for `almoner prove`."""

import hashlib
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Exists, F, Max, Min, OuterRef, QuerySet, Sum

from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.kernel.proof import Check
from almoner.outbox.models import Job
from almoner.outbox.models import State as JobState
from almoner.payments.models import IMPORTED_METHOD, Attempt, Dispute, Refund
from almoner.payments.transitions import DisputeState, RefundState, State
from almoner.receipts.checking import intact, known_keys
from almoner.receipts.issuing import JOB
from almoner.receipts.models import (
    Receipt,
    ReceiptDelivery,
    ReceiptFile,
    ReceiptPerson,
    ReceiptSeal,
    ReceiptSeries,
)

Kind = ReceiptDelivery.Kind
_DELIVERED_WITHIN: Final = timedelta(hours=1)
# A dead one is the outbox's own alarm.
_OPEN: Final = (JobState.READY, JobState.LEASED, JobState.DEAD)


def checks() -> list[Check]:
    return [
        Check("receipt numbers", "Each charity's receipts are numbered from 1 without a gap.", _numbers),
        Check(
            "one receipt a gift",
            "A gift has one receipt that holds, for what is left of what was paid; none if nothing is.",
            _amounts,
        ),
        Check(
            "receipt chains", "A receipt is replaced only by the next one, and only once cancelled.", _chains
        ),
        Check("receipt seals", "Every signature holds, and says what the receipt's row says.", _seals),
        Check("receipt files", "Every stored document is the one that was sealed.", _files),
        Check(
            "receipts delivered",
            "After an hour every receipt has its document or was erased, and each mail owed went out or has its job.",
            _delivered,
        ),
    ]


def _numbers() -> Iterator[str]:
    found = {
        row["charity"]: row
        for row in Receipt.objects.values("charity").annotate(
            count=Count("id"), first=Min("number"), last=Max("number")
        )
    }
    series = dict(ReceiptSeries.objects.values_list("charity", "last_number"))
    for charity_id in sorted(found.keys() | series.keys()):
        row = found.get(charity_id)
        if row is None:
            yield f"charity {charity_id}: the series stands at {series[charity_id]}, and there is no receipt"
        elif (row["first"], row["last"], row["count"]) != (1, series.get(charity_id), series.get(charity_id)):
            yield (
                f"charity {charity_id}: {row['count']} receipts from {row['first']} to {row['last']}, the series "
                f"stands at {series.get(charity_id)}"
            )


def _amounts() -> Iterator[str]:
    owed = _owed()
    standing: dict[uuid.UUID, list[tuple[int, str]]] = {}
    for gift_id, amount_minor, currency in (
        Receipt.objects.valid().values_list("gift", "amount_minor", "currency").iterator()
    ):
        standing.setdefault(gift_id, []).append((amount_minor, currency))
    for gift_id in owed.keys() | standing.keys():
        expected = [owed[gift_id]] if gift_id in owed else []
        if standing.get(gift_id, []) != expected:
            yield f"gift {gift_id}: receipts for {standing.get(gift_id, [])}, and it is {expected}"


def _owed() -> dict[uuid.UUID, tuple[int, str]]:
    """Gift -> what is left of its first success of which anything is, in minor units, with its currency."""
    refunded = _by_attempt(Refund.objects.filter(state=RefundState.SUCCEEDED))
    lost = _by_attempt(Dispute.objects.filter(state=DisputeState.LOST))
    owed: dict[uuid.UUID, tuple[int, str]] = {}
    paid = Attempt.objects.filter(state=State.SUCCEEDED).exclude(method=IMPORTED_METHOD).order_by("ordinal")
    for pk, gift_id, settled_minor, currency in paid.values_list(
        "pk", "gift_id", "settled_minor", "currency"
    ).iterator():
        left_minor = (settled_minor or 0) - refunded.get(pk, 0) - lost.get(pk, 0)
        if left_minor > 0:
            owed.setdefault(gift_id, (left_minor, currency))
    return owed


def _by_attempt(rows: QuerySet[Any]) -> dict[uuid.UUID, int]:
    return dict(rows.values_list("attempt").annotate(total=Sum("amount_minor")).order_by())


def _chains() -> Iterator[str]:
    rows = Gift.objects.filter(receipts__isnull=False).annotate(
        count=Count("receipts"), last=Max("receipts__turn")
    )
    for pk, count, last in rows.exclude(count=F("last")).values_list("pk", "count", "last"):
        yield f"gift {pk}: {count} receipts, the newest is of turn {last}"
    newest = dict(Receipt.objects.values_list("gift").annotate(last=Max("turn")).order_by())
    for number, gift_id, turn in Receipt.objects.valid().values_list("number", "gift", "turn").iterator():
        if turn < newest[gift_id]:
            yield f"receipt {number} of gift {gift_id} holds although it was replaced"


def _seals() -> Iterator[str]:
    keys = known_keys()
    for seal in ReceiptSeal.objects.select_related("receipt").iterator(chunk_size=1000):
        if not intact(seal.receipt, seal, keys):
            yield f"receipt {seal.receipt.shown_number} of charity {seal.receipt.charity_id}"


def _files() -> Iterator[str]:
    sealed = dict(ReceiptSeal.objects.values_list("receipt", "pdf_sha256").iterator())
    for receipt_id, pdf in ReceiptFile.objects.values_list("receipt", "pdf").iterator(chunk_size=100):
        if hashlib.sha256(pdf).hexdigest() != sealed.pop(receipt_id, None):
            yield f"the document of receipt row {receipt_id} is not the one that was sealed"
    erased = set(ReceiptPerson.objects.filter(erased_at__isnull=False).values_list("receipt", flat=True))
    for receipt_id in sealed.keys() - erased:
        yield f"the document of receipt row {receipt_id} is missing"


def _delivered() -> Iterator[str]:
    before = now() - _DELIVERED_WITHIN
    receipts = Receipt.objects.filter(issued_at__lt=before)
    made = set(ReceiptSeal.objects.values_list("receipt", flat=True))
    made |= set(ReceiptPerson.objects.filter(erased_at__isnull=False).values_list("receipt", flat=True))
    for pk in receipts.values_list("pk", flat=True).iterator():
        if pk not in made:
            yield f"receipt row {pk} has no document"
    has_job = {job.payload["key"] for job in Job.objects.filter(kind=JOB, state__in=_OPEN)}
    settled = ReceiptDelivery.objects.exclude(state=ReceiptDelivery.State.QUEUED)
    looked_after = has_job | set(settled.values_list("key", flat=True).iterator())
    for owed in _mails_owed(receipts, before):
        if not looked_after & owed:
            yield f"mail {min(owed)} is owed: it was not sent, and no job will send it"
    waiting = ReceiptDelivery.objects.filter(state=ReceiptDelivery.State.QUEUED, created_at__lt=before)
    for key in waiting.exclude(key__in=has_job).values_list("key", flat=True):
        yield f"mail {key} waits, and no job will send it"


def _mails_owed(receipts: QuerySet[Receipt], before: datetime) -> Iterator[set[str]]:
    """The keys under which each mail may stand: one that carries each receipt, one that takes back the last."""
    for pk in receipts.values_list("pk", flat=True).iterator():
        yield {f"{Kind.RECEIPT}:{pk}", f"{Kind.REPLACED}:{pk}"}
    newest = Receipt.objects.filter(gift=OuterRef("gift"), turn__gt=OuterRef("turn"))
    taken_back = receipts.filter(cancellation__at__lt=before).exclude(Exists(newest))
    for pk in taken_back.values_list("pk", flat=True).iterator():
        yield {f"{Kind.CANCELLED}:{pk}"}
