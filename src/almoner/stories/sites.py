"""Wagtail's sites and our charities: a page belongs to the charity that answers at its site's host name."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import CharField, Exists, F, OuterRef, Q
from django.db.models.functions import Length, Substr
from django.http import Http404, HttpRequest
from django.http.request import split_domain_port
from wagtail.models import Page, PageViewRestriction, Site

from almoner.charities.models import Charity, CharityHost
from almoner.charities.rows import Given, Select
from almoner.charities.sites import NoCharity, charity_for
from almoner.giving.catalogue import charity_at


def root_url(site: Site) -> str:
    """`https://stories.example`, without a slash at its end. Wagtail takes a site at port 80 for one without TLS; where
    the installation has TLS, all of it has."""
    if site.port == 80 and urlsplit(settings.SITE_URL).scheme == "https":
        return f"https://{site.hostname}"
    return str(site.root_url)


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
        return root_url(self.site)

    def address(self, page: Page) -> str:
        """The path of a page of this site, from its root: "/stories/a-story/"."""
        return self.address_of(str(page.url_path))

    def address_of(self, url_path: str) -> str:
        return "/" + url_path.removeprefix(str(self.root.url_path))


def restricted(path: str = "path") -> Exists:
    """Whether only some may read the page: it, or one above it, is restricted. `path`: where the query has its path."""
    above = Substr(OuterRef(path), 1, Length("page__path"))
    return Exists(PageViewRestriction.objects.annotate(above=above).filter(above=F("page__path")))


def site_asked(request: HttpRequest) -> Site | None:
    """What `Site.find_for_request` finds, kept where Wagtail keeps it."""
    known: Site | None = getattr(request, "_wagtail_site", None)
    if known is None:
        # As Wagtail does: whether the host may ask at all is looked at elsewhere.
        host = split_domain_port(request._get_raw_host())[0]  # type: ignore[attr-defined]
        known = _best(_named.all(host=host), host, int(request.get_port()))
        request._wagtail_site = known  # type: ignore[attr-defined]
    return known


_named: Final = Select[Site](
    lambda: (
        Site.objects.filter(Q(hostname=Given("host", CharField())) | Q(is_default_site=True))
        .order_by("pk")
        .select_related("root_page")
    )
)


def _best(sites: list[Site], host: str, port: int) -> Site | None:
    """Wagtail's rule: host and port, then the host if it is the default, then the host if it is one site's alone, then
    the default."""
    own = [site for site in sites if site.hostname == host]
    exact = [site for site in own if site.port == port] or [site for site in own if site.is_default_site]
    if exact or len(own) == 1:
        return (exact or own)[0]
    return next((site for site in sites if site.is_default_site), None)


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
    """Where a request asks for something, from memory; 404 where no site or no charity answers."""
    site = site_asked(request)
    if site is None:
        raise Http404("No site answers here.")
    charity = charity_at(site.hostname)
    if charity is None:
        raise Http404("No charity answers here.")
    return Place(charity, site)


def site_url(charity: Charity) -> str:
    """Where a charity's pages are to be found, without a slash at its end: one address of each, at whichever of its
    hosts it was asked for."""
    place = place_for(charity)
    return place.root_url if place is not None else str(settings.SITE_URL)


def place_for(charity: Charity) -> Place | None:
    """The site on one of the charity's hosts; for the default charity, Wagtail's default site will do."""
    sites = Site.objects.select_related("root_page").order_by("-is_default_site", "pk")
    found = sites.filter(hostname__in=charity.hosts.values("host")).first()
    if found is None and charity.is_default:
        found = nobodys_default()
    return Place(charity, found) if found is not None else None


def nobodys_default() -> Site | None:
    """Wagtail's default site, for the default charity; None where it stands at a host of some charity's."""
    taken = CharityHost.objects.values("host")
    return (
        Site.objects.filter(is_default_site=True)
        .exclude(hostname__in=taken)
        .select_related("root_page")
        .first()
    )
