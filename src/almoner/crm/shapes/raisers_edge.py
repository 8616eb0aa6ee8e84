"""Raiser's Edge: constituents and gifts in two files, under the headings of its Import, joined by Constituent ID."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from almoner.crm.people import address_of, is_organisation, names_of
from almoner.crm.shapes.promises import Promised
from almoner.crm.shapes.reading import How, Paid, is_known, once_each, phone
from almoner.plans.models import Every

PEOPLE: Final = (
    "ConsID", "KeyInd", "FirstName", "LastName", "OrgName", "AddrLines", "AddrCity", "AddrState", "AddrZIP",
    "AddrCountry", "PhoneType", "PhoneNum", "EmailType", "EmailNum",
)  # fmt: skip
GIFTS: Final = (
    "ConsID", "GFImpID", "GFDate", "GFTAmt", "GFType", "GFPayMeth", "FundID", "GFAppeal", "GFAnon", "GFRef",
)  # fmt: skip
PLANS: Final = (
    "ConsID", "GFImpID", "GFDate", "GFTAmt", "GFType", "GFPayMeth", "FundID", "GFInsFreq", "GFInsFreqOption",
    "GFInsMonthName", "GFInsNumDay", "GFInsStartDate", "GFInsEndDate", "GFInsNumPay", "GFRef",
)  # fmt: skip
_EVERY: Final = {Every.MONTH: "Monthly", Every.QUARTER: "Quarterly", Every.YEAR: "Annually"}
_METHODS: Final = {
    How.CARD: "Credit Card",
    How.DEBIT: "Direct Debit",
    How.CHEQUE: "Personal Check",
    How.CASH: "Cash",
    How.TRANSFER: "Other",
    How.OTHER: "Other",
}
# Whose installations write the month first; elsewhere the day comes first.
_MONTH_FIRST: Final = frozenset({"US", "PH"})


def people(gifts: Iterator[Paid]) -> Iterator[list[str]]:
    for each in once_each(gifts):
        contact, organisation = each.contact, is_organisation(each.contact)
        first, last = ("", "") if organisation else names_of(contact)
        address = address_of(contact)
        yield [
            each.key, "O" if organisation else "I", first, last, contact.organisation if organisation else "",
            address["street"], address["city"], address["region"], address["postcode"], address["country"],
            "Home" if contact.phone else "", phone(contact.phone), "Email" if contact.email else "", contact.email,
        ]  # fmt: skip


def gifts(gifts: Iterator[Paid]) -> Iterator[list[str]]:
    for each in gifts:
        gift = each.gift
        yield [
            each.key if is_known(each.contact) else "", str(gift.pk), _day(each.on, gift.charity.country), each.amount,
            "Cash", _METHODS[each.how], gift.fund.code, each.appeal, "Y" if gift.anonymous else "", gift.reference,
        ]  # fmt: skip


def plans(plans: Iterator[Promised]) -> Iterator[list[str]]:
    for each in plans:
        plan, country = each.plan, each.plan.charity.country
        yearly = plan.every == Every.YEAR
        yield [
            each.key if is_known(each.contact) else "", str(plan.pk), _day(each.begun, country), each.amount,
            "Recurring Gift", _METHODS[each.how], plan.fund.code, _EVERY[Every(plan.every)],
            "" if yearly else "Specific day", f"{each.first:%B}" if yearly else "", str(plan.anchor.day),
            _day(each.first, country), _day(plan.ends_on, country) if plan.ends_on else "",
            str(plan.ends_after or ""), plan.reference,
        ]  # fmt: skip


def _day(on: date, country: str) -> str:
    return f"{on:%m/%d/%Y}" if country in _MONTH_FIRST else f"{on:%d/%m/%Y}"
