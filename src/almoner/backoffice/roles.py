"""The roles that come with an installation, and which stories and pictures each charity's staff may touch."""

from collections.abc import Iterable
from typing import Any, Final

from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission

from almoner.backoffice import access, reviewing, trees
from almoner.backoffice.models import Staff
from almoner.charities.models import Charity, StaffScope

FUNDRAISERS: Final = "Fundraisers"
EDITORS: Final = "Editors"
TREASURERS: Final = "Treasurers"
FIELD: Final = "Field"

_ROLES: Final[dict[str, tuple[str, ...]]] = {
    FUNDRAISERS: (
        access.VIEW_GIFTS, access.ENTER_GIFTS, access.BOOK_BANK, access.REFUND_GIFTS, access.EXPORT_GIFTS,
        access.RESEND_RECEIPTS, access.VIEW_REPORTS, access.ANSWER_DISPUTES, access.VIEW_IMPACT,
    ),
    EDITORS: (
        access.EDIT_FORMS, access.MANAGE_ATTACKS, access.VIEW_IMPACT, access.ENTER_FIGURES, access.VERIFY_FIGURES,
        access.EDIT_PROGRAMMES,
    ),
    TREASURERS: (
        access.VIEW_GIFTS, access.BOOK_BANK, access.REFUND_GIFTS, access.EXPORT_GIFTS, access.ERASE_DONORS,
        access.VIEW_REPORTS, access.VIEW_AUDIT, access.CLOSE_BOOKS, access.MANAGE_ATTACKS, access.ANSWER_DISPUTES,
        access.VIEW_IMPACT, access.VERIFY_FIGURES,
    ),
    # People who work with programmes: they enter what they know, and see no donor, no gift and no money.
    FIELD: (access.VIEW_IMPACT, access.ENTER_FIGURES),
}  # fmt: skip
ROLE_NAMES: Final = tuple(_ROLES)
_PAGE_ACTS: Final = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page")
_MEDIA_ACTS: Final = (
    "add_image",
    "change_image",
    "choose_image",
    "add_document",
    "change_document",
    "choose_document",
)


def ensure_roles() -> None:
    """Make the four roles and each charity's story group, with what they may do. Safe to repeat, after any migrate.

    Permissions that were added to a role by hand stay; those of this room are set to what stands above.
    """
    with transaction.atomic():
        admin = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
        own = {p.codename: p for p in Permission.objects.filter(content_type__app_label="backoffice")}
        _rename(own)
        for name, codenames in _ROLES.items():
            group, _ = Group.objects.get_or_create(name=name)
            group.permissions.remove(*(p for code, p in own.items() if code not in codenames))
            group.permissions.add(admin, *(own[code] for code in codenames))
        _close_the_whole_tree()
        for charity in Charity.objects.prefetch_related("hosts"):
            ensure_story_group(charity)
        sync_story_groups(User.objects.filter(is_superuser=False))


def _rename(own: dict[str, Permission]) -> None:
    """Django names a permission when it makes it, and never again."""
    for codename, name in Staff._meta.permissions:
        if own[codename].name != name:
            Permission.objects.filter(pk=own[codename].pk).update(name=name)


def ensure_story_group(charity: Charity) -> Group:
    """The group that may edit a charity's pages, pictures and documents, and reviews its pages. Members: see
    `sync_story_groups`."""
    group, _ = Group.objects.get_or_create(name=story_group_name(charity))
    sites = list(trees.sites_of([charity]))
    reviewing.ensure(charity, group, sites)
    for site in sites:
        for permission in Permission.objects.filter(
            codename__in=_PAGE_ACTS, content_type__app_label="wagtailcore"
        ):
            GroupPagePermission.objects.get_or_create(group=group, page=site.root_page, permission=permission)
    collection = _collection(charity)
    media = Permission.objects.filter(
        codename__in=_MEDIA_ACTS, content_type__app_label__in=("wagtailimages", "wagtaildocs")
    )
    for permission in media:
        GroupCollectionPermission.objects.get_or_create(
            group=group, collection=collection, permission=permission
        )
    return group


def story_group_name(charity: Charity) -> str:
    return f"Stories of {charity.slug}"


def sync_story_groups(users: Iterable[Any]) -> None:
    """Editors stand in the story groups of the charities they are named for, and in no other."""
    groups = {charity.pk: ensure_story_group(charity) for charity in Charity.objects.all()}
    scopes: dict[int, set[int]] = {}
    for user_id, charity_id in StaffScope.objects.values_list("user_id", "charity_id"):
        scopes.setdefault(user_id, set()).add(charity_id)
    for user in users:
        editor = user.groups.filter(name=EDITORS).exists()
        wanted = [groups[pk] for pk in scopes.get(user.pk, ()) if editor]
        user.groups.remove(*(group for group in groups.values() if group not in wanted))
        user.groups.add(*wanted)


def _close_the_whole_tree() -> None:
    """Wagtail's own Editors and Moderators may edit every page, so every charity's. Here a charity's group does."""
    GroupPagePermission.objects.filter(group__name__in=(EDITORS, "Moderators"), page__depth=1).delete()
    GroupCollectionPermission.objects.filter(
        group__name__in=(EDITORS, "Moderators"), collection__depth=1
    ).delete()


def _collection(charity: Charity) -> Collection:
    """Named by the slug, which is one charity's alone and never changes with its public name."""
    root = Collection.get_first_root_node()
    found = root.get_children().filter(name=charity.slug).first()
    return found or root.add_child(name=charity.slug)
