"""What staff's pages of this room share: whose sites somebody writes for, and the trail at the top."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from wagtail.permissions import page_permission_policy

from almoner.charities.models import Charity
from almoner.charities.scope import charities_of
from almoner.stories.sites import place_for


def own_charities(user: Any) -> QuerySet[Charity]:
    """The charities to whose site somebody may add pages."""
    placed = ((charity, place_for(charity)) for charity in charities_of(user))
    may = [c.pk for c, place in placed if place and place.root.permissions_for_user(user).can_add_subpage()]
    return Charity.objects.filter(pk__in=may).order_by("-is_default", "name")


def writers(charities: QuerySet[Charity]) -> QuerySet[User]:
    """Who may look after what these charities say in public: nobody else can open it."""
    found: QuerySet[User] = page_permission_policy.users_with_any_permission(["add", "change", "publish"])
    own = Q(is_superuser=True) | Q(charity_scopes__charity__in=charities)
    return found.filter(own).distinct().order_by("username")


def in_time_of(charity: Charity | None) -> None:
    """Days are shown as they are where the charity is. Wagtail restores its own clock afterwards."""
    if charity is not None:
        timezone.activate(ZoneInfo(charity.timezone))


def crumbs(*trail: tuple[str, str]) -> list[dict[str, str]]:
    home = {"url": reverse("wagtailadmin_home"), "label": "Home"}
    return [home, *({"url": url, "label": label} for label, url in trail)]
