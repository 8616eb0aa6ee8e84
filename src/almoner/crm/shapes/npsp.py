"""NPSP's Data Importer: a line for each gift with its donor, under the labels of its object NPSP Data Import."""

from collections.abc import Iterator
from typing import Final

from almoner.crm.people import address_of, is_organisation, names_of
from almoner.crm.shapes.reading import CARD, CASH, CHEQUE, DEBIT, OTHER, TRANSFER, Paid, is_known, phone

HEADER: Final = (
    "Contact1 First Name", "Contact1 Last Name", "Contact1 Personal Email", "Contact1 Preferred Email",
    "Contact1 Home Phone", "Contact1 Preferred Phone", "Account1 Name", "Home Street", "Home City",
    "Home State/Province", "Home Zip/Postal Code", "Home Country", "Donation Donor", "Donation Amount", "Donation Date",
    "Donation Name", "Donation Stage", "Donation Description", "Campaign Name", "Payment Check/Reference Number",
    "Payment Method", "GAU Allocation 1: GAU", "GAU Allocation 1: Percent",
)  # fmt: skip
# The values of NPSP's own list of payment methods.
_METHODS: Final = {
    CARD: "Credit Card", DEBIT: "ACH/EFT", CHEQUE: "Check", CASH: "Cash", TRANSFER: "EFT", OTHER: "",
}  # fmt: skip


def rows(gifts: Iterator[Paid]) -> Iterator[list[str]]:
    for each in gifts:
        yield [*_donor(each), *_donation(each)]


def _donor(each: Paid) -> list[str]:
    contact = each.contact
    if not is_known(contact):
        return [""] * 12
    address = address_of(contact)
    where = [address[name] for name in ("street", "city", "region", "postcode", "country")]
    if is_organisation(contact):
        return ["", "", "", "", "", "", contact.organisation, *where]
    first, last = names_of(contact)
    return [
        first, last, contact.email, "Personal" if contact.email else "", phone(contact.phone),
        "Home" if contact.phone else "", "", *where,
    ]  # fmt: skip


def _donation(each: Paid) -> list[str]:
    gift = each.gift
    donor = "" if not is_known(each.contact) else "Account1" if is_organisation(each.contact) else "Contact1"
    return [
        donor, each.amount, each.on.isoformat(), f"{gift.reference} {each.on.isoformat()}", "Closed Won",
        gift.fund.name, each.appeal, gift.reference, _METHODS[each.how], each.unit, "100" if each.unit else "",
    ]  # fmt: skip
