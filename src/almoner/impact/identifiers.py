"""Identifiers of organisations as IATI writes them: the register that knows it, then its number there."""

import re
from typing import Final

from django.core.exceptions import ValidationError

# What the standard's own pattern forbids, and blanks, which no register gives.
_FORBIDDEN: Final = re.compile(r"[/&|?\s]")
# A country, or one of IATI's own: XI (IATI), XM (multilateral), XR (regional).
_PLACE: Final = re.compile(r"[A-Z]{2}")
_REGISTER: Final = re.compile(r"[A-Z0-9_]{2,20}")
_SUCH_AS: Final = "such as AU-ABN-12345678901 or GB-CHC-1234567"


def organisation_identifier(text: str) -> None:
    """Raises `ValidationError` with what is wrong with it, so that it can be mended."""
    found = _FORBIDDEN.search(text)
    if found is not None:
        sign = "blanks" if found[0].isspace() else f"the sign {found[0]}"
        raise ValidationError(f"Leave out {sign}: an identifier has letters, digits, - and _ alone.")
    place, _, rest = text.partition("-")
    register, dash, number = rest.partition("-")
    if not _PLACE.fullmatch(place):
        raise ValidationError(
            f"Begin with the country of the register in two capital letters, or XI, XM or XR: {_SUCH_AS}."
        )
    if not _REGISTER.fullmatch(register):
        raise ValidationError(
            f"After the country comes the register in capital letters, as org-id.guide writes it: {_SUCH_AS}."
        )
    if not dash or not number:
        raise ValidationError(
            f"The number in the register is missing: {place}-{register}-… and then the number."
        )
    if not number.isascii() or not re.fullmatch(r"[A-Za-z0-9._-]+", number):
        raise ValidationError("The number may have letters, digits, dots, - and _ alone.")
