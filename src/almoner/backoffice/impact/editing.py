"""What the register counts: programmes with their partners, results, and indicators with breakdowns and targets."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from almoner.backoffice import access
from almoner.backoffice.impact.rows import (
    Breakdowns,
    IndicatorTranslations,
    Partners,
    ProgrammeTranslations,
    ResultTranslations,
    Targets,
)
from almoner.backoffice.pages import crumbs
from almoner.charities.models import Charity, Fund
from almoner.impact import keeping
from almoner.impact.models import Indicator, Programme, Result

_PAGE = require_http_methods(["GET", "HEAD", "POST"])
_OF_RESULT = "programme__charity_id"
_OF_INDICATOR = "result__programme__charity_id"
_TRANSLATIONS: Final = (
    "In other languages",
    "What it is called in a translated story and in open data. Where none is entered, your own words stand there.",
)
Rows = Sequence[tuple[str, str, forms.BaseInlineFormSet[Any, Any, Any]]]


def _days(*names: str) -> dict[str, forms.Widget]:
    # HTML's own field takes ISO 8601 alone, whatever the reader's language.
    return {name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d") for name in names}


class _Kept(forms.ModelForm):
    """A slug stands in addresses and in files of others, so it never changes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None and "slug" in self.fields:
            self.fields["slug"].disabled = True


class ProgrammeForm(_Kept):
    class Meta:
        model = Programme
        fields = (
            "charity", "title", "slug", "summary", "country", "sector", "starts_on", "ends_on", "funds", "public",
        )  # fmt: skip
        labels = {"slug": "Short name", "public": "Show it in public"}
        widgets = {
            **_days("starts_on", "ends_on"),
            "summary": forms.Textarea({"rows": 4}),
            "funds": forms.CheckboxSelectMultiple(),
        }

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = [each.pk for each in access.charities(request)]
        charity = self.fields["charity"]
        charity.queryset = Charity.objects.filter(pk__in=own)  # type: ignore[attr-defined]
        charity.empty_label = None  # type: ignore[attr-defined]
        of = [self.instance.charity_id] if self.instance.pk is not None else own
        self.fields["funds"].queryset = Fund.objects.filter(charity__in=of)  # type: ignore[attr-defined]
        if self.instance.pk is not None:
            charity.disabled = True
        if len(own) == 1 or self.instance.pk is not None:
            self.initial.setdefault("charity", own[0])
            charity.widget = charity.hidden_widget()

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or self.cleaned_data
        chosen = entered.get("charity")
        if chosen is not None and any(each.charity_id != chosen.pk for each in entered.get("funds", ())):
            self.add_error("funds", "Choose funds of the same charity.")
        return entered


class ResultForm(_Kept):
    class Meta:
        model = Result
        fields = ("kind", "title", "description", "ordinal")
        labels = {"ordinal": "Place in the list"}
        widgets = {"description": forms.Textarea({"rows": 3})}


class IndicatorForm(_Kept):
    class Meta:
        model = Indicator
        fields = (
            "title", "slug", "measure", "rule", "nouns", "cumulative", "since", "every_months", "baseline_value",
            "baseline_on", "more_is_better", "at_risk", "ordinal",
        )  # fmt: skip
        labels = {
            "slug": "Short name", "cumulative": "It counts from the beginning", "more_is_better": "More is better",
            "ordinal": "Place in the list", "at_risk": "People at risk are counted",
        }  # fmt: skip
        widgets = {**_days("since", "baseline_on"), "rule": forms.Textarea({"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in keeping.fixed(self.instance):
            self.fields[name].disabled = True
            self.fields[name].help_text = "It has figures already: make another indicator instead."

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"])
        try:
            keeping.check_name(self.instance, slug)
        except keeping.NotKept as refused:
            raise forms.ValidationError(str(refused)) from None
        return slug


@_PAGE
@access.needs(access.EDIT_PROGRAMMES)
def new_programme(request: HttpRequest) -> HttpResponse:
    form = ProgrammeForm(request.POST or None, request=request)
    return _page(request, form, (), title="New programme", back=reverse("backoffice:programmes"))


@_PAGE
@access.needs(access.EDIT_PROGRAMMES)
def edit_programme(request: HttpRequest, programme_id: int) -> HttpResponse:
    found = access.one_of(Programme.objects.select_related("charity"), request, pk=programme_id)
    form = ProgrammeForm(request.POST or None, instance=found, request=request)
    partners = Partners(request.POST or None, instance=found, form_kwargs={"charity": found.charity})
    help_text = "Organisations that work on it with you: one that is known, or the name of a new one."
    others = ProgrammeTranslations(
        request.POST or None, instance=found, form_kwargs={"charity": found.charity}
    )
    back = reverse("backoffice:programme", args=[found.pk])
    rows = [("Partners", help_text, partners), (*_TRANSLATIONS, others)]
    return _page(request, form, rows, title=f"Change {found.title}", back=back)


@_PAGE
@access.needs(access.EDIT_PROGRAMMES)
def new_result(request: HttpRequest, programme_id: int) -> HttpResponse:
    found = access.one_of(Programme.objects.select_related("charity"), request, pk=programme_id)
    form = ResultForm(request.POST or None, instance=Result(programme=found))
    back = reverse("backoffice:programme", args=[found.pk])
    return _page(request, form, (), title="New result", back=back)


@_PAGE
@access.needs(access.EDIT_PROGRAMMES)
def edit_result(request: HttpRequest, result_id: int) -> HttpResponse:
    results = Result.objects.select_related("programme__charity")
    found = access.one_of(results, request, path=_OF_RESULT, pk=result_id)
    form = ResultForm(request.POST or None, instance=found)
    charity = found.programme.charity
    others = ResultTranslations(request.POST or None, instance=found, form_kwargs={"charity": charity})
    back = reverse("backoffice:programme", args=[found.programme_id])
    return _page(request, form, [(*_TRANSLATIONS, others)], title=f"Change {found.title}", back=back)


@_PAGE
@access.needs(access.EDIT_PROGRAMMES)
def new_indicator(request: HttpRequest, result_id: int) -> HttpResponse:
    results = Result.objects.select_related("programme__charity")
    found = access.one_of(results, request, path=_OF_RESULT, pk=result_id)
    return _indicator(request, Indicator(result=found), title="New indicator")


@_PAGE
@access.needs(access.EDIT_PROGRAMMES)
def edit_indicator(request: HttpRequest, indicator_id: int) -> HttpResponse:
    indicators = Indicator.objects.select_related("result__programme__charity")
    found = access.one_of(indicators, request, path=_OF_INDICATOR, pk=indicator_id)
    return _indicator(request, found, title=f"Change {found.title}")


def _indicator(request: HttpRequest, found: Indicator, *, title: str) -> HttpResponse:
    data = request.POST or None
    rows = (
        (
            "Breakdowns",
            "Such as: by age, with the groups under 12, 12 to 17, grown up. Groups never name a person.",
            Breakdowns(data, instance=found),
        ),
        ("Targets", "What it is meant to reach, and by when.", Targets(data, instance=found)),
        (
            *_TRANSLATIONS,
            IndicatorTranslations(
                data, instance=found, form_kwargs={"charity": found.result.programme.charity}
            ),
        ),
    )
    back = reverse("backoffice:programme", args=[found.result.programme_id])
    return _page(request, IndicatorForm(data, instance=found), rows, title=title, back=back)


def _page(request: HttpRequest, form: _Kept, rows: Rows, *, title: str, back: str) -> HttpResponse:
    # All are asked, so that all that is wrong is shown at once.
    if request.method == "POST" and all([form.is_valid(), *(each.is_valid() for *_, each in rows)]):
        saved = _save(request, form, rows)
        messages.success(request, f"{saved} is kept.")
        return redirect("backoffice:programme", keeping.programme_of(saved).pk)
    context = {
        "title": title,
        "breadcrumbs_items": crumbs(("Programmes", reverse("backoffice:programmes")), (title, "")),
        "form": form,
        "media": form.media,
        "rows": rows,
        "back_url": back,
    }
    return render(request, "backoffice/impact/edit.html", context)


def _save(request: HttpRequest, form: _Kept, rows: Rows) -> keeping.Entry:
    changed = [*form.changed_data, *(heading.lower() for heading, _, each in rows if each.has_changed())]

    def write() -> None:
        saved = form.save()
        for *_, each in rows:
            each.instance = saved
            each.save()

    return keeping.keep(form.instance, changed=changed, write=write, actor=request.user)
