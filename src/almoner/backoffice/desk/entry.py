"""A gift that came by phone, cheque, cash or at an event, entered by hand."""

from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.admin.widgets import AdminDateInput

from almoner.backoffice import access
from almoner.backoffice.desk.fields import (
    BENEFIT,
    BY_HAND,
    BenefitFields,
    DonorFields,
    FundMoneyForm,
    KeyedForm,
)
from almoner.backoffice.desk.postal import POSTAL
from almoner.backoffice.gifts.acts import not_in_the_future
from almoner.backoffice.money import MoneyField, money
from almoner.backoffice.pages import crumbs
from almoner.charities.models import Fund
from almoner.giving import desk
from almoner.giving.models import Gift

_GROUPS: Final = (
    ("The gift", ("channel", "fund", "amount", "currency", "given_on")),
    ("What the donor got in return", BENEFIT),
    ("The donor", ("given_name", "family_name", "organisation", "email", "phone")),
    ("Their address", POSTAL),
    ("What belongs to it", ("appeal", "form", "note")),
)


class GiftForm(KeyedForm, FundMoneyForm, BenefitFields, DonorFields):
    """One gift."""

    channel = forms.ChoiceField(
        choices=BY_HAND, widget=forms.RadioSelect, label="How it came", initial="cheque"
    )
    amount = MoneyField(label="Amount")
    given_on = forms.DateField(label="Date it was given", widget=AdminDateInput)
    appeal = forms.CharField(
        label="Appeal code",
        max_length=60,
        required=False,
        help_text="Such as the code printed on the letter.",
    )
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea({"rows": 2}), max_length=1000)

    field_order = (
        "channel", "fund", "amount", "currency", "given_on", *BENEFIT, "given_name", "family_name", "organisation",
        "email", "phone", *POSTAL, "appeal", "form", "note",
    )  # fmt: skip

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        self.order_fields(self.field_order)
        self.initial.setdefault("given_on", timezone.localdate())
        self.offer_finder()

    def clean_given_on(self) -> Any:
        return not_in_the_future(self.cleaned_data["given_on"])

    def clean(self) -> dict[str, Any]:
        super().clean()
        if "currency" in self.cleaned_data:
            self.read_benefit()
        return self.cleaned_data


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.ENTER_GIFTS)
def enter_gift(request: HttpRequest) -> HttpResponse:
    """After saving, the same page again with the date, the fund and the way it came: the next one is often alike."""
    kept = {
        name: request.GET[name]
        for name in ("channel", "fund", "given_on", "appeal", "currency", *BENEFIT)
        if name in request.GET
    }
    form = GiftForm(request.POST or None, request=request, initial=kept)
    if request.method == "POST" and form.is_valid() and (gift := _enter(request, form)) is not None:
        url = reverse("backoffice:gift", args=[gift.pk])
        messages.success(
            request,
            f"{money(gift.total_minor, gift.currency)} entered{_for(form)}.",
            buttons=[messages.button(url, "See the gift")],
        )
        if "another" in request.POST:
            return redirect(f"{reverse('backoffice:enter_gift')}?{_next(form)}")
        return redirect(url)
    context = {
        "title": "Enter a gift",
        "breadcrumbs_items": crumbs(("Gifts", reverse("backoffice:gifts")), ("Enter a gift", "")),
        "form": form,
        "media": form.media,
        "groups": [
            (heading, [form[name] for name in names if name in form.fields and not form[name].is_hidden])
            for heading, names in _GROUPS
        ],
        "lead": "For money that has already been received. It is posted to the ledger at once, and a donor with an "
        "email address gets the receipt.",
        "has_charity": bool(access.charities(request)),
        "submits": [("another", "Save and enter the next"), ("", "Save and see it")],
    }
    return render(request, "backoffice/enter_gift.html", context)


def _enter(request: HttpRequest, form: GiftForm) -> Gift | None:
    """The gift; None, with the form saying so, when this page has entered another one before."""
    entered = form.cleaned_data
    fund: Fund = entered["fund"]
    try:
        return desk.enter_gift(
            gift_id=entered["key"],
            charity=fund.charity,
            fund=fund,
            details=form.details(),
            amount_minor=entered["amount"],
            currency=entered["currency"],
            channel=entered["channel"],
            given_on=entered["given_on"],
            actor=request.user,
            form=entered["form"],
            appeal=entered["appeal"],
            note=entered["note"],
            benefit=entered["benefit"],
            benefit_minor=entered["benefit_minor"],
        )
    except desk.EnteredAlready:
        form.say_used("a gift")
        return None


def _for(form: GiftForm) -> str:
    name = form.details().name
    return f" for {name}" if name else ""


def _next(form: GiftForm) -> str:
    entered = form.cleaned_data
    return urlencode(
        {
            "channel": entered["channel"],
            "fund": entered["fund"].pk,
            "given_on": entered["given_on"].isoformat(),
            "appeal": entered["appeal"],
            "currency": entered["currency"],
            # Of an evening's guests each had the dinner. As it was typed.
            **{name: form.data.get(name, "") for name in BENEFIT},
        }
    )
