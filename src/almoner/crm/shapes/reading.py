"""Gifts as the files need them, read a page at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from typing import Final

from django.db.models import QuerySet

from almoner.crm.models import FundUnit
from almoner.crm.people import person_key
from almoner.giving.models import Gift
from almoner.kernel.money import format_plain
from almoner.payments.models import Attempt
from almoner.plans.schedule import local_date
from almoner.supporters.models import Contact

_AT_ONCE: Final = 1000


class How(Enum):
    """What a way to pay is, told apart as far as other systems do."""

    CARD = auto()
    DEBIT = auto()
    CHEQUE = auto()
    CASH = auto()
    TRANSFER = auto()
    OTHER = auto()


_METHODS: Final = {
    How.CARD: (
        "card", "phone", "sandbox_card", "sandbox_hosted", "stripe_element", "stripe_checkout",
    ),
    How.DEBIT: (
        "sandbox_debit", "stripe_becs", "stripe_bacs", "stripe_sepa", "gocardless_becs", "gocardless_bacs",
        "gocardless_sepa",
    ),
    How.CHEQUE: ("cheque",),
    How.CASH: ("cash",),
    How.TRANSFER: ("bank_transfer", "transfer"),
}  # fmt: skip
_KINDS: Final = {method: how for how, methods in _METHODS.items() for method in methods}


@dataclass(frozen=True, slots=True)
class Paid:
    """A gift that was paid. `amount` is in major units, less what was given back; `on`, where the charity is; `key`,
    its donor's; `unit`, the fund's General Accounting Unit, or ""."""

    gift: Gift
    contact: Contact
    key: str
    on: date
    amount: str
    how: How
    appeal: str
    unit: str


def paid(gifts: QuerySet[Gift]) -> Iterator[Paid]:
    """In the order that they are asked for. Three queries a page."""
    joined = gifts.select_related("charity", "contact__charity", "fund", "source", "plan")
    page: list[Gift] = []
    for gift in joined.iterator(chunk_size=_AT_ONCE):
        page.append(gift)
        if len(page) >= _AT_ONCE:
            yield from _page(page)
            page = []
    yield from _page(page)


def _page(gifts: list[Gift]) -> Iterator[Paid]:
    attempts = Attempt.objects.filter(gift_id__in=[gift.pk for gift in gifts]).order_by("ordinal")
    methods = dict(attempts.values_list("gift_id", "method"))
    funds = {gift.fund_id for gift in gifts}
    units = dict(FundUnit.objects.filter(fund_id__in=funds).values_list("fund_id", "unit_id"))
    for gift in gifts:
        source = getattr(gift, "source", None)
        yield Paid(
            gift=gift,
            contact=gift.contact,
            key=person_key(gift.contact),
            on=local_date(gift.settled_at or gift.given_at, gift.charity.timezone),
            amount=format_plain((gift.settled_minor or 0) - gift.refunded_minor, gift.currency),
            how=kind_of(methods.get(gift.pk, "")),
            appeal=source.appeal if source is not None else "",
            unit=units.get(gift.fund_id, ""),
        )


def kind_of(method: str) -> How:
    return _KINDS.get(method, How.OTHER)


def once_each(gifts: Iterator[Paid]) -> Iterator[Paid]:
    """The newest gift of each donor: what they typed last. Nobody of whom nothing is known."""
    seen: set[str] = set()
    for each in gifts:
        if each.key not in seen and is_known(each.contact):
            seen.add(each.key)
            yield each


def is_known(contact: Contact) -> bool:
    return contact.erased_at is None and bool(contact.name or contact.email)


def phone(text: str) -> str:
    """ "+61 400 000 000" as "(+61) 400 000 000": a cell that begins with a sign is a formula to a spreadsheet, and an
    apostrophe before it would be kept by whoever imports it."""
    if not text.startswith("+"):
        return text
    code, _, rest = text.partition(" ")
    return f"({code}) {rest}".strip()
