"""NPSP's Data Importer: a line for each gift with its donor, under the labels of its object NPSP Data Import."""

from collections.abc import Iterator
from typing import Final

from almoner.crm.people import address_of, is_organisation, names_of
from almoner.crm.plans import NPSP_PERIOD, NPSP_STATUS
from almoner.crm.shapes.promises import Promised
from almoner.crm.shapes.reading import How, Paid, is_known, phone
from almoner.plans.models import Every
from almoner.plans.transitions import PlanState
from almoner.supporters.models import Contact

_DONOR: Final = (
    "Contact1 First Name", "Contact1 Last Name", "Contact1 Personal Email", "Contact1 Preferred Email",
    "Contact1 Home Phone", "Contact1 Preferred Phone", "Account1 Name", "Home Street", "Home City",
    "Home State/Province", "Home Zip/Postal Code", "Home Country", "Donation Donor",
)  # fmt: skip
HEADER: Final = (
    *_DONOR, "Donation Amount", "Donation Date",
    "Donation Name", "Donation Stage", "Donation Description", "Campaign Name", "Payment Check/Reference Number",
    "Payment Method", "GAU Allocation 1: GAU", "GAU Allocation 1: Percent",
)  # fmt: skip
PLANS: Final = (
    *_DONOR, "Recurring Donation Name", "Recurring Donation Amount", "Recurring Donation Date Established",
    "Recurring Donation Effective Date", "Recurring Donation Day of Month", "Recurring Donation Installment Period",
    "Recurring Donation Installment Frequency", "Recurring Donation Recurring Type",
    "Recurring Donation Planned Installments", "Recurring Donation End Date", "Recurring Donation Status",
    "Recurring Donation Payment Method",
)  # fmt: skip
# The values of NPSP's own list of payment methods.
_METHODS: Final = {
    How.CARD: "Credit Card",
    How.DEBIT: "ACH/EFT",
    How.CHEQUE: "Check",
    How.CASH: "Cash",
    How.TRANSFER: "EFT",
    How.OTHER: "",
}


def rows(gifts: Iterator[Paid]) -> Iterator[list[str]]:
    for each in gifts:
        yield [*_donor(each.contact), *_donation(each)]


def plans(plans: Iterator[Promised]) -> Iterator[list[str]]:
    for each in plans:
        plan = each.plan
        period, frequency = NPSP_PERIOD[Every(plan.every)]
        yield [
            *_donor(each.contact), plan.reference, each.amount, each.begun.isoformat(), each.first.isoformat(),
            str(plan.anchor.day) if period == "Monthly" else "", period, str(frequency),
            "Fixed" if plan.ends_after is not None else "Open", str(plan.ends_after or ""),
            plan.ends_on.isoformat() if plan.ends_on else "", NPSP_STATUS[PlanState(plan.state)], _METHODS[each.how],
        ]  # fmt: skip


def _donor(contact: Contact) -> list[str]:
    if not is_known(contact):
        return [""] * 13
    address = address_of(contact)
    where = [address[name] for name in ("street", "city", "region", "postcode", "country")]
    if is_organisation(contact):
        return ["", "", "", "", "", "", contact.organisation, *where, "Account1"]
    first, last = names_of(contact)
    return [
        first, last, contact.email, "Personal" if contact.email else "", phone(contact.phone),
        "Home" if contact.phone else "", "", *where, "Contact1",
    ]  # fmt: skip


def _donation(each: Paid) -> list[str]:
    gift = each.gift
    return [
        each.amount, each.on.isoformat(), f"{gift.reference} {each.on.isoformat()}", "Closed Won",
        gift.fund.name, each.appeal, gift.reference, _METHODS[each.how], each.unit, "100" if each.unit else "",
    ]  # fmt: skip
