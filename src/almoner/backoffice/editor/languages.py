"""A form in other languages: each of its words, and a field beside it for how donors find it there."""

from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from almoner.backoffice import access
from almoner.backoffice.models import EditableForm
from almoner.backoffice.pages import crumbs
from almoner.backoffice.words_form import Like, WordsForm, kept_message, likes, others, said
from almoner.charities import models as charities
from almoner.charities import phrases
from almoner.charities.models import Charity
from almoner.giving import speaking
from almoner.giving.catalogue import address_of
from almoner.giving.opened import key_of
from almoner.giving.speaking import Kind, Phrase

_LONG: Final = (Kind.INTRO, Kind.THANKS)


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.EDIT_FORMS)
def form_languages(request: HttpRequest, pk: int) -> HttpResponse:
    found = access.one_of(EditableForm.objects.select_related("charity"), request, pk=pk)
    charity, here = found.charity, reverse("forms:languages", args=[pk])
    told = others(charity)
    asked = request.POST.get("language") or request.GET.get("language", "")
    language = asked if asked in told else next(iter(told))
    every = speaking.phrases_of_form(found, speaking.funds_of(found))
    rows = phrases.newest(charity, language)
    newest = {each: rows[each.own] for each in every if each.own in rows}
    form: WordsForm[Phrase] = WordsForm(
        request.POST if request.method == "POST" else None, phrases=every, language=language, newest=newest,
        most=speaking.MOST, long=_LONG, likes=_likes(charity, language, every, rows),
    )  # fmt: skip
    take = request.POST.get("take", "")
    if take:
        form.take(take)
    elif request.method == "POST" and form.is_valid():
        texts = {phrase.own: text for phrase, text in form.texts().items()}
        count = speaking.keep(charity, language, texts, actor=request.user)
        messages.success(request, kept_message(count, told[language]))
        return redirect(f"{here}?language={language}")
    address = address_of(key_of(found), language)
    context = {
        "title": f"{found.title}: in other languages",
        "breadcrumbs_items": crumbs(
            ("Forms", reverse("forms:index")),
            (found.title, reverse("forms:edit", args=[pk])),
            ("In other languages", ""),
        ),
        "languages": _counted(found, every, told),
        "language": language,
        "name": told[language],
        "missing": sum(1 for each in every if not said(each, newest)),
        "all": len(every),
        "form": form,
        "sections": form.sections(Kind.choices),
        "back_url": reverse("forms:edit", args=[pk]),
        "donor_url": address if found.active else "",
    }  # fmt: skip
    return render(request, "backoffice/form_languages.html", context)


def _likes(
    charity: Charity, language: str, every: list[Phrase], rows: Mapping[str, charities.Phrase]
) -> dict[Phrase, Like]:
    """For what is missing: what is said of words that the form no longer says, or that another one says."""
    here = {each.own for each in every}
    elsewhere = {own: row.text for own, row in rows.items() if row.text and own not in here}
    missing = [each for each in every if each.own not in rows]
    return likes(missing, elsewhere, own=charity.language, language=language)


def _counted(form: EditableForm, every: list[Phrase], told: dict[str, str]) -> list[tuple[str, str, int]]:
    """Code, name, and how many of the form's words are said in each language."""
    known = phrases.said_in_all(form.charity)
    own = [each.own for each in every]
    return [
        (code, name, sum(1 for each in own if each in known.get(code, {}))) for code, name in told.items()
    ]
