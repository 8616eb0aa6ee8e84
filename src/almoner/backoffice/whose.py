"""Which of Wagtail's things a member of staff may know of: pages, pictures, documents, tags, people.

Wagtail asks before it changes something; in its choosers, lists and answers for scripts it mostly doesn't ask before it
shows something. Charities that share an installation must not read each other's drafts there.
"""

from typing import Any

from django.contrib.auth.models import Group, User
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Count, Model, Q, QuerySet
from taggit.models import Tag
from wagtail.admin.auth import user_has_any_page_permission
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.documents.permissions import permission_policy as document_policy
from wagtail.images import get_image_model
from wagtail.images.permissions import permission_policy as image_policy
from wagtail.models import Page, Site

from almoner.backoffice import roles
from almoner.backoffice.trees import sites_of
from almoner.charities.models import Charity
from almoner.charities.scope import charities_of

_MEDIA_ACTS = ("add", "change", "choose", "delete")


def writes_pages(user: Any) -> bool:
    """Whether somebody has anything to do with pages at all, and so with what pages are made of."""
    return bool(user_has_any_page_permission(user))


def pages_of(user: Any) -> QuerySet[Page]:
    """The pages of one's charities' sites: all for a superuser, none for those who have nothing to do with pages."""
    if user.is_superuser:
        return Page.objects.all()
    if not writes_pages(user):
        return Page.objects.none()
    own = _paths(charities_of(user))
    inside = Q(pk__in=[])
    for path in own:
        inside |= Q(path__startswith=path)
    # A site may stand inside another one's tree.
    for path in _paths(Charity.objects.exclude(pk__in=charities_of(user).values("pk"))):
        if path not in own and any(path.startswith(root) for root in own):
            inside &= ~Q(path__startswith=path)
    return Page.objects.filter(inside)


def _paths(charities: QuerySet[Charity]) -> list[str]:
    return [site.root_page.path for site in sites_of(charities)]


def start_of(user: Any) -> Page:
    """Where somebody begins to look for a page: their home page, or the root of all above several."""
    roots = [site.root_page for site in sites_of(charities_of(user))]
    return roots[0] if len(roots) == 1 else Page.get_first_root_node()


def images_of(user: Any) -> QuerySet[Any]:
    found: QuerySet[Any] = image_policy.instances_user_has_any_permission_for(user, _MEDIA_ACTS)
    return found if user.is_superuser or writes_pages(user) else get_image_model().objects.none()


def documents_of(user: Any) -> QuerySet[Any]:
    found: QuerySet[Any] = document_policy.instances_user_has_any_permission_for(user, _MEDIA_ACTS)
    return found if user.is_superuser or writes_pages(user) else get_document_model().objects.none()


def tags_of(user: Any) -> QuerySet[Tag]:
    """The tags of pictures and documents that one may use, the most frequent first."""
    if user.is_superuser:
        tags = Tag.objects.all()
    else:
        in_images = Q(image__in=images_of(user).values("pk"))
        tags = Tag.objects.filter(in_images | Q(document__in=documents_of(user).values("pk")))
    return tags.annotate(item_count=Count("taggit_taggeditem_items", distinct=True)).order_by(
        "-item_count", "name"
    )


def people_of(user: Any) -> QuerySet[User]:
    """Those who work for one of the same charities, and superusers, who work for all."""
    if user.is_superuser:
        return User.objects.all()
    together = User.objects.filter(charity_scopes__charity__in=charities_of(user).values("pk"))
    return User.objects.filter(Q(pk__in=together.values("pk")) | Q(is_superuser=True))


def groups_of(user: Any) -> QuerySet[Group]:
    """The groups of people that one may name: all but the story groups of charities that are not one's own."""
    if user.is_superuser:
        return Group.objects.all()
    others = Charity.objects.exclude(pk__in=charities_of(user).values("pk"))
    return Group.objects.exclude(name__in=[roles.story_group_name(charity) for charity in others])


def has_all(user: Any) -> bool:
    """Whether every charity is theirs."""
    return not Charity.objects.exclude(pk__in=charities_of(user).values("pk")).exists()


def sites_of_reader(user: Any) -> QuerySet[Site]:
    return Site.objects.all() if has_all(user) else sites_of(charities_of(user))


def redirects_of(user: Any) -> QuerySet[Redirect]:
    """Redirects from one's own sites; those from all sites are nobody's alone."""
    own = Redirect.objects.filter(site__in=sites_of_reader(user).values("pk"))
    return Redirect.objects.all() if user.is_superuser or has_all(user) else own


def things_of(user: Any, model: type[Model]) -> QuerySet[Any] | None:
    """What one may know of among things of a kind; None for a kind that belongs to no charity."""
    for kind, of in (
        (Page, pages_of), (get_image_model(), images_of), (get_document_model(), documents_of),
        (Site, sites_of_reader), (Charity, charities_of), (Group, groups_of),
    ):  # fmt: skip
        if issubclass(model, kind):
            return of(user)
    try:
        field: Any = model._meta.get_field("charity")
    except FieldDoesNotExist:
        return None
    own = charities_of(user).values("pk")
    return model._default_manager.filter(charity__in=own) if field.related_model is Charity else None
