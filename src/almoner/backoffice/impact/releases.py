"""What somebody asked to let out: a second person agrees or refuses; and what was let out, to take it back."""

from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages

from almoner.backoffice import access
from almoner.backoffice.impact import words
from almoner.backoffice.impact.hidden import OF_FIGURE
from almoner.backoffice.impact.queue import own
from almoner.backoffice.pages import again, crumbs
from almoner.backoffice.tables import CappedPaginator
from almoner.impact import releasing
from almoner.impact.models import Release
from almoner.impact.releasing import NotReleasable

_TITLE: Final = "Small figures to let out"
_OF_RELEASE: Final = f"observation__{OF_FIGURE}"
_A_PAGE: Final = 50


def _joined(request: HttpRequest) -> QuerySet[Release]:
    return access.within(Release.objects.all(), request, _OF_RELEASE).select_related(
        "observation__indicator__result__programme__charity",
        "observation__source",
        "observation__disclosure",
        "approval",
        "end",
    )


def waiting(request: HttpRequest) -> QuerySet[Release]:
    """What this person may decide on."""
    asked = access.within(releasing.open_releases(), request, _OF_RELEASE)
    return asked.exclude(by_id=own(request))


@require_safe
@access.needs(access.VERIFY_FIGURES)
def release_queue(request: HttpRequest) -> HttpResponse:
    asked = _joined(request).filter(approval=None, end=None).order_by("at", "pk")
    out = _joined(request).filter(approval__isnull=False, end=None).order_by("-approval__at", "-pk")
    page = CappedPaginator(out, _A_PAGE).get_page(request.GET.get("p"))
    context = {
        "title": _TITLE,
        "breadcrumbs_items": crumbs(("Programmes", reverse("backoffice:programmes")), (_TITLE, "")),
        "rows": [_row(each) for each in asked.exclude(by_id=own(request))[:_A_PAGE]],
        "own": asked.filter(by_id=own(request)).count(),
        "out": [_row(each) for each in page],
        "less": again(request, p=str(page.previous_page_number())) if page.has_previous() else "",
        "more": again(request, p=str(page.next_page_number())) if page.has_next() else "",
    }
    return render(request, "backoffice/impact/releases.html", context)


def _row(asked: Release) -> dict[str, Any]:
    observation = asked.observation
    return {
        "release": asked,
        "figure": observation,
        "said": words.said(observation),
        "days": words.days(observation.first, observation.last),
        "why": words.why_hidden(observation),
    }


class DecisionForm(forms.Form):
    do = forms.ChoiceField(
        label="Your decision",
        choices=[
            ("agree", "I opened the source: it says so, and it leads to nobody. Let it out"),
            ("refuse", "Keep it hidden"),
        ],
        widget=forms.RadioSelect,
    )  # fmt: skip
    note = forms.CharField(
        label="Why it stays hidden",
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="Needed to refuse: whoever asked reads it. No person and no case in it.",
    )
    asked_at_times = ("note",)

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or self.cleaned_data
        if entered.get("do") == "refuse" and not entered.get("note") and "note" not in self.errors:
            self.add_error("note", "Say why: whoever asked reads it.")
        return entered


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.VERIFY_FIGURES)
def decide_release(request: HttpRequest, release_id: int) -> HttpResponse:
    asked = access.one_of(_joined(request), request, path=_OF_RELEASE, pk=release_id)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _decide(request, asked, form.cleaned_data)
        except NotReleasable as refused:
            form.add_error(None, f"{refused} Nothing was decided.")
        else:
            return redirect("backoffice:release_queue")
    return _page(request, asked, form, title="Decide on a small figure", action="Decide", decides=True)


def _decide(request: HttpRequest, asked: Release, entered: dict[str, Any]) -> None:
    if entered["do"] == "agree":
        releasing.approve(asked, actor=request.user)
        messages.success(request, "It is said in public from now on.")
    else:
        releasing.refuse(asked, reason=entered["note"], actor=request.user)
        messages.success(request, "It stays hidden.")


class TakeBackForm(forms.Form):
    reason = forms.CharField(
        label="Why it is taken back",
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text="For your colleagues. No person and no case in it.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.VERIFY_FIGURES)
def take_back_release(request: HttpRequest, release_id: int) -> HttpResponse:
    asked = access.one_of(_joined(request), request, path=_OF_RELEASE, pk=release_id)
    form = TakeBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            releasing.take_back(asked, reason=form.cleaned_data["reason"], actor=request.user)
        except NotReleasable as refused:
            form.add_error(None, f"{refused} Nothing was changed.")
        else:
            messages.success(request, "It is hidden again, on every page and in every file.")
            return redirect("backoffice:release_queue")
    return _page(
        request, asked, form, title="Take a small figure back", action="Hide it again", decides=False
    )


def _page(
    request: HttpRequest, asked: Release, form: forms.Form, *, title: str, action: str, decides: bool
) -> HttpResponse:
    context = _row(asked) | {
        "title": title,
        "breadcrumbs_items": crumbs(
            ("Programmes", reverse("backoffice:programmes")),
            (_TITLE, reverse("backoffice:release_queue")),
            (title, ""),
        ),
        "form": form,
        "action": action,
        "decides": decides,
        "back_url": reverse("backoffice:release_queue"),
    }
    return render(request, "backoffice/impact/decide_release.html", context)
