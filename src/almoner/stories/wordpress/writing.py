"""The one writer: a post becomes a page, in a transaction of its own, once however often its export comes.

Nothing is published by accident: only what anybody could read where it stood, only when that was asked for, and only
if readers would miss nothing of it. What an editor has touched since is left alone.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import Resolver404, resolve
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from almoner.charities.models import Charity
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import crash_point
from almoner.stories.models import ImportedPost, StoryIndexPage, StoryPage, TextPage
from almoner.stories.publishing import remember
from almoner.stories.sites import Place
from almoner.stories.wordpress.planning import Outcome
from almoner.stories.wordpress.report import Fate

EDITED: Final = "an editor has changed the page here, and the post has changed there"
WITHDRAWN: Final = "it is public here, and no longer there: take the page down, or leave it"
_REDIRECT_CHARS_MAX: Final = 255


@dataclass(frozen=True, slots=True)
class Wish:
    """What the import was asked for. `forms`: (tag, number) of a shortcode, and our form that stands for it."""

    charity: Charity
    place: Place
    stories: StoryIndexPage
    forms: Mapping[tuple[str, str], str]
    publish: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    fate: Fate
    page: Page | None = None
    published: bool = False
    redirected: bool = False
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    forms: tuple[tuple[str, str], ...] = ()


def write(
    key: str, number: int, outcome: Outcome, parent_key: str | None, wish: Wish, *, keep: bool
) -> Written:
    """`key` tells the post; `parent_key` the page above it. Without `keep` all is done and taken back."""
    try:
        with transaction.atomic():
            written = _written(key, number, outcome, parent_key if keep else None, wish)
            crash_point("wordpress.before-commit")
            if not keep:
                transaction.set_rollback(True)
    except ValidationError as error:
        return quarantine(
            key, number, outcome.kind, outcome.title, outcome.address, str(error), wish, keep=keep
        )
    crash_point("wordpress.after-commit")
    return written


def quarantine(
    key: str, number: int, kind: str, title: str, address: str, why: str, wish: Wish, *, keep: bool
) -> Written:
    """Nothing of the post is taken; a later import tries again. What stands here already stays as it is."""
    if keep:
        with transaction.atomic():
            known = ImportedPost.objects.filter(charity=wish.charity, key=key).first() or ImportedPost(
                charity=wish.charity, key=key, kind=kind, number=number
            )
            _remember(
                known, title=title, address=address, state=ImportedPost.State.QUARANTINED, reasons=(why,)
            )
    return Written(Fate.QUARANTINED, reasons=(why,))


def _written(key: str, number: int, outcome: Outcome, parent_key: str | None, wish: Wish) -> Written:
    known = ImportedPost.objects.select_for_update(of=("self",)).filter(charity=wish.charity, key=key).first()
    if known is None or (known.page_id is None and not known.digest):
        known = known or ImportedPost(charity=wish.charity, key=key, kind=outcome.kind, number=number)
        return _create(known, outcome, parent_key, wish)
    if known.page_id is None:
        return Written(Fate.UNCHANGED, notes=("its page was deleted here, so it stays away",))
    page: Any = Page.objects.get(pk=known.page_id).specific
    publish = _may_publish(outcome, wish) and not known.published and page.last_published_at is None
    if known.digest == outcome.digest and not (publish and page.latest_revision_id == known.revision):
        _remember(known, state=ImportedPost.State.IMPORTED, reasons=outcome.reasons)
        return Written(Fate.UNCHANGED, page, reasons=outcome.reasons, notes=outcome.notes)
    if page.latest_revision_id != known.revision:
        return _leave(known, page, EDITED)
    if page.live and not outcome.public:
        return _leave(known, page, WITHDRAWN)
    if page.live and outcome.reasons:
        return _leave(
            known, page, f"it has changed there, and readers would miss something: {outcome.reasons[0]}"
        )
    return _change(known, page, outcome, wish, live=page.live or publish)


def _leave(known: ImportedPost, page: Page, why: str) -> Written:
    _remember(known, state=ImportedPost.State.QUARANTINED, reasons=(why,))
    return Written(Fate.QUARANTINED, page, reasons=(why,))


def _create(known: ImportedPost, outcome: Outcome, parent_key: str | None, wish: Wish) -> Written:
    parent, found = _parent(outcome, parent_key, wish)
    page: Any = StoryPage() if outcome.kind == "post" else TextPage()
    live = _may_publish(outcome, wish)
    _fill(page, outcome)
    page.slug = _free_slug(parent, outcome.slug, top=parent.pk == wish.place.root.pk)
    page.live, page.has_unpublished_changes = live, not live
    page.last_published_at = outcome.modified_at if live else None
    parent.add_child(instance=page)
    notes = (
        outcome.notes
        if found
        else (*outcome.notes, "the page above it was not imported, so it stands at the top")
    )
    written = _finish(known, page, replace(outcome, notes=notes), wish, live=live)
    return replace(written, fate=Fate.IMPORTED)


def _change(known: ImportedPost, page: Any, outcome: Outcome, wish: Wish, *, live: bool) -> Written:
    published = live and not page.live
    _fill(page, outcome)
    page.live, page.has_unpublished_changes = live, not live
    if live:
        page.last_published_at = outcome.modified_at or now()
    page.save()
    return replace(_finish(known, page, outcome, wish, live=live), fate=Fate.CHANGED, published=published)


def _finish(known: ImportedPost, page: Any, outcome: Outcome, wish: Wish, *, live: bool) -> Written:
    """The page's version, what is remembered of it, and the way to it from its old address."""
    revision = page.save_revision(clean=False, changed=False)
    # As Wagtail's publishing leaves it, without its signal: nearness is computed once, after the last post.
    Page.objects.filter(pk=page.pk).update(
        live_revision=revision if live else None, has_unpublished_changes=not live
    )
    if live and isinstance(page, StoryPage):
        remember(page)
    _remember(
        known,
        title=outcome.title,
        address=outcome.address,
        state=ImportedPost.State.IMPORTED,
        reasons=outcome.reasons,
        page=page,
        revision=revision.pk,
        digest=outcome.digest,
        published=known.published or live,
    )
    redirected, notes = _redirect(page, outcome, wish)
    return Written(Fate.IMPORTED, page, live, redirected, outcome.reasons, (*outcome.notes, *notes))


def _remember(known: ImportedPost, *, reasons: tuple[str, ...], **said: Any) -> None:
    """Written only if it says something new: a second import changes no row."""
    said["reasons"] = list(reasons)
    if "title" in said:
        said["title"] = said["title"][:255]
    if known.pk is not None and all(getattr(known, name) == value for name, value in said.items()):
        return
    for name, value in said.items():
        setattr(known, name, value)
    known.at = now()
    known.save()


def _may_publish(outcome: Outcome, wish: Wish) -> bool:
    return wish.publish and outcome.public and not outcome.reasons


def _fill(page: Any, outcome: Outcome) -> None:
    page.title, page.draft_title, page.body = outcome.title, outcome.title, json.dumps(outcome.body)
    page.first_published_at, page.go_live_at = outcome.first_published_at, outcome.go_live_at
    if isinstance(page, StoryPage):
        page.summary, page.author, page.topics = outcome.summary, outcome.author, outcome.topics
        page.lead_image_id, page.lead_alt = outcome.lead, outcome.lead_alt
    else:
        page.search_description = outcome.summary


def _parent(outcome: Outcome, parent_key: str | None, wish: Wish) -> tuple[Page, bool]:
    """The page it stands below, read afresh, for its children are counted in it; and whether that is the wanted one."""
    if outcome.kind == "post":
        return Page.objects.get(pk=wish.stories.pk), True
    if parent_key is not None:
        above = ImportedPost.objects.filter(charity=wish.charity, key=parent_key, page__isnull=False).first()
        page = above.page if above is not None else None
        if page is not None and isinstance(page.specific, TextPage):
            return page, True
    return Page.objects.get(pk=wish.place.root.pk), parent_key is None


def _free_slug(parent: Page, wanted: str, *, top: bool) -> str:
    """One that no sister has, and no address of ours."""
    taken = set(parent.get_children().filter(slug__startswith=wanted).values_list("slug", flat=True))
    slug, number = wanted, 1
    while slug in taken or (top and _is_ours(slug)):
        number += 1
        slug = f"{wanted}-{number}"
    return slug


def _is_ours(slug: str) -> bool:
    if slug in dict(settings.LANGUAGES):
        return True
    return any(_leads_elsewhere(path) for path in (f"/{slug}/", f"/{slug}/below/"))


def _leads_elsewhere(path: str) -> bool:
    try:
        return resolve(path).url_name != "wagtail_serve"
    except Resolver404:
        return False


def _redirect(page: Page, outcome: Outcome, wish: Wish) -> tuple[bool, tuple[str, ...]]:
    """From where the post stood. Only what anybody could read has a way: its address says what a post is called."""
    here = wish.place.address(page)
    old = Redirect.normalise_path(outcome.old_path) if outcome.old_path else ""
    if not old or old == Redirect.normalise_path(here):
        return False, ()
    if len(old) > _REDIRECT_CHARS_MAX:
        return False, ("its old address is too long to lead here",)
    redirect, made = Redirect.objects.get_or_create(
        old_path=old, site=wish.place.site, defaults={"redirect_page": page, "automatically_created": True}
    )
    if redirect.redirect_page_id != page.pk:
        return False, (f"its old address {old[:200]} leads elsewhere already",)
    return made, ()
