"""Credits on the bank account: in suspense from the moment staff saw them until they are a gift or went back."""

import uuid
from datetime import datetime

from almoner.ledger.books import Entry, post
from almoner.payments.models import BankCredit


class NotMatchable(ValueError):
    """The credit and the gift or payout can't be matched, or parted; the message says why, for staff."""


def locked(credit_id: uuid.UUID) -> BankCredit:
    return BankCredit.objects.select_for_update(of=("self",)).select_related("charity").get(pk=credit_id)


def locked_in_suspense(credit_id: uuid.UUID) -> BankCredit:
    """The credit, locked; raises `NotMatchable` when it has left suspense."""
    credit = locked(credit_id)
    if credit.attempt_id is not None or credit.payout_id is not None:
        raise NotMatchable("This credit is matched already.")
    if credit.sent_back_at is not None:
        raise NotMatchable("This credit was sent back.")
    if credit.withdrawn_at is not None:
        raise NotMatchable("This credit was taken back with its statement.")
    return credit


def book(credit: BankCredit, *, at: datetime) -> None:
    """Post a credit that was just entered, inside the caller's transaction."""
    _post(credit, credit_entries(credit.amount_minor), at=at)


def send_back(credit: BankCredit, *, at: datetime) -> None:
    """The bank returned it to whoever sent it. Needs the credit's row locked, and in suspense."""
    credit.sent_back_at = at
    credit.save(update_fields=["sent_back_at"])
    _post(credit, credit_entries(credit.amount_minor, left="sent-back")[1:], at=at)


def withdraw(credit: BankCredit, *, at: datetime) -> None:
    """The statement that showed it is taken back. Needs the credit's row locked, and in suspense."""
    credit.withdrawn_at = at
    credit.save(update_fields=["withdrawn_at"])
    _post(credit, credit_entries(credit.amount_minor, left="withdrawn")[1:], at=at)


def credit_entries(amount_minor: int, *, left: str = "") -> list[Entry]:
    """What a credit itself posts, as a pure function for `prove`. What makes it income is posted for its attempt.

    `left` says how it left suspense, if not as a gift: "sent-back" or "withdrawn".
    """
    entries = [Entry("bank", "suspense", amount_minor, "credit")]
    if left:
        entries.append(Entry("suspense", "bank", amount_minor, left))
    return entries


def _post(credit: BankCredit, entries: list[Entry], *, at: datetime) -> None:
    post(
        entries,
        charity_id=credit.charity_id,
        currency=credit.currency,
        source="credit",
        source_id=credit.pk,
        at=at,
    )
