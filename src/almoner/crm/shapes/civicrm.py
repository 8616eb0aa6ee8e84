"""CiviCRM: contacts and contributions in two files, under its fields' own labels, joined by External Identifier."""

from collections.abc import Iterator
from typing import Final

from almoner.crm.people import address_of, is_organisation, names_of
from almoner.crm.shapes.promises import Promised
from almoner.crm.shapes.reading import How, Paid, is_known, once_each, phone
from almoner.plans.models import Every
from almoner.plans.transitions import PlanState

PEOPLE: Final = (
    "Contact Type", "External Identifier", "First Name", "Last Name", "Organization Name", "Email", "Phone",
    "Street Address", "City", "State", "Postal Code", "Country",
)  # fmt: skip
GIFTS: Final = (
    "External Identifier", "Total Amount", "Currency", "Contribution Date", "Financial Type", "Payment Method",
    "Contribution Status", "Transaction ID", "Invoice Reference", "Contribution Source",
)  # fmt: skip
PLANS: Final = (
    "External Identifier", "Amount", "Currency", "Frequency Unit", "Interval (number of units)", "Cycle Day",
    "Create Date", "Start Date", "End Date", "Number of Installments", "Financial Type", "Payment Method", "Status",
    "Transaction ID", "Invoice ID",
)  # fmt: skip
_EVERY: Final = {Every.MONTH: ("month", "1"), Every.QUARTER: ("month", "3"), Every.YEAR: ("year", "1")}
# The labels that CiviCRM comes with.
_METHODS: Final = {
    How.CARD: "Credit Card",
    How.DEBIT: "EFT",
    How.CHEQUE: "Check",
    How.CASH: "Cash",
    How.TRANSFER: "EFT",
    How.OTHER: "",
}


def people(gifts: Iterator[Paid]) -> Iterator[list[str]]:
    for each in once_each(gifts):
        contact, organisation = each.contact, is_organisation(each.contact)
        first, last = ("", "") if organisation else names_of(contact)
        address = address_of(contact)
        yield [
            "Organization" if organisation else "Individual", each.key, first, last,
            contact.organisation if organisation else "", contact.email, phone(contact.phone),
            address["street"].replace("\n", ", "), address["city"], address["region"], address["postcode"],
            address["country"],
        ]  # fmt: skip


def gifts(gifts: Iterator[Paid]) -> Iterator[list[str]]:
    for each in gifts:
        gift = each.gift
        yield [
            each.key if is_known(each.contact) else "", each.amount, gift.currency, f"{each.on.isoformat()} 00:00:00",
            "Donation", _METHODS[each.how], "Completed", str(gift.pk), gift.reference,
            f"{gift.fund.name}: {each.appeal}" if each.appeal else gift.fund.name,
        ]  # fmt: skip


def plans(plans: Iterator[Promised]) -> Iterator[list[str]]:
    for each in plans:
        plan = each.plan
        unit, interval = _EVERY[Every(plan.every)]
        yield [
            each.key if is_known(each.contact) else "", each.amount, plan.currency, unit, interval,
            str(plan.anchor.day), f"{each.begun.isoformat()} 00:00:00", f"{each.first.isoformat()} 00:00:00",
            f"{plan.ends_on.isoformat()} 00:00:00" if plan.ends_on else "", str(plan.ends_after or ""), "Donation",
            _METHODS[each.how], "Pending" if plan.state == PlanState.PAUSED else "In Progress", str(plan.pk),
            plan.reference,
        ]  # fmt: skip
