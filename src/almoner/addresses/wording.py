"""What a donor reads about an address: labels, and errors that say what to do (GOV.UK style, no full stop)."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext


def N_(text: str) -> str:
    """Mark a text for the catalog where it is written; it is translated when it is read."""
    return text


@dataclass(frozen=True, slots=True)
class Wording:
    """The English source of one field's texts. `missing` is for an empty field, `invalid` for a refused one."""

    label: str
    missing: str
    invalid: str = ""


LINE1: Final = Wording(N_("Address line 1"), N_("Enter address line 1, typically the building and street"))
LINE1_WITH_CITY: Final = Wording(
    N_("City, ward, block and number"), N_("Enter your city, ward, block and number")
)
LINE2: Final = Wording(N_("Address line 2"), N_("Enter address line 2"))
LINE2_BUILDING: Final = Wording(N_("Building and room"), N_("Enter your building and room"))

# By the kinds that Google's data names; the ones with a space in them are ours, for countries that say it otherwise.
LOCALITIES: Final = {
    "city": Wording(N_("Town or city"), N_("Enter your town or city")),
    "post_town": Wording(N_("Town or city"), N_("Enter your town or city")),
    "plain city": Wording(N_("City"), N_("Enter your city")),
    "suburb": Wording(N_("Suburb or town"), N_("Enter your suburb or town")),
    "district": Wording(N_("District"), N_("Enter your district")),
}

DEPENDENT_LOCALITIES: Final = {
    "suburb": Wording(N_("Suburb"), N_("Enter your suburb")),
    "district": Wording(N_("District"), N_("Enter your district")),
    "neighborhood": Wording(N_("Neighbourhood"), N_("Enter your neighbourhood")),
    "townland": Wording(N_("Townland"), N_("Enter your townland")),
    "village_township": Wording(N_("Village or township"), N_("Enter your village or township")),
}

REGIONS: Final = {
    "state or territory": Wording(N_("State or territory"), N_("Choose your state or territory")),
    "province or territory": Wording(N_("Province or territory"), N_("Choose your province or territory")),
    "province": Wording(N_("Province"), N_("Choose your province")),
    "state": Wording(N_("State"), N_("Choose your state")),
    "island": Wording(N_("Island"), N_("Choose your island")),
    "department": Wording(N_("Department"), N_("Choose your department")),
    "parish": Wording(N_("Parish"), N_("Choose your parish")),
    "county": Wording(N_("County"), N_("Choose your county")),
    "oblast": Wording(N_("Region"), N_("Choose your region")),
    "area": Wording(N_("Area"), N_("Choose your area")),
    "district": Wording(N_("District"), N_("Choose your district")),
    "prefecture": Wording(N_("Prefecture"), N_("Choose your prefecture")),
    "do_si": Wording(N_("Province or city"), N_("Choose your province or city")),
    "emirate": Wording(N_("Emirate"), N_("Choose your emirate")),
}

# Where the data has no list to choose from.
TYPED_REGIONS: Final = {
    "province": Wording(N_("Province"), N_("Enter your province")),
    "state": Wording(N_("State"), N_("Enter your state")),
    "island": Wording(N_("Island"), N_("Enter your island")),
    "department": Wording(N_("Department"), N_("Enter your department")),
    "parish": Wording(N_("Parish"), N_("Enter your parish")),
}

POSTCODES: Final = {
    "postcode": Wording(
        N_("Postcode"), N_("Enter your postcode"), N_("Enter a postcode in the form %(example)s")
    ),
    "postal": Wording(
        N_("Postal code"), N_("Enter your postal code"), N_("Enter a postal code in the form %(example)s")
    ),
    "zip": Wording(N_("ZIP code"), N_("Enter your ZIP code"), N_("Enter a ZIP code in the form %(example)s")),
    "eircode": Wording(N_("Eircode"), N_("Enter your Eircode"), N_("Enter an Eircode in the form %(example)s")),
    "pin": Wording(N_("PIN code"), N_("Enter your PIN code"), N_("Enter a PIN code in the form %(example)s")),
}  # fmt: skip


def choose_country() -> str:
    return gettext("Choose your country from the list")


def too_long(label: str, max_length: int) -> str:
    text = gettext("“%(label)s” must be %(max)s characters or fewer")
    return text % {"label": label, "max": max_length}


def line_break(label: str) -> str:
    text = gettext("“%(label)s” has a line break in it. Write it on one line")
    return text % {"label": label}


def unreadable(label: str) -> str:
    text = gettext("“%(label)s” has a hidden character in it that cannot be printed. Type it again")
    return text % {"label": label}


def wrong_state(postcode: str, region: str) -> str:
    text = gettext(
        "Postcode %(postcode)s is not in %(region)s. Check the postcode, or choose another state or territory"
    )
    return text % {"postcode": postcode, "region": region}
