"""Staff's page from which a page's translation begins."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.models import Page

from almoner.stories import tongues
from almoner.stories.sites import Place, place_of


class LanguageForm(forms.Form):
    language = forms.ChoiceField(label="Language", widget=forms.RadioSelect)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["language"]
        field.choices = choices
        field.error_messages = {
            "required": "Choose a language.",
            "invalid_choice": "Choose a language that this page isn’t in yet.",
        }


@require_http_methods(["GET", "HEAD", "POST"])
def translate(request: HttpRequest, page_id: int) -> HttpResponse:
    """Choose a language, and get a draft in it. The languages there are already lead to their pages."""
    page = get_object_or_404(Page, pk=page_id).specific
    place = _place(page)
    if not may_translate(page, place, request.user):
        raise PermissionDenied
    choices = tongues.missing(page, place.charity)
    form = LanguageForm(request.POST or None, choices=choices)
    if request.method == "POST" and form.is_valid():
        made = tongues.begin(page, form.cleaned_data["language"], place, user=request.user)  # type: ignore[arg-type]
        messages.success(request, "A draft with the original’s words. Readers see it when you publish it.")
        return redirect("wagtailadmin_pages:edit", made.pk)
    there = page.get_translations().select_related("locale")
    names = dict(tongues.NAMES)
    context = {
        "title": f"Translate “{page.get_admin_display_title()}”",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": "Home"},
            {
                "url": reverse("wagtailadmin_pages:edit", args=[page.pk]),
                "label": page.get_admin_display_title(),
            },
            {"url": "", "label": "Translate"},
        ],
        "form": form,
        "choices": choices,
        "there": [(names.get(tongues.language_of(each, place.charity), ""), each) for each in there],
    }
    return render(request, "stories/translate.html", context, status=422 if form.errors else 200)


def may_translate(page: Page, place: Place, user: Any) -> bool:
    """Who may add a page where the translation will stand, and may see this one."""
    return bool(
        page.permissions_for_user(user).can_edit() and place.root.permissions_for_user(user).can_add_subpage()
    )


def _place(page: Page) -> Place:
    place = place_of(page)
    if place is None:
        raise Http404("This page stands in no charity's site.")
    return place
