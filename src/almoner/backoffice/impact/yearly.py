"""The yearly message to donors: when it goes next, to how many, how it reads, and the switch."""

from collections import Counter
from typing import Any, Final

from django import forms
from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dates import MONTHS
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from almoner.backoffice import access
from almoner.backoffice.impact import yearly_sample
from almoner.backoffice.pages import crumbs
from almoner.charities import audit
from almoner.charities.models import Charity
from almoner.donors import since, yearly
from almoner.donors.models import ReachedMail, YearlyMessage
from almoner.kernel.clock import now
from almoner.kernel.references import new_public_key
from almoner.outbox.queue import enqueue

_TITLE: Final = "Yearly message"
_LANGUAGES: Final = [(code, str(name)) for code, name in settings.LANGUAGES]
# What became of a mail, in words; the first ones first.
_OUTCOMES: Final = {
    "sent": "Sent",
    "queued": "Waiting to be sent",
    "sending": "Being sent",
    "unknown": "May have gone: the worker died while sending it, and it isn’t sent twice",
    "bounced": "Came back",
    "nothing_new": "Nothing new to tell",
    "opted_out": "Not wanted",
    "bounced_before": "Address known to be bad",
    "no_address": "No address",
    "erased": "Erased since",
    "switched_off": "Switched off before it left",
    "overtaken": "Overtaken by another correction",
    "not_public": "May not be said any more",
}


class DayForm(forms.Form):
    """Day and month; up to the 28th, which every month has."""

    day = forms.IntegerField(label="Day", min_value=1, max_value=28, help_text="From 1 to 28.")
    month = forms.TypedChoiceField(
        label="Month", coerce=int, choices=[(number, str(name)) for number, name in MONTHS.items()]
    )


class SampleForm(forms.Form):
    language = forms.ChoiceField(label="Language", choices=_LANGUAGES)


@require_safe
@access.needs(access.VIEW_GIFTS)
def yearly_messages(request: HttpRequest) -> HttpResponse:
    """A charity each; whoever has one is led to it."""
    own = access.charities(request)
    if len(own) == 1:
        return redirect("backoffice:yearly_message", own[0].pk)
    context = {
        "title": _TITLE,
        "breadcrumbs_items": crumbs((_TITLE, "")),
        "rows": [(charity, message := yearly.of(charity), _next(message)) for charity in own],
    }
    return render(request, "backoffice/impact/yearly_messages.html", context)


@require_safe
@access.needs(access.VIEW_GIFTS)
def yearly_message(request: HttpRequest, charity_id: int) -> HttpResponse:
    return _page(request, _charity(request, charity_id))


@require_POST
@access.needs(access.EDIT_CHARITIES)
def switch_yearly_message(request: HttpRequest, charity_id: int) -> HttpResponse:
    charity = _charity(request, charity_id)
    form = DayForm(request.POST)
    if not form.is_valid():
        return _page(request, charity, form=form)
    on = request.POST.get("to") == "on"
    said = form.cleaned_data
    message = yearly.decide(charity, on=on, month=said["month"], day=said["day"], actor=request.user)
    day = _next(message)
    messages.success(request, f"It goes next on {day:%-d %B %Y}." if day else "It is off: nothing is sent.")
    return redirect("backoffice:yearly_message", charity.pk)


@require_POST
@access.needs(access.VIEW_GIFTS)
def sample_yearly_message(request: HttpRequest, charity_id: int) -> HttpResponse:
    """Mail it to whoever asks, and to nobody else."""
    charity = _charity(request, charity_id)
    form = SampleForm(request.POST)
    email = getattr(request.user, "email", "")
    if not form.is_valid() or not email:
        messages.error(request, "Choose a language, and have an address of email at your account.")
    elif not yearly_sample.funds(charity):
        messages.error(request, "There is no figure yet that could be told.")
    else:
        _ask_sample(request, charity, form.cleaned_data["language"])
        messages.success(request, f"It is on its way to {email}.")
    return redirect("backoffice:yearly_message", charity.pk)


def _ask_sample(request: HttpRequest, charity: Charity, language: str) -> None:
    with transaction.atomic():
        payload = {"charity": charity.pk, "user": request.user.pk, "language": language}
        enqueue(yearly_sample.JOB, f"{yearly_sample.JOB}:{new_public_key()}", payload)
        audit.record(
            actor=request.user,
            charity=charity,
            action="send sample of yearly message",
            object_type="charity",
            object_id=charity.pk,
            detail={"language": language},
        )


def _charity(request: HttpRequest, charity_id: int) -> Charity:
    return access.one_of(Charity.objects.all(), request, path="pk", pk=charity_id)


def _page(request: HttpRequest, charity: Charity, *, form: DayForm | None = None) -> HttpResponse:
    message = yearly.of(charity)
    language = request.GET.get("language", charity.language)
    language = language if language in dict(_LANGUAGES) else charity.language
    found = yearly_sample.funds(charity)
    people = since.reckon(charity)
    context = {
        "title": _TITLE,
        "breadcrumbs_items": crumbs((_TITLE, "")),
        "charity": charity,
        "message": message,
        "next": _next(message),
        "people": people,
        "total": f"{people.total:,}",
        "languages": [(name, f"{people.count(code):,}") for code, name in _LANGUAGES if people.of[code]],
        "outcomes": _outcomes(charity),
        "letter": yearly_sample.letter(charity, found, language, name="Ada") if found else None,
        "choices": [(code, name, code == language) for code, name in _LANGUAGES],
        "form": form or DayForm(initial={"day": message.day, "month": message.month}),
        "sample": SampleForm(initial={"language": language}),
        "may_switch": access.may(request.user, access.EDIT_CHARITIES),
        "switch_url": reverse("backoffice:switch_yearly_message", args=[charity.pk]),
        "sample_url": reverse("backoffice:sample_yearly_message", args=[charity.pk]),
    }
    return render(request, "backoffice/impact/yearly.html", context)


def _next(message: YearlyMessage) -> Any:
    return yearly.next_day(message, at=now())


def _outcomes(charity: Charity) -> list[tuple[str, list[tuple[str, int]]]]:
    """What became of each year's mails and of all corrections, the newest year first."""
    rows = (
        ReachedMail.objects.filter(charity=charity)
        .order_by("-year")
        .values_list("year", "state", "reason")
        .annotate(count=Count("pk"))
    )
    found: dict[int | None, Counter[str]] = {}
    for year, state, reason, count in rows:
        found.setdefault(year, Counter())[reason if state == "skipped" else state] += count
    return [
        (
            f"Of {year}" if year else "Corrections",
            [(_OUTCOMES.get(what, what), counts[what]) for what in _order(counts)],
        )
        for year, counts in sorted(found.items(), key=lambda each: (each[0] is None, -(each[0] or 0)))
    ]


def _order(counts: Counter[str]) -> list[str]:
    known = list(_OUTCOMES)
    return sorted(counts, key=lambda what: (known.index(what) if what in known else len(known), what))
