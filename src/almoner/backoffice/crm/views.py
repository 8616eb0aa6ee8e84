"""Salesforce: set up for a charity, tested, and how far it has come."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages

from almoner.backoffice import access
from almoner.backoffice.crm.fields import LinkForm
from almoner.backoffice.pages import crumbs
from almoner.charities import audit
from almoner.charities.models import Charity
from almoner.crm.models import Link, Mirror
from almoner.crm.salesforce import connection, following
from almoner.crm.salesforce.checking import Problem, problems
from almoner.crm.salesforce.wording import Advice, of_problem
from almoner.kernel.clock import now

_TITLE = "Salesforce"
_SETTINGS = (
    "ALMONER_SALESFORCE_DOMAIN",
    "ALMONER_SALESFORCE_CLIENT_ID",
    "ALMONER_SALESFORCE_CLIENT_SECRET",
)


@require_safe
@access.needs(access.SUPERUSER)
def overview(request: HttpRequest) -> HttpResponse:
    """A card for each charity: on or off, how much is there, waits, or is held, and what it waits for."""
    links = {link.charity_id: link for link in access.within(Link.objects.all(), request)}
    counts = {
        row["charity_id"]: row
        for row in access.within(Mirror.objects.all(), request)
        .values("charity_id")
        .annotate(**{state: Count("pk", filter=Q(state=state)) for state in Mirror.State.values})
    }
    context = {
        "title": _TITLE,
        "breadcrumbs_items": crumbs((_TITLE, "")),
        "set_up": connection.setup() is not None,
        "settings": _SETTINGS,
        "rows": [
            (charity, link := links.get(charity.pk), counts.get(charity.pk), _pause(link))
            for charity in access.charities(request)
        ],
    }
    return render(request, "backoffice/salesforce.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.SUPERUSER)
def set_up(request: HttpRequest, charity_id: int) -> HttpResponse:
    charity = get_object_or_404(Charity, pk=charity_id)
    link = _link(charity)
    form = LinkForm(request.POST or None, instance=link, charity=charity)
    if request.method == "POST" and form.is_valid():
        _save(request, form, charity)
        messages.success(request, f"Salesforce of {charity.name} is saved.")
        return redirect("backoffice:salesforce_set_up", charity.pk)
    return _page(request, charity, form)


@require_POST
@access.needs(access.SUPERUSER)
def test(request: HttpRequest, charity_id: int) -> HttpResponse:
    """Asks Salesforce whether all is as it must be, as it was last saved; the answer is shown at once."""
    charity = get_object_or_404(Charity, pk=charity_id)
    link, client = _link(charity), connection.client()
    found = problems(link, client) if client is not None else [Problem("not_set_up")]
    audit.record(
        actor=request.user,
        charity=charity,
        action="test salesforce",
        object_type="salesforce",
        object_id=charity.pk,
        detail={"found": [each.code for each in found]},
    )
    form = LinkForm(instance=link, charity=charity)
    return _page(request, charity, form, found=[of_problem(each.code, each.about) for each in found])


def _link(charity: Charity) -> Link:
    """As it was saved last; one that nobody has saved yet begins today."""
    known = Link.objects.select_related("charity").filter(charity=charity).first()
    return known or Link(charity=charity, since=timezone.localdate())


def _save(request: HttpRequest, form: LinkForm, charity: Charity) -> None:
    with transaction.atomic():
        before = Link.objects.select_for_update().filter(charity=charity).first()
        was_on, since = (before.active, before.since) if before is not None else (False, None)
        link = form.save(commit=False)
        # Whoever changed something here hopes that it helps: what waits is tried now.
        link.paused_until, link.paused_code = None, ""
        link.save()
        form.save_rows()
        audit.record(
            actor=request.user,
            charity=charity,
            action="set up salesforce",
            object_type="salesforce",
            object_id=charity.pk,
            detail={
                "active": link.active,
                "since": link.since.isoformat(),
                "changed": sorted(form.changed_data),
            },
        )
        if link.active and (not was_on or (since is not None and link.since < since)):
            following.begin(link)


def _page(
    request: HttpRequest, charity: Charity, form: LinkForm, *, found: Sequence[Advice] | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "title": f"Salesforce of {charity.name}",
        "breadcrumbs_items": crumbs((_TITLE, reverse("backoffice:salesforce")), (charity.name, "")),
        "charity": charity,
        "form": form,
        "media": form.media,
        "found": found,
        "tested": found is not None,
        "set_up": connection.setup() is not None,
    }
    return render(request, "backoffice/salesforce_set_up.html", context)


def _pause(link: Link | None) -> Advice | None:
    if link is None or not link.active or link.paused_until is None or link.paused_until <= now():
        return None
    return of_problem(link.paused_code)
