"""Every place in which a secret stands that has to be read again, and how it is sealed."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from almoner.charities import rekeying
from almoner.charities.rekeying import OPEN, Place
from almoner.charities.sealed import ring
from almoner.config.diagnosis import LOOK, OK, WRONG, Finding
from almoner.giving.actions.looking import SEALED_ORDERS
from almoner.plans import forgetting

_ROTATE: Final = "run: almoner keys rotate"


@dataclass(frozen=True, slots=True)
class Census:
    """How many secrets stand under which key, of one place or of all."""

    counts: Counter[str]

    @property
    def newest(self) -> int:
        return self.counts[ring().keys[0].id]

    @property
    def open(self) -> int:
        return self.counts[OPEN]

    def older(self) -> dict[str, int]:
        """Under keys that are here, by their ids."""
        ids = [key.id for key in ring().keys[1:]]
        return {key_id: self.counts[key_id] for key_id in ids if self.counts[key_id]}

    def missing(self) -> dict[str, int]:
        known = {OPEN, *(key.id for key in ring().keys)}
        return {key_id: count for key_id, count in sorted(self.counts.items()) if key_id not in known}


def places() -> list[Place]:
    return [*rekeying.all_columns(), SEALED_ORDERS, forgetting.SEALED]


def census() -> Census:
    return Census(sum((rekeying.census(place) for place in places()), Counter()))


def findings() -> Iterator[Finding]:
    """For `almoner check`."""
    found = census()
    for key_id, count in found.missing().items():
        yield Finding(
            "secrets", WRONG, f"{count:,} are sealed under key {key_id}, which is not here",
            "put that key back, last in ALMONER_FIELD_KEYS, or its secret key into ALMONER_SECRET_KEY_FALLBACKS",
        )  # fmt: skip
    if found.open:
        yield Finding("secrets", WRONG, f"{found.open:,} stand open", _ROTATE)
    for key_id, count in found.older().items():
        yield Finding("secrets", LOOK, f"{count:,} stand under the older key {key_id}", _ROTATE)
    if not (found.missing() or found.open or found.older()):
        yield Finding("secrets", OK, f"{found.newest:,} are sealed under the newest key")
