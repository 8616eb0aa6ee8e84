"""The outbox's handler for mails about gifts: makes the document if need be, sends it, and records what became of it.

A mail goes at least once. The row is marked sent after the mail server took the message; a worker that dies between
the two sends it again under the same Message-ID, by which mailboxes know it for the same. A row that is marked is never
sent again.
"""

import uuid
from dataclasses import dataclass
from typing import Any, Final

from almoner.charities.models import Charity
from almoner.giving.models import Gift, GiftStatus
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import crash_point
from almoner.receipts.handing import MailRefused, compose, hand_over, message_id
from almoner.receipts.letters import Letter, instructions_letter, receipt_letter
from almoner.receipts.models import Receipt, ReceiptDelivery
from almoner.receipts.sealing import DocumentErased, document, with_rows
from almoner.supporters.models import Contact

Kind = ReceiptDelivery.Kind
State = ReceiptDelivery.State
_CARRY_A_DOCUMENT: Final = frozenset({Kind.RECEIPT, Kind.RESENT, Kind.REPLACED})


@dataclass(frozen=True, slots=True)
class _Parcel:
    letter: Letter
    pdf: bytes | None = None
    filename: str = ""


def deliver(payload: dict[str, Any]) -> None:
    """Handle one job of kind `issuing.JOB`. Whatever it raises is tried again."""
    receipt = with_rows(payload["receipt"]) if payload["receipt"] is not None else None
    gift = receipt.gift if receipt is not None else _gift(payload["gift"])
    delivery = _row(payload, gift.charity)
    if delivery.state != State.QUEUED:
        return
    # The document is made even where there is nobody to mail it to: staff print it.
    parcel = _pack(Kind(delivery.kind), gift, receipt)
    why_not = _why_not(delivery, gift, receipt, parcel)
    if why_not or parcel is None:
        _settle(delivery, State.SKIPPED, reason=why_not)
        return
    try:
        provider_id = _send(delivery, gift, parcel)
    except MailRefused as refusal:
        _settle(delivery, State.BOUNCED, reason=refusal.reason)
        mark_bounced(delivery)
        return
    crash_point("receipt.after-mail")
    _settle(delivery, State.SENT, provider_id=provider_id)
    crash_point("receipt.after-commit")


def new_delivery(
    key: str,
    kind: Kind,
    *,
    gift_id: str | uuid.UUID,
    receipt_id: int | None,
    charity: Charity,
    by_id: int | None = None,
) -> ReceiptDelivery:
    """Insert the row of one mail; its key names the occasion."""
    return ReceiptDelivery.objects.create(
        key=key,
        kind=kind,
        gift_id=gift_id,
        receipt_id=receipt_id,
        message_id=message_id(key, charity),
        asked_by_id=by_id,
        created_at=now(),
    )


def mark_bounced(delivery: ReceiptDelivery) -> None:
    """Nothing is sent to this address on its own any more, until a person looks."""
    Contact.objects.filter(gift=delivery.gift_id, bounced_at__isnull=True).update(bounced_at=now())


def _row(payload: dict[str, Any], charity: Charity) -> ReceiptDelivery:
    """The row of this job's mail: found again by its key when the job is repeated."""
    known = ReceiptDelivery.objects.filter(key=payload["key"]).first()
    return known or new_delivery(
        payload["key"],
        Kind(payload["kind"]),
        gift_id=payload["gift"],
        receipt_id=payload["receipt"],
        charity=charity,
    )


def _gift(pk: str) -> Gift:
    return Gift.objects.select_related("charity", "contact", "fund", "form").get(pk=pk)


def _pack(kind: Kind, gift: Gift, receipt: Receipt | None) -> _Parcel | None:
    """The letter and what is enclosed; None when there is nothing left to send."""
    if kind == Kind.INSTRUCTIONS:
        return _Parcel(instructions_letter(gift))
    assert receipt is not None
    if kind not in _CARRY_A_DOCUMENT:
        return _Parcel(receipt_letter(receipt, kind, before=None))
    try:
        pdf = document(receipt)
    except DocumentErased:
        return None
    before = _before(receipt) if kind == Kind.REPLACED else None
    letter = receipt_letter(receipt, kind, before=before)
    return _Parcel(letter, pdf, f"receipt-{receipt.shown_number}.pdf")


def _before(receipt: Receipt) -> Receipt:
    return Receipt.objects.select_related("cancellation").get(gift=receipt.gift_id, turn=receipt.turn - 1)


def _why_not(delivery: ReceiptDelivery, gift: Gift, receipt: Receipt | None, parcel: _Parcel | None) -> str:
    """A code that says why this mail isn't sent; "" when it is."""
    contact = gift.contact
    if parcel is None or contact.erased_at is not None:
        return "erased"
    if not contact.email:
        return "no_address"
    if delivery.kind == Kind.RESENT:
        # A person asked for this one.
        return ""
    if contact.bounced_at is not None:
        return "bounced_before"
    if delivery.kind == Kind.INSTRUCTIONS and gift.status != GiftStatus.AWAITING:
        return "overtaken"
    if receipt is not None and delivery.kind != Kind.CANCELLED and hasattr(receipt, "cancellation"):
        # What replaced or cancelled it meanwhile has a mail of its own.
        return "overtaken"
    return ""


def _send(delivery: ReceiptDelivery, gift: Gift, parcel: _Parcel) -> str:
    """Hand the mail over; returns the sending service's own identifier, if it gives one. Raises `MailRefused`."""
    message = compose(
        parcel.letter, charity=gift.charity, to=gift.contact.email, message_id=delivery.message_id
    )
    if parcel.pdf is not None:
        message.attach(parcel.filename, parcel.pdf, "application/pdf")
    return hand_over(message)


def _settle(delivery: ReceiptDelivery, state: State, *, reason: str = "", provider_id: str = "") -> None:
    at = now()
    ReceiptDelivery.objects.filter(pk=delivery.pk, state=State.QUEUED).update(
        state=state,
        reason=reason,
        provider_id=provider_id,
        outcome_at=at,
        **({"sent_at": at} if state == State.SENT else {}),
    )
