"""Which charities a member of staff may see. Every staff list, page and export starts from here."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import QuerySet

from almoner.charities.models import Charity


def charities_of(user: AbstractBaseUser | AnonymousUser | Any) -> QuerySet[Charity]:
    """All for a superuser, the named ones for staff, none for anybody else."""
    if not user.is_authenticated or not user.is_active:
        return Charity.objects.none()
    if user.is_superuser:
        return Charity.objects.all()
    return Charity.objects.filter(staff_scopes__user_id=user.pk)
