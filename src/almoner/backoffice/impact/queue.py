"""What waits for a second person: who entered a figure can't be the one who looks at its source."""

from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from almoner.addresses.countries import every_name
from almoner.backoffice import access
from almoner.backoffice.impact import words
from almoner.backoffice.pages import crumbs
from almoner.impact.entering import Known
from almoner.impact.models import Observation, Verification
from almoner.impact.quantities import Bound
from almoner.impact.register import Figure, NotDecidable, decide_all

_AT_ONCE: Final = 50


class DecisionForm(forms.Form):
    """What is said of the figures that were ticked."""

    figures = forms.MultipleChoiceField(
        required=False,
        error_messages={"invalid_choice": "Somebody else has decided on one of these meanwhile."},
    )
    role = forms.CharField(
        label="Your role",
        max_length=80,
        help_text="Such as: Programme lead. It stands in public beside each figure; your name doesn’t.",
    )
    note = forms.CharField(
        label="Note",
        max_length=500,
        required=False,
        help_text="For your colleagues. Needed to send something back. No person and no case in it.",
    )
    do = forms.ChoiceField(choices=[("accept", ""), ("back", "")])

    def __init__(self, *args: Any, waiting: QuerySet[Observation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting = {str(each.pk): each for each in waiting}
        choice = self.fields["figures"]
        choice.choices = [(pk, "") for pk in self.waiting]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or self.cleaned_data
        if not entered.get("figures") and "figures" not in self.errors:
            self.add_error(None, "Tick each figure whose source you have looked at.")
        if entered.get("do") == "back" and not entered.get("note") and "note" not in self.errors:
            self.add_error("note", "Say what is wrong: whoever entered it reads it.")
        return entered


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.VERIFY_FIGURES)
def figure_queue(request: HttpRequest) -> HttpResponse:
    waiting = access.within(
        Observation.objects.filter(verification=None), request, "indicator__result__programme__charity_id"
    )
    joined = waiting.select_related(
        "indicator__result__programme__charity", "source", "supersedes__indicator"
    )
    others = joined.exclude(entered_by_id=own(request)).order_by(
        "indicator__result__programme__title", "source_id", "entered_at", "pk"
    )[:_AT_ONCE]
    data = request.POST if request.method == "POST" else None
    form = DecisionForm(data, waiting=others, initial={"role": _last_role(request)})
    if request.method == "POST" and form.is_valid() and _decided(request, form):
        return redirect("backoffice:figure_queue")
    shown = list(form.waiting.values())
    known = Known([each.indicator for each in shown], countries=every_name())
    ticked = set(request.POST.getlist("figures"))
    context = {
        "title": "Figures to verify",
        "breadcrumbs_items": crumbs(
            ("Programmes", reverse("backoffice:programmes")), ("Figures to verify", "")
        ),
        "rows": [_row(each, known, ticked=str(each.pk) in ticked) for each in shown],
        "more": max(0, waiting.exclude(entered_by_id=own(request)).count() - len(shown))
        if len(shown) == _AT_ONCE
        else 0,
        "own": waiting.filter(entered_by_id=own(request)).count(),
        "form": form,
        "media": form.media,
    }
    return render(request, "backoffice/impact/queue.html", context)


def _decided(request: HttpRequest, form: DecisionForm) -> bool:
    """All that were ticked or none; without one that changed meanwhile, and with an error that names why."""
    entered = form.cleaned_data
    accepted = entered["do"] == "accept"
    try:
        decide_all(
            [form.waiting[pk] for pk in entered["figures"]],
            accepted=accepted,
            role=entered["role"],
            note=entered["note"],
            actor=request.user,
        )
    except NotDecidable as refused:
        form.add_error(None, f"{refused} Nothing was decided.")
        return False
    count = len(entered["figures"])
    noun = "1 figure" if count == 1 else f"{count} figures"
    messages.success(
        request, f"{noun} verified: what shows them says so now." if accepted else f"{noun} sent back."
    )
    return True


def own(request: HttpRequest) -> int:
    """Whoever looks: nobody else reaches this page than one who is signed in."""
    return int(request.user.pk or 0)


def _last_role(request: HttpRequest) -> str:
    mine = Verification.objects.filter(by_id=own(request)).order_by("-at")
    return mine.values_list("role", flat=True).first() or ""


def _row(observation: Observation, known: Known, *, ticked: bool) -> dict[str, Any]:
    before = known.before(
        (observation.indicator_id, observation.dimension, observation.category), observation.as_of
    )
    return {
        "figure": observation,
        "said": words.said(observation),
        "days": words.days(observation.first, observation.last),
        "before": before,
        "was": words.said(before),
        "corrects": words.said(observation.supersedes),
        "doubts": known.doubts(_figure(observation)),
        "ticked": ticked,
    }


def _figure(observation: Observation) -> Figure:
    return Figure(
        indicator=observation.indicator,
        first=observation.first,
        last=observation.last,
        as_of=observation.as_of,
        value=observation.value,
        bound=Bound(observation.bound),
        dimension=observation.dimension,
        category=observation.category,
        place=observation.place,
        source=observation.source,
    )
