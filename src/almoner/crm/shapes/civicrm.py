"""CiviCRM: contacts and contributions in two files, under its fields' own labels, joined by External Identifier."""

from collections.abc import Iterator
from typing import Final

from almoner.crm.people import address_of, is_organisation, names_of
from almoner.crm.shapes.reading import (
    CARD,
    CASH,
    CHEQUE,
    DEBIT,
    OTHER,
    TRANSFER,
    Paid,
    is_known,
    once_each,
    phone,
)

PEOPLE: Final = (
    "Contact Type", "External Identifier", "First Name", "Last Name", "Organization Name", "Email", "Phone",
    "Street Address", "City", "State", "Postal Code", "Country",
)  # fmt: skip
GIFTS: Final = (
    "External Identifier", "Total Amount", "Currency", "Contribution Date", "Financial Type", "Payment Method",
    "Contribution Status", "Transaction ID", "Invoice Reference", "Contribution Source",
)  # fmt: skip
# The labels that CiviCRM comes with.
_METHODS: Final = {
    CARD: "Credit Card", DEBIT: "EFT", CHEQUE: "Check", CASH: "Cash", TRANSFER: "EFT", OTHER: "",
}  # fmt: skip


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
