"""Wagtail's sites and our charities: a page belongs to the charity that answers at its site's host name."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest
from wagtail.models import Page, Site

from almoner.charities.models import Charity
from almoner.charities.sites import NoCharity, charity_for
from almoner.giving.catalogue import charity_at


@dataclass(frozen=True)
class Place:
    """A charity and its site, as one request finds them."""

    charity: Charity
    site: Site

    @property
    def root(self) -> Any:
        """The site's home page."""
        return self.site.root_page

    @property
    def root_url(self) -> str:
        """`https://stories.example`, without a slash at its end."""
        return str(self.site.root_url)

    @cached_property
    def restricted(self) -> Any:
        """The pages that only some may read, as a condition, asked for once."""
        return Page.objects.private_q()

    def address(self, page: Page) -> str:
        """The path of a page of this site, from its root: "/stories/a-story/"."""
        return "/" + str(page.url_path).removeprefix(str(self.root.url_path))


def place_at(site: Site | None, page: Page) -> Place | None:
    """Where a page stands that was asked for at `site`: from memory; None where it is no page of that site."""
    if site is None or not str(page.url_path).startswith(str(site.root_page.url_path)):
        return None
    charity = charity_at(site.hostname)
    return Place(charity, site) if charity is not None else None


def place_of(page: Page) -> Place | None:
    """Where a page stands; None for one outside every site, or in a site at whose host no charity answers."""
    parts = page.get_url_parts()
    site = Site.objects.select_related("root_page").filter(pk=parts[0]).first() if parts else None
    if site is None:
        return None
    try:
        return Place(charity_for(site.hostname), site)
    except NoCharity:
        return None


def place_asked(request: HttpRequest) -> Place:
    """Where a request asks for something; 404 where no site or no charity answers."""
    site = Site.find_for_request(request)
    if site is None:
        raise Http404("No site answers here.")
    try:
        return Place(charity_for(site.hostname), site)
    except NoCharity:
        raise Http404("No charity answers here.") from None


def place_for(charity: Charity) -> Place | None:
    """The site on one of the charity's hosts; for the default charity, Wagtail's default site will do."""
    sites = Site.objects.select_related("root_page").order_by("-is_default_site", "pk")
    found = sites.filter(hostname__in=charity.hosts.values("host")).first()
    if found is None and charity.is_default:
        found = sites.filter(is_default_site=True).first()
    return Place(charity, found) if found is not None else None
