"""From which day to which: what a report's address says, read once."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest
from wagtail.admin.widgets import AdminDateInput

from almoner.backoffice import access
from almoner.backoffice.reports.home import chosen
from almoner.charities.models import Charity
from almoner.kernel.clock import now


@dataclass(frozen=True, slots=True)
class Period:
    """Both days included."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first:%-d %B %Y} to {self.last:%-d %B %Y}"


class PeriodForm(forms.Form):
    """The days, and the charity for those who work for several."""

    charity = forms.ChoiceField(required=False, label="Charity")
    first = forms.DateField(label="From", widget=AdminDateInput)
    last = forms.DateField(label="To", widget=AdminDateInput)

    def __init__(self, request: HttpRequest, charity: Charity) -> None:
        today = now().astimezone(ZoneInfo(charity.timezone)).date()
        self.default = Period(today.replace(day=1), today)
        data = request.GET.copy()
        data.setdefault("first", self.default.first.isoformat())
        data.setdefault("last", today.isoformat())
        data["charity"] = str(charity.pk)
        super().__init__(data)
        own = access.charities(request)
        choice: Any = self.fields["charity"]
        choice.choices = [(str(one.pk), one.name) for one in own]
        if len(own) == 1:
            del self.fields["charity"]

    def clean(self) -> dict[str, object]:
        entered = super().clean() or {}
        first, last = entered.get("first"), entered.get("last")
        if first and last and first > last:
            self.add_error("last", "This day is before the first one.")
        elif first and last and last - first > timedelta(days=3660):
            self.add_error("last", "Choose at most ten years.")
        return entered

    def period(self) -> Period:
        """What was asked for; this month when it makes no sense."""
        if not self.is_valid():
            return self.default
        return Period(self.cleaned_data["first"], self.cleaned_data["last"])


def asked(request: HttpRequest) -> tuple[Charity, PeriodForm] | None:
    """The charity and the days of a report; None when the reader works for no charity."""
    charity = chosen(request)
    return (charity, PeriodForm(request, charity)) if charity is not None else None
