"""What every address finder offers, however it searches: the demonstration pack here, a national file later."""

from dataclasses import dataclass
from typing import Final, Protocol

from almoner.addresses.postal import PostalAddress

MAX_QUERY_LENGTH: Final = 200
MAX_RESULTS: Final = 20


class FinderUnavailable(RuntimeError):
    """The finder cannot answer now. The form opens its manual fields instead and says nothing of the cause."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One address to choose. `key` names it to `Finder.get`; its address has the provenance of having been chosen.

    `known` is false where the street is known and the number (or the flat) isn't: it then stands as it was typed.
    """

    key: str
    label: str
    address: PostalAddress
    known: bool = True


class Finder(Protocol):
    """Addresses of one country (ISO 3166-1 alpha-2) from one release of one data set.

    `attribution` is for the donor, in the active language; the licence of the data may require it to be shown.
    """

    @property
    def country(self) -> str: ...

    @property
    def source(self) -> str: ...

    @property
    def release(self) -> str: ...

    @property
    def attribution(self) -> str: ...

    def find(self, query: str, *, limit: int = 8) -> tuple[Suggestion, ...]:
        """The best matches first, () when there are none.

        Any text is a query: beyond MAX_QUERY_LENGTH characters it is cut, and `limit` is held to 1..MAX_RESULTS.
        Raises FinderUnavailable.
        """
        ...

    def get(self, key: str) -> Suggestion | None:
        """The suggestion of a key that came back from a form, or None. Raises FinderUnavailable."""
        ...
