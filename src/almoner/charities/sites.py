"""Whose site a request is for, and how old this process's memory of it may be."""

import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from almoner.charities.models import Charity, ContentStamp

# No network knows a host name that ends so (RFC 2606): a charity's pages stand there while it has none.
NOWHERE: Final = ".invalid"


class NoCharity(LookupError):
    """No charity answers at this host, and none is the default."""


def charity_for(host: str) -> Charity:
    """The charity that answers at `host` (a name, with or without port), else the default one: whose pages stand
    nowhere are never its."""
    name = host.rsplit(":", 1)[0].strip("[]").lower()
    charity = Charity.objects.filter(hosts__host=name).first()
    if charity is None:
        nobodys = Q(slug__iexact=name.removesuffix(NOWHERE)) if name.endswith(NOWHERE) else Q(is_default=True)
        charity = Charity.objects.filter(nobodys).first()
    if charity is None:
        raise NoCharity(name)
    return charity


def nowhere(charity: Charity) -> str:
    """The host name of a site whose charity has none now."""
    return f"{charity.slug.lower()}{NOWHERE}"


def bump(charity_id: int) -> None:
    """Say that a charity's public content changed: every process drops its ready pages within a second."""
    with transaction.atomic():
        if not ContentStamp.objects.filter(charity_id=charity_id).update(version=F("version") + 1):
            ContentStamp.objects.create(charity_id=charity_id, version=1)


def stamps() -> tuple[tuple[int, int], ...]:
    """(charity id, version) of all charities: one query, for caches to compare."""
    return tuple(ContentStamp.objects.order_by("charity_id").values_list("charity_id", "version"))


_Read = TypeVar("_Read")


class Remembered(Generic[_Read]):
    """Something of the database as this process last read it, read again at most once a second."""

    def __init__(self, read: Callable[[], _Read]) -> None:
        self._read = read
        self._value: tuple[_Read] | None = None
        self._read_at = 0.0

    def __call__(self) -> _Read:
        if self._value is None or time.monotonic() - self._read_at >= settings.STAMP_AGE_SECONDS:
            self._value = (self._read(),)
            self._read_at = time.monotonic()
        return self._value[0]

    def forget(self) -> None:
        """Read again at the next question, for instance because the database is another one."""
        self._value = None


# What a cache compares before it answers from memory.
current_stamps = Remembered(stamps)
forget_stamps = current_stamps.forget
