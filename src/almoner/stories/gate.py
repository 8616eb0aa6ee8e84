"""What stands between a page and its readers, asked again at the moment of publishing, whichever way it goes.

Wagtail publishes from the page's own form, at the end of a review (from the form or from staff's home), from the list
of pages, at a set time, and by copying what is public. The form and copies ask here before they begin; all that ends
in `Revision.publish` is asked by `PublicPage.publish`. What code publishes without a person (a demonstration, an
import) answers for itself.
"""

from typing import Any, Final

from django.db import transaction
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from wagtail.models import Revision

from almoner.kernel.clock import now
from almoner.outbox.queue import enqueue
from almoner.stories import claiming
from almoner.stories.claim_rows import Row, rows_of
from almoner.stories.figures import is_indicator
from almoner.stories.permits import missing
from almoner.stories.sites import Place, place_of

# What Wagtail's command for schedules says that it does.
SCHEDULED: Final = "wagtail.publish.scheduled"
JOB: Final = "stories.held-back"


class NotPublished(Exception):  # It is the answer, and no error of the program's.
    """A page that would show or say what it may not. `reasons` are sentences for its editor."""

    def __init__(self, page: Any, reasons: list[SafeString]) -> None:
        super().__init__(f"page {page.pk}: {'; '.join(reasons)}")
        self.page, self.reasons = page, reasons


def refusals(page: Any, place: Place | None) -> list[SafeString]:
    """Why this version may not be read by anybody, in sentences for its editor; [] if it may."""
    if place is None:
        return []
    return [*missing.missing(page, place), *_gone(page), *_wrong_numbers(page, place)]


def warning(page: Any, place: Place) -> SafeString | str:
    """Of these, what the register says otherwise, as HTML to stand above a draft; '' where it doesn't. Pictures and
    quotes that can't be shown say so where they stand."""
    wrong = [*_gone(page), *_wrong_numbers(page, place)]
    if not wrong:
        return ""
    return format_html(
        "<b>{}</b><ul>{}</ul>",
        "This would not be published as it stands:",
        format_html_join("", "<li>{}</li>", ([each] for each in wrong)),
    )


def lets_through(revision: Revision, *, user: Any, scheduled: bool) -> bool:
    """Whether a version is published. Raises `NotPublished` before a person; a schedule has none before it: it is
    emptied, and those who answer for the page are written to."""
    if user is None and not scheduled:
        return True
    page: Any = revision.as_object()
    reasons = refusals(page, place_of(page))
    if not reasons:
        return True
    if not scheduled:
        raise NotPublished(page, reasons)
    with transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=None)
        ask(page, besides=None)
    return False


def ask(page: Any, *, besides: Any) -> None:
    """Ask for a mail to the page's owner and whoever wrote its newest version, but not to the one who just read why."""
    latest = page.latest_revision
    people = {page.owner_id, latest.user_id if latest is not None else None} - {None}
    to = sorted(people - {besides.pk if besides is not None else None})
    if to or not people:
        enqueue(JOB, f"held back:{page.pk}:{now():%Y%m%d%H%M%S%f}", {"page": page.pk, "users": to})


def _gone(page: Any) -> list[SafeString]:
    """The figures that it names and no register has."""
    words = "No indicator in the register is called “{}”: choose another figure, or take it out."
    names = dict.fromkeys(each.key.strip() for each in claiming.named(page))
    return [format_html(words, name) for name in names if not is_indicator(name)]


def _wrong_numbers(page: Any, place: Place) -> list[SafeString]:
    return [_said(each) for each in rows_of(claiming.broken(page, place))]


def _said(row: Row) -> SafeString:
    says = f"The register says {row.says}" if row.says else "The register has no verified number"
    if row.claim.state == row.claim.State.EXPIRED:
        says = f"It was to be said until {row.claim.expires_on:%-d %B %Y}. {says}"
    return format_html("“{}” says {}. {} ({}).", row.claim.wording, row.claim.number, says, row.key)
