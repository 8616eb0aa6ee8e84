"""What the pages of all reports share."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from almoner.backoffice.pages import crumbs
from almoner.backoffice.reports.period import Period, PeriodForm
from almoner.charities import audit
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


def record_export(
    request: HttpRequest, charity: Charity, *, action: str, what: str, detail: Mapping[str, object]
) -> None:
    """Who takes figures out of the house is kept before they get them."""
    with transaction.atomic():
        audit.record(
            actor=request.user,
            charity=charity,
            action=action,
            object_type="report",
            object_id=what[:20],
            detail=dict(detail),
        )


def days(period: Period) -> dict[str, str]:
    return {"first": period.first.isoformat(), "last": period.last.isoformat()}


def nothing(request: HttpRequest, title: str) -> HttpResponse:
    context = {"title": title, "breadcrumbs_items": crumbs((title, ""))}
    return render(request, "backoffice/no_charity.html", context)
