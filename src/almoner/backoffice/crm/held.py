"""What Salesforce refused: each with why, what to mend, and three ways on."""

from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages

from almoner.backoffice import access
from almoner.backoffice.crm.fields import LeaveOutForm
from almoner.backoffice.money import money
from almoner.backoffice.pages import again, crumbs
from almoner.backoffice.tables import CappedPaginator
from almoner.crm.models import Mirror
from almoner.crm.people import person_key
from almoner.crm.salesforce import mending
from almoner.crm.salesforce.wording import of_held
from almoner.giving.models import Gift
from almoner.kernel.references import shown_reference
from almoner.plans.models import Plan

_TITLE: Final = "Not taken by Salesforce"
_A_PAGE: Final = 50
_FASTER: Final = "It waits for nobody any more: somebody was faster, or it changed and was sent."
# Where the donor is looked up there by hand.
_ABOUT_DONOR: Final = frozenset({"DUPLICATES_DETECTED", "NOT_FOUND"})


def held_of(request: HttpRequest) -> QuerySet[Mirror]:
    return access.within(Mirror.objects.filter(state=Mirror.State.HELD), request)


@require_safe
@access.needs(access.VIEW_GIFTS)
def held(request: HttpRequest) -> HttpResponse:
    """The newest first; those that are left out follow. As many queries, however many they are."""
    left_out = access.within(Mirror.objects.filter(state=Mirror.State.LEFT_OUT), request)
    context = {
        "title": _TITLE,
        "breadcrumbs_items": crumbs((_TITLE, "")),
        "held": _part(request, held_of(request), "p"),
        "left_out": _part(request, left_out, "left"),
        "may_mend": access.may(request.user, access.ENTER_GIFTS),
    }
    return render(request, "backoffice/salesforce_held.html", context)


@require_POST
@access.needs(access.ENTER_GIFTS)
def send_again(request: HttpRequest, mirror_id: int) -> HttpResponse:
    mirror = access.one_of(Mirror.objects.all(), request, pk=mirror_id)
    try:
        mending.send_again(mirror.pk, actor=request.user)
        messages.success(request, "It is sent again.")
    except mending.NotHeld:
        messages.warning(request, _FASTER)
    return redirect("backoffice:salesforce_held")


@require_POST
@access.needs(access.ENTER_GIFTS)
def send_all_again(request: HttpRequest) -> HttpResponse:
    number = mending.send_all_again(held_of(request), actor=request.user)
    messages.success(request, f"Sent again: {number}." if number else "There was nothing to send again.")
    return redirect("backoffice:salesforce_held")


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.ENTER_GIFTS)
def leave_out(request: HttpRequest, mirror_id: int) -> HttpResponse:
    mirror = access.one_of(Mirror.objects.all(), request, pk=mirror_id)
    form = LeaveOutForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            mending.leave_out(mirror.pk, reason=form.cleaned_data["reason"], actor=request.user)
            messages.success(request, "It is left out of Salesforce.")
        except mending.NotHeld:
            messages.warning(request, _FASTER)
        return redirect("backoffice:salesforce_held")
    rows = _rows([mirror])
    context = {
        "title": f"Leave out of Salesforce: {rows[0]['reference'] if rows else mirror}",
        "breadcrumbs_items": crumbs((_TITLE, reverse("backoffice:salesforce_held")), ("Leave out", "")),
        "consequences": [
            "Nothing about it is sent there any more, until somebody sends it again from the list."
        ],
        "form": form,
        "action": "Leave out",
        "back_url": reverse("backoffice:salesforce_held"),
    }
    return render(request, "backoffice/act.html", context)


def _part(request: HttpRequest, mirrors: QuerySet[Mirror], name: str) -> dict[str, Any]:
    """A page of them, which the query names by `name`, and the way to the next ones."""
    page = CappedPaginator(mirrors.order_by("-asked_at", "-pk"), _A_PAGE).get_page(request.GET.get(name))
    return {
        "rows": _rows(list(page)),
        "shown": page,
        "less": again(request, **{name: str(page.previous_page_number())}) if page.has_previous() else "",
        "more": again(request, **{name: str(page.next_page_number())}) if page.has_next() else "",
    }


def _rows(mirrors: list[Mirror]) -> list[dict[str, Any]]:
    """Each with its gift or plan. What is gone with its donor's wish is left away."""
    keys = [mirror.object_id for mirror in mirrors]
    found: dict[Any, Gift | Plan] = {}
    for model in (Gift, Plan):
        rows = model._default_manager.filter(pk__in=keys).select_related("contact__charity")
        found |= {row.pk: row for row in rows}
    return [_row(mirror, found[mirror.object_id]) for mirror in mirrors if mirror.object_id in found]


def _row(mirror: Mirror, about: Gift | Plan) -> dict[str, Any]:
    kind = "gift" if mirror.kind == Mirror.Kind.GIFT else "plan"
    return {
        "mirror": mirror,
        "reference": shown_reference(about.reference),
        "url": reverse(f"backoffice:{kind}", args=[about.pk]),
        "kind": "Gift" if kind == "gift" else "Regular gift",
        "amount": money(about.total_minor, about.currency),
        "who": about.contact.name,
        "advice": of_held(mirror.code, about=mirror.about, fields=mirror.fields, said=mirror.said),
        "key": person_key(about.contact) if mirror.code in _ABOUT_DONOR else "",
    }
