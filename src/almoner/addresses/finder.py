"""The address finder as the rest of the product sees it: which one a country has, and when typing is better."""

import logging
import re
from collections.abc import Iterable
from typing import Final

from almoner.addresses.demo_pack import demo_finders
from almoner.addresses.port import MAX_QUERY_LENGTH, MAX_RESULTS, Finder, FinderUnavailable, Suggestion

__all__ = [
    "MAX_QUERY_LENGTH",
    "MAX_RESULTS",
    "Finder",
    "FinderUnavailable",
    "Suggestion",
    "finder_for",
    "use_finders",
    "wants_manual_entry",
]

logger = logging.getLogger(__name__)

# What no national address file holds, because nobody lives there: boxes, bags, rural mail runs, "care of", lockers.
# Words must be whole (Boxhill Road, Carew Street) and runs need their number (RMB 12).
_NOT_A_STREET: Final = re.compile(
    r"""
      \b (?: g\s*\.?\s*)? p \s*\.?\s* o \s*\.?\s* (?: box | bx ) \b         # PO Box, G.P.O. Box
    | \b post \s+ office \s+ box \b
    | \b (?: locked | private | mail | community ) \s+ (?: mail \s+ )? bag \b
    | (?: ^ | [\s,(] ) c \s* / \s* (?: - | o \b | p \.? o \b )                            # c/o, c/-, c/po
    | \b care \s+ (?: of | po | post ) \b
    | \b (?: rmb | rmd | rms | rsd | cmb | cma ) \s* \d
    | \b (?: poste? \s+ restante | parcel \s+ (?: locker | collect ) | reply \s+ paid | bfpo )
    | \b (?: postbus | postfach | apartado | casilla ) \b
    | صندوق \s* بريد | ص \s* \. \s* ب
    """,
    re.IGNORECASE | re.VERBOSE,
)

_in_use: dict[str, Finder] | None = None


def use_finders(finders: Iterable[Finder] | None) -> None:
    """Have finder_for answer from these, one a country; None brings the demonstration pack back.

    An installation that shows no demonstration data to its donors passes () when it starts.
    """
    global _in_use
    _in_use = None if finders is None else {finder.country: finder for finder in finders}


def finder_for(country: str) -> Finder | None:
    """The finder of an ISO 3166-1 alpha-2 code, or None: the form's manual fields then stand open."""
    finders = _installed()
    return finders.get(country.strip().upper())


def wants_manual_entry(query: str) -> bool:
    """Whether what was typed is a PO box, a locked bag, "care of" ...: an address to type, not to find."""
    return _NOT_A_STREET.search(query[:MAX_QUERY_LENGTH]) is not None


def _installed() -> dict[str, Finder]:
    if _in_use is not None:
        return _in_use
    try:
        return dict(demo_finders())
    except FinderUnavailable:
        logger.exception("The demonstration addresses cannot be read; forms ask for the address by hand.")
        return {}
