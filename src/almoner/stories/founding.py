"""The site in which a charity's pages stand: it comes with the charity, and moves along with its hosts."""

from collections.abc import Collection, Iterable
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import translation
from wagtail.log_actions import LogContext
from wagtail.models import Page, Site

from almoner.charities.models import Charity, CharityHost
from almoner.charities.sites import NOWHERE, bump, nowhere
from almoner.stories.models import HomePage, StoryIndexPage
from almoner.stories.sites import nobodys_default
from almoner.stories.wording import wording

# Where Wagtail's migrations leave the first site.
_UNSET: Final = "localhost"


def follow_all() -> None:
    """For charities that were made before their sites came with them."""
    for charity in Charity.objects.order_by("pk"):
        follow(charity)


def follow(charity: Charity, left: Collection[str] = ()) -> None:
    """See that a charity's pages stand at one of its hosts; it `left` those that it had before and has no more. Safe to
    repeat: a site that staff placed at a host of the charity's stays there."""
    # Whoever saved the charity made no page: Almoner did.
    with transaction.atomic(), LogContext(user=None):
        _follow(charity, left)


def _follow(charity: Charity, left: Collection[str]) -> None:
    hosts = list(charity.hosts.order_by("pk").values_list("host", flat=True))
    site = _standing(charity, [*hosts, *left])
    host = _kept(site, hosts, left) or _chosen(charity, hosts)
    if site is None and not host:
        # Nobody could find it.
        return
    if site is None or _untouched(site.root_page):
        settle(charity, begin(charity), host, site=site)
    elif site.hostname != host:
        settle(charity, site.root_page, host or nowhere(charity), site=site)
    elif charity.is_default and not site.is_default_site:
        settle(charity, site.root_page, host, port=site.port, site=site)


def make_way(charity: Charity, hosts: Collection[str]) -> None:
    """Before a charity answers at these hosts, and at nobody's if it is to be the default: pages of the default charity
    of until now that stand there would be shown under another's name, so they move to where they are found by its own
    or not at all. `charity` isn't saved yet."""
    before = Charity.objects.filter(is_default=True).exclude(pk=charity.pk).first()
    if before is None:
        return
    nobodys = Site.objects.exclude(hostname__in=CharityHost.objects.values("host")).exclude(
        hostname__endswith=NOWHERE
    )
    with transaction.atomic():
        for site in nobodys if charity.is_default else nobodys.filter(hostname__in=hosts):
            site.hostname = _free_host(before, site)
            site.save()
        if charity.is_default:
            # Else the next default would find it, and take it for its own.
            Site.objects.filter(is_default_site=True).update(is_default_site=False)
        bump(before.pk)


def settle(charity: Charity, home: Page, host: str, *, port: int = 0, site: Site | None = None) -> None:
    """Place a charity's home page at a host; `port` 0 is the installation's. Wagtail's welcome page gives way to the
    first one, and a site that is left at a host which is its charity's no more."""
    welcome = _welcome()
    if site is None:
        site = home.sites_rooted_here.first() or (welcome and welcome.sites_rooted_here.first()) or Site()
    site.root_page, site.hostname, site.port = home, host, port or _port()
    for other in Site.objects.filter(hostname=host, port=site.port).exclude(pk=site.pk):
        Site.objects.filter(pk=other.pk).update(hostname=f"{other.root_page.slug}{NOWHERE}")
    site.site_name = site.site_name or charity.name
    others = Site.objects.filter(is_default_site=True).exclude(pk=site.pk)
    if charity.is_default:
        # Who answers at hosts that are nobody's shows its pages there too.
        others.update(is_default_site=False)
    site.is_default_site = not others.exists()
    site.save()
    if welcome is not None and welcome.pk != home.pk:
        welcome.delete()


def begin(charity: Charity) -> HomePage:
    """A home page with nothing but the charity's name, and an empty list of stories, both of them public."""
    home = HomePage(title=charity.name, heading=charity.name, slug=_free_slug(charity.slug))
    _root().add_child(instance=home)
    with translation.override(charity.language):
        stories = StoryIndexPage(title=wording().stories, slug="stories")
    home.add_child(instance=stories)
    for page in (home, stories):
        page.save_revision().publish()
    return home


def _standing(charity: Charity, hosts: Iterable[str]) -> Site | None:
    """The charity's site: at one of these hosts, or at none since it had its last one, or by default."""
    sites = Site.objects.select_related("root_page").order_by("-is_default_site", "pk")
    found = sites.filter(hostname__in=[*hosts, nowhere(charity)]).first()
    return found or (nobodys_default() if charity.is_default else None)


def _kept(site: Site | None, hosts: Collection[str], left: Collection[str]) -> str:
    """The host of a site that may stay there: one of the charity's, or, where it names none, whatever staff chose."""
    if site is None or site.hostname in left:
        return ""
    stays = site.hostname in hosts if hosts else site.is_default_site and site.hostname != _UNSET
    return site.hostname if stays else ""


def _chosen(charity: Charity, hosts: list[str]) -> str:
    """The installation's own address where that is the charity's, else its first; "" where it answers at none."""
    own = urlsplit(settings.SITE_URL).hostname or ""
    if own in hosts:
        return own
    if charity.is_default and not hosts:
        # It answers at hosts that are nobody's.
        return nowhere(charity) if CharityHost.objects.filter(host=own).exists() else own
    return hosts[0] if hosts else ""


def _free_host(charity: Charity, site: Site) -> str:
    """Of a charity's own hosts the first at which no site stands, else nowhere."""
    taken = set(Site.objects.values_list("hostname", flat=True))
    own = charity.hosts.order_by("pk").values_list("host", flat=True)
    names = [*own, nowhere(charity), f"{charity.slug}-{site.pk}{NOWHERE}"]
    return next(name for name in names if name not in taken)


def _port() -> int:
    parts = urlsplit(settings.SITE_URL)
    return parts.port or (443 if parts.scheme == "https" else 80)


def _root() -> Any:
    return Page.get_first_root_node()


def _free_slug(wanted: str) -> str:
    taken = set(_root().get_children().values_list("slug", flat=True))
    names = [wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


def _welcome() -> Page | None:
    """The page that Wagtail's migrations leave behind, as long as nobody has touched it."""
    return next((page for page in Page.objects.filter(depth=2, slug="home") if _untouched(page)), None)


def _untouched(page: Page) -> bool:
    return page.content_type.model == "page" and page.numchild == 0 and page.latest_revision_id is None
