"""A page that was to be published and wasn't: what whoever pressed is told, and the mail to the others."""

from collections.abc import Callable, Iterable
from html import unescape
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import strip_tags
from wagtail.admin.modal_workflow import render_modal_workflow
from wagtail.models import Page

from almoner.charities.scope import charities_of
from almoner.stories import gate
from almoner.stories.sites import place_of


class HeldBack:
    """Middleware: answers `gate.NotPublished`, from whichever view it comes, with the page's form and what is wrong."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, gate.NotPublished):
            return None
        gate.ask(exception.page, besides=request.user)
        form = say(request, exception.page, exception.reasons)
        if request.headers.get("x-requested-with") != "XMLHttpRequest":
            return form
        # The dialog of a review knows this answer.
        answer: HttpResponse = render_modal_workflow(
            request, "", None, {}, json_data={"step": "success", "redirect": form.url}
        )
        return answer


def say(request: HttpRequest, page: Any, reasons: Iterable[str]) -> HttpResponseRedirect:
    """Lead to the page's form, and tell there what is wrong."""
    for each in reasons:
        messages.error(request, each)
    messages.warning(request, f"“{page.title}” was not published. What was typed is kept as a draft.")
    return HttpResponseRedirect(reverse("wagtailadmin_pages:edit", args=[page.pk]))


def deliver(payload: dict[str, Any]) -> None:
    """Handle one job of kind `gate.JOB`. What was mended by then is left; without an owner, the charity is told."""
    page: Any = Page.objects.filter(pk=payload["page"]).first()
    place = place_of(page) if page is not None else None
    if page is None or place is None:
        return
    reasons = gate.refusals(page.specific.get_latest_revision_as_object(), place)
    if not reasons:
        return
    users = User.objects.filter(pk__in=payload["users"], is_active=True).exclude(email="").order_by("pk")
    to = [each.email for each in users if charities_of(each).filter(pk=place.charity.pk).exists()]
    title = page.get_admin_display_title()
    context = {
        "title": title,
        "reasons": [unescape(strip_tags(each)) for each in reasons],
        "link": settings.SITE_URL + reverse("wagtailadmin_pages:edit", args=[page.pk]),
    }
    EmailMessage(
        subject=f"Not published: {' '.join(title.split())}",
        body=render_to_string("stories/held_back_email.txt", context),
        to=to or [place.charity.email],
        headers={"Auto-Submitted": "auto-generated"},
    ).send()
