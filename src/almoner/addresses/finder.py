"""The address finder as the rest of the product sees it: which one a country has, and when typing is better."""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from almoner.addresses.copies import Copies
from almoner.addresses.index.container import clear_leftovers
from almoner.addresses.index_finder import FinderFolder
from almoner.addresses.port import MAX_QUERY_LENGTH, MAX_RESULTS, Finder, FinderUnavailable, Suggestion
from almoner.addresses.postal import Origin

__all__ = [
    "MAX_QUERY_LENGTH",
    "MAX_RESULTS",
    "Finder",
    "FinderUnavailable",
    "Suggestion",
    "finder_for",
    "provenance",
    "use_finders",
    "use_folder",
    "wants_manual_entry",
]

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


class _InUse:
    """Where finders come from; nowhere, until a process says otherwise."""

    lookup: Callable[[str], Finder | None] = staticmethod(lambda country: None)


def use_folder(folder: Path, *, copies: Path) -> None:
    """Have finder_for answer from the index files of a folder, as they come and go; clear what killed builds left.

    `copies`: a folder for the copies that are searched; made when the first of them is.
    """
    clear_leftovers(folder)
    _InUse.lookup = FinderFolder(folder, copies=Copies(copies)).get


def use_finders(finders: Iterable[Finder]) -> None:
    """Have finder_for answer from these, one a country: another kind behind the same port, or none."""
    _InUse.lookup = {finder.country: finder for finder in finders}.get


def finder_for(country: str) -> Finder | None:
    """The finder of an ISO 3166-1 alpha-2 code, or None: the form's manual fields then stand open."""
    return _InUse.lookup(country.strip().upper())


def provenance(country: str, parts: Mapping[str, str], key: str) -> tuple[Origin, str, str]:
    """(chosen, edited or typed; the finder's source; its release) of an address whose fields were filled from `key`.

    `parts`: those that the form has, by the names of PostalAddress. The licence of address data asks for it.
    """
    finder = finder_for(country)
    try:
        found = finder.get(key) if finder is not None and key else None
    except FinderUnavailable:
        found = None
    if found is None:
        return "typed", "", ""
    same = all(getattr(found.address, name).strip() == text.strip() for name, text in parts.items())
    # Of a number that the finder doesn't know, it vouches for the street alone.
    return "chosen" if same and found.known else "edited", found.address.source, found.address.release


def wants_manual_entry(query: str) -> bool:
    """Whether what was typed is a PO box, a locked bag, "care of" ...: an address to type, not to find."""
    return _NOT_A_STREET.search(query[:MAX_QUERY_LENGTH]) is not None
