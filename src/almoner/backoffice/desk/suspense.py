"""How a credit that no promised transfer explains leaves suspense: as a gift after all, or back to whoever sent it."""

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from almoner.backoffice import access
from almoner.backoffice.desk.fields import PersonFields, fund_choice
from almoner.backoffice.desk.postal import POSTAL, AddressFields
from almoner.backoffice.money import money
from almoner.backoffice.pages import crumbs
from almoner.giving import desk
from almoner.payments.models import BankCredit
from almoner.supporters.people import Details

PAGE = require_http_methods(["GET", "HEAD", "POST"])


class GiverForm(AddressFields, PersonFields):
    """Whose money it is, and what it is for. The rest stands in the credit."""

    field_order = ("fund", "given_name", "family_name", "organisation", "email", *POSTAL)

    def __init__(self, *args: Any, request: HttpRequest, credit: BankCredit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fund"] = fund_choice(request, charity=credit.charity)
        self.order_fields(self.field_order)
        self.initial.setdefault("country", credit.charity.country)
        self.offer_finder()

    def details(self) -> Details:
        entered = self.cleaned_data
        return Details(
            given_name=entered["given_name"],
            family_name=entered["family_name"],
            organisation=entered["organisation"],
            email=entered["email"],
            address=entered["address"],
        )


@PAGE
@access.needs(access.BOOK_BANK)
def gift_of_credit(request: HttpRequest, credit_id: uuid.UUID) -> HttpResponse:
    """Staff know who sent it and what for, though nobody had promised it."""
    credit = access.one_of(BankCredit.objects.select_related("charity"), request, pk=credit_id)
    form = GiverForm(request.POST or None, request=request, credit=credit)
    if request.method == "POST" and form.is_valid():
        try:
            gift = desk.gift_of_credit(
                credit_id=credit.pk,
                fund=form.cleaned_data["fund"],
                details=form.details(),
                actor=request.user,
            )
        except desk.NotMatchable as refused:
            messages.error(request, str(refused))
            return redirect("backoffice:credit", credit_id)
        messages.success(request, "The gift is made and paid.")
        return redirect("backoffice:gift", gift.pk)
    consequences = [
        "A gift over what arrived is made, given on the day of the statement, paid by bank transfer.",
        "It leaves suspense for the fund’s income. A donor with an email address gets the receipt.",
    ]
    return _act(request, credit, "Make a gift of this credit", form, consequences, action="Make the gift")


@PAGE
@access.needs(access.BOOK_BANK)
def send_back(request: HttpRequest, credit_id: uuid.UUID) -> HttpResponse:
    """The bank returned it: staff say so once the statement shows it."""
    credit = access.one_of(BankCredit.objects.select_related("charity"), request, pk=credit_id)
    if request.method == "POST":
        try:
            desk.send_back_credit(credit_id=credit.pk, actor=request.user)
        except desk.NotMatchable as refused:
            messages.error(request, str(refused))
        else:
            messages.success(
                request, f"{money(credit.amount_minor, credit.currency)} booked as sent back to the bank."
            )
        return redirect("backoffice:credit", credit_id)
    consequences = [
        "No machine sends this money back: have your bank return it first, then say so here.",
        "It leaves suspense and the bank account in the books, and becomes nobody’s gift.",
    ]
    return _act(
        request,
        credit,
        "Sent back to the bank",
        forms.Form(),
        consequences,
        action="It was sent back",
        danger=True,
    )


@PAGE
@access.needs(access.BOOK_BANK)
def unmatch(request: HttpRequest, credit_id: uuid.UUID) -> HttpResponse:
    """It was matched to the wrong gift, or the wrong payout."""
    credit = access.one_of(BankCredit.objects.select_related("charity", "attempt"), request, pk=credit_id)
    if request.method == "POST":
        try:
            desk.unmatch_credit(credit_id=credit.pk, actor=request.user)
        except desk.NotMatchable as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, "The match is undone. The credit is in suspense again.")
        return redirect("backoffice:credit", credit_id)
    if credit.payout_id is not None:
        title, consequences = (
            "It was not this payout",
            [
                "The payout is in transit again, until another credit is matched to it.",
                "The credit is in suspense again.",
            ],
        )
        return _act(
            request,
            credit,
            title,
            forms.Form(),
            consequences,
            action="Undo the match",
            danger=True,
            matched=True,
        )
    consequences = [
        "The gift waits for its transfer again. Its receipt is cancelled, and a donor with an email address is told.",
        "A gift that was made of this credit is given up.",
        "The credit is in suspense again, to be matched to the right gift.",
    ]
    return _act(
        request,
        credit,
        "It was not this gift’s",
        forms.Form(),
        consequences,
        action="Undo the match",
        danger=True,
        matched=True,
    )


def _act(
    request: HttpRequest,
    credit: BankCredit,
    title: str,
    form: forms.Form,
    consequences: list[str],
    *,
    action: str,
    danger: bool = False,
    matched: bool = False,
) -> HttpResponse:
    """The page of one act on one credit: on one that is `matched`, or on one in suspense and no other."""
    back = reverse("backoffice:credit", args=[credit.pk])
    if matched and credit.matched_at is None:
        messages.error(request, "This credit is matched to no gift.")
        return redirect(back)
    if not matched and not credit.in_suspense:
        messages.error(request, "This credit is in suspense no more.")
        return redirect(back)
    amount = f"{money(credit.amount_minor, credit.currency)} of {credit.received_on:%-d %B %Y}"
    context = {
        "title": title,
        "lead": f"{amount}, “{credit.text}”." if credit.text else f"{amount}, without a text.",
        "breadcrumbs_items": crumbs(
            ("Transfers", reverse("backoffice:credits")), (amount, back), (title, "")
        ),
        "consequences": consequences,
        "form": form,
        "media": form.media,
        "action": action,
        "danger": danger,
        "back_url": back,
    }
    return render(request, "backoffice/act.html", context)
