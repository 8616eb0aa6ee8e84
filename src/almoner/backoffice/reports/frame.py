"""What the pages of all reports share."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from almoner.backoffice.pages import crumbs
from almoner.backoffice.reports.period import Period, PeriodForm
from almoner.charities.models import Charity


def page(title: str, form: PeriodForm, charity: Charity, period: Period) -> dict[str, Any]:
    return {
        "title": title,
        "breadcrumbs_items": crumbs((title, "")),
        "form": form,
        "media": form.media,
        "charity": charity,
        "period": period,
    }


def nothing(request: HttpRequest, title: str) -> HttpResponse:
    context = {"title": title, "breadcrumbs_items": crumbs((title, ""))}
    return render(request, "backoffice/no_charity.html", context)
