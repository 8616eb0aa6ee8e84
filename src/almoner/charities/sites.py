"""Whose site a request is for, and how old this process's memory of it may be."""

import time

from django.conf import settings
from django.db import transaction
from django.db.models import F

from almoner.charities.models import Charity, ContentStamp


class NoCharity(LookupError):
    """No charity answers at this host, and none is the default."""


def charity_for(host: str) -> Charity:
    """The charity that answers at `host` (a name, with or without port), else the default one."""
    name = host.rsplit(":", 1)[0].strip("[]").lower()
    charity = (
        Charity.objects.filter(hosts__host=name).first() or Charity.objects.filter(is_default=True).first()
    )
    if charity is None:
        raise NoCharity(name)
    return charity


def bump(charity_id: int) -> None:
    """Say that a charity's public content changed: every process drops its ready pages within a second."""
    with transaction.atomic():
        if not ContentStamp.objects.filter(charity_id=charity_id).update(version=F("version") + 1):
            ContentStamp.objects.create(charity_id=charity_id, version=1)


def stamps() -> tuple[tuple[int, int], ...]:
    """(charity id, version) of all charities: one query, for caches to compare."""
    return tuple(ContentStamp.objects.order_by("charity_id").values_list("charity_id", "version"))


class _Memory:
    """The stamps as this process last read them."""

    stamps: tuple[tuple[int, int], ...] = ()
    read_at = float("-inf")


def current_stamps(*, max_age_seconds: float | None = None) -> tuple[tuple[int, int], ...]:
    """The stamps, read again at most once a second: what a cache compares before it answers from memory."""
    age_seconds = settings.STAMP_AGE_SECONDS if max_age_seconds is None else max_age_seconds
    if time.monotonic() - _Memory.read_at >= age_seconds:
        _Memory.stamps = stamps()
        _Memory.read_at = time.monotonic()
    return _Memory.stamps


def forget_stamps() -> None:
    """Read the stamps again at the next question, for instance because the database is another one."""
    _Memory.read_at = float("-inf")
