"""Something that needs a person: how many of what, why, and where to look."""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

_MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class Need:
    """`tone` is bad for what should be looked at today, wait for what can rest."""

    count: str
    what: str
    why: str
    url: str
    tone: str = "bad"


def counted(rows: QuerySet[Any]) -> str:
    """Counted to a thousand: beyond that the number helps nobody. "" for none."""
    number = rows.order_by().values("pk")[: _MOST + 1].count()
    return f"over {_MOST:,}" if number > _MOST else str(number or "")


def noun(number: str, one: str, many: str) -> str:
    return one if number == "1" else many
