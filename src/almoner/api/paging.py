"""Lists by pages: a cursor is the place after a page's last row, so that rows that come meanwhile shift nothing."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from ninja import Query, Schema

from almoner.api.problems import Problem

_MOST: Final = 200
_GREATEST: Final = 2**63 - 1
_M = TypeVar("_M", bound=Model)
_T = TypeVar("_T")

Limit = Annotated[int, Query(ge=1, le=_MOST, description="How many at most.")]
Cursor = Annotated[str, Query(max_length=200, description="`next` of the page before; empty for the first.")]


class Page(Schema, Generic[_T]):
    """`next` is empty on the last page."""

    items: list[_T]
    next: str = ""


def moment(text: Any) -> datetime:
    """A column of a cursor, read again. Raises `ValueError` or `TypeError`, as its neighbour does."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found.astimezone(UTC)


def whole(text: Any) -> int:
    found = int(text)
    if not 0 <= found <= _GREATEST:
        raise ValueError(text)
    return found


def page_of(
    rows: QuerySet[_M], *, by: Mapping[str, Callable[[Any], Any]], cursor: str, limit: int
) -> tuple[list[_M], str]:
    """`limit` rows after the cursor and the cursor after them; newest first by the columns `by`, the last of them
    unique. Each column comes with what reads its text again."""
    names = tuple(by)
    if cursor:
        rows = rows.filter(_after(names, _read(cursor, by)))
    found = list(rows.order_by(*(f"-{name}" for name in names))[: limit + 1])
    more = len(found) > limit
    return found[:limit], _cursor(found[limit - 1], names) if more else ""


def _after(by: Sequence[str], values: Sequence[Any]) -> Q:
    """(a, b) < (A, B), said so that an index on both is used."""
    first, *rest = by
    condition = Q(**{f"{first}__lt": values[0]})
    if not rest:
        return condition
    return Q(**{f"{first}__lte": values[0]}) & (
        condition | Q(**{first: values[0]}) & _after(rest, values[1:])
    )


def _cursor(row: Model, by: Sequence[str]) -> str:
    values = [getattr(row, name) for name in by]
    texts = [value.isoformat() if isinstance(value, datetime) else str(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps(texts).encode()).decode().rstrip("=")


def _read(cursor: str, by: Mapping[str, Callable[[Any], Any]]) -> list[Any]:
    try:
        texts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [read(text) for read, text in zip(by.values(), texts, strict=True)]
    except (ValueError, TypeError, OverflowError):
        raise Problem(422, "cursor", "This cursor is none of ours. Begin without one.") from None
