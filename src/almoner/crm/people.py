"""A donor as other systems key and write them."""

from typing import Any

from almoner.addresses.countries import CountryUnknown, country_name
from almoner.supporters.models import Contact


def person_key(contact: Contact) -> str:
    """A person as one charity of this installation knows them; what was typed without an email is somebody new. Its
    charity is joined."""
    number = f"s{contact.supporter_id}" if contact.supporter_id is not None else f"c{contact.pk}"
    return f"{contact.charity.slug}-{number}"


def is_organisation(contact: Contact) -> bool:
    """Nobody's name stands there, and an organisation's does."""
    return bool(contact.organisation) and not contact.given_name and not contact.family_name


def names_of(contact: Contact) -> tuple[str, str]:
    """First and last name, for systems that ask for a last one: a single name is that."""
    if contact.family_name:
        return contact.given_name, contact.family_name
    return "", contact.given_name


def address_of(contact: Contact) -> dict[str, str]:
    """street (with line ends), city, region, postcode and country by its English name; "" for what wasn't given."""
    typed: dict[str, Any] = contact.address or {}
    lines = [str(typed.get(name) or "") for name in ("line1", "line2", "dependent_locality")]
    return {
        "street": "\n".join(line for line in lines if line),
        "city": str(typed.get("locality") or ""),
        "region": str(typed.get("region") or ""),
        "postcode": str(typed.get("postcode") or ""),
        "country": _country(str(typed.get("country") or "")),
    }


def _country(code: str) -> str:
    try:
        return country_name(code, "en")
    except CountryUnknown:
        return code
