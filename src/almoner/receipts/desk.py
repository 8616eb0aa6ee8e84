"""What staff do with receipts: send one again, put one right, and see what became of each."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from almoner.charities import audit
from almoner.charities.models import Charity
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.receipts import issuing
from almoner.receipts.models import (
    Receipt,
    ReceiptCancellation,
    ReceiptDelivery,
    status_of,
)
from almoner.receipts.posting import new_delivery


class NotSendable(ValueError):
    """There is nothing to send or nobody to send it to; the message says which, for staff."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptView:
    """A receipt as staff see it."""

    pk: int
    number: str
    status: Receipt.Status
    reason: str
    amount_minor: int
    currency: str
    issued_at: datetime
    cancelled_at: datetime | None
    token: str
    transliterated: bool
    mails: tuple[ReceiptDelivery, ...]


def receipts_of(gift_id: uuid.UUID) -> list[ReceiptView]:
    """A gift's receipts, oldest first, with the mails that carried them. Two queries."""
    receipts = list(
        Receipt.objects.filter(gift=gift_id)
        .select_related("cancellation", "seal")
        .prefetch_related("mails")
        .order_by("turn")
    )
    newest_turn = receipts[-1].turn if receipts else 0
    return [_view(receipt, newest_turn=newest_turn) for receipt in receipts]


def resend(*, gift_id: uuid.UUID, actor: audit.Actor) -> ReceiptDelivery:
    """Mail the receipt that holds again, even to an address that bounced. Raises `NotSendable`."""
    with transaction.atomic():
        gift = Gift.objects.select_related("charity", "contact").get(pk=gift_id)
        receipt = _standing(gift)
        if not gift.contact.email:
            raise NotSendable("This donor gave no email address. Download the receipt and post it.")
        key = f"resent:{receipt.pk}:{uuid.uuid4().hex}"
        delivery = new_delivery(
            key,
            ReceiptDelivery.Kind.RESENT,
            gift_id=gift.pk,
            receipt_id=receipt.pk,
            charity=gift.charity,
            by_id=actor.pk,
        )
        issuing.enqueue_mail(key, ReceiptDelivery.Kind.RESENT, gift_id=gift.pk, receipt_id=receipt.pk)
        _audit(actor, gift, receipt, "resend receipt")
    return delivery


def reissue(*, gift_id: uuid.UUID, actor: audit.Actor) -> Receipt:
    """Cancel the receipt that holds and issue it anew, because the donor's details were put right meanwhile."""
    with transaction.atomic():
        gift = Gift.objects.select_related("charity", "contact").get(pk=gift_id)
        old = _standing(gift)
        new = issuing.bring_in_line(
            gift, at=now(), reason=ReceiptCancellation.Reason.DETAILS, by_id=actor.pk, anew=True
        )
        assert new is not None
        _audit(actor, gift, old, "replace receipt", by=new.shown_number)
    return new


def troubled_mails(charities: Iterable[Charity]) -> "list[ReceiptDelivery]":
    """Mails that came back or were refused and that nobody has sent again since, newest first."""
    return list(
        ReceiptDelivery.objects.filter(
            gift__charity__in=list(charities),
            state__in=[ReceiptDelivery.State.BOUNCED, ReceiptDelivery.State.FAILED],
            gift__contact__bounced_at__isnull=False,
        )
        .select_related("gift", "receipt")
        .order_by("-created_at")
    )


def _standing(gift: Gift) -> Receipt:
    receipt = Receipt.objects.valid().filter(gift=gift.pk).order_by("-turn").first()
    if receipt is None:
        raise NotSendable("This gift has no receipt that holds.")
    return receipt


def _audit(actor: audit.Actor, gift: Gift, receipt: Receipt, action: str, **detail: str) -> None:
    audit.record(
        actor=actor,
        charity=gift.charity,
        action=action,
        object_type="gift",
        object_id=gift.pk,
        detail={"receipt": receipt.shown_number, **detail},
    )


def _view(receipt: Receipt, *, newest_turn: int) -> ReceiptView:
    cancellation = getattr(receipt, "cancellation", None)
    seal = getattr(receipt, "seal", None)
    return ReceiptView(
        pk=receipt.pk,
        number=receipt.shown_number,
        status=status_of(receipt, newest_turn=newest_turn),
        reason=cancellation.get_reason_display() if cancellation is not None else "",
        amount_minor=receipt.amount_minor,
        currency=receipt.currency,
        issued_at=receipt.issued_at,
        cancelled_at=cancellation.at if cancellation is not None else None,
        token=receipt.token,
        transliterated=seal is not None and seal.transliterated,
        mails=tuple(sorted(receipt.mails.all(), key=lambda mail: mail.created_at)),
    )
