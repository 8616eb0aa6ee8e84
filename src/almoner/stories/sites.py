"""Wagtail's sites and our charities: a page belongs to the charity that answers at its site's host name."""

from wagtail.models import Page, Site

from almoner.charities.models import Charity
from almoner.charities.sites import NoCharity, charity_for


def charity_of(page: Page) -> Charity | None:
    """The charity whose site a page stands in; None for a page outside every site."""
    parts = page.get_url_parts()
    if parts is None or parts[0] is None:
        return None
    site = Site.objects.filter(pk=parts[0]).first()
    return charity_of_site(site) if site is not None else None


def charity_of_site(site: Site) -> Charity | None:
    try:
        return charity_for(site.hostname)
    except NoCharity:
        return None


def root_of(charity: Charity) -> Page | None:
    """The home page of a charity's site; None while it has none."""
    site = site_of(charity)
    return site.root_page if site is not None else None


def site_of(charity: Charity) -> Site | None:
    """The site on one of the charity's hosts; for the default charity, Wagtail's default site will do."""
    hosts = charity.hosts.values_list("host", flat=True)
    sites = Site.objects.select_related("root_page")
    found = sites.filter(hostname__in=list(hosts)).order_by("-is_default_site", "pk").first()
    if found is None and charity.is_default:
        found = sites.filter(is_default_site=True).first()
    return found
