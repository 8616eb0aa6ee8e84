"""Columns that hold secrets: sealed whenever they are written, opened where they are read.

    class Plan(models.Model):
        saved_method = SealedCharField(max_length=400, marked="method_mark")
        method_mark = MarkField(of="saved_method")

`plan.saved_method` is the secret itself, `values_list("saved_method")` what stands in the database. An UPDATE goes
through `columns`; one that would write the open secret raises. What stood there before it was sealed is read as it is.
A secret is sealed anew each time, so no filter finds it: it is asked for by its mark, and a filter by itself raises.
"""

import base64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.db.models import lookups
from django.db.models.query_utils import DeferredAttribute

from almoner.kernel.sealing import Key, Ring, is_sealed

# A mark is a key's id and 16 bytes in base64.
_MARK_LENGTH: Final = 30


class NotSealed(Exception):
    """An open secret was about to be written."""


class NotFindable(FieldError):
    """A sealed column was compared with something. It would equal nothing, in silence."""

    def __init__(self, field: "Sealed") -> None:
        by = f"filter by {field.marked}__in=marks(...)" if field.marked else "read the row and compare"
        super().__init__(f"{field.model._meta.label}.{field.name} is sealed and equals nothing: {by}")


def ring() -> Ring:
    """`ALMONER_FIELD_KEYS`, the newest first; behind them keys made from the secret key and its fallbacks, which is
    what there is without any."""
    return _ring(
        tuple(settings.ALMONER_FIELD_KEYS), settings.SECRET_KEY, tuple(settings.SECRET_KEY_FALLBACKS)
    )


@lru_cache(maxsize=4)
def _ring(given: tuple[str, ...], secret: str, fallbacks: tuple[str, ...]) -> Ring:
    own = (Key.of(base64.b64decode(text)) for text in given)
    return Ring((*own, *(Key.from_password(text) for text in (secret, *fallbacks))))


def place(table: str, column: str, *row: object) -> str:
    """What a seal is bound to, as messages name it."""
    named = (each.astimezone(UTC).isoformat() if isinstance(each, datetime) else str(each) for each in row)
    return f"{table}.{column} of row {' '.join(named)}"


def seal(text: str, where: str) -> str:
    """As it is where it is sealed already, or empty."""
    return text if not text or is_sealed(text) else ring().seal(text, where)


def unseal(text: str, where: str) -> str:
    """As it is where it was never sealed. Raises `Unreadable`."""
    return ring().open(text, where) if is_sealed(text) else text


def marks(text: str) -> list[str]:
    """The marks that a secret may have, under each key: for `filter(..._mark__in=)`. Of several words the last counts,
    by which gateways tell of it."""
    return ring().marks(_last_word(text)) if text else []


def columns(row: models.Model, changes: Mapping[str, Any]) -> dict[str, Any]:
    """`changes` as an UPDATE of this row writes them: secrets sealed, their marks beside them."""
    written = dict(changes)
    for name, value in changes.items():
        field = row._meta.get_field(name)
        if isinstance(field, Sealed):
            written[name] = field.sealed(row, value)
            if field.marked:
                written[field.marked] = _mark(field.opened(row, value))
    return written


class _Opened(DeferredAttribute):
    """The secret of a row: what stands in its column, opened when it is asked for."""

    field: Any

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        found = super().__get__(instance, cls)
        return found if instance is None else self.field.opened(instance, found)

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class _Exact(lookups.Exact):  # type: ignore[type-arg]
    """Whether nothing stands in the column, or just this seal."""

    def get_prep_lookup(self) -> Any:
        if not isinstance(self.rhs, str) or (self.rhs and not is_sealed(self.rhs)):
            raise NotFindable(self.lhs.output_field)
        return super().get_prep_lookup()


# `stands` and `stands_end` compare what stands in the column as it is: rows from before it was sealed are found so.
_LOOKUPS: Final[Mapping[str, Any]] = {
    "exact": _Exact,
    "isnull": lookups.IsNull,
    "stands": lookups.Exact,
    "stands_end": lookups.EndsWith,
}


class Sealed(models.Field):  # type: ignore[type-arg]  # mixed into fields of text
    """`bound`: the columns that say whose it is, known before the row is written. `marked`: the column of its mark.
    `former`: opens what was sealed in another way before."""

    descriptor_class = _Opened
    bound: tuple[str, ...] = ("pk",)
    marked: str = ""
    former: "Callable[[str], str] | None" = None

    def __init__(
        self,
        *args: Any,
        bound: tuple[str, ...] = ("pk",),
        marked: str = "",
        former: "Callable[[str], str] | None" = None,
        **options: Any,
    ) -> None:
        self.bound, self.marked, self.former = bound, marked, former
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        """To a migration it is the text that the database has."""
        name, _, args, options = super().deconstruct()
        kind = "CharField" if isinstance(self, models.CharField) else "TextField"
        return name, f"django.db.models.{kind}", args, options

    def pre_save(self, instance: models.Model, add: bool) -> str:
        return self.sealed(instance, instance.__dict__[self.attname])

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if isinstance(value, str) and value and not is_sealed(value):
            raise NotSealed(
                f"{self.model._meta.label}.{self.name} must be sealed: use almoner.charities.sealed.columns"
            )
        return super().get_db_prep_save(value, connection)

    def get_lookup(self, lookup_name: str) -> Any:
        """Raises `NotFindable` for what a sealed column can't be asked."""
        if lookup_name not in _LOOKUPS:
            raise NotFindable(self)
        return _LOOKUPS[lookup_name]

    def place(self, row: models.Model) -> str:
        return place(row._meta.db_table, self.column, *(getattr(row, name) for name in self.bound))

    def sealed(self, row: models.Model, value: str) -> str:
        """Under the newest key, or as it is where it is sealed under any. Raises `Unreadable`."""
        if value and self.former is not None and not is_sealed(value):
            value = self.former(value)
        return seal(value, self.place(row))

    def opened(self, row: models.Model, value: str) -> str:
        """Raises `Unreadable`."""
        if not value:
            return value
        if self.former is not None and not is_sealed(value):
            return self.former(value)
        return unseal(value, self.place(row))


class SealedCharField(Sealed, models.CharField):  # type: ignore[type-arg]
    pass


class SealedTextField(Sealed, models.TextField):  # type: ignore[type-arg]
    pass


class MarkField(models.CharField):  # type: ignore[type-arg]
    """The mark of the secret in another column, which it is found by; null where there is none."""

    def __init__(self, *args: Any, of: str = "", **options: Any) -> None:
        self.of = of
        super().__init__(*args, **{"max_length": _MARK_LENGTH, "null": True, "editable": False, **options})

    def deconstruct(self) -> Any:
        name, _, args, options = super().deconstruct()
        return name, "django.db.models.CharField", args, options

    def pre_save(self, instance: models.Model, add: bool) -> str | None:
        return _mark(getattr(instance, self.of))


def take_over(model: type[models.Model], name: str, *, bound: tuple[str, ...]) -> None:
    """Seal a column of somebody else's model, whose class we can't write. Harmless to repeat."""
    field: Any = model._meta.get_field(name)
    # It stays the same column to its own migrations.
    field.__class__ = SealedCharField
    field.bound = bound
    setattr(model, name, _Opened(field))


def _mark(secret: str) -> str | None:
    return ring().mark(_last_word(secret)) if secret else None


def _last_word(text: str) -> str:
    return text.rpartition(" ")[2]
