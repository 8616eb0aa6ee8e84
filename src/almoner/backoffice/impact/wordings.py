"""What stands with a programme's numbers, in another language: groups, methods, reasons, places, sources."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from almoner.backoffice import access, words_form
from almoner.backoffice.pages import again, crumbs
from almoner.backoffice.tables import CappedPaginator
from almoner.backoffice.words_form import WordsForm, field_of, kept_message, said
from almoner.charities.models import Charity
from almoner.impact import translated, worded
from almoner.impact.models import Programme, Wording
from almoner.impact.worded import Kind, Phrase

_A_PAGE: Final = 40
_LONG: Final = frozenset({Kind.METHOD, Kind.REASON})


class WordingForm(WordsForm[Phrase]):
    """A field for each phrase of the register."""

    def __init__(
        self, data: Any, *, phrases: Iterable[Phrase], charity: Charity, language: str,
        newest: Mapping[Phrase, Wording],
    ) -> None:  # fmt: skip
        super().__init__(
            data, phrases=phrases, language=language, newest=newest, most=worded.MOST, long=_LONG
        )
        self._charity = charity

    def clean(self) -> dict[str, Any]:
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        texts = self.texts() if not self.errors else {}
        said = {phrase: each.text for phrase, each in self._newest.items()} | texts
        for one, other in worded.alike(self._charity, said):
            for phrase, beside in ((one, other), (other, one)):
                if phrase in texts:
                    self.add_error(
                        field_of(phrase),
                        f"It is what “{beside.own}” is called: readers couldn’t tell one group from the other.",
                    )
        return entered


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.EDIT_PROGRAMMES)
def programme_words(request: HttpRequest, programme_id: int) -> HttpResponse:
    found = access.one_of(Programme.objects.select_related("charity"), request, pk=programme_id)
    charity, here = found.charity, reverse("backoffice:programme_words", args=[programme_id])
    others = words_form.others(charity)
    asked = request.POST.get("language") or request.GET.get("language", "")
    language = asked if asked in others else _first(charity, others)
    newest, phrases = worded.newest(charity, language), worded.of_programme(found)
    page = CappedPaginator(_ordered(phrases, newest), _A_PAGE).get_page(request.GET.get("p"))
    # What was sent is read whole, whatever has come or been worded meanwhile.
    sent = [each for each in phrases if field_of(each) in request.POST]
    form = WordingForm(
        request.POST if request.method == "POST" else None, charity=charity, language=language, newest=newest,
        phrases=sent if request.method == "POST" else page,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        count = worded.keep(charity, language, form.texts(), actor=request.user)
        messages.success(request, kept_message(count, others[language]))
        return redirect(f"{here}?language={language}")
    context = {
        "title": f"{found.title}: in other languages",
        "breadcrumbs_items": crumbs(
            ("Programmes", reverse("backoffice:programmes")),
            (found.title, reverse("backoffice:programme", args=[found.pk])),
            ("In other languages", ""),
        ),
        "programme": found,
        "languages": others.items(),
        "language": language,
        "name": others[language],
        **_counts(phrases, newest),
        "told": language in translated.languages(charity),
        "form": form,
        "sections": form.sections(Kind.choices),
        "back_url": reverse("backoffice:programme", args=[found.pk]),
        "less": again(request, p=str(page.previous_page_number())) if page.has_previous() else "",
        "more": again(request, p=str(page.next_page_number())) if page.has_next() else "",
    }
    return render(request, "backoffice/impact/wordings.html", context)


def _first(charity: Charity, others: Mapping[str, str]) -> str:
    """The language to begin with: one that the register speaks already."""
    spoken = translated.languages(charity)
    return next((code for code in others if code in spoken), next(iter(others)))


def _counts(phrases: Sequence[Phrase], newest: Mapping[Phrase, Wording]) -> dict[str, int]:
    """How many aren't said. Names count by themselves: one that is the same in every language is said already."""
    names = [each for each in phrases if each.kind in worded.NAMES]
    others = [each for each in phrases if each.kind not in worded.NAMES]
    return {
        "missing": sum(1 for each in others if not said(each, newest)),
        "all": len(others),
        "unnamed": sum(1 for each in names if not said(each, newest)),
        "names": len(names),
    }


def _ordered(phrases: Sequence[Phrase], newest: Mapping[Phrase, Wording]) -> list[Phrase]:
    """What is missing comes first, then names that nobody worded, which may be the same."""
    return sorted(phrases, key=lambda each: (said(each, newest), each.kind in worded.NAMES))
