"""Whether a form asks for a postal address: where a receipt or a bank debit needs one, or its owner wants one.

A required address costs about one gift in thirty, so nothing here asks for more than the law or the scheme does.
"""

from collections.abc import Iterable
from typing import Final

from almoner.giving.views_model import Ask

_STRICTNESS: Final[dict[Ask, int]] = {"no": 0, "optional": 1, "required": 2}
# What a country's receipt is worth without the donor's address. Any other country, and any general receipt, does
# without: AU (ITAA 1997 s 30-228), NZ (Inland Revenue) and US (IRS Publication 1771) name the donor at most.
_OF_RECEIPT: Final[dict[str, Ask]] = {
    # An official receipt holds the donor's full name and address (CRA); the Cerfa 11580 the full address (BOFiP).
    "CA": "required",
    "FR": "required",
    # A Gift Aid declaration needs the home address, but not every donor pays tax, and none has to declare.
    "GB": "optional",
    # The official confirmation has the address; up to 300 EUR the bank's proof suffices (BMF, 7 November 2013).
    "DE": "optional",
}
# By kind of method. Card, transfer and AU BECS (BSB, account and name) do without.
_OF_METHOD: Final[dict[str, Ask]] = {
    # A Bacs mandate is set up with the payer's address.
    "bacs_debit": "required",
    # A SEPA mandate names the place; the address is asked of payers outside the EEA.
    "sepa_debit": "optional",
}


def address_rule(country: str, kinds: Iterable[str], chosen: Ask) -> Ask:
    """The strictest of what the receipt's country, each kind of method and the form's owner ask for. The way to pay is
    chosen after the address was typed, so a form asks what any of its ways may need."""
    needs = [_OF_RECEIPT.get(country.upper(), "no"), *(_OF_METHOD.get(kind, "no") for kind in kinds), chosen]
    return max(needs, key=_STRICTNESS.__getitem__)
