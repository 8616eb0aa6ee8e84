"""What staff do with receipts: send one again, and put one right."""

import uuid

from django.db import transaction

from almoner.charities import audit
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.receipts import issuing
from almoner.receipts.models import (
    Receipt,
    ReceiptCancellation,
    ReceiptDelivery,
)
from almoner.receipts.posting import new_delivery


class NotSendable(ValueError):
    """There is nothing to send or nobody to send it to; the message says which, for staff."""


def resend(*, gift_id: uuid.UUID, asked: uuid.UUID, actor: audit.Actor) -> ReceiptDelivery:
    """Mail the receipt that holds again, even to an address that bounced. Raises `NotSendable`.

    `asked` is minted with staff's page: the same one again sends nothing more, and returns the first mail.
    """
    with transaction.atomic():
        # Locked, so that who presses twice at once is asked for in turn.
        gifts = Gift.objects.select_for_update(of=("self",)).select_related("charity", "contact")
        gift = gifts.get(pk=gift_id)
        key = f"resent:{gift.pk}:{asked.hex}"
        sent = ReceiptDelivery.objects.filter(key=key).first()
        if sent is not None:
            return sent
        receipt = _standing(gift)
        if not gift.contact.email:
            raise NotSendable("This donor gave no email address. Download the receipt and post it.")
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


def reissue(*, gift_id: uuid.UUID, replacing: int, actor: audit.Actor) -> Receipt:
    """Cancel the receipt whose key is `replacing` and issue it anew, because the donor's details were put right.

    If another one holds meanwhile, that one is returned and nothing is changed: whoever presses twice replaces once.
    Raises `NotSendable` when none holds any more.
    """
    with transaction.atomic():
        # Locked before anything is read: a refund under way ends first.
        gift = Gift.objects.select_for_update(of=("self",)).select_related("charity").get(pk=gift_id)
        old = _standing(gift)
        if old.pk != replacing:
            return old
        new = issuing.bring_in_line(
            gift, at=now(), reason=ReceiptCancellation.Reason.DETAILS, by_id=actor.pk, anew=True
        )
        if new is None:
            raise NotSendable("Nothing is left of this gift, so its receipt was not issued anew.")
        _audit(actor, gift, old, "replace receipt", by=new.shown_number)
    return new


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
