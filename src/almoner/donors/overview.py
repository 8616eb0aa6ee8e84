"""What a donor's first page shows: their gifts with receipts, and their regular gifts. Of one charity and one person.

Every row is asked for by the visit's charity and person; nothing is taken from an address.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import F, Min, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from almoner.donors import wishes
from almoner.donors.models import YearlyMessage
from almoner.donors.visiting import Donor
from almoner.giving.catalogue import phrases_of
from almoner.giving.models import Gift, GiftStatus
from almoner.giving.reaching import in_words
from almoner.giving.views_model import ReachedFigure
from almoner.impact import reached
from almoner.kernel.references import shown_reference
from almoner.receipts.links import pdf_path
from almoner.receipts.models import Receipt
from almoner.receipts.wording import day, money, unbroken
from almoner.supporters.models import Contact

_ON_A_PAGE: Final = 25
# What a donor need not see again: a try that failed, and one that was never finished.
_SHOWN: Final = (
    GiftStatus.SETTLED,
    GiftStatus.AWAITING,
    GiftStatus.PROCESSING,
    GiftStatus.UNKNOWN,
    GiftStatus.RETURNED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftLine:
    """A gift in words. `receipt` is the number of the one that holds, `receipt_url` its document's address."""

    reference: str
    date: str
    amount: str
    fund: str
    note: str
    regular: bool
    receipt: str = ""
    receipt_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FundLine:
    """What a fund to which the donor gave has reached; `since` is the day of their first gift to it, in words."""

    name: str
    since: str
    figures: tuple[ReachedFigure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """`email` is where the donor's mail goes. `newer` and `older` are numbers of pages; 0: there is none. `yearly`:
    whether the donor wants the yearly message; None where the charity sends none."""

    name: str
    email: str
    gifts: tuple[GiftLine, ...]
    count: int
    newer: int
    older: int
    funds: tuple[FundLine, ...] = ()
    yearly: bool | None = None


def overview_of(donor: Donor, wanted_page: str) -> Overview:
    """The page of gifts that an address asks for: "2"; anything else is the first."""
    number = (
        int(wanted_page) if wanted_page.isascii() and wanted_page.isdigit() and len(wanted_page) < 6 else 1
    )
    number = max(1, number)
    gifts = gifts_of(donor)
    first = (number - 1) * _ON_A_PAGE
    rows = list(gifts[first : first + _ON_A_PAGE + 1])
    newest = newest_contact(donor)
    return Overview(
        name=newest.given_name or newest.name if newest else "",
        email=newest.email if newest else "",
        gifts=_lines(donor, rows[:_ON_A_PAGE]),
        count=gifts.count(),
        newer=number - 1,
        older=number + 1 if len(rows) > _ON_A_PAGE else 0,
        funds=_funds(donor) if number == 1 else (),
        yearly=_yearly(donor) if number == 1 else None,
    )


def gifts_of(donor: Donor) -> QuerySet[Gift]:
    """Newest first."""
    mine = Gift.objects.filter(
        charity=donor.charity, contact__supporter=donor.supporter_id, contact__erased_at__isnull=True
    )
    return mine.filter(status__in=_SHOWN).select_related("fund").order_by("-given_at", "-pk")


def newest_contact(donor: Donor) -> Contact | None:
    """How the donor last wrote their name and address."""
    return (
        Contact.objects.filter(charity=donor.charity, supporter=donor.supporter_id, erased_at__isnull=True)
        .exclude(email="")
        .order_by("-created_at", "-pk")
        .first()
    )


def _yearly(donor: Donor) -> bool | None:
    sends = YearlyMessage.objects.filter(charity=donor.charity, on=True).exists()
    return wishes.wants(donor.supporter_id) if sends else None


def _funds(donor: Donor) -> tuple[FundLine, ...]:
    """What the funds to which the donor gave have reached, the fund that they began with last first: in two queries,
    and one for what another language than the charity's calls it."""
    kept = gifts_of(donor).filter(status=GiftStatus.SETTLED, refunded_minor__lt=F("settled_minor"))
    firsts = kept.order_by().values_list("fund", "fund__name").annotate(first=Min("given_at"))
    zone, language = ZoneInfo(donor.charity.timezone), get_language() or donor.charity.language
    given = {fund: (name, at.astimezone(zone).date()) for fund, name, at in firsts.order_by("-first", "fund")}
    found = reached.by_fund({fund: first for fund, (_name, first) in given.items()})
    say = phrases_of(donor.charity, language).say
    lines = (
        FundLine(
            name=say(name), since=day(first), figures=in_words(found.get(fund, ()), donor.charity, language)
        )
        for fund, (name, first) in given.items()
    )
    return tuple(line for line in lines if line.figures)


def _lines(donor: Donor, gifts: Iterable[Gift]) -> tuple[GiftLine, ...]:
    rows = list(gifts)
    standing = Receipt.objects.valid().filter(gift__in=[gift.pk for gift in rows])
    receipts = {receipt.gift_id: receipt for receipt in standing}
    return tuple(_line(donor, gift, receipts.get(gift.pk)) for gift in rows)


def _line(donor: Donor, gift: Gift, receipt: Receipt | None) -> GiftLine:
    zone = ZoneInfo(donor.charity.timezone)
    amount_minor = gift.settled_minor if gift.settled_minor is not None else gift.total_minor
    return GiftLine(
        reference=shown_reference(gift.reference),
        date=day(gift.given_at.astimezone(zone).date()),
        amount=money(amount_minor, gift.currency),
        fund=phrases_of(donor.charity, get_language() or donor.charity.language).say(gift.fund.name),
        note=_note(gift),
        regular=gift.plan_id is not None,
        receipt=receipt.shown_number if receipt is not None else "",
        receipt_url=pdf_path(receipt.token) if receipt is not None else "",
    )


def _note(gift: Gift) -> str:
    """What is to be said of a gift beside its amount; "" for one that simply arrived."""
    if gift.status == GiftStatus.AWAITING:
        return _("We are waiting for your transfer")
    if gift.status == GiftStatus.PROCESSING:
        return _("Your bank is paying it")
    if gift.status == GiftStatus.UNKNOWN:
        return _("We are waiting for an answer")
    if gift.status == GiftStatus.RETURNED:
        return _("Your bank took it back")
    if gift.refunded_minor:
        return _("Given back: %(amount)s") % {"amount": unbroken(money(gift.refunded_minor, gift.currency))}
    return ""
