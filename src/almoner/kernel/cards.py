"""Card numbers (PANs), found and taken out. None is ever taken, stored or logged here (PCI DSS 4.0.1, SAQ A).

A number is one by its length, its issuer's first digits and its check digit (Luhn), however it is grouped. IBANs,
creditor references (RF), UUIDs and telephone numbers with their "+" are none, though their digits may look like one.
"""

import re
from collections.abc import Iterator
from typing import Final

# What stands in the place of a number.
TAKEN_OUT: Final = "[card number]"
_PARTED = r"[\s\-‐-―−._+]{0,3}"
# A blank, a plus or a dash as an address writes it; in the search it is as many blanks.
_ENCODED = re.compile(r"%2[0BbDd]")
# The least there is to look at; nearly all texts have no such run of digits.
_RUN = re.compile(rf"\d(?:{_PARTED}\d){{12,}}")
_DIGITS = re.compile(r"\d+")
# How cards are printed, where a number stands among other digits. Alone it may be grouped in any way.
_PRINTED: Final = frozenset({(4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 6, 5), (4, 6, 4), (8, 8), (4, 4, 5)})
_LENGTHS: Final = range(13, 20)
_UUID = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Fa-f])")
# An IBAN or an RF reference may be grouped by blanks; which of its ends is right its check digits say.
_CHECKED = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{2}\d\d(?: ?[0-9A-Za-z]){1,30}(?![0-9A-Za-z])")
_IBAN_LENGTHS: Final = {
    each[:2]: int(each[2:])
    for each in [
        "AD24",
        "AE23",
        "AL28",
        "AT20",
        "AZ28",
        "BA20",
        "BE16",
        "BG22",
        "BH22",
        "BI27",
        "BR29",
        "BY28",
        "CH21",
        "CR22",
        "CY28",
        "CZ24",
        "DE22",
        "DJ27",
        "DK18",
        "DO28",
        "EE20",
        "EG29",
        "ES24",
        "FI18",
        "FK18",
        "FO18",
        "FR27",
        "GB22",
        "GE22",
        "GI23",
        "GL18",
        "GR27",
        "GT28",
        "HR21",
        "HU28",
        "IE22",
        "IL23",
        "IQ23",
        "IS26",
        "IT27",
        "JO30",
        "KW30",
        "KZ20",
        "LB28",
        "LC32",
        "LI21",
        "LT20",
        "LU20",
        "LV21",
        "LY25",
        "MC27",
        "MD24",
        "ME22",
        "MK19",
        "MN20",
        "MR27",
        "MT31",
        "MU30",
        "NI28",
        "NL18",
        "NO15",
        "OM23",
        "PK24",
        "PL28",
        "PS29",
        "PT25",
        "QA29",
        "RO24",
        "RS22",
        "RU33",
        "SA24",
        "SC31",
        "SD18",
        "SE24",
        "SI19",
        "SK24",
        "SM27",
        "SO23",
        "ST25",
        "SV28",
        "TL23",
        "TN24",
        "TR26",
        "UA29",
        "VA22",
        "VG24",
        "XK20",
        "YE30",
    ]
}


def holds_card(text: str) -> bool:
    """Whether a card number stands in a text."""
    return next(_cards(text), None) is not None


def scrub(text: str, *, instead: str = TAKEN_OUT) -> str:
    """A text with `instead` in the place of each card number; any other text comes back as it is."""
    found = list(_cards(text))
    for start, end in reversed(found):
        text = text[:start] + instead + text[end:]
    return text


def _cards(text: str) -> Iterator[tuple[int, int]]:
    """Where card numbers stand: (start, end), in order."""
    text = _ENCODED.sub(_spaces, text)
    if _RUN.search(text) is None:
        return
    text = _UUID.sub(_blank, text)
    text = _CHECKED.sub(_without_checked, text)
    for run in _RUN.finditer(text):
        yield from _in_run(text, run.start(), run.end())


def _in_run(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    groups = [match.span() for match in _DIGITS.finditer(text, start, end)]
    at = 0
    while at < len(groups):
        to = next(
            (
                to
                for to in range(min(len(groups), at + _LENGTHS.stop), at, -1)
                if _is_card(text, groups, at, to)
            ),
            0,
        )
        if to:
            yield groups[at][0], groups[to - 1][1]
        at = to or at + 1


def _is_card(text: str, groups: list[tuple[int, int]], at: int, to: int) -> bool:
    """Whether the groups from `at` to `to` are a card number, by how they stand and by their digits."""
    lengths = tuple(end - start for start, end in groups[at:to])
    if sum(lengths) not in _LENGTHS:
        return False
    first, last = groups[at][0], groups[to - 1][1]
    alone = to - at == len(groups) and not _word(text[first - 1 : first]) and not _word(text[last : last + 1])
    if not (alone or to - at == 1 or lengths in _PRINTED):
        return False
    if text[first - 1 : first] == "+" and sum(lengths) < 15:
        return False
    return _issued("".join(str(int(char)) for start, end in groups[at:to] for char in text[start:end]))


def _word(char: str) -> bool:
    return char.isalpha()


def _issued(digits: str) -> bool:
    return _issuer(digits) and _luhn(digits)


def _issuer(digits: str) -> bool:
    """Whether an issuer has numbers that begin so, of this length (ISO/IEC 7812)."""
    length, two, three, four = len(digits), int(digits[:2]), int(digits[:3]), int(digits[:4])
    if digits[0] == "4":
        return length in (13, 16, 18, 19)  # Visa
    if two in (34, 37):
        return length == 15  # American Express
    if 51 <= two <= 55 or 2221 <= four <= 2720 or 2200 <= four <= 2204:
        return length == 16  # Mastercard, Mir
    if 300 <= three <= 305 or four == 3095 or two in (36, 38, 39):
        return length in (14, 16, 19)  # Diners Club
    if two in (50, 56, 57, 58, 67) or four in (6304, 6759):
        return length in (16, 18, 19)  # Maestro
    # JCB; Discover and RuPay; UnionPay.
    return (3528 <= four <= 3589 or two in (60, 62, 64, 65, 81, 82)) and 16 <= length <= 19


def _luhn(digits: str) -> bool:
    total = 0
    for place, char in enumerate(reversed(digits)):
        doubled = int(char) * (1 + place % 2)
        total += doubled - 9 * (doubled > 9)
    return total % 10 == 0


def _spaces(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _blank(match: re.Match[str]) -> str:
    return "x" * len(match[0])


def _without_checked(match: re.Match[str]) -> str:
    """The text of a match, its IBAN or RF reference blanked: the longest beginning that has the right check digits."""
    text = match[0]
    for end in range(len(text), 4, -1):
        if _word_at(text, end) or text[end - 1] == " ":
            continue
        bare = text[:end].replace(" ", "").upper()
        right = len(bare) <= 25 if bare[:2] == "RF" else len(bare) == _IBAN_LENGTHS.get(bare[:2])
        if (
            right
            and bare.isascii()
            and int("".join(str(int(char, 36)) for char in bare[4:] + bare[:4])) % 97 == 1
        ):
            return "x" * end + text[end:]
    return text


def _word_at(text: str, end: int) -> bool:
    return text[end : end + 1].isalnum()
