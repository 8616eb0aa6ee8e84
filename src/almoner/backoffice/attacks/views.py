"""Each form under attack, or not: what is seen, what is done about it, and the switch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from almoner.backoffice import access
from almoner.backoffice.attacks.words import SIGNS
from almoner.backoffice.pages import crumbs
from almoner.backoffice.reports.charts import Stack, stacks
from almoner.charities import audit
from almoner.giving import attacks
from almoner.giving.models import ELSEWHERE, Attack, Course, DonationForm, LimitHit
from almoner.kernel.clock import now

_WINDOWS: Final = 6
_EARLIER: Final = 20


@dataclass(frozen=True, slots=True)
class Window:
    """Ten minutes of a form, each submit in one of four."""

    begins: str
    passed: int
    hosted: int
    turned: int
    declined: int

    @property
    def values(self) -> tuple[int, int, int, int]:
        return self.passed, self.hosted, self.turned, self.declined


@require_safe
@access.needs(access.MANAGE_ATTACKS)
def index(request: HttpRequest) -> HttpResponse:
    """The forms of the reader's charities, those under attack first."""
    forms = access.within(DonationForm.objects.select_related("charity"), request)
    open_now = dict(Attack.objects.filter(form__in=forms, ended_at=None).values_list("form_id", "began_at"))
    rows = [(form, open_now.get(form.pk)) for form in forms.order_by("charity__name", "title")]
    context = {
        "title": "Card testing",
        "breadcrumbs_items": crumbs(("Card testing", "")),
        "rows": sorted(rows, key=lambda row: row[1] is None),
    }
    return render(request, "backoffice/attacks/index.html", context)


@require_safe
@access.needs(access.MANAGE_ATTACKS)
def show(request: HttpRequest, form_id: int) -> HttpResponse:
    form = access.one_of(DonationForm.objects.select_related("charity"), request, pk=form_id)
    at = now()
    windows = _windows(form, at=at)
    last = list(Attack.objects.filter(form=form).order_by("-id")[:_EARLIER])
    current = last[0] if last and last[0].ended_at is None else None
    quiet = last[0].quiet_until if last and current is None else None
    context = {
        "title": f"Card testing: {form.title}",
        "breadcrumbs_items": crumbs(("Card testing", reverse("backoffice:attacks")), (form.title, "")),
        "form": form,
        "current": current,
        "quiet_until": quiet if quiet is not None and quiet > at else None,
        "earlier": [(each, SIGNS[each.sign]) for each in last if each.ended_at is not None],
        "sign": SIGNS[current.sign] if current is not None else "",
        "windows": windows,
        "chart": _chart(windows),
        "seen": attacks.seen(form.pk, at=at),
        "limits": settings,
    }
    return render(request, "backoffice/attacks/form.html", context)


@require_POST
@access.needs(access.MANAGE_ATTACKS)
def switch(request: HttpRequest, form_id: int) -> HttpResponse:
    """On by hand, or off: what was pressed twice, or by two, is done once."""
    form = access.one_of(DonationForm.objects.all(), request, pk=form_id)
    by, at = request.user.get_username(), now()
    with transaction.atomic():
        current = Attack.objects.select_for_update().filter(form=form, ended_at=None).first()
        if request.POST.get("do") == "on" and current is None:
            attacks.begin(form.pk, sign="staff", found=attacks.seen(form.pk, at=at), at=at, by=by)
            _keep(request, form, "switch attack mode on", {})
            messages.success(request, "Attack mode is on.")
        elif request.POST.get("do") == "off" and current is not None:
            attacks.end(current, at=at, by=by)
            _keep(request, form, "switch attack mode off", {"attack": current.pk})
            messages.success(request, "Attack mode is off. For an hour it does not begin by itself.")
    return redirect("backoffice:attack", form.pk)


def _keep(request: HttpRequest, form: DonationForm, action: str, detail: dict[str, Any]) -> None:
    audit.record(
        actor=request.user,
        charity=form.charity,
        action=action,
        object_type="form",
        object_id=form.pk,
        detail=detail,
    )


def _windows(form: DonationForm, *, at: datetime) -> list[Window]:
    """The last hour in six parts, the oldest first."""
    ends = [at - attacks.SEEN_FOR * step for step in reversed(range(_WINDOWS))]
    kinds = {
        "passed": Q(course__in=(Course.HERE, Course.WORKED), declined=False),
        "hosted": Q(course__in=ELSEWHERE, declined=False),
        "turned": Q(course=Course.TURNED),
        "declined": Q(declined=True),
    }
    counts = LimitHit.objects.filter(form=form, at__gt=at - timedelta(hours=1)).aggregate(
        **{
            f"{kind}_{place}": Count("id", filter=which & Q(at__gt=end - attacks.SEEN_FOR, at__lte=end))
            for kind, which in kinds.items()
            for place, end in enumerate(ends)
        }
    )
    return [
        Window(
            time_format(localtime(end - attacks.SEEN_FOR)),
            **{kind: counts[f"{kind}_{place}"] for kind in kinds},
        )
        for place, end in enumerate(ends)
    ]


def _chart(windows: Sequence[Window]) -> str:
    rows = [Stack(each.begins, each.values, str(sum(each.values))) for each in windows]
    return stacks(rows, label="Submits of the last hour, ten minutes a bar")
