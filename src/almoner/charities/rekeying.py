"""Every secret under the newest key, while giving goes on: a row at a time, each by a statement of its own that takes
effect only where the row is as it was read. So a run that is killed has lost nothing, and the next begins with what is
left."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Q

from almoner.charities.sealed import Sealed, columns, place, ring, unseal
from almoner.kernel.crashpoint import crash_point
from almoner.kernel.sealing import Unreadable, is_sealed, key_id_of

OPEN: Final = "open"
_AT_ONCE: Final = 200
# Of one place no more are named.
_NAMED: Final = 20


class Place(Protocol):
    """Where secrets stand. `stands` is what the database holds: sealed, still open, or empty."""

    @property
    def name(self) -> str: ...

    def rows(self) -> "models.QuerySet[Any]": ...
    def stands(self, row: Any) -> str: ...
    def read(self, row: Any) -> str: ...
    def renew(self, row: Any) -> bool: ...


@dataclass(frozen=True, slots=True)
class InColumn:
    model: type[models.Model]
    column: Sealed

    @property
    def name(self) -> str:
        return f"{self.model._meta.db_table}.{self.column.column}"

    def rows(self) -> "models.QuerySet[Any]":
        # Only what it takes to open one: rows may be wide.
        names = {self.column.name, *(name for name in self.column.bound if name != "pk")}
        return self.model._default_manager.exclude(**{self.column.name: ""}).only(*names)

    def stands(self, row: Any) -> str:
        return str(row.__dict__[self.column.attname])

    def read(self, row: Any) -> str:
        return self.column.opened(row, self.stands(row))

    def renew(self, row: Any) -> bool:
        name, before = self.column.name, self.stands(row)
        changes = columns(row, {name: self.read(row)})
        same = self.model._default_manager.filter(pk=row.pk, **{f"{name}__stands": before})
        return bool(same.update(**changes))


@dataclass(frozen=True, slots=True)
class InJson:
    """The value under `key` of a JSON column, in the rows of `where`; bound to what stands in `bound`."""

    model: type[models.Model]
    column: str
    key: str
    bound: str
    where: Q

    @property
    def name(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def rows(self) -> "models.QuerySet[Any]":
        return self.model._default_manager.filter(self.where).only(self.column, self.bound)

    def stands(self, row: Any) -> str:
        return str((getattr(row, self.column) or {}).get(self.key) or "")

    def read(self, row: Any) -> str:
        return unseal(self.stands(row), self.place(row))

    def renew(self, row: Any) -> bool:
        with transaction.atomic():
            locked = self.rows().select_for_update().filter(pk=row.pk).first()
            if locked is None or self.stands(locked) != self.stands(row):
                return False
            sealed = ring().seal(self.read(row), self.place(row))
            value = {**getattr(locked, self.column), self.key: sealed}
            return bool(self.model._default_manager.filter(pk=row.pk).update(**{self.column: value}))

    def place(self, row: Any) -> str:
        return place(self.model._meta.db_table, self.column, getattr(row, self.bound))


@dataclass(slots=True)
class Outcome:
    """Of one place: how many were moved under the newest key, and what could not be opened, and why."""

    name: str
    moved: int = 0
    unreadable_count: int = 0
    unreadable: list[str] = field(default_factory=list)


def columns_of(model: type[models.Model]) -> list[InColumn]:
    return [InColumn(model, each) for each in model._meta.local_concrete_fields if isinstance(each, Sealed)]


def all_columns() -> list[InColumn]:
    """Each column that is sealed, of any model."""
    return [place for model in apps.get_models() for place in columns_of(model)]


def rotate(place: Place, *, tell: Callable[[Outcome], object] = lambda so_far: None) -> Outcome:
    """Bring what stands open, or under an older key, under the newest; `tell` hears of each page. What can't be opened
    stays as it is. Harmless to repeat, to kill, and to run twice at once."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # What an UPDATE leaves free in the file would still hold the open secret.
            cursor.execute("PRAGMA secure_delete = ON")
    outcome = Outcome(place.name)
    for page in _pages(place):
        for row in page:
            _renew(place, row, outcome)
        tell(outcome)
    return outcome


def census(place: Place) -> Counter[str]:
    """How many stand under which key, by its id; "open": under none."""
    found: Counter[str] = Counter()
    for page in _pages(place):
        stands = (place.stands(row) for row in page)
        found.update(key_id_of(each) if is_sealed(each) else OPEN for each in stands if each)
    return found


def lost(places: Sequence[Place]) -> Iterator[str]:
    """What stands open, and what does not open where it stands: for `almoner prove`."""
    for each in places:
        for page in _pages(each):
            yield from (why for row in page if (why := _wrong(each, row)))


def _wrong(place: Place, row: Any) -> str:
    stands = place.stands(row)
    if not stands:
        return ""
    if not is_sealed(stands):
        return f"{place.name} of row {row.pk} is not sealed"
    try:
        place.read(row)
    except Unreadable as fault:
        return str(fault)
    return ""


def _renew(place: Place, row: Any, outcome: Outcome) -> None:
    stands = place.stands(row)
    if not stands or stands.startswith(ring().newest):
        return
    crash_point("keys.before-row")
    try:
        outcome.moved += place.renew(row)
        crash_point("keys.after-row")
    except Unreadable as fault:
        outcome.unreadable_count += 1
        if len(outcome.unreadable) < _NAMED:
            outcome.unreadable.append(str(fault))


def _pages(place: Place) -> Iterator[list[Any]]:
    rows, last = place.rows().order_by("pk"), None
    while page := list((rows if last is None else rows.filter(pk__gt=last))[:_AT_ONCE]):
        yield page
        last = page[-1].pk
