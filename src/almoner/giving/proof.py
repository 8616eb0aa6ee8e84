"""What must hold of gifts, for `almoner prove`."""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Count, F, Q, Sum

from almoner.giving.models import Gift
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
        Check(
            "given back once",
            "What the bank took back was not refunded too, or the gift is flagged for a person.",
            _back_twice,
        ),
        Check("one charity", "A gift, its fund, donor, form and attempts are one charity's.", _one_charity),
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
        pk: (total, currency, settled, refunded)
        for pk, total, currency, settled, refunded in Gift.objects.values_list(
            "pk", "total_minor", "currency", "settled_minor", "refunded_minor"
        ).iterator()
    }
    for gift_id, asked, currency in Attempt.objects.values_list(
        "gift_id", "amount_minor", "currency"
    ).iterator():
        if gift_id in gifts and (asked, currency) != gifts[gift_id][:2]:
            yield f"gift {gift_id}: asked"
    counted = _counted()
    for pk, gift in gifts.items():
        settled_minor, refunded_minor = counted.get(pk, (None, 0))
        if refunded_minor != gift[3]:
            yield f"gift {pk}: refunded"
        if settled_minor != gift[2]:
            yield f"gift {pk}: settled"


def _counted() -> dict[object, tuple[int, int]]:
    """Gift -> (settled, given back) of its paid attempts; if none is paid any more, of the newest that was returned."""
    back = _given_back()
    paid: dict[object, tuple[int, int]] = {}
    returned: dict[object, tuple[int, int]] = {}
    rows = Attempt.objects.filter(state__in=(State.SUCCEEDED, State.RETURNED)).order_by("ordinal")
    for pk, gift_id, state, settled_minor in rows.values_list(
        "pk", "gift_id", "state", "settled_minor"
    ).iterator():
        own = (settled_minor or 0, back.get(pk, 0))
        if state == State.RETURNED:
            returned[gift_id] = own
        else:
            before = paid.get(gift_id, (0, 0))
            paid[gift_id] = (before[0] + own[0], before[1] + own[1])
    return returned | paid


def _given_back() -> dict[object, int]:
    """Attempt -> what its refunds that succeeded come to."""
    done = Refund.objects.filter(state=RefundState.SUCCEEDED).values_list("attempt")
    return dict(done.annotate(total=Sum("amount_minor")).order_by())


def _back_twice() -> Iterator[str]:
    """What the bank took back and we had refunded: the donor has it twice, and the charity less than nothing."""
    back = _given_back()
    flagged = set(Gift.objects.exclude(flag="").values_list("pk", flat=True).iterator())
    returned = Attempt.objects.filter(state=State.RETURNED).values_list("pk", "gift_id")
    for pk, gift_id in returned.iterator():
        if back.get(pk) and gift_id not in flagged:
            yield f"gift {gift_id}: attempt {pk}"


def _one_charity() -> Iterator[str]:
    own_form = Q(form=None) | Q(form__charity=F("charity"))
    theirs = Gift.objects.exclude(own_form, fund__charity=F("charity"), contact__charity=F("charity"))
    for pk in theirs.values_list("pk", flat=True).iterator():
        yield f"gift {pk}: its fund, its donor or its form is another's"
    charities = dict(Gift.objects.values_list("pk", "charity_id").iterator())
    for pk, gift_id, charity_id in Attempt.objects.values_list("pk", "gift_id", "charity_id").iterator():
        if charities.get(gift_id, charity_id) != charity_id:
            yield f"gift {gift_id}: attempt {pk} is another's"


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
