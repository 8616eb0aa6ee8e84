"""A regular gift that is begun on the phone: staff write down what was promised, the donor finishes it by a link."""

from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from wagtail.admin import messages

from almoner.backoffice import access
from almoner.backoffice.desk.fields import (
    DonorFields,
    FundMoneyForm,
    KeyedForm,
)
from almoner.backoffice.desk.postal import FINDER, POSTAL
from almoner.backoffice.gifts.acts import PAGE
from almoner.backoffice.money import MoneyField
from almoner.backoffice.pages import crumbs
from almoner.backoffice.plans.acts import EVERY_CHOICES, EndFields
from almoner.charities.models import Fund
from almoner.donors import phone
from almoner.kernel.clock import now
from almoner.kernel.money import format_plain
from almoner.plans import schedule
from almoner.plans.models import Plan

_GROUPS: Final = (
    ("What was promised", ("fund", "amount", "currency", "every", "day", "form")),
    ("Its end", ("ends", "ends_on", "ends_after")),
    ("The donor", ("given_name", "family_name", "organisation", "email", "phone")),
    ("Their address", POSTAL),
)


class BeginForm(KeyedForm, FundMoneyForm, EndFields, DonorFields):
    """What a donor says on the phone."""

    asked_at_times = ("ends_on", "ends_after", *FINDER)

    amount = MoneyField(label="Amount of each gift")
    every = forms.TypedChoiceField(
        choices=EVERY_CHOICES, coerce=int, widget=forms.RadioSelect, label="How often", initial=1
    )
    day = forms.IntegerField(
        label="Day of the month",
        required=False,
        min_value=1,
        max_value=31,
        help_text="Leave it empty for the day on which the donor finishes it.",
        error_messages={"min_value": "Enter a day from 1 to 31.", "max_value": "Enter a day from 1 to 31."},
    )
    field_order = (
        "fund", "amount", "currency", "every", "day", "form", "ends", "ends_on", "ends_after", "given_name",
        "family_name", "organisation", "email", "phone", *POSTAL,
    )  # fmt: skip

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        self.fields["form"].help_text = "It says which ways to pay the donor is offered."
        self.fields["email"].required = True
        self.fields["email"].help_text = "The link goes there."
        self.fields["email"].error_messages["required"] = "Enter the donor’s email: the link goes there."
        self.order_fields(self.field_order)
        self.offer_finder()

    def clean(self) -> dict[str, Any]:
        super().clean()
        fund, ends_on = self.cleaned_data.get("fund"), self.cleaned_data.get("ends_on")
        if fund is not None and ends_on and ends_on < schedule.local_date(now(), fund.charity.timezone):
            self.add_error("ends_on", "This day is over. Choose a later one.")
        return self.cleaned_data


@PAGE
@access.needs(access.ENTER_GIFTS)
def begin(request: HttpRequest) -> HttpResponse:
    form = BeginForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid() and (plan := _begun(request, form)) is not None:
        messages.success(request, f"Begun. {plan.contact.email} gets a link to make the first payment.")
        return redirect("backoffice:plan", plan.pk)
    title = "Begin a regular gift by phone"
    context = {
        "title": title,
        "breadcrumbs_items": crumbs(("Regular gifts", reverse("backoffice:plans")), (title, "")),
        "form": form,
        "media": form.media,
        "lead": "Take no card number on the phone. The donor gets an email with a link, pays the first gift on the "
        "payment service’s own page, and it goes on by itself from there. Until then nothing is charged.",
        "groups": [
            (heading, [form[name] for name in names if name in form.fields and not form[name].is_hidden])
            for heading, names in _GROUPS
        ],
        "has_charity": bool(access.charities(request)),
        "submits": [("", "Begin it and send the link")],
    }
    return render(request, "backoffice/enter_gift.html", context)


def _begun(request: HttpRequest, form: BeginForm) -> Plan | None:
    entered = form.cleaned_data
    fund: Fund = entered["fund"]
    told = phone.Told(
        amount_minor=entered["amount"],
        currency=entered["currency"],
        every=entered["every"],
        day=entered["day"],
        ends_on=entered["ends_on"],
        ends_after=entered["ends_after"],
    )
    try:
        return phone.start(
            told,
            form.details(),
            charity=fund.charity,
            fund=fund,
            form=entered["form"],
            plan_id=entered["key"],
            actor=request.user,
        )
    except phone.NoWay:
        form.add_error(
            "currency", "No payment service here takes a regular gift in this currency on a page of its own."
        )
    except phone.AmountNotTaken as wrong:
        form.add_error("amount", _not_taken(wrong, entered["amount"], entered["currency"]))
    return None


def _not_taken(wrong: phone.AmountNotTaken, amount_minor: int, currency: str) -> str:
    if amount_minor < wrong.least_minor:
        return (
            f"No payment service here takes less than {format_plain(wrong.least_minor, currency)} {currency}."
        )
    unit = format_plain(wrong.step_minor, currency)
    return f"The payment services here take multiples of {unit} {currency}."
