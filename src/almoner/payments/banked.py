"""Payouts on the bank's statement: which line is which payout, by rule where it can be no other, else by a person.

A payout below 0, by which a gateway takes back what refunds brought its balance below 0, is a line of money that left.
"""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import transaction

from almoner.charities import audit
from almoner.kernel.clock import now
from almoner.payments import credits, gateways, payouts
from almoner.payments.credits import NotMatchable as NotMatchable
from almoner.payments.models import BankCredit, Payout
from almoner.payments.transitions import UNBANKED_STATES, IllegalMove

# A bank may book it before the day that the gateway named, and after a week of holidays.
_EARLY: Final = timedelta(days=3)
_LATE: Final = timedelta(days=10)
# A shorter reference stands in a text by chance.
_TELLING: Final = 6
_NOT_WAITING: Final = "This payout is on a statement already, or was refused by the bank."


@dataclass(frozen=True, slots=True)
class Seen:
    """A line as the bank shows it. `amount_minor` is below 0 for money that left."""

    charity_id: int
    currency: str
    amount_minor: int
    booked_on: date
    text: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A payout that a line may be, and why we think so. One that is `sure` can be no other."""

    payout: Payout
    why: str
    sure: bool


def seen(credit: BankCredit, whole_text: str = "") -> Seen:
    """A credit as its line was; its own text may have been cut."""
    text = whole_text or credit.text
    return Seen(credit.charity_id, credit.currency, credit.amount_minor, credit.received_on, text)


def names_gateway(text: str) -> bool:
    """Whether a gateway that sends payouts is named in a text."""
    return any(
        code in text.casefold()
        for code, gateway in gateways.gateways().items()
        if not gateway.capabilities().by_hand
    )


def candidates(line: Seen) -> list[Candidate]:
    """Payouts of exactly this amount that are due about then, likeliest first.

    Sure is the one whose reference stands in the text; else the only one of the gateway that the text names.
    """
    due = list(
        Payout.objects.filter(
            charity_id=line.charity_id,
            currency=line.currency,
            amount_minor=line.amount_minor,
            state__in=UNBANKED_STATES,
            arrives_on__range=(line.booked_on - _LATE, line.booked_on + _EARLY),
        ).order_by("arrives_on", "created_at")
    )
    referred = [payout for payout in due if _refers(line.text, payout)]
    named = [payout for payout in due if payout.gateway in line.text.casefold()]
    sure = referred if referred else named
    found = [
        Candidate(payout, _why(payout, referred, named), sure=len(sure) == 1 and payout in sure)
        for payout in due
    ]
    return sorted(found, key=lambda each: (each.payout not in referred, each.payout not in named))


def _why(payout: Payout, referred: Sequence[Payout], named: Sequence[Payout]) -> str:
    if payout in referred:
        return "The amount is the same, and the text has its reference"
    if payout in named:
        return "The amount is the same, and the text names the gateway"
    return "The amount is the same"


def _refers(text: str, payout: Payout) -> bool:
    bare = _bare(text)
    wanted = (_bare(payout.reference), _bare(payout.gateway_id))
    return any(len(each) >= _TELLING and each in bare for each in wanted)


def _bare(text: str) -> str:
    return re.sub(r"[^0-9a-z]", "", text.casefold())


def match(*, credit_id: uuid.UUID, payout_id: uuid.UUID, actor: audit.Actor) -> Payout:
    """The credit is this payout: out of suspense, and no more in transit. Raises `NotMatchable`."""
    with transaction.atomic():
        credit = credits.locked_in_suspense(credit_id)
        payout = Payout.objects.select_for_update().get(pk=payout_id)
        if (credit.charity_id, credit.currency) != (payout.charity_id, payout.currency):
            raise NotMatchable("The credit is of another charity or currency than the payout.")
        if credit.amount_minor != payout.amount_minor:
            raise NotMatchable("The amounts differ: a payout arrives whole.")
        at = now()
        try:
            payouts.move(payout, "banked", at=at)
        except IllegalMove:
            raise NotMatchable(_NOT_WAITING) from None
        credit.payout, credit.matched_at = payout, at
        credit.save(update_fields=["payout", "matched_at"])
        _record(credit, payout, "match payout", actor)
    return payout


def part(credit: BankCredit, *, actor: audit.Actor) -> None:
    """A locked credit was not its payout, or its statement is taken back: inside the caller's transaction."""
    payout = Payout.objects.select_for_update(of=("self",)).get(bank_credit=credit)
    _unbank(payout)
    credit.payout, credit.matched_at = None, None
    credit.save(update_fields=["payout", "matched_at"])
    _record(credit, payout, "unmatch payout", actor)


def match_debt(*, payout_id: uuid.UUID, actor: audit.Actor) -> Payout:
    """Money that left the bank is this payout below 0, inside the caller's transaction, which keeps whose line it is.

    Raises `NotMatchable`.
    """
    payout = Payout.objects.select_for_update(of=("self",)).select_related("charity").get(pk=payout_id)
    if payout.amount_minor >= 0:
        raise NotMatchable("This payout brings money: a credit shows it.")
    try:
        payouts.move(payout, "banked", at=now())
    except IllegalMove:
        raise NotMatchable(_NOT_WAITING) from None
    _record_debt(payout, "match payout", actor)
    return payout


def part_debt(*, payout_id: uuid.UUID, actor: audit.Actor) -> None:
    """The statement that showed a payout below 0 is taken back: inside the caller's transaction."""
    payout = Payout.objects.select_for_update(of=("self",)).select_related("charity").get(pk=payout_id)
    _unbank(payout)
    _record_debt(payout, "unmatch payout", actor)


def _unbank(payout: Payout) -> None:
    at = now()
    payouts.move(payout, "unbanked", at=at)
    if payout.events.filter(name="paid").exists():
        # So the gateway had said before.
        payouts.move(payout, "paid", at=at)


def _record_debt(payout: Payout, action: str, actor: audit.Actor) -> None:
    audit.record(
        actor=actor,
        charity=payout.charity,
        action=action,
        object_type="payout",
        object_id=payout.pk,
        detail={"amount_minor": payout.amount_minor, "currency": payout.currency},
    )


def _record(credit: BankCredit, payout: Payout, action: str, actor: audit.Actor) -> None:
    audit.record(
        actor=actor,
        charity=credit.charity,
        action=action,
        object_type="payout",
        object_id=payout.pk,
        detail={
            "credit": str(credit.pk),
            "amount_minor": credit.amount_minor,
            "currency": credit.currency,
        },
    )
