"""What stands with a programme's numbers, in another language: groups, methods, reasons, titles of sources."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import get_language_info
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from almoner.backoffice import access
from almoner.backoffice.pages import again, crumbs
from almoner.backoffice.tables import CappedPaginator
from almoner.charities.models import Charity
from almoner.impact import translated, worded
from almoner.impact.models import Programme, Wording
from almoner.impact.worded import Kind, Phrase

_A_PAGE: Final = 40
_LONG: Final = frozenset({Kind.METHOD, Kind.REASON})


def field_of(phrase: Phrase) -> str:
    """What its field is called: the same whatever else stands on the page."""
    return "w" + hashlib.sha256(f"{phrase.kind}\n{phrase.own}".encode()).hexdigest()[:24]


class WordingForm(forms.Form):
    """A field for each phrase. What it held when the page was made comes back with it: only what somebody changed is
    kept, and nobody's newer words are undone by a page that stood open."""

    def __init__(
        self,
        *args: Any,
        phrases: Iterable[Phrase],
        charity: Charity,
        language: str,
        newest: Mapping[Phrase, Wording],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._phrases = {field_of(each): each for each in phrases}
        self._charity, self._language, self._newest = charity, language, newest
        for name, phrase in self._phrases.items():
            self.fields[name] = self._field(phrase)

    def _field(self, phrase: Phrase) -> forms.CharField:
        kept = self._newest.get(phrase)
        spoken = {"lang": self._language, "dir": "auto"}
        return forms.CharField(
            label=phrase.own, required=False, max_length=worded.MOST[phrase.kind],
            initial=kept.text if kept is not None else "", show_hidden_initial=True,
            widget=forms.Textarea(spoken | {"rows": 2}) if phrase.kind in _LONG else forms.TextInput(spoken),
            help_text=_by(kept) if kept is not None and kept.text else "",
        )  # fmt: skip

    def texts(self) -> dict[Phrase, str]:
        """What is to be kept: what was changed here and doesn't stand so already."""
        changed = ((self._phrases[name], self.cleaned_data[name]) for name in self.changed_data)
        return {phrase: text for phrase, text in changed if text != self._stands(phrase)}

    def _stands(self, phrase: Phrase) -> str:
        kept = self._newest.get(phrase)
        return kept.text if kept is not None else ""

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

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """By what the phrases are, in the order of the kinds."""
        found: dict[str, list[forms.BoundField]] = {}
        for name, phrase in self._phrases.items():
            found.setdefault(phrase.kind, []).append(self[name])
        return [(str(Kind(kind).label), found[kind]) for kind in Kind.values if kind in found]


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.EDIT_PROGRAMMES)
def programme_words(request: HttpRequest, programme_id: int) -> HttpResponse:
    found = access.one_of(Programme.objects.select_related("charity"), request, pk=programme_id)
    charity, here = found.charity, reverse("backoffice:programme_words", args=[programme_id])
    others = _others(charity)
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
        messages.success(request, _kept(count, others[language]))
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
        "missing": sum(1 for each in phrases if not _said(each, newest)),
        "all": len(phrases),
        "told": language in translated.languages(charity),
        "form": form,
        "back_url": reverse("backoffice:programme", args=[found.pk]),
        "less": again(request, p=str(page.previous_page_number())) if page.has_previous() else "",
        "more": again(request, p=str(page.next_page_number())) if page.has_next() else "",
    }
    return render(request, "backoffice/impact/wordings.html", context)


def _others(charity: Charity) -> dict[str, str]:
    """Code and English name of every language but the charity's."""
    codes = (code for code, _ in settings.LANGUAGES if code != charity.language)
    return {code: get_language_info(code)["name"] for code in codes}


def _first(charity: Charity, others: Mapping[str, str]) -> str:
    """The language to begin with: one that the register speaks already."""
    spoken = translated.languages(charity)
    return next((code for code in others if code in spoken), next(iter(others)))


def _by(kept: Wording) -> str:
    return f"Kept by {kept.by_name} on {localtime(kept.at):%-d %B %Y}."


def _said(phrase: Phrase, newest: Mapping[Phrase, Wording]) -> bool:
    kept = newest.get(phrase)
    return kept is not None and bool(kept.text)


def _ordered(phrases: Sequence[Phrase], newest: Mapping[Phrase, Wording]) -> list[Phrase]:
    """What is missing comes first."""
    return sorted(phrases, key=lambda each: _said(each, newest))


def _kept(count: int, language: str) -> str:
    if not count:
        return "Nothing was changed."
    what = "1 wording is" if count == 1 else f"{count} wordings are"
    return f"{what} kept in {language}: readers find them from now on."
