"""Transfers: credits on the bank account as the statement shows them, and the gifts they turn out to be."""

import uuid
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin import messages
from wagtail.admin.widgets import AdminDateInput
from wagtail.admin.widgets.button import HeaderButton

from almoner.backoffice import access
from almoner.backoffice.desk.fields import CharityMoneyForm, KeyedForm
from almoner.backoffice.gifts.acts import not_in_the_future
from almoner.backoffice.money import MoneyField, money, money_html
from almoner.backoffice.pages import crumbs
from almoner.backoffice.tables import HtmlColumn, RoomList, chip_html, link
from almoner.backoffice.words import Chip
from almoner.banking import matching
from almoner.giving import desk
from almoner.giving.models import Gift, GiftStatus
from almoner.kernel.references import shown_reference
from almoner.payments import banked
from almoner.payments.models import IN_SUSPENSE, BankCredit, Payout

_MOST_SUGGESTED: Final = 20


class CreditList(RoomList):
    model = BankCredit
    permission = access.VIEW_GIFTS
    page_title = "Transfers"
    header_icon = "bo-bank"
    index_url_name = "backoffice:credits"
    index_results_url_name = "backoffice:credits_results"
    default_ordering = "-received_on"
    explanation = (
        "Enter each credit as the bank’s statement shows it. What can’t be matched to a gift yet waits in suspense: "
        "it is in the books, and it is nobody’s gift."
    )

    def get_base_queryset(self) -> QuerySet[BankCredit]:
        credits = super().get_base_queryset().select_related("charity", "attempt", "payout")
        if self.request.GET.get("state") == "unmatched":
            credits = credits.filter(IN_SUSPENSE)
        return credits

    @cached_property
    def columns(self) -> list[HtmlColumn]:
        columns = [
            HtmlColumn(
                "received_on", label="On the statement", cell=_day, sort_key="received_on", classname="title"
            ),
            HtmlColumn(
                "amount_minor", label="Amount", cell=_amount, sort_key="amount_minor", classname="bo-number"
            ),
            HtmlColumn("text", label="Text", cell=lambda credit: credit.text),
            HtmlColumn("state", label="State", cell=_state),
        ]
        return self.with_charity(columns)

    @cached_property
    def header_buttons(self) -> list[Any]:
        buttons = []
        if access.may(self.request.user, access.BOOK_BANK):
            buttons.append(
                HeaderButton("Enter a credit", url=reverse("backoffice:new_credit"), icon_name="plus")
            )
        return buttons


def _day(credit: BankCredit) -> object:
    return link(reverse("backoffice:credit", args=[credit.pk]), f"{credit.received_on:%-d %b %Y}")


def _amount(credit: BankCredit) -> object:
    return money_html(credit.amount_minor, credit.currency)


def _state(credit: BankCredit) -> object:
    if credit.sent_back_at is not None:
        return chip_html(Chip("Sent back", "quiet"))
    if credit.withdrawn_at is not None:
        return chip_html(Chip("Taken back", "quiet"))
    if credit.payout is not None:
        return link(reverse("backoffice:payouts"), chip_html(Chip("Payout", "good")))
    if credit.attempt is None:
        return chip_html(Chip("In suspense", "wait"))
    url = reverse("backoffice:gift", args=[credit.attempt.gift_id])
    return link(url, chip_html(Chip("Matched", "good")))


class CreditForm(KeyedForm, CharityMoneyForm):
    """A line of the bank's statement."""

    received_on = forms.DateField(label="Date", widget=AdminDateInput)
    amount = MoneyField(label="Amount")
    text = forms.CharField(
        label="Text",
        max_length=200,
        required=False,
        help_text="As the statement shows it. A gift’s reference is found wherever it stands in it.",
    )

    in_order = ("charity", "received_on", "amount", "currency", "text")

    def clean_received_on(self) -> Any:
        return not_in_the_future(self.cleaned_data["received_on"])


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.BOOK_BANK)
def new_credit(request: HttpRequest) -> HttpResponse:
    form = CreditForm(request.POST or None, request=request, initial={"received_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid() and (credit := _book(request, form)) is not None:
        messages.success(
            request, f"{money(credit.amount_minor, credit.currency)} booked, in suspense until matched."
        )
        return redirect("backoffice:credit", credit.pk)
    context = {
        "title": "Enter a credit",
        "breadcrumbs_items": crumbs(("Transfers", reverse("backoffice:credits")), ("Enter a credit", "")),
        "form": form,
        "media": form.media,
        "action": "Book and look for its gift",
        "back_url": reverse("backoffice:credits"),
    }
    return render(request, "backoffice/act.html", context)


def _book(request: HttpRequest, form: CreditForm) -> BankCredit | None:
    """The credit; None, with the form saying so, when this page has booked another one before."""
    entered = form.cleaned_data
    try:
        return desk.record_credit(
            credit_id=entered["key"],
            charity=entered["charity"],
            received_on=entered["received_on"],
            amount_minor=entered["amount"],
            currency=entered["currency"],
            text=entered["text"],
            actor=request.user,
        )
    except desk.EnteredAlready:
        form.say_used("a credit")
        return None


@dataclass(frozen=True, slots=True)
class Match:
    """A gift that a credit may be, why we think so, and how far the amounts are apart."""

    gift: Gift
    why: str
    sure: bool
    amount: str
    reference: str
    differs: str
    given_up: bool


@require_http_methods(["GET", "HEAD"])
@access.needs(access.VIEW_GIFTS)
def credit(request: HttpRequest, credit_id: uuid.UUID) -> HttpResponse:
    found = access.one_of(
        BankCredit.objects.select_related("charity", "attempt", "payout"), request, pk=credit_id
    )
    title = f"{money(found.amount_minor, found.currency)} of {found.received_on:%-d %B %Y}"
    asked = request.GET.get("reference", "").strip()
    context = {
        "title": title,
        "breadcrumbs_items": crumbs(("Transfers", reverse("backoffice:credits")), (title, "")),
        "credit": found,
        "matches": suggestions(found, asked) if found.in_suspense else [],
        "asked": asked,
        "payouts": banked.candidates(banked.seen(found)) if found.in_suspense and not asked else [],
        "may_match": access.may(request.user, access.BOOK_BANK),
    }
    return render(request, "backoffice/credit.html", context)


def suggestions(credit: BankCredit, asked: str = "") -> list[Match]:
    """By a reference that was typed, by one that stands anywhere in the statement's text, else by the exact amount.

    Transfers that were given up are among them, after those that are still awaited: some come late.
    """
    named = matching.named_in(
        f"{asked} {credit.text}", charity_id=credit.charity_id, currency=credit.currency
    )
    found = [_match(gift, credit, "Its reference stands in the text", sure=True) for gift in named]
    if found or asked:
        return found
    alike = matching.alike(
        credit.text,
        credit.amount_minor,
        charity_id=credit.charity_id,
        currency=credit.currency,
        most=_MOST_SUGGESTED,
    )
    return [_match(gift, credit, _why(gift, credit), sure=False) for gift in alike]


def _why(gift: Gift, credit: BankCredit) -> str:
    if matching.names_donor(credit.text, gift):
        return "The amount is the same, and the text names the donor"
    return "The amount is the same"


def _match(gift: Gift, credit: BankCredit, why: str, *, sure: bool) -> Match:
    off_minor = credit.amount_minor - gift.total_minor
    differs = ""
    if off_minor:
        differs = (
            f"{money(abs(off_minor), gift.currency)} {'more' if off_minor > 0 else 'less'} than promised"
        )
    return Match(
        gift=gift,
        why=why,
        sure=sure,
        amount=money(gift.total_minor, gift.currency),
        reference=shown_reference(gift.reference),
        differs=differs,
        given_up=gift.status != GiftStatus.AWAITING,
    )


@require_POST
@access.needs(access.BOOK_BANK)
def match_credit(request: HttpRequest, credit_id: uuid.UUID, gift_id: uuid.UUID) -> HttpResponse:
    found = access.one_of(BankCredit.objects.all(), request, pk=credit_id)
    gift = access.one_of(Gift.objects.all(), request, pk=gift_id)
    try:
        desk.match_credit(credit_id=found.pk, gift_id=gift.pk, actor=request.user)
    except desk.NotMatchable as refused:
        messages.error(request, str(refused))
        return redirect("backoffice:credit", credit_id)
    messages.success(request, "Matched. The gift is paid, and its receipt is on the way.")
    return redirect("backoffice:gift", gift_id)


@require_POST
@access.needs(access.BOOK_BANK)
def match_payout(request: HttpRequest, credit_id: uuid.UUID, payout_id: uuid.UUID) -> HttpResponse:
    found = access.one_of(BankCredit.objects.all(), request, pk=credit_id)
    payout = access.one_of(Payout.objects.all(), request, pk=payout_id)
    try:
        banked.match(credit_id=found.pk, payout_id=payout.pk, actor=request.user)
    except banked.NotMatchable as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "Matched. The payout has arrived, and is in transit no more.")
    return redirect("backoffice:credit", credit_id)
