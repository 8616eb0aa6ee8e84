"""The house's own tables that only grow, as events: what each of their rows tells, and to whose systems."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Max, QuerySet

from almoner.charities.models import AuditEntry
from almoner.outbox.following import grown
from almoner.outbox.models import Job
from almoner.payments.models import DisputeEvent, Event, RefundEvent
from almoner.payments.transitions import DisputeState, RefundState, State
from almoner.plans.models import PlanEvent
from almoner.receipts import issuing
from almoner.receipts.models import Receipt, ReceiptDelivery
from almoner.supporters.models import Consent, Supporter

# What an endpoint may choose, with what it means, in the order in which staff and the reference show it.
TYPES: Final[dict[str, str]] = {
    "gift.succeeded": "A gift was paid.",
    "gift.failed": "A try to pay a gift was declined, or given up. Another may follow.",
    "gift.processing": "A bank debit is on its way; days may pass.",
    "gift.awaiting": "A bank transfer was promised, or one that was taken for it was another gift’s.",
    "gift.returned": "The donor’s bank took a paid gift back.",
    "gift.refunded": "A gift was given back, in whole or part: see `refund`.",
    "gift.refund_failed": "A refund could not be made: see `refund`.",
    "gift.disputed": "A donor’s bank questions a gift.",
    "gift.dispute_closed": "A dispute was won, lost or prevented.",
    "gift.corrected": "Its donor’s details were put right by staff.",
    "plan.started": "A regular gift began: its first gift is paid.",
    "plan.changed": "Its amount, day, method, end or donor was changed, or a gift skipped.",
    "plan.charge_failed": "A charge was declined; it is tried again.",
    "plan.recovered": "A charge that was declined is paid after all.",
    "plan.paused": "It was paused, by somebody or after the last try.",
    "plan.resumed": "It goes on.",
    "plan.cancelled": "It was stopped for good.",
    "plan.completed": "All that was promised was given.",
    "receipt.issued": "A receipt was issued, or one that replaces another.",
    "receipt.cancelled": "A receipt holds no more: `status` says whether another replaces it, `cancelled_for` why.",
    "supporter.created": "Somebody is known for the first time.",
    "supporter.consented": "Somebody was asked what they agree to, and answered.",
    "supporter.erased": "A person was erased: forget them too. `gift` says whose details are gone.",
}
# Sent by a button alone, whatever was chosen.
TEST: Final = "webhook.test"

GIFT: Final = {
    State.SUCCEEDED: "gift.succeeded",
    State.FAILED: "gift.failed",
    State.CANCELLED: "gift.failed",
    State.PROCESSING: "gift.processing",
    State.AWAITING: "gift.awaiting",
    State.RETURNED: "gift.returned",
}
REFUND: Final = {RefundState.SUCCEEDED: "gift.refunded", RefundState.FAILED: "gift.refund_failed"}
_DISPUTE_OVER: Final = (DisputeState.WON, DisputeState.LOST, DisputeState.PREVENTED)
PLAN: Final = {
    "started": "plan.started",
    "changed": "plan.changed",
    "skipped": "plan.changed",
    "declined": "plan.charge_failed",
    "recovered": "plan.recovered",
    "gave_up": "plan.paused",
    "paused": "plan.paused",
    "resumed": "plan.resumed",
    "cancelled": "plan.cancelled",
    "completed": "plan.completed",
}
STAFF: Final = {"erase donor": "supporter.erased", "correct donor": "gift.corrected"}


@dataclass(frozen=True, slots=True)
class Fact:
    """What a row tells. `detail_id` is the refund's or the dispute's of a gift."""

    type: str
    charity_id: int
    object_id: str
    detail_id: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    id: int
    at: datetime
    fact: Fact | None


@dataclass(frozen=True, slots=True)
class Source:
    """A table: its columns (the key and the time first), and what they tell; None for what nobody is told."""

    name: str
    _rows: Callable[[], "QuerySet[Any, tuple[Any, ...]]"]
    _tells: Callable[..., Fact | None]

    def read(self, *, after: int, limit: int) -> list[Row]:
        """Rows with greater numbers, the smallest first, about `limit`: no lesser number can appear later."""
        return [self._row(columns) for columns in grown(self._rows(), after=after, limit=limit)]

    def seen(self, *, after: int) -> Row | None:
        """The first with a greater number that can be seen."""
        columns = self._rows().filter(pk__gt=after).order_by("pk").first()
        return self._row(columns) if columns is not None else None

    def end(self) -> int:
        """The greatest number that can be seen."""
        found = self._rows().order_by().aggregate(end=Max("pk"))["end"]
        return found or 0

    def _row(self, columns: tuple[Any, ...]) -> Row:
        key, at, *told = columns
        return Row(key, at, self._tells(*told))


def _gift(charity_id: int, before: str, after: str, gift_id: Any) -> Fact | None:
    told = GIFT.get(State(after))
    return Fact(told, charity_id, str(gift_id)) if told and before != after else None


def _refund(charity_id: int, before: str, after: str, gift_id: Any, refund_id: Any) -> Fact | None:
    told = REFUND.get(RefundState(after))
    return Fact(told, charity_id, str(gift_id), str(refund_id)) if told and before != after else None


def _dispute(charity_id: int, before: str, after: str, gift_id: Any, dispute_id: Any) -> Fact | None:
    if before == after:
        return None
    if after in _DISPUTE_OVER:
        return Fact("gift.dispute_closed", charity_id, str(gift_id), str(dispute_id))
    new = before == DisputeState.NEW
    return Fact("gift.disputed", charity_id, str(gift_id), str(dispute_id)) if new else None


def _plan(charity_id: int, name: str, plan_id: Any) -> Fact | None:
    told = PLAN.get(name)
    return Fact(told, charity_id, str(plan_id)) if told else None


def _receipt(charity_id: int, receipt_id: int) -> Fact:
    return Fact("receipt.issued", charity_id, str(receipt_id))


def _letter(job: str, letter: str | None, receipt_id: Any) -> Fact | None:
    """Whoever cancels a receipt asks for the letter that says so, in the same transaction. The rows of cancellations
    themselves have the receipts' numbers, and so no order of their own."""
    if job != issuing.JOB or letter not in (ReceiptDelivery.Kind.CANCELLED, ReceiptDelivery.Kind.REPLACED):
        return None
    receipt = Receipt.objects.get(pk=receipt_id)
    if letter == ReceiptDelivery.Kind.REPLACED:
        receipt = Receipt.objects.get(gift=receipt.gift_id, turn=receipt.turn - 1)
    return Fact("receipt.cancelled", receipt.charity_id, str(receipt.pk))


def _supporter(charity_id: int, supporter_id: int) -> Fact:
    return Fact("supporter.created", charity_id, str(supporter_id))


def _consent(charity_id: int, supporter_id: int | None) -> Fact | None:
    return Fact("supporter.consented", charity_id, str(supporter_id)) if supporter_id else None


def _staff(charity_id: int | None, action: str, gift_id: str) -> Fact | None:
    told = STAFF.get(action)
    return Fact(told, charity_id, gift_id) if told and charity_id is not None else None


SOURCES: Final = (
    Source(
        "payments_event",
        lambda: Event.objects.values_list(
            "pk", "at", "attempt__charity_id", "from_state", "to_state", "attempt__gift_id"
        ),
        _gift,
    ),
    Source(
        "payments_refundevent",
        lambda: RefundEvent.objects.values_list(
            "pk", "at", "refund__attempt__charity_id", "from_state", "to_state", "refund__attempt__gift_id",
            "refund_id",
        ),
        _refund,
    ),
    Source(
        "payments_disputeevent",
        lambda: DisputeEvent.objects.values_list(
            "pk", "at", "dispute__attempt__charity_id", "from_state", "to_state", "dispute__attempt__gift_id",
            "dispute_id",
        ),
        _dispute,
    ),
    Source(
        "plans_planevent",
        lambda: PlanEvent.objects.values_list("pk", "at", "plan__charity_id", "name", "plan_id"),
        _plan,
    ),
    Source(
        "receipts_receipt",
        lambda: Receipt.objects.values_list("pk", "issued_at", "charity_id", "id"),
        _receipt,
    ),
    Source(
        "outbox_job",
        lambda: Job.objects.values_list("pk", "created_at", "kind", "payload__kind", "payload__receipt"),
        _letter,
    ),
    Source(
        "supporters_supporter",
        lambda: Supporter.objects.values_list("pk", "created_at", "charity_id", "id"),
        _supporter,
    ),
    Source(
        "supporters_consent",
        lambda: Consent.objects.values_list("pk", "at", "contact__charity_id", "contact__supporter_id"),
        _consent,
    ),
    Source(
        "charities_auditentry",
        lambda: AuditEntry.objects.values_list("pk", "at", "charity_id", "action", "object_id"),
        _staff,
    ),
)  # fmt: skip
