"""An indicator with all that was ever said of it, drawn and as a table; and the correction of one figure."""

import uuid
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages

from almoner.addresses.countries import every_name
from almoner.backoffice import access
from almoner.backoffice.impact import words
from almoner.backoffice.impact.citing import SourceForm, date_field
from almoner.backoffice.impact.drawing import Point, over_time
from almoner.backoffice.impact.numbers import NumberField
from almoner.backoffice.pages import crumbs
from almoner.backoffice.tables import chip_html
from almoner.impact import disclosing, standing
from almoner.impact.entering import Known, fingerprint
from almoner.impact.models import Indicator, Observation
from almoner.impact.quantities import Bound
from almoner.impact.register import Figure, NotEntered, correct

_OF_INDICATOR: Final = "result__programme__charity_id"
_OF_FIGURE: Final = f"indicator__{_OF_INDICATOR}"
_SHOWN: Final = 200


@require_safe
@access.needs(access.VIEW_IMPACT)
def indicator(request: HttpRequest, indicator_id: int) -> HttpResponse:
    indicators = Indicator.objects.select_related("result__programme__charity").prefetch_related(
        "dimensions", "targets"
    )
    found = access.one_of(indicators, request, path=_OF_INDICATOR, pk=indicator_id)
    rows = _history(found)
    programme = found.result.programme
    may_enter = access.may(request.user, access.ENTER_FIGURES)
    context = {
        "title": found.title,
        "breadcrumbs_items": crumbs(
            ("Programmes", reverse("backoffice:programmes")),
            (programme.title, reverse("backoffice:programme", args=[programme.pk])),
            (found.title, ""),
        ),
        "indicator": found,
        "programme": programme,
        "facts": _facts(found),
        "chart": _chart(found, rows),
        "rows": [_row(each, may_enter=may_enter) for each in rows[:_SHOWN]],
        "more": max(0, len(rows) - _SHOWN),
        "may_edit": access.may(request.user, access.EDIT_PROGRAMMES),
    }
    return render(request, "backoffice/impact/indicator.html", context)


def _history(found: Indicator) -> list[Observation]:
    """Everything that was entered, the newest first. `replaced`: it doesn't stand; `corrected`: one was entered."""
    rows = list(
        Observation.objects.filter(indicator=found)
        .select_related("indicator", "source", "verification", "disclosure")
        .order_by("-as_of", "dimension", "category", "-entered_at")
    )
    stands = set(standing.standing().filter(indicator=found).values_list("pk", flat=True))
    public = set(disclosing.public().filter(indicator=found).values_list("pk", flat=True))
    corrected = {each.supersedes_id for each in rows}
    known = {each.pk: each for each in rows}
    for each in rows:
        if each.supersedes_id is not None:
            # What is asked of a row's whole past is answered from these rows.
            each.supersedes = known[each.supersedes_id]
        # A correction that waits, or was sent back, leaves it standing.
        vars(each)["replaced"] = each.pk not in stands
        vars(each)["corrected"] = each.pk in corrected
        vars(each)["hidden"] = each.pk in stands and each.pk not in public
    return rows


def _accepted(observation: Observation) -> bool:
    verification = getattr(observation, "verification", None)
    return verification is not None and verification.accepted


def _chart(found: Indicator, rows: Sequence[Observation]) -> object:
    stood = [
        Point(each.as_of, float(each.value))
        for each in rows
        if not each.dimension and _accepted(each) and not vars(each)["replaced"]
    ]
    targets = [Point(each.last, float(each.value)) for each in found.targets.all()]
    return (
        over_time(sorted(stood), sorted(targets), label=f"{found.title} over time") if len(stood) > 1 else ""
    )


def _facts(found: Indicator) -> list[dict[str, object]]:
    baseline = f"{found.baseline_value.normalize():f}" if found.baseline_value is not None else "none"
    facts = [
        ("Counting rule", found.rule),
        ("Measured as", found.get_measure_display()),
        ("Reported", found.get_every_months_display()),
        ("Counts", f"from {found.since or found.result.programme.starts_on:%-d %B %Y} on" if found.cumulative else
         "each time alone"),
        ("Words for it", found.nouns or "none"),
        ("Baseline", f"{baseline}, {found.baseline_on:%-d %B %Y}" if found.baseline_on else baseline),
        ("People at risk", "yes: small numbers of groups are hidden in public" if found.at_risk else "no"),
        ("Broken down", "; ".join(f"by {each}: {', '.join(each.categories)}" for each in found.dimensions.all())
         or "no"),
        ("Targets", "; ".join(words.target(each) for each in found.targets.all()) or "none"),
    ]  # fmt: skip
    return [{"label": label, "value": value} for label, value in facts]


def _row(observation: Observation, *, may_enter: bool) -> dict[str, Any]:
    return {
        "figure": observation,
        "said": words.said(observation),
        "days": words.days(observation.first, observation.last),
        "chip": chip_html(words.observation_chip(observation)),
        "hidden": words.why_hidden(observation) if vars(observation)["hidden"] else "",
        "verification": getattr(observation, "verification", None),
        "corrects": words.said(observation.supersedes),
        "may_correct": may_enter
        and not vars(observation)["corrected"]
        and not standing.never_stood(observation),
    }


class CorrectionForm(SourceForm):
    """The number that is right, and why it takes the other's place."""

    def __init__(self, *args: Any, wrong: Observation, **kwargs: Any) -> None:
        super().__init__(*args, programme=wrong.indicator.result.programme, **kwargs)
        own: dict[str, Any] = {
            "value": NumberField(label="The right number"),
            "bound": forms.ChoiceField(label="Is", choices=words.BOUNDS),
            "first": date_field("Counts from"),
            "last": date_field("to"),
            "as_of": date_field(
                "As of",
                help_text="The day of the number that was wrong. A newer count is no correction: enter it as a figure "
                "of its own. On another day, sentences that tell of the old one show no number, and their editors "
                "are told.",
            ),
            "place": forms.CharField(
                label="Place", max_length=80, required=False, help_text="A country or region, never a town."
            ),
            "method": forms.CharField(label="How it was counted", max_length=500, required=False),
            "reason": forms.CharField(
                label="What changed, and why",
                max_length=500,
                widget=forms.Textarea({"rows": 3}),
                help_text="It stands in public, beside both numbers. No person and no case in it.",
            ),
        }
        self.fields = own | self.fields
        self._indicator = wrong.indicator
        # As on the form of a month: whoever ticks the box has seen this doubt and no other.
        self.doubt = self.doubted = ""
        for name in ("bound", "first", "last", "as_of", "place", "method", "source"):
            self.initial.setdefault(name, getattr(wrong, name))

    @property
    def own_fields(self) -> list[forms.BoundField]:
        names = ("value", "bound", "first", "last", "as_of", "place", "method", "reason")
        return [self[name] for name in names]

    def clean(self) -> dict[str, Any]:
        entered = super().clean()
        known = Known([self._indicator], countries=every_name())
        self.doubt = known.place_doubt(self._indicator, entered.get("place", ""))
        self.doubted = fingerprint([self.doubt]) if self.doubt else ""
        if self.doubt and self.data.get("sure") != self.doubted:
            self.add_error("place", self.doubt)
        return entered

    def figure(self, wrong: Observation) -> Figure:
        entered = self.cleaned_data
        return Figure(
            indicator=wrong.indicator,
            first=entered["first"],
            last=entered["last"],
            as_of=entered["as_of"],
            value=entered["value"],
            bound=Bound(entered["bound"]),
            dimension=wrong.dimension,
            category=wrong.category,
            place=entered["place"],
            method=entered["method"],
            source=self.keep(),
        )


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.ENTER_FIGURES)
def correct_figure(request: HttpRequest, figure_id: uuid.UUID) -> HttpResponse:
    joined = Observation.objects.select_related("indicator__result__programme__charity", "source")
    wrong = access.one_of(joined, request, path=_OF_FIGURE, pk=figure_id)
    back = reverse("backoffice:indicator", args=[wrong.indicator_id])
    form = CorrectionForm(
        request.POST if request.method == "POST" else None, request.FILES or None, wrong=wrong
    )
    if request.method == "POST" and form.is_valid() and _corrected(request, wrong, form):
        messages.success(
            request,
            "Entered: it takes the other’s place once somebody else has verified it.",
            buttons=_to_words(request, wrong),
        )
        return redirect(back)
    context = {
        "title": "Correct a figure",
        "breadcrumbs_items": crumbs(
            ("Programmes", reverse("backoffice:programmes")), (wrong.indicator.title, back), ("Correct", "")
        ),
        "wrong": wrong,
        "said": words.said(wrong),
        "form": form,
        "media": form.media,
        "back_url": back,
        "anew": _anew(wrong),
    }
    return render(request, "backoffice/impact/correct.html", context)


def _anew(wrong: Observation) -> dict[str, str]:
    """Where what was sent back and never stood is entered anew, and why it was sent back; {} where it can be corrected.

    It may have been sent back while somebody was typing.
    """
    current = Observation.objects.select_related("verification").get(pk=wrong.pk)
    if not standing.never_stood(current):
        return {}
    month = reverse("backoffice:figures_of_month", args=[wrong.indicator.result.programme_id])
    return {"url": f"{month}?month={wrong.last:%Y-%m}", "note": current.verification.note}


def _to_words(request: HttpRequest, wrong: Observation) -> list[Any]:
    """It can be worded while it waits: donors who were told the old number get the reason by mail."""
    if not access.may(request.user, access.EDIT_PROGRAMMES):
        return []
    url = reverse("backoffice:programme_words", args=[wrong.indicator.result.programme_id])
    return [messages.button(url, "Say why in other languages")]


def _corrected(request: HttpRequest, wrong: Observation, form: CorrectionForm) -> bool:
    try:
        with transaction.atomic():
            correct(wrong, form.figure(wrong), reason=form.cleaned_data["reason"], actor=request.user)
    except NotEntered as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return False
    return True
