"""Which charities a member of staff may see. Every staff list, page and export starts from here."""

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet

from almoner.charities.models import Charity


def charities_of(user: User | AnonymousUser) -> QuerySet[Charity]:
    """All for a superuser, the named ones for staff, none for anybody else."""
    if isinstance(user, AnonymousUser) or not user.is_active:
        return Charity.objects.none()
    if user.is_superuser:
        return Charity.objects.all()
    return Charity.objects.filter(staff_scopes__user_id=user.pk)
