"""What an editor is told while writing: numbers that the register knows better, reading level, pictures without words.

A number that the register contradicts is published only on purpose: the form asks why, and the answer is kept.
"""

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.models import Page

from almoner.impact import claims, standing
from almoner.impact.models import Claim, Indicator
from almoner.impact.quantities import Verdict
from almoner.impact.saying import Style
from almoner.impact.sentences import Said
from almoner.stories import claiming, inline_figures, reading, reading_level, tongues
from almoner.stories.claim_rows import Row, rows_of
from almoner.stories.figures import key_of, said
from almoner.stories.permits import missing, shown
from almoner.stories.sites import Place, place_of
from almoner.stories.unfinished import may_name

REASON: Final = "numbers_meant"
# What leads towards readers: to publish, at once or at a time, and to ask for or give a review.
_TOWARDS_READERS: Final = ("action-publish", "action-submit", "action-restart-workflow")


@dataclass(frozen=True, slots=True)
class Told:
    """A number in the text, and what the register says of the same: '' where it says nothing."""

    sentence: str
    number: str
    says: str
    key: str
    verdict: str


class CheckedPageForm(WagtailAdminPageForm):
    numbers_meant = forms.CharField(
        label="Why it stands all the same",
        required=False,
        max_length=300,
        help_text="Only for a number that the register contradicts: what else it counts, or why it may be said. "
        "Your name and this are kept.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"go_live_at", "expire_at"} & self.fields.keys():
            self.fields[name].help_text = f"By the clock of {timezone.get_current_timezone_name()}."

    def _post_clean(self) -> None:
        super()._post_clean()
        if not self.errors:
            self._check_names()
            if self._leads_to_readers():
                self._check_numbers()

    def _check_names(self) -> None:
        for name in claiming.FILLED:
            for named in inline_figures.named_in_text(getattr(self.instance, name, "") or ""):
                if not may_name(named.key):
                    problem = (
                        f"No indicator in the register is called “{named.key}”: write programme/indicator."
                    )
                    self.add_error(name, problem)

    def save(self, commit: bool = True) -> Any:
        """Why a number stands all the same is kept before the page can go through the gate."""
        page = super().save(commit=commit)
        if page.pk is not None and self._leads_to_readers():
            _keep_reason(page, self.cleaned_data.get(REASON, ""), self.for_user)
        return page

    def _check_numbers(self) -> None:
        place = _place(self)
        if place is None or self.cleaned_data.get(REASON, "").strip():
            return
        # What somebody has said why of before, and that hasn't changed since, is asked once.
        broken = {(each.number, each.wording) for each in claiming.broken(self.instance, place)}
        wrong = [
            each
            for each in told(self.instance, place)
            if each.verdict == Verdict.CONTRADICTED and (each.number[:120], each.sentence[:1000]) in broken
        ]
        for each in wrong:
            self.add_error(
                None, f"“{each.sentence}” says {each.number}. The register says {each.says} ({each.key})."
            )
        if wrong:
            self.add_error(
                REASON,
                "Take the number from the register, mend it, or say here why it is published all the same.",
            )

    def _leads_to_readers(self) -> bool:
        approves = self.data.get("workflow-action-name") == "approve"
        return approves or any(name in self.data for name in _TOWARDS_READERS)


class CheckPanel(Panel):
    """What was found in the page as it was last saved, or as it was just sent."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "stories/check_panel.html"

        @cached_property
        def place(self) -> Place | None:
            return _place(self.form)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            page, place = self.instance, self.place
            if (page.pk is None and not self.form.is_bound) or place is None:
                return context | {"unsaved": True}
            # What wasn't taken isn't in the page: of that nothing could be said but that all is well.
            if self.form.is_bound and self.form.errors.keys() - {NON_FIELD_ERRORS, REASON}:
                return context | {"unread": True}
            grade = reading_level.grade(
                reading.words(getattr(page, "body", None) or ()), tongues.language_of(page, place.charity)
            )
            return context | {
                "numbers": told(page, place),
                "grade": grade,
                "hard": grade is not None and grade > reading_level.HARD,
                "wordless": list(shown.wordless(page)),
                "unshown": missing.unshown(page, place),
                "flagged": _flagged(page, place),
            }


PANELS: Final = [
    MultiFieldPanel(
        [CheckPanel(), FieldPanel(REASON)], heading="Checked while you write", classname="bo-checked"
    )
]


def told(page: Any, place: Place | None) -> list[Told]:
    """Each number that was typed of something that the register counts, those that it contradicts first."""
    if place is None:
        return []
    found = claiming.typed(page, place.charity, claims.units(place.charity))
    if not found:
        return []
    wanted = Indicator.objects.filter(pk__in={each.indicator_id for each in found})
    named = {each.pk: each for each in wanted.select_related("result__programme")}
    stand = standing.newest(named.values())

    def one(each: Said) -> Told:
        stands = stand.get(each.indicator_id)
        says = said(stands, Style.EXACT) if stands is not None else ""
        return Told(each.sentence, each.number, says, key_of(named[each.indicator_id]), each.verdict.value)

    return sorted(map(one, found), key=lambda each: each.verdict != Verdict.CONTRADICTED)


def keep_reason(request: HttpRequest, page: Page) -> None:
    """Keep why a page that was just made says what the register contradicts, before anybody reads it."""
    if any(name in request.POST for name in _TOWARDS_READERS):
        _keep_reason(page, request.POST.get(REASON, ""), request.user)


def _keep_reason(page: Any, reason: str, user: Any) -> None:
    place = place_of(page)
    if reason.strip() and place is not None:
        claiming.intend(page, place, reason=reason.strip(), actor=user)


def _flagged(page: Any, place: Place) -> list[Row]:
    """What is wrong with what the page says in public, beside the typed words that are listed anyhow."""
    mine = claims.current(place.charity).filter(carrier=Claim.Carrier.PAGE, carrier_id=str(page.pk or ""))
    typed = Q(origin=Claim.Origin.READ, state=Claim.State.CONTRADICTED)
    found = list(mine.filter(claims.needing()).exclude(typed).order_by("pk"))
    return rows_of(found) if found else []


def _place(form: Any) -> Place | None:
    page = form.instance
    where = page if page.pk is not None else form.parent_page
    return place_of(where) if where is not None else None
