"""Wagtail's sites and our charities: a page belongs to the charity that answers at its site's host name."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page, Site

from almoner.charities.models import Charity
from almoner.charities.sites import NoCharity, charity_for

_PAGE_PERMISSIONS = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page")
_COLLECTION_PERMISSIONS = ("add_image", "change_image", "choose_image")


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


def editors_of(charity: Charity) -> Group:
    """The group whose members write a charity's pages, and nobody else's; made, or brought up to date."""
    group, _ = Group.objects.get_or_create(name=f"Editors of {charity.name} ({charity.slug})")
    group.permissions.add(
        Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    )
    root = root_of(charity)
    if root is not None:
        for permission in _named("wagtailcore", _PAGE_PERMISSIONS):
            GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
    for permission in _named("wagtailimages", _COLLECTION_PERMISSIONS):
        GroupCollectionPermission.objects.get_or_create(
            group=group, collection=collection_of(charity), permission=permission
        )
    return group


def collection_of(charity: Charity) -> Collection:
    """Where a charity's pictures lie: its editors see no other charity's."""
    root = Collection.get_first_root_node()
    found = root.get_children().filter(name=charity.slug).first()
    return found if found is not None else root.add_child(name=charity.slug)


def _named(app: str, codenames: tuple[str, ...]) -> Any:
    return Permission.objects.filter(content_type__app_label=app, codename__in=codenames)
