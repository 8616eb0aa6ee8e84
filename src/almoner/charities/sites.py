"""Whose site a request is for, and how old this process's memory of it may be."""

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
