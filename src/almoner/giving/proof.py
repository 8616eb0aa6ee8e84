"""What must hold of gifts, for `almoner prove`."""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Count, F, Q, Sum

from almoner.giving.models import Gift, GiftStatus
from almoner.giving.status import derive
from almoner.kernel.proof import Check
from almoner.kernel.references import normalise_reference, valid_reference
from almoner.payments.models import Attempt, Refund
from almoner.payments.transitions import RefundState, State


def checks() -> list[Check]:
    return [
        Check("gift status", "Every gift's status follows from its attempts.", _status),
        Check(
            "gift amounts",
            "A gift's total, settled and refunded amounts are those of its attempts.",
            _amounts,
        ),
        Check("gifts have attempts", "No gift without an attempt, no attempt without a gift.", _orphans),
        Check("one charge", "A gift is paid by at most one attempt, or flagged for a person.", _one_charge),
        Check("references", "Every reference carries its check character.", _references),
    ]


def _status() -> Iterator[str]:
    states: dict[object, list[str]] = defaultdict(list)
    for gift_id, state in (
        Attempt.objects.order_by("gift_id", "ordinal").values_list("gift_id", "state").iterator()
    ):
        states[gift_id].append(state)
    for pk, status in Gift.objects.values_list("pk", "status").iterator():
        if derive(states.get(pk, [])) != status:
            yield f"gift {pk}"


def _amounts() -> Iterator[str]:
    for pk in Gift.objects.exclude(total_minor=F("amount_minor") + F("cover_minor")).values_list(
        "pk", flat=True
    ):
        yield f"gift {pk}: total"
    gifts = {
        pk: (total, currency, settled, refunded, status)
        for pk, total, currency, settled, refunded, status in Gift.objects.values_list(
            "pk", "total_minor", "currency", "settled_minor", "refunded_minor", "status"
        ).iterator()
    }
    settled: dict[object, int] = {}
    for gift_id, asked, currency, settled_minor, state in Attempt.objects.values_list(
        "gift_id", "amount_minor", "currency", "settled_minor", "state"
    ).iterator():
        if gift_id in gifts and (asked, currency) != gifts[gift_id][:2]:
            yield f"gift {gift_id}: asked"
        if state == State.SUCCEEDED:
            settled[gift_id] = settled.get(gift_id, 0) + (settled_minor or 0)
    refunded = dict(
        Refund.objects.filter(state=RefundState.SUCCEEDED)
        .values_list("attempt__gift_id")
        .annotate(total=Sum("amount_minor"))
        .order_by()
    )
    for pk, gift in gifts.items():
        if refunded.get(pk, 0) != gift[3]:
            yield f"gift {pk}: refunded"
        # What was returned keeps what it once was.
        if gift[4] != GiftStatus.RETURNED and settled.get(pk) != gift[2]:
            yield f"gift {pk}: settled"


def _orphans() -> Iterator[str]:
    gifts = set(Gift.objects.values_list("pk", flat=True).iterator())
    tried = set(Attempt.objects.values_list("gift_id", flat=True).iterator())
    for gift_id in gifts - tried:
        yield f"gift {gift_id} has no attempt"
    for gift_id in tried - gifts:
        yield f"attempts of gift {gift_id}, which does not exist"


def _one_charge() -> Iterator[str]:
    paid = Attempt.objects.filter(state=State.SUCCEEDED).values("gift_id").annotate(times=Count("pk"))
    twice = set(paid.filter(times__gt=1).order_by().values_list("gift_id", flat=True))
    for gift_id in twice - set(Gift.objects.filter(flag="paid_twice").values_list("pk", flat=True)):
        yield f"gift {gift_id}"


def _references() -> Iterator[str]:
    for reference in Gift.objects.filter(~Q(reference="")).values_list("reference", flat=True).iterator():
        if not valid_reference(reference) or normalise_reference(reference) != reference:
            yield f"gift {reference}"
