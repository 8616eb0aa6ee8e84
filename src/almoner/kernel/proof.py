"""The shape of a check that `almoner prove` runs on the live database."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One invariant. `run` yields the name of each row that breaks it, and nothing when it holds.

    One that is `live` asks a gateway, whose answer may be newer than any snapshot of ours: it reads what stands now,
    and looks twice.
    """

    name: str
    says: str
    run: Callable[[], Iterator[str]]
    live: bool = False
    # Whom it asks, where it asks somebody: a gateway's code. What can't be reached leaves the check "not asked".
    of: str = ""
