"""Who stands as the publisher of a charity's open data: IATI's reporting organisation."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from almoner.backoffice import access
from almoner.backoffice.pages import crumbs
from almoner.charities import audit
from almoner.charities.models import Charity
from almoner.charities.sites import bump
from almoner.impact import iati
from almoner.impact.models import Publisher


class PublisherForm(forms.ModelForm):
    class Meta:
        model = Publisher
        fields = ("iati_identifier", "name", "kind")
        help_texts = {"name": "Empty: the charity’s legal name."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["iati_identifier"].help_text = (
            "The register that knows the charity, and its number there, such as AU-ABN-12345678901. Look it up at "
            "org-id.guide. It never changes: others find the charity’s data by it."
        )


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.EDIT_PROGRAMMES)
def publisher(request: HttpRequest, charity_id: int) -> HttpResponse:
    charity = access.one_of(Charity.objects.all(), request, path="pk", pk=charity_id)
    found = Publisher.objects.filter(charity=charity).first() or Publisher(charity=charity)
    said = iati.publisher(charity)
    form = PublisherForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        _save(request, charity, form)
        messages.success(request, "Kept: the files say so from now on.")
        return redirect("backoffice:publisher", charity.pk)
    context = {
        "title": "Publisher of the open data",
        "breadcrumbs_items": crumbs(
            ("Programmes", reverse("backoffice:programmes")), ("Publisher of the open data", "")
        ),
        "charity": charity,
        "facts": _facts(said),
        "made_up": said.made_up,
        "form": form,
        "back_url": reverse("backoffice:programmes"),
    }
    return render(request, "backoffice/impact/publisher.html", context)


def _facts(said: iati.Organisation) -> list[dict[str, str]]:
    facts = (
        ("Identifier", said.identifier),
        ("Name", said.name),
        ("Kind", Publisher(kind=said.kind).get_kind_display()),
    )
    return [{"label": label, "value": value} for label, value in facts]


def _save(request: HttpRequest, charity: Charity, form: PublisherForm) -> None:
    with transaction.atomic():
        saved = form.save()
        audit.record(
            actor=request.user, charity=charity, action="change publisher", object_type="publisher",
            object_id=saved.pk, detail={"changed": form.changed_data},
        )  # fmt: skip
        bump(charity.pk)
