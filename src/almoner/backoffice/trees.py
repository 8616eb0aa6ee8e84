"""Which sites, pages and collections of Wagtail's are which charity's."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from wagtail.models import Page, Site

from almoner.charities.models import Charity, CharityHost
from almoner.charities.sites import NOWHERE, NoCharity, charity_for, nowhere


def sites_of(charities: Iterable[Charity]) -> QuerySet[Site]:
    """The sites at these charities' hosts or at none, and the default site for the default charity, unless it is
    another's."""
    charities = list(charities)
    ids = [charity.pk for charity in charities]
    answers = Q(hostname__in=CharityHost.objects.filter(charity_id__in=ids).values("host"))
    answers |= Q(hostname__in=[nowhere(charity) for charity in charities])
    if any(charity.is_default for charity in charities):
        others = CharityHost.objects.exclude(charity_id__in=ids).values("host")
        answers |= Q(is_default_site=True) & ~Q(hostname__in=others) & ~Q(hostname__endswith=NOWHERE)
    return Site.objects.filter(answers).select_related("root_page").order_by("pk")


def charity_of(thing: Any) -> Charity | None:
    """Whose a page, a picture, a document, a site or a redirect is; None for what is nobody's, or everybody's."""
    if isinstance(thing, Page):
        return _of_site(_site_of(thing))
    if isinstance(thing, Site):
        return _of_site(thing)
    collection = getattr(thing, "collection", None)
    if collection is not None:
        names = collection.get_ancestors(inclusive=True).values("name")
        return Charity.objects.filter(slug__in=names).first()
    return _of_site(getattr(thing, "site", None))


def _site_of(page: Page) -> Site | None:
    """The innermost site in whose tree a page stands."""
    roots = sorted(Site.objects.select_related("root_page"), key=lambda site: -len(site.root_page.path))
    return next((site for site in roots if page.path.startswith(site.root_page.path)), None)


def _of_site(site: Any) -> Charity | None:
    if not isinstance(site, Site):
        return None
    named = Charity.objects.filter(hosts__host=site.hostname).first()
    if named is None and (site.is_default_site or site.hostname.endswith(NOWHERE)):
        try:
            return charity_for(site.hostname)
        except NoCharity:
            return None
    return named
