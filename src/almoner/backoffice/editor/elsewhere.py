"""A form on other sites: what to copy, for which site, how it will look there, and its QR code."""

from dataclasses import asdict
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from almoner.backoffice import access
from almoner.backoffice.editor.fields import FREQUENCIES, ColourField
from almoner.backoffice.models import EditableForm
from almoner.backoffice.pages import crumbs
from almoner.embedding import packing, printing, script
from almoner.embedding.views import OEMBED_PATH
from almoner.embedding.wanted import Wanted
from almoner.giving.catalogue import FormSpec, charity_at, compile_form
from almoner.giving.framing import SiteInvalid, read_site
from almoner.receipts.links import site_of

_WORDS: Final = "Give"


class ElsewhereForm(forms.Form):
    """How the form shall stand there. Everything is in the address, so that the page can be kept and sent on."""

    site = forms.CharField(
        label="Which site?", required=False, max_length=253, help_text="Such as https://www.example.org.",
        widget=forms.TextInput({"spellcheck": "false", "autocapitalize": "none", "inputmode": "url"}),
    )  # fmt: skip
    button = forms.CharField(
        label="A button that opens it", required=False, max_length=60,
        help_text="Its words, such as Give now. Empty: the form stands in the page.",
    )  # fmt: skip
    words = forms.CharField(
        label="Words of the link", required=False, max_length=80,
        help_text="What stands where the form can’t be shown. Empty: Give.",
    )  # fmt: skip
    language = forms.ChoiceField(label="Language", required=False)
    amount = forms.CharField(
        label="Amount", required=False, max_length=12, help_text="With a point: 50 or 12.50."
    )
    frequency = forms.ChoiceField(label="How often", required=False)
    fund = forms.ChoiceField(label="For", required=False)
    appeal = forms.CharField(label="Appeal", required=False, max_length=60, help_text="Such as XMAS26.")
    primary = ColourField(
        label="Colour of buttons and links", required=False, help_text="Empty: the form’s own."
    )
    accent = ColourField(label="Colour that decorates", required=False, help_text="Empty: the form’s own.")

    def __init__(self, *args: Any, spec: FormSpec, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Nothing has to be chosen, and saying so eleven times helps nobody.
        self.asked_at_times = tuple(self.fields)
        offered = {each for choice in spec.currencies for each in choice.frequencies}
        languages = [(code, name) for code, name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
        choices = {
            "language": [("", "As the page’s"), *languages],
            "frequency": [("", "The donor chooses"), *(each for each in FREQUENCIES if each[0] in offered)],
            "fund": [("", "The donor chooses"), *((fund.code, fund.name) for fund in spec.funds.values())],
        }
        for name, each in choices.items():
            field: Any = self.fields[name]
            field.choices = each

    def clean_site(self) -> str:
        typed: str = self.cleaned_data["site"]
        try:
            return read_site(typed) if typed else ""
        except SiteInvalid as invalid:
            raise forms.ValidationError(str(invalid)) from invalid

    def wanted(self, key: str) -> Wanted:
        """What was asked for, as far as it could be read."""
        read = getattr(self, "cleaned_data", {})
        names = ("language", "amount", "frequency", "fund", "appeal", "primary", "accent", "button")
        return Wanted(key, **{name: read[name] for name in names if read.get(name)})


@require_safe
@access.needs(access.EDIT_FORMS)
def elsewhere(request: HttpRequest, pk: int) -> HttpResponse:
    """What to copy, and how it looks."""
    form, spec = _spec(request, pk)
    asked = ElsewhereForm(request.GET if request.GET else None, spec=spec)
    valid = asked.is_bound and asked.is_valid()
    read = asked.cleaned_data if asked.is_bound else {}
    wanted, site = (
        asked.wanted(spec.path_key),
        site_of(form.charity, host=request.get_host().partition(":")[0]),
    )
    words = read.get("words") or _WORDS
    link, chosen = wanted.link(site), read.get("site", "")
    here = charity_at(request.get_host()) == form.charity
    context = {
        "title": f"“{form.title}” on other sites",
        "breadcrumbs_items": crumbs(
            ("Forms", reverse("forms:index")), (form.title, reverse("forms:edit", args=[pk])), ("Other sites", "")
        ),
        "form": asked,
        "valid": valid or not asked.is_bound,
        "edit_url": f"{reverse('forms:edit', args=[pk])}#tab-other_sites",
        "active": form.active,
        "sites": spec.sites,
        "chosen": chosen,
        "listed": chosen in spec.sites,
        "snippet": wanted.element(site, words=words),
        "policy": f"script-src {site}; frame-src {site}",
        "link": link,
        "words": words,
        "oembed": f"{site}{OEMBED_PATH}?{urlencode({'url': link})}",
        "qr_query": urlencode({name: text for name, text in asdict(wanted).items() if text and name != "key"}),
        "pk": pk,
        "script_url": f"/{script.NAME}",
        "attributes": wanted.attributes,
        "here": here,
    }  # fmt: skip
    return render(request, "backoffice/elsewhere.html", context)


@require_safe
@access.needs(access.EDIT_FORMS)
def qr_svg(request: HttpRequest, pk: int) -> HttpResponse:
    form, _, wanted, site = _asked(request, pk)
    response = HttpResponse(printing.qr_drawing(wanted.link(site)), content_type="image/svg+xml")
    response.headers["Content-Disposition"] = f'attachment; filename="{form.slug}-qr.svg"'
    return response


@require_safe
@access.needs(access.EDIT_FORMS)
def qr_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    form, spec, wanted, site = _asked(request, pk)
    response = HttpResponse(printing.poster(spec, wanted, site=site), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{form.slug}-qr.pdf"'
    return response


@require_safe
@access.needs(access.EDIT_FORMS)
def plugin_zip(request: HttpRequest) -> HttpResponse:
    """The WordPress plugin, to upload there."""
    response = HttpResponse(packing.packed(), content_type="application/zip")
    response.headers["Content-Disposition"] = 'attachment; filename="almoner.zip"'
    return response


def _asked(request: HttpRequest, pk: int) -> tuple[EditableForm, FormSpec, Wanted, str]:
    form, spec = _spec(request, pk)
    asked = ElsewhereForm(request.GET, spec=spec)
    asked.is_valid()
    site = site_of(form.charity, host=request.get_host().partition(":")[0])
    return form, spec, asked.wanted(spec.path_key), site


def _spec(request: HttpRequest, pk: int) -> tuple[EditableForm, FormSpec]:
    form = access.one_of(EditableForm.objects.select_related("charity"), request, pk=pk)
    return form, compile_form(form, form.charity)
